"""One command is one transaction."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import sqlite
from models.composition import open_house
from models.keyring_errors import NoVaultKey
from models.keystore import KeyStore
from models.store_errors import CommandIdReused, NoNetwork, StoreBusy, StoreFailed
from models.tables import Case, CommandRecord, DeliveryRecord, EventRecord, LinkRecord, RunWake
from models.trail import verify
from models.wakeups import due_cases, next_deadline
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, CancelCase, PassDeadline, Road
from procedures.errors import UnknownPathway, UnknownReason
from procedures.events import HandoffRequested
from tests.houses import CARRIERS, START, Told, everything_written, only_handoff, open_case
from tests.simulation.house import AtOnce


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def count(told: Told, table: type) -> int:
    with told.house.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_reply_says_who_is_asked_and_by_when(told: Told) -> None:
    opened = told.opened()
    asked = [event.event for event in opened.events if isinstance(event.event, HandoffRequested)]
    assert [(request.service, request.accept_by) for request in asked] == [
        ("casa_approdo", START + timedelta(minutes=15))
    ]
    assert [event.seq for event in opened.events] == list(range(1, len(opened.events) + 1))


def test_everything_a_command_leads_to_is_kept_together(told: Told) -> None:
    opened = told.opened()
    assert count(told, EventRecord) == len(opened.events)
    assert count(told, DeliveryRecord) == count(told, LinkRecord) == 1
    assert count(told, RunWake) == len(opened.state.runs) == 1
    assert next_deadline(told.house.database) == START + timedelta(minutes=10)


def test_the_same_command_twice_does_the_thing_once(told: Told) -> None:
    command = open_case(told.house)
    first, second = told.house.handling.handle(command), told.house.handling.handle(command)
    assert not first.repeated
    assert second.repeated
    assert second.events == first.events
    assert count(told, Case) == 1


def test_a_request_sent_again_finds_its_case_though_its_random_parts_differ(told: Told) -> None:
    command = open_case(told.house)
    again = open_case(told.house, id=command.id)
    first, second = told.house.handling.handle(command), told.house.handling.handle(again)
    assert second.repeated
    assert second.state.code == first.state.code != again.code


def test_another_request_under_the_same_id_is_refused(told: Told) -> None:
    command = open_case(told.house)
    told.house.handling.handle(command)
    with pytest.raises(CommandIdReused):
        told.house.handling.handle(open_case(told.house, id=command.id, territory="costa_serena"))
    assert count(told, Case) == 1


def test_a_refused_command_changes_nothing(told: Told) -> None:
    with pytest.raises(UnknownPathway):
        told.opened(pathway="nowhere")
    assert count(told, Case) == count(told, CommandRecord) == 0
    before = told.opened()
    with pytest.raises(UnknownReason):
        told.say(CancelCase, reason="boredom")
    assert count(told, EventRecord) == len(before.events)


def test_without_a_network_nobody_could_be_called(tmp_path: Path) -> None:
    house = open_house(tmp_path / "empty", with_vault=True)
    with pytest.raises(NoNetwork):
        house.handling.handle(open_case(house))
    house.close()


def test_only_a_process_with_the_vault_key_opens_cases(told: Told) -> None:
    engine = open_house(told.house.settings.data, with_vault=False)
    with pytest.raises(NoVaultKey):
        engine.handling.handle(open_case(told.house))
    engine.close()


def test_a_process_without_the_vault_key_goes_on_with_the_case(told: Told) -> None:
    ref = only_handoff(told.opened()).ref
    engine = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    command = AcceptHandoff(
        id="engine-00000000000001", case_id=told.case_id, actor="person:olga", road=Road.LINK, ref=ref
    )
    state = engine.handling.handle(command).state
    assert state.handoffs[ref].state is HandoffState.ACCEPTED
    engine.close()


def test_cases_opened_at_once_are_all_saved(told: Told) -> None:
    commands = [open_case(told.house) for _ in range(24)]
    threads = [threading.Thread(target=told.house.handling.handle, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(told, Case) == len(commands)
    assert verify(told.house.database, told.house.keyring).sound


def test_the_same_command_from_two_threads_does_the_thing_once(told: Told) -> None:
    command = open_case(told.house)
    repeated: list[bool] = []
    threads = [
        threading.Thread(target=lambda: repeated.append(told.house.handling.handle(command).repeated)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(repeated) == [False] + [True] * 5


def test_a_database_held_by_another_process_says_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    told = Told(tmp_path / "data")
    other = sqlite3.connect(told.house.settings.data / "staffetta.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="telephone"):
        told.opened()
    other.execute("ROLLBACK")
    other.close()
    assert count(told, Case) == 0
    told.close()


def test_a_case_whose_keys_find_no_room_is_not_saved_however_soon_that_is_known(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_store: KeyStore, *_kept: object) -> None:
        raise StoreFailed(why="SQLITE_FULL")

    command = open_case(told.house)
    told.house.keyring._keeper.shutdown()
    told.house.keyring._keeper = AtOnce()
    with monkeypatch.context() as patched:
        patched.setattr(KeyStore, "keep", full)
        with pytest.raises(StoreFailed):
            told.house.handling.handle(command)
    assert count(told, Case) == 0
    assert not told.house.handling.handle(command).repeated


def test_time_never_goes_back_behind_what_was_decided(told: Told) -> None:
    told.opened()
    told.clock.at = START - timedelta(hours=2)
    late = told.say(CancelCase, reason="her_wish")
    assert {event.event.at for event in late.events} == {START}


def test_silence_wakes_the_case_when_its_time_has_come(told: Told) -> None:
    told.opened()
    assert due_cases(told.house.database, told.clock.now()) == []
    assert due_cases(told.house.database, told.clock.pass_by(minutes=10)) == [told.case_id]
    told.say(PassDeadline, actor="clock", road=Road.CLOCK)
    assert due_cases(told.house.database, told.clock.now()) == []
    assert next_deadline(told.house.database) == START + timedelta(minutes=15)


@pytest.mark.slow
def test_passing_a_deadline_with_nothing_due_leaves_no_trace(told: Told) -> None:
    opened = told.opened()
    assert told.say(PassDeadline, actor="clock", road=Road.CLOCK).events == ()
    assert count(told, EventRecord) == len(opened.events)
    assert count(told, CommandRecord) == 1


def test_a_name_is_in_no_file_in_clear(told: Told) -> None:
    told.opened()
    written = everything_written(told)
    assert b"casa_approdo" in written, "the scan must be able to find something"
    assert b"Zinnia" not in written
    assert b'"needs_transport"' not in written
