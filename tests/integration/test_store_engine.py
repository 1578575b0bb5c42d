"""What the engine asks of the database and keeps in it, on every database that a house may stand on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models import history, runwakes
from models.history import FlowRunNote, FlowTaskNote
from models.runwakes import Wake
from tests.houses import CARRIERS, Told

LEASE = timedelta(minutes=2)


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    told.opened()
    yield told
    told.close()


def claimed(told: Told, **more: object) -> list[Wake]:
    values: dict[str, object] = {"worker": "engine", "now": told.clock.now(), "lease": LEASE, "limit": 3}
    return runwakes.claim_wakes(told.house.database, **values | more)  # type: ignore[arg-type]  # of each its kind


def test_a_wake_is_held_by_one_engine_and_due_again_when_its_lease_lapsed(told: Told) -> None:
    (wake,) = claimed(told)
    assert claimed(told, worker="another") == []
    assert runwakes.next_wake(told.house.database, told.clock.now()) == told.clock.now() + LEASE
    told.clock.pass_by(minutes=2)
    (again,) = claimed(told, worker="another")
    assert (again.run_id, again.tries) == (wake.run_id, 2)
    runwakes.settle_wake(told.house.database, wake, done_seq=wake.wanted_seq)
    assert claimed(told) == [], "the word of the engine that lost it settles nothing, and frees nothing"


def test_a_settled_wake_rests_until_something_new_happens(told: Told) -> None:
    (wake,) = claimed(told)
    runwakes.settle_wake(told.house.database, wake, done_seq=wake.wanted_seq)
    assert runwakes.next_wake(told.house.database, told.clock.now()) is None
    told.sent()
    (news,) = claimed(told)
    assert news.wanted_seq > wake.wanted_seq
    assert claimed(told, besides=[news.run_id]) == []


def test_what_waits_for_its_outcome_is_looked_at_again_then(told: Told) -> None:
    (wake,) = claimed(told)
    later = told.clock.now() + timedelta(seconds=5)
    runwakes.settle_wake(told.house.database, wake, done_seq=wake.wanted_seq - 1, again_at=later)
    assert runwakes.next_wake(told.house.database, told.clock.now()) == later
    told.clock.pass_by(seconds=5)
    (again,) = claimed(told)
    runwakes.give_up_wake(told.house.database, again, again_at=later + timedelta(minutes=1))
    assert claimed(told) == []


def test_the_mirror_keeps_what_was_told(told: Told) -> None:
    database, now = told.house.database, told.clock.now()
    (wake,) = claimed(told)
    run = history.run_facts(database, wake.run_id)
    assert run is not None
    events = history.events_of_run(database, run)
    assert [one.kind for one in events][:1] == ["pathway_started"]
    alerts = [str(one.payload["alert_id"]) for one in events if one.kind == "alert_queued"]
    assert sorted(history.attempts_of_run(database, wake.run_id)) == sorted(alerts)
    assert [one.ref for one in history.handoffs_of_run(database, wake.run_id)]
    assert history.flow_run_of(database, wake.run_id) is None
    note = FlowRunNote(wake.run_id, "flow-1", events[-1].seq, "Awaiting find_place", now, rebuilt=False)
    task = FlowTaskNote(wake.run_id, events[-1].seq, "task-1", "alert find_place", "accepted", now, now, "taken")
    for _ in range(2):  # the same is told again after a kill
        history.keep_flow_tasks(database, [task])
        history.keep_flow_run(database, note)
    assert history.flow_run_of(database, wake.run_id) == note
    assert history.flow_tasks_of(database, wake.run_id) == [task]
