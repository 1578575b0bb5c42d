"""The line to the database is cut, or its server dies: nothing is lost, and nothing is done twice."""

import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.recorded import Handled
from models.store_errors import StoreUnreachable
from models.tables import Case, CommandRecord, DeliveryRecord
from models.trail import verify
from procedures.commands import OpenCase
from tests.cutting import cutting_line
from tests.databases import Cluster, said
from tests.houses import CARRIERS, Told, open_case

pytestmark = pytest.mark.slow
CASES = 100


def count(told: Told, table: type) -> int:
    with told.house.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def each_once(told: Told, commands: Sequence[OpenCase]) -> None:
    """Every case is there, with its one alert, and the trail is whole."""
    assert count(told, Case) == count(told, CommandRecord) == count(told, DeliveryRecord) == len(commands)
    assert verify(told.house.database, told.house.keyring).sound


def until_answered(told: Told, command: OpenCase) -> Handled:
    """As a person does it: whoever is told that nobody can say, sends it again as it is."""
    for _ in range(20):
        try:
            return told.house.handling.handle(command)
        except StoreUnreachable:
            time.sleep(0.2)  # between two kills, at any moment of the work
    return told.house.handling.handle(command)


def in_threads(work: Callable[[OpenCase], object], commands: Sequence[OpenCase], threads: int = 4) -> list[object]:
    """What came of each command, handled by several threads at a time."""
    waiting, answers = list(commands), []

    def go() -> None:
        while waiting:
            try:
                command = waiting.pop()
            except IndexError:
                return
            answers.append(work(command))

    running = [threading.Thread(target=go) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return answers


def test_a_line_cut_in_its_commit_is_asked_again_by_the_commands_id(
    tmp_path: Path, cluster: Cluster, postgresql: str
) -> None:
    with cutting_line(cluster.folder, seed=20261124) as line:
        address = f"postgresql+psycopg://postgres@127.0.0.1:{line.port}/{postgresql}"
        told = Told(tmp_path / "data", CARRIERS + said(address))
        commands = [open_case(told.house) for _ in range(CASES)]
        line.chance = 0.25
        answers = [until_answered(told, command) for command in commands]
        line.chance = 0.0
        done = line.commits
        told.close()
    assert min(done["before"], done["after"]) > CASES // 20, done
    assert {answer.state.case_id for answer in answers} == {command.case_id for command in commands}
    # What was done when its answer was lost is found, not done anew.
    assert sum(answer.repeated for answer in answers) > CASES // 20
    told = Told(tmp_path / "data", CARRIERS + said(cluster.address(postgresql)))
    each_once(told, commands)
    told.close()


def test_connections_ended_at_random_lose_nothing_and_double_nothing(
    tmp_path: Path, cluster: Cluster, postgresql: str
) -> None:
    told = Told(tmp_path / "data", CARRIERS + said(cluster.address(postgresql)))
    ended = threading.Event()
    killed: list[int] = []
    commands: list[OpenCase] = []
    answers: list[object] = []

    def kill() -> None:
        draw = random.Random(7)  # noqa: S311  # which line is cut, not a secret
        with cluster.connect() as other:
            while not ended.wait(draw.uniform(0.005, 0.03)):
                found = other.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", (postgresql,)).fetchall()
                if found:
                    # Waits until it is gone: one still dying after the last answer would be met by whoever counts.
                    other.execute("SELECT pg_terminate_backend(%s, 5000)", draw.choice(found))
                    killed.append(1)

    killer = threading.Thread(target=kill)
    killer.start()
    for _ in range(20):  # a quick machine is done with the first ones before many lines were cut
        more = [open_case(told.house) for _ in range(CASES)]
        commands += more
        answers += in_threads(lambda command: until_answered(told, command), more)
        if len(killed) > 5:
            break
    ended.set()
    killer.join()
    assert len(answers) == len(commands)
    assert len(killed) > 5
    each_once(told, commands)
    told.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_starts_again_in_the_middle_is_waited_for(
    tmp_path: Path, cluster: Cluster, postgresql: str, how: signal.Signals
) -> None:
    told = Told(tmp_path / "data", CARRIERS + said(cluster.address(postgresql)))
    commands = [open_case(told.house) for _ in range(CASES // 2)]

    def restart() -> None:
        time.sleep(0.3)  # the work is under way when the server goes
        cluster.stop(how)
        cluster.start()

    restarting = threading.Thread(target=restart)
    restarting.start()
    answers = in_threads(lambda command: until_answered(told, command), commands)
    restarting.join()
    assert len(answers) == len(commands)
    each_once(told, commands)
    told.close()


def test_a_page_after_a_restart_is_read_at_the_first_look(tmp_path: Path, cluster: Cluster, postgresql: str) -> None:
    told = Told(tmp_path / "data", CARRIERS + said(cluster.address(postgresql)))
    told.opened()
    cluster.stop()
    with pytest.raises(StoreUnreachable, match="telephone"):
        count(told, Case)
    cluster.start()
    assert count(told, Case) == 1
    told.close()
