"""What was committed is sent at once, by a process that knows nothing of Prefect."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import text

from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from flows.deadlines import Deadlines, is_still_due, pass_command
from flows.delivering import carrier_urls
from flows.dispatcher import Dispatcher
from flows.journal import open_journal
from models.composition import House
from models.history import Attempt, attempts_of_run, events_of_run, run_facts
from models.verifying_channels import OwnChannel, ask_test, channels_of
from notifiers.carriers import Carriers
from procedures.commands import AcceptHandoff
from procedures.events import HandoffRequested
from procedures.timing import next_due
from tests.integration.relay import CANARY, first, furnish, handle, open_shelter, run_id_of, settings_text, wait_for

MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(tmp_path: Path, mail: MailServer) -> Iterator[MakeHouse]:
    houses: list[House] = []

    def make(speed: float = 1.0, mail_url: str | None = None) -> House:
        houses.append(furnish(tmp_path / "data", settings_text(mail_url or mail.url, speed=speed)))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


@contextmanager
def dispatcher_process(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "flows.dispatcher", "--data", str(data)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def dispatch_for(house: House, seconds: float, log: StringIO | None = None) -> None:
    """Dispatcher and deadlines at work in this process, for a while."""
    carriers = Carriers(carrier_urls(house))
    journal = open_journal("dispatcher", log)
    try:
        async with house.bells.listen("dispatcher") as bell, asyncio.timeout(seconds), asyncio.TaskGroup() as together:
            deadlines = Deadlines(house, journal)
            together.create_task(Dispatcher(house, carriers, journal, nudge=deadlines.nudge).run(bell))
            together.create_task(deadlines.run())
    except TimeoutError:
        return
    finally:
        await carriers.aclose()


@pytest.mark.slow
def test_a_committed_alert_is_at_the_carrier_at_once(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house()
    with dispatcher_process(house.settings.data):
        open_shelter(house)
        mail.wait_for(lambda _mail: True, 20)
        opened = open_shelter(house)
        ref = first(opened, HandoffRequested).ref
        arrived = mail.wait_for(lambda mail: ref in mail.subject, 2)
    assert arrived.link is not None
    assert arrived.link.startswith("http://127.0.0.1:8480/h/")
    assert arrived.code is not None


@pytest.mark.slow
def test_what_was_committed_while_it_was_away_is_sent_when_it_comes(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house()
    opened = [open_shelter(house) for _case in range(20)]
    with dispatcher_process(house.settings.data):
        wait_for(lambda: len(mail.received()) >= len(opened))
    assert {first(case, HandoffRequested).ref for case in opened} == {
        ref for received in mail.received() for ref in [received.body.split()[1]]
    }


@pytest.mark.slow
def test_killed_in_the_middle_it_repeats_under_the_same_message_id_and_loses_nothing(
    make_house: MakeHouse, mail: MailServer
) -> None:
    house = make_house()
    opened = [open_shelter(house) for _case in range(20)]
    # The first mail is kept, but its sender never hears of it.
    mail.misbehave(Turn(Stage.TEXT, delay=30, keep=True))
    with dispatcher_process(house.settings.data) as process:
        wait_for(lambda: len(mail.received()) >= 3)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with dispatcher_process(house.settings.data):
        runs = [run_id_of(case) for case in opened]
        wait_for(lambda: all(is_settled(house, run_id) for run_id in runs))
    refs = {first(case, HandoffRequested).ref for case in opened}
    assert len(mail.received()) > len(refs)
    ids_of = {ref: {m.message_id for m in mail.received() if ref in m.subject} for ref in refs}
    assert all(len(message_ids) == 1 for message_ids in ids_of.values())


@pytest.mark.slow
def test_killed_twice_over_the_same_mail_it_is_not_sent_a_third_time(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house()
    opened = open_shelter(house)
    mail.misbehave(Turn(Stage.TEXT, delay=30), Turn(Stage.TEXT, delay=30))
    for turns_left in (1, 0):
        with dispatcher_process(house.settings.data) as process:
            wait_for_turn(mail, turns_left)
            process.kill()
            process.wait()
    with dispatcher_process(house.settings.data):
        wait_for(lambda: "uncertain" in states_of(house, run_id_of(opened)))
    with house.database.read() as connection:
        query = text("SELECT attempt FROM deliveries WHERE state = 'uncertain'")
        assert connection.execute(query).scalars().all() == [2]


def attempts(house: House, run_id: str) -> list[Attempt]:
    return [attempt for tries in attempts_of_run(house.database, run_id).values() for attempt in tries]


def states_of(house: House, run_id: str) -> set[str]:
    return {attempt.state for attempt in attempts(house, run_id)}


def wait_for_turn(mail: MailServer, left: int) -> None:
    """Until the text of the mail is under way: a kill before that would not take the server's turn."""
    wait_for(lambda: mail.turns_left == left)


def is_settled(house: House, run_id: str) -> bool:
    return all(a.state == "accepted" for tries in attempts_of_run(house.database, run_id).values() for a in tries)


@pytest.mark.slow
def test_sigterm_ends_it_cleanly(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house()
    with dispatcher_process(house.settings.data) as process:
        open_shelter(house)
        mail.wait_for(lambda _mail: True, 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.slow
def test_a_second_one_stands_by_and_takes_over(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house()
    with dispatcher_process(house.settings.data) as first_one:
        open_shelter(house)
        mail.wait_for(lambda _mail: True, 20)
        with dispatcher_process(house.settings.data) as second:
            assert second.stderr is not None
            assert b"standing-by" in second.stderr.readline()
            first_one.kill()
            opened = open_shelter(house)
            mail.wait_for(lambda mail: first(opened, HandoffRequested).ref in mail.subject, 5)


@pytest.mark.slow
async def test_the_deputy_is_alerted_when_nobody_answered(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house(speed=400)
    opened = open_shelter(house)
    await dispatch_for(house, 1.9)
    run = run_facts(house.database, run_id_of(opened))
    assert run is not None
    climbed = next(event for event in events_of_run(house.database, run) if event.kind == "rung_climbed")
    handoff = first(opened, HandoffRequested)
    late = climbed.at - handoff.at - timedelta(minutes=10)
    # A quarter of a real second at this speed, on a machine that has other things to do.
    assert timedelta(0) <= late < timedelta(seconds=100)
    assert len(mail.received()) == 2


@pytest.mark.slow
async def test_nobody_is_reminded_of_what_was_taken(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house(speed=400)
    opened = open_shelter(house)
    handle(house, opened.state.case_id, AcceptHandoff, ref=first(opened, HandoffRequested).ref)
    await dispatch_for(house, 1.9)
    run = run_facts(house.database, run_id_of(opened))
    assert run is not None
    assert not [event for event in events_of_run(house.database, run) if event.kind == "rung_climbed"]


@pytest.mark.slow
async def test_one_broken_case_keeps_no_other_waiting(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house(speed=400)
    broken, whole = open_shelter(house), open_shelter(house)
    ruin(house, broken.state.case_id)
    log = StringIO()
    await dispatch_for(house, 1.9, log)
    run = run_facts(house.database, run_id_of(whole))
    assert run is not None
    assert any(event.kind == "rung_climbed" for event in events_of_run(house.database, run))
    assert "deadline-stumbled" in log.getvalue()


def test_what_comes_due_while_another_machine_was_at_it_is_no_fault(make_house: MakeHouse) -> None:
    house = make_house(speed=4000)
    opened = open_shelter(house)
    passed = house.handling.handle(pass_command(house, opened.state.case_id))
    due = next_due(passed.state)
    assert due is not None
    wait_for(lambda: house.clock.now() > due, 10)
    assert not is_still_due(passed)


def ruin(house: House, case_id: str) -> None:
    """The sealed state of this case cannot be opened any more."""
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE cases SET sealed_state = x'00' WHERE case_id = ?", (case_id,))


async def test_a_server_that_is_down_for_a_moment_costs_no_mail(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house()
    mail.misbehave(Turn(Stage.RCPT, reply="451 4.3.0 later"))
    opened = open_shelter(house)
    await dispatch_for(house, 0.5)
    tries = attempts_of_run(house.database, run_id_of(opened))
    (attempt,) = next(iter(tries.values()))
    assert attempt.state == "temporary"
    assert attempt.next_at is not None


async def test_nothing_personal_is_written_to_its_log_or_sent(make_house: MakeHouse, mail: MailServer) -> None:
    house = make_house()
    broken = open_shelter(house)
    ruin(house, broken.state.case_id)
    log = StringIO()
    await dispatch_for(house, 0.5, log)
    assert len(mail.received()) == 1
    assert CANARY.encode() not in mail.received()[0].raw
    for word in (CANARY, "example.org", "olga"):
        assert word not in log.getvalue()


@pytest.mark.slow
def test_the_test_of_a_channel_leaves_with_the_bell_and_its_page_can_say_how_long_it_took(
    make_house: MakeHouse, mail: MailServer
) -> None:
    house = make_house()
    directory = house.procedures.directory()

    def mails(person: str) -> OwnChannel:
        return next(one for one in channels_of(house, directory, person) if one.contact.kind.value == "email")

    with dispatcher_process(house.settings.data):
        ask_test(house, "ada", mails("ada").name, "shell")
        mail.wait_for(lambda _mail: True, 20)  # it is up
        ask_test(house, "olga", mails("olga").name, "shell")
        mail.wait_for(lambda mail: mail.recipient.startswith("olga"), 1.5)
        wait_for(lambda: mails("olga").worked_at is not None)
    last = mails("olga").last
    assert last is not None
    assert last.settled_at is not None
    assert last.settled_at - last.queued_at < timedelta(seconds=2)
