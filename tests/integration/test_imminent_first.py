"""Where more waits than can leave at once, those in imminent danger are called first. No column says who they are."""

import asyncio
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import update

from cli.demo.mailserver import MailServer
from flows import deadlines as passing
from flows.deadlines import Deadlines
from flows.delivering import carrier_urls
from flows.dispatcher import Dispatcher
from flows.journal import open_journal
from models import haste, outbox
from models.haste import Haste
from models.recorded import Handled
from models.tables import Case
from notifiers.carriers import Carriers
from procedures.commands import AnyCommand
from procedures.haste import is_imminent
from tests.houses import CARRIERS, Told, only_handoff
from tests.integration.prefect_at_work import until
from tests.integration.relay import furnish, settings_text
from tests.integration.test_dispatcher_channels import nothing_else

HIGH, IMMINENT = {"risk": "high", "needs_transport": False}, {"risk": "imminent", "needs_transport": False}


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def opened(told: Told, *risks: dict[str, object]) -> list[str]:
    """Cases with these facts, each a moment after the other."""
    cases = []
    for facts in risks:
        cases.append(told.opened(facts=facts).state.case_id)
        told.clock.pass_by(milliseconds=1)
    return cases


def test_it_is_told_from_the_sealed_state_who_goes_first(told: Told) -> None:
    calm, urgent, broken = opened(told, HIGH, IMMINENT, HIGH)
    with told.house.database.write() as connection:
        connection.execute(update(Case).where(Case.case_id == broken).values(sealed_state=b"\1" + b"x" * 60))
    asked = Haste(told.house.database, told.house.keyring)
    assert not asked.look([calm, urgent, broken, "nobody"])
    first = [case_id for case_id in (calm, urgent, broken, "nobody") if asked.goes_first(case_id)]
    assert first == [urgent, broken], "what cannot be read may be imminent"


def test_few_are_opened_at_a_time_and_again_after_a_minute(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = opened(told, IMMINENT, HIGH, IMMINENT)
    monkeypatch.setattr(haste, "MOST_NEW", 2)
    seconds = [0.0]
    asked = Haste(told.house.database, told.house.keyring, now=lambda: seconds[0])
    assert asked.look(cases)
    assert [asked.goes_first(case_id) for case_id in cases] == [True, False, False]
    assert not asked.look(cases)
    assert [asked.goes_first(case_id) for case_id in cases] == [True, False, True]
    assert asked.unknown(cases) == []
    seconds[0] = 61
    assert asked.unknown(cases) == cases


def test_what_is_named_is_claimed_before_what_is_older(told: Told) -> None:
    opened(told, HIGH, HIGH, HIGH, IMMINENT)
    now = told.clock.now()
    *_, last = outbox.waiting(told.house.database, now, 100)
    how = {"worker": "one", "now": now, "lease_seconds": 30.0}
    taken = outbox.claim(told.house.database, **how, limit=3, first=[last.delivery_id, "unknown"])  # type: ignore[arg-type]  # of each its kind
    assert taken[0].delivery_id == last.delivery_id
    assert [one.queued_at for one in taken[1:]] == sorted(one.queued_at for one in taken[1:])
    rest = outbox.claim(told.house.database, **how, limit=50, first=[last.delivery_id])  # type: ignore[arg-type]  # of each its kind
    assert last.delivery_id not in {one.delivery_id for one in rest}, "under way already"


async def test_deadlines_of_a_crowd_pass_first_where_danger_is_imminent(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "CROWD", 5)
    cases = opened(told, *[HIGH] * 8, IMMINENT, IMMINENT)
    told.sent()
    told.clock.pass_by(hours=1)
    taken: list[str] = []
    handle_all = told.house.handling.handle_all

    def noted(commands: Sequence[AnyCommand]) -> Sequence[Handled | Exception]:
        taken.extend(one.case_id for one in commands)
        return handle_all(commands)

    monkeypatch.setattr(told.house.handling, "handle_all", noted)
    deadlines = Deadlines(told.house, open_journal("dispatcher", StringIO()))
    while await deadlines.pass_due():
        pass
    assert taken == [*cases[8:], *cases[:8]]


@pytest.mark.slow
async def test_messages_of_a_crowd_leave_first_where_danger_is_imminent(tmp_path: Path, mail: MailServer) -> None:
    house = furnish(tmp_path / "data", settings_text(mail.url))
    told = Told.__new__(Told)
    told.house = house
    calm = [only_handoff(told.opened(facts=HIGH)).ref for _ in range(60)]
    urgent = [only_handoff(told.opened(facts=IMMINENT)).ref for _ in range(3)]
    journal = open_journal("dispatcher", StringIO())
    async with Carriers(carrier_urls(house)) as carriers, house.bells.listen("dispatcher") as bell:
        working = asyncio.create_task(Dispatcher(house, carriers, journal, nudge=nothing_else).run(bell))
        await until(lambda: len(mail.received()) == len(calm) + len(urgent), seconds=90)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    order = [next(ref for ref in calm + urgent if ref in one.subject) for one in mail.received()]
    assert max(order.index(ref) for ref in urgent) < 40, "the first handful had left before anybody looked"
    house.close()


def test_danger_is_a_word_of_the_facts() -> None:
    assert is_imminent({"risk": "imminent"})
    assert not any(map(is_imminent, ({}, {"risk": "high"}, {"risk": "low"})))
