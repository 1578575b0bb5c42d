"""The simulation finds what is planted, repeats itself, and what it once found in the product stays mended."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from models.leases import free_leases
from models.outbox import SettledResult
from procedures.commands import AcceptHandoff
from tests.houses import Told, only_handoff
from tests.simulation.plants import PLANTS
from tests.simulation.pool import side_by_side, workers
from tests.simulation.row import find_plant, planted
from tests.simulation.running import run_seed
from tests.simulation.shrinking import SCREEN, shrink


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    house = Told(tmp_path / "data")
    yield house
    house.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_everything_holds_whatever_happens(seed: int) -> None:
    outcome = run_seed(seed, cases=2)
    assert outcome.broken is None, outcome.what
    assert outcome.commands > 0


@pytest.mark.slow
def test_the_same_seed_is_the_same_story() -> None:
    one, other = (run_seed(5, cases=2, telling=True) for _ in range(2))
    assert one.heads == other.heads
    assert one.story == other.story


@pytest.mark.slow
def test_what_others_draw_meanwhile_changes_no_story() -> None:
    over = threading.Event()

    def draw() -> None:
        while not over.wait(0.001):
            random.random()  # noqa: S311  # nothing here is secret

    one = run_seed(5, cases=2)
    drawing = threading.Thread(target=draw)
    drawing.start()
    try:
        assert run_seed(5, cases=2).heads == one.heads
    finally:
        over.set()
        drawing.join()


@pytest.mark.slow
def test_another_seed_is_another_story() -> None:
    assert run_seed(5, cases=1).heads != run_seed(6, cases=1).heads


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "seed", "broken"),
    [
        ("not-chained", 0, "I5"),
        ("board-not-updated", 0, "I1"),
        ("lost-wake-up", 0, "I4"),
        ("rung-skipped", 0, "I4"),
    ],
)
def test_a_planted_bug_is_found(plant: str, seed: int, broken: str) -> None:
    assert run_seed(seed, cases=4, plant=PLANTS[plant]).broken == broken


def test_seeds_are_lived_through_on_every_core() -> None:
    with workers() as pool:
        assert sorted(side_by_side(pool, str, range(5), time.monotonic() + 600)) == ["0", "1", "2", "3", "4"]


def test_no_seed_is_begun_when_the_time_is_over() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert list(side_by_side(pool, str, range(5), time.monotonic() - 1)) == []


def test_a_planted_bug_that_no_seed_found_is_broken() -> None:
    assert find_plant("not-chained", time.monotonic() - 1).broken == 1


def test_planted_bugs_that_there_was_no_time_for_are_broken() -> None:
    with ThreadPoolExecutor(1) as pool:
        found = list(planted(pool, time.monotonic() - 1))
    assert sum(one.broken for one in found) == len(PLANTS)


@pytest.mark.slow
def test_a_failing_seed_becomes_a_short_story() -> None:
    found = run_seed(0, cases=4, plant=PLANTS["lost-wake-up"])
    story = shrink(found, cases=4, plant=PLANTS["lost-wake-up"], seconds=5)
    assert story.outcome.broken == found.broken
    assert len(story.decisions) < len(found.taken)
    assert len(story.lines()) <= SCREEN + 1
    assert "BROKEN I4" in story.lines()[-1]


def test_an_alert_taken_back_while_its_sender_died_is_not_sent_again(told: Told) -> None:
    """Seed 100: the deputy's alert was under way, the service accepted, and the lease lapsed."""
    handoff = only_handoff(told.opened())
    (delivery,) = told.claimed(lease_seconds=60)
    told.say(AcceptHandoff, ref=handoff.ref)
    told.clock.pass_by(seconds=61)
    assert delivery.delivery_id not in {one.delivery_id for one in told.claimed()}
    assert told.house.handling.settle_lapsed() == 1


def test_an_alert_taken_back_is_not_sent_again_by_the_next_dispatcher(told: Told) -> None:
    handoff = only_handoff(told.opened())
    (delivery,) = told.claimed(worker="dispatcher")
    told.say(AcceptHandoff, ref=handoff.ref)
    free_leases(told.house.database, "dispatcher", told.clock.now())
    assert delivery.delivery_id not in {one.delivery_id for one in told.claimed()}


def test_a_repeat_after_doubt_says_so_in_the_trail(told: Told) -> None:
    """Seed 2: an alert was taken twice, and the trail said nothing of it."""
    told.opened()
    (delivery,) = told.claimed(worker="dispatcher")
    free_leases(told.house.database, "dispatcher", told.clock.now())
    told.clock.at += timedelta(seconds=1)
    (again,) = told.claimed(worker="dispatcher")
    assert again.message_id == delivery.message_id
    told.settled(again, SettledResult.ACCEPTED)
    with told.house.database.read() as connection:
        query = "SELECT count(*) FROM events WHERE kind = 'delivery_uncertain'"
        assert connection.exec_driver_sql(query).scalar() == 1
