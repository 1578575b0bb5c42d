"""Where the dispatcher is dead or stopped, the engine sends within five seconds and passes the deadlines."""

import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cli.demo.mailserver import MailServer
from flows.environment import PrefectHouse, environment_with_prefect
from flows.supervising import Program, Supervisor
from models.composition import House
from models.history import flow_run_of, handoffs_of_run
from models.recorded import Handled
from tests.integration.prefect_at_work import PrefectAtWork, at_rest, free_port
from tests.integration.relay import furnish, open_shelter, run_id_of, settings_text, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
WITHIN = 5.0
SLACK = 3.0
"""Two busy cores: what is measured on a quiet machine stands in the benchmarks."""


@contextmanager
def at_work(house: House, *names: str) -> Iterator[Supervisor]:
    """Real processes of the house."""
    data = house.settings.data
    environment = environment_with_prefect(PrefectHouse(data, house.settings.prefect.port))
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    programs = [
        Program(name, (sys.executable, "-m", f"flows.{name}", "--data", str(data)), environment) for name in names
    ]
    supervisor = Supervisor(programs, data / "log")
    supervisor.start(*names)
    try:
        yield supervisor
    finally:
        for name, pid in supervisor.pids().items():
            assert pid
            supervisor.kill(name, signal.SIGCONT)
        supervisor.stop()


@pytest.fixture
def no_prefect(tmp_path: Path, mail: MailServer) -> Iterator[House]:
    """A house whose Prefect does not answer."""
    made = furnish(tmp_path / "data", settings_text(mail.url, prefect_port=free_port()))
    yield made
    made.close()


@pytest.fixture
def with_prefect(tmp_path: Path, mail: MailServer, prefect: PrefectAtWork) -> Iterator[House]:
    """A house whose Prefect is the one of this session."""
    data = tmp_path / "data"
    PrefectHouse(data, prefect.house.port).home.mkdir(parents=True)
    shutil.copy(prefect.house.home / "password", data / "prefect" / "password")
    made = furnish(data, settings_text(mail.url, prefect_port=prefect.house.port))
    yield made
    made.close()


def wait_for_engine(house: House, mail: MailServer) -> None:
    """Until it listens for its bell, and a first alert went out."""
    wait_for(Path(house.bells.path("engine")).exists, 90)
    open_shelter(house)
    wait_for(mail.received, 60)


def seconds_to_mail(house: House, mail: MailServer) -> float:
    before = len(mail.received())
    began = time.monotonic()
    open_shelter(house)
    wait_for(lambda: len(mail.received()) > before, 30)
    return time.monotonic() - began


def test_without_a_dispatcher_and_without_prefect_alerts_go_out(no_prefect: House, mail: MailServer) -> None:
    with at_work(no_prefect, "engine"):
        wait_for_engine(no_prefect, mail)
        assert seconds_to_mail(no_prefect, mail) < WITHIN + SLACK


def test_a_stopped_dispatcher_is_stood_in_for_and_nothing_is_doubled(no_prefect: House, mail: MailServer) -> None:
    with at_work(no_prefect, "dispatcher", "engine") as supervisor:
        wait_for_engine(no_prefect, mail)
        time.sleep(1)  # stopped in the middle of a commit, it would hold SQLite's one pen and nobody could save
        supervisor.kill("dispatcher", signal.SIGSTOP)
        many = 6
        for _ in range(many):
            seconds = seconds_to_mail(no_prefect, mail)
            assert seconds < WITHIN + SLACK
        supervisor.kill("dispatcher", signal.SIGCONT)
        assert seconds_to_mail(no_prefect, mail) < WITHIN
        time.sleep(1)  # not in the middle of a commit: that is another story
    ids = [received.message_id for received in mail.received()]
    assert len(ids) == len(set(ids)) == many + 2


def overdue(house: House, opened: Handled) -> bool:
    """Whether a second handoff was asked for: the first one's time went by."""
    return len(handoffs_of_run(house.database, run_id_of(opened))) > 1


def test_deadlines_are_passed_for_it(tmp_path: Path, mail: MailServer) -> None:
    house = furnish(tmp_path / "data", settings_text(mail.url, prefect_port=free_port(), speed=120))
    try:
        with at_work(house, "engine"):
            wait_for_engine(house, mail)
            opened = open_shelter(house)
            began = house.clock.now()
            wait_for(lambda: overdue(house, opened), 60)
            late = house.clock.now() - began - timedelta(minutes=15)
            assert late < timedelta(seconds=(WITHIN + SLACK) * 120)
    finally:
        house.close()


def test_with_prefect_the_run_tells_it_with_its_true_time(with_prefect: House, mail: MailServer) -> None:
    with at_work(with_prefect, "engine"):
        wait_for_engine(with_prefect, mail)
        opened = open_shelter(with_prefect)
        wait_for(at_rest(with_prefect, run_id_of(opened), "Awaiting find_place", tasks=1), 60)
    assert flow_run_of(with_prefect.database, run_id_of(opened)) is not None
    assert len(mail.received()) == 2
