"""The trail cannot be changed, and where somebody changed it all the same, the check says what."""

from collections.abc import Iterator
from pathlib import Path
from traceback import format_exception

import pytest
from sqlalchemy import insert

from models.composition import open_house
from models.database import Database
from models.prepared import columns_of, inserting
from models.store_errors import StoreFailed
from models.tables import Case
from models.trail import TrailFault, case_events, run_events, verify
from procedures.commands import AcceptHandoff, CompleteHandoff
from procedures.events import CaseOpened
from tests.houses import CANARY, CARRIERS, Told, only_handoff


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    ref = only_handoff(told.opened()).ref
    told.sent()
    told.say(AcceptHandoff, ref=ref)
    told.say(CompleteHandoff, ref=ref, result="housed", evidence={"place_confirmed_at": "2026-11-24T20:30"})
    told.sent()
    yield told
    told.close()


def tamper(database: Database, *statements: str) -> None:
    """What somebody with the file, and without the triggers, can do."""
    with database.write() as connection:
        if database.shared:
            connection.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER USER")
        else:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS events_no_update")
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS events_no_delete")
        for statement in statements:
            connection.exec_driver_sql(statement)


def found(told: Told) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.seq) for fault in verify(told.house.database, told.house.keyring).faults]


def test_an_untouched_trail_is_sound(told: Told) -> None:
    verification = verify(told.house.database, told.house.keyring)
    assert verification.sound
    assert (verification.cases, verification.events > 10) == (1, True)


def test_no_vault_key_is_needed_to_check(told: Told) -> None:
    engine = open_house(told.house.settings.data, with_vault=False)
    assert verify(engine.database, engine.keyring).sound
    engine.close()


@pytest.mark.parametrize("statement", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
@pytest.mark.slow
def test_the_database_itself_refuses_to_change_the_trail(told: Told, statement: str) -> None:
    with (
        pytest.raises(StoreFailed, match=r"CONSTRAINT_TRIGGER|IntegrityConstraintViolation"),
        told.house.database.write() as connection,
    ):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("actor = 'operator:somebody_else'", "hash"),
        ("at = '2026-11-24 19:00:00.000000'", "hash"),
        ("payload = replace(payload, '\"casa_approdo\"', '\"casa_mirto\"')", "hash"),
        ("prev_hash = 'x' || substr(prev_hash, 2)", "chain"),
        ("hash = 'x' || substr(hash, 2)", "hash"),
    ],
)
def test_an_altered_event_is_named(told: Told, change: str, fault: str) -> None:
    tamper(told.house.database, f"UPDATE events SET {change} WHERE seq = 4")  # noqa: S608
    assert (fault, 4) in found(told)


def test_a_deleted_event_is_named(told: Told) -> None:
    tamper(told.house.database, "DELETE FROM events WHERE seq = 3")
    assert ("chain", 3) in found(told)


def test_a_missing_end_is_seen(told: Told) -> None:
    tamper(told.house.database, "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)")
    assert "tail" in [code for code, _ in found(told)]


def test_ciphertext_moved_to_another_event_does_not_open(told: Told) -> None:
    moved = "UPDATE events SET sealed_routing = (SELECT sealed_routing FROM events WHERE seq = 1) WHERE seq = 2"
    tamper(told.house.database, moved)
    assert ("unreadable", 2) in found(told)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE handoffs SET state = 'accepted', overdue = true WHERE step = 'find_place'", "handoff"),
        ("DELETE FROM handoffs WHERE step = 'find_place'", "handoff"),
        ("UPDATE runs SET state = 'ended'", "run"),
        ("UPDATE cases SET drill = true", "case"),
        ("UPDATE cases SET next_due_at = NULL", "case"),
        ("UPDATE cases SET sealed_state = (SELECT sealed_routing FROM events WHERE seq = 1)", "state"),
        ("DELETE FROM links", None),
        ("UPDATE deliveries SET alert_id = 'another' WHERE purpose = 'request'", "delivery"),
    ],
)
def test_what_does_not_follow_from_the_trail_is_named(told: Told, statement: str, fault: str | None) -> None:
    with told.house.database.write() as connection:
        connection.exec_driver_sql(statement)
    assert {code for code, _ in found(told)} == ({fault} if fault else set())


def test_a_fault_says_which_case(told: Told) -> None:
    tamper(told.house.database, "UPDATE events SET actor = 'x' WHERE seq = 1")
    fault = verify(told.house.database, told.house.keyring).faults[0]
    assert isinstance(fault, TrailFault)
    assert fault.case_code.startswith("C-")


def test_the_events_of_a_case_read_as_they_were_written(told: Told) -> None:
    events = case_events(told.house.database, told.house.keyring, told.case_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    later = case_events(told.house.database, told.house.keyring, told.case_id, since=5)
    assert [event.seq for event in later] == [event.seq for event in events[5:]]
    opened = events[0].event
    assert isinstance(opened, CaseOpened)
    assert opened.person is not None
    assert opened.person.name == CANARY
    assert opened.facts == {"risk": "high", "needs_transport": True}


def test_identity_stays_empty_without_the_vault_key(told: Told) -> None:
    engine = open_house(told.house.settings.data, with_vault=False)
    opened = case_events(engine.database, engine.keyring, told.case_id)[0].event
    assert isinstance(opened, CaseOpened)
    assert opened.person is None
    assert opened.facts == {"risk": "high", "needs_transport": True}
    engine.close()


def test_the_events_of_one_pathway_leave_out_what_concerns_the_case(told: Told) -> None:
    everything = case_events(told.house.database, told.house.keyring, told.case_id)
    run_id = next(event.event.run_id for event in everything if event.event.kind == "pathway_started")
    ours = run_events(told.house.database, told.house.keyring, run_id)
    kinds = {event.event.kind for event in ours}
    assert "case_opened" not in kinds
    assert {"pathway_started", "handoff_requested", "alert_queued", "alert_settled", "handoff_accepted"} <= kinds


@pytest.mark.parametrize("prepared", [True, False])
def test_what_the_database_says_of_a_row_is_said_to_nobody(told: Told, *, prepared: bool) -> None:
    """A server's own error may quote the whole row that it refused."""
    canary = "canary-7714"
    row = dict.fromkeys(columns_of(Case)) | {"case_id": canary}
    with pytest.raises(StoreFailed) as refused, told.house.database.write() as connection:  # noqa: PT012  # either way
        if prepared:
            inserting(Case).run(connection, [row])
        else:
            connection.execute(insert(Case).values(case_id=canary, code="7714"))
    said = f"{refused.value} {refused.value!r} {''.join(format_exception(refused.value))}"
    assert canary not in said
