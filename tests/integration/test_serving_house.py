"""The whole house as child processes: what comes up first, what goes on without Prefect, what is left after a kill."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.demo.mailserver import MailServer
from flows.serving import (
    HouseAtWork,
    PortInUse,
    Ports,
    claim_port,
    find_ports,
    only_house,
    prepare,
    programs,
    serve,
    wait_ready,
)
from flows.supervising import Supervisor
from models.composition import House
from models.history import Attempt, attempts_of_run, flow_run_of, flow_tasks_of
from models.recorded import Handled
from models.settings import load_settings
from models.store_errors import StoreDamaged, StoreFailed
from procedures.events import HandoffRequested
from tests.integration.prefect_at_work import at_rest, free_port
from tests.integration.relay import CANARY, first, furnish, no_place, open_shelter, run_id_of, settings_text, wait_for

SERVE = (
    "import sys\nfrom pathlib import Path\nfrom flows.serving import serve\n"
    "def greet(g): print(g.url, bool(g.first_password), flush=True)\n"
    "serve(Path(sys.argv[1]), port=int(sys.argv[2]), greet=greet)\n"
)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_named_and_nothing_is_started(tmp_path: Path, taken: int) -> None:
    data = tmp_path / "data"
    with pytest.raises(PortInUse) as refused:
        serve(data, port=taken, greet=lambda _greeting: None)
    assert str(taken) in str(refused.value)
    assert "--port" in str(refused.value)
    assert not (data / "log").exists()


def test_so_is_prefects(tmp_path: Path, taken: int) -> None:
    settings = load_settings(tmp_path)
    crowded = settings.model_copy(update={"prefect": settings.prefect.model_copy(update={"port": taken})})
    with pytest.raises(PortInUse, match=r"\[prefect\] port"):
        find_ports(crowded, 0, None)


def test_one_folder_has_one_house(tmp_path: Path) -> None:
    prepare(tmp_path, None)
    settings = load_settings(tmp_path)
    with only_house(settings), pytest.raises(HouseAtWork, match="already works"), only_house(settings):
        pytest.fail("two houses on one folder")
    with only_house(settings):
        assert (settings.run_folder / "house.lock").exists()


def test_nothing_starts_on_a_damaged_database(tmp_path: Path) -> None:
    prepare(tmp_path, None)
    file = tmp_path / "staffetta.sqlite"
    with sqlite3.connect(file) as writing:
        writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writing.close()
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2 :] = b"\x5a" * (len(whole) - len(whole) // 2)
    file.write_bytes(whole)
    with pytest.raises((StoreDamaged, StoreFailed)):
        prepare(tmp_path, None)


def test_one_part_alone_is_that_part_alone(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    parts = programs(settings, Ports(1, 2), None, "dispatcher")
    assert [program.name for program in parts] == ["dispatcher"]


def test_without_prefect_there_is_no_engine(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    without = settings.model_copy(update={"prefect": settings.prefect.model_copy(update={"enabled": False})})
    assert [program.name for program in programs(without, Ports(1, 2), None, None)] == ["desk", "dispatcher"]


def test_prefect_reports_to_nobody_and_keeps_to_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "https://somewhere.example.org/api")
    settings = load_settings(tmp_path)
    for program in programs(settings, Ports(1, 2), None, None):
        if program.name in {"prefect", "engine"}:
            told = program.environment
            assert told is not None
            assert told["DO_NOT_TRACK"] == "1"
            assert told["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
            assert told["PREFECT_API_URL"] == "http://127.0.0.1:2/api"
            assert told["PREFECT_HOME"].startswith(str(tmp_path))
            assert told["PREFECT_SERVER_UI_ENABLED"] == "false"


def test_its_password_is_for_this_user_alone(tmp_path: Path) -> None:
    programs(load_settings(tmp_path), Ports(1, 2), None, None)
    kept = tmp_path / "prefect" / "password"
    assert kept.stat().st_mode & 0o077 == 0
    assert len(kept.read_text(encoding="ascii")) > 40


@pytest.mark.slow
def test_prefects_telemetry_is_off_where_it_is_imported(tmp_path: Path) -> None:
    (environment,) = [p.environment for p in programs(load_settings(tmp_path), Ports(1, 2), None, "engine")]
    assert environment is not None
    look = (
        "import threading, prefect\n"
        "from prefect._internal.analytics.enabled import is_telemetry_enabled\n"
        "print(is_telemetry_enabled(), 'prefect-analytics' in {t.name for t in threading.enumerate()})"
    )
    # A build machine would have it off in any case.
    plain = {key: value for key, value in environment.items() if not key.startswith(("CI", "GITHUB"))}
    said = subprocess.run(
        [sys.executable, "-c", look], env=plain, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert said.split() == ["False", "False"]


@pytest.mark.slow
def test_the_house_comes_up_says_where_and_leaves_nothing_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "staffetta.toml").write_text(f"[prefect]\nport = {free_port()}\n", encoding="utf-8")
    command = [sys.executable, "-c", SERVE, str(data), str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as house:
        assert house.stdout is not None
        url, made_account = house.stdout.readline().split()
        assert url.startswith("http://127.0.0.1:")
        assert made_account == "True"
        wait_for(lambda: len(children_of(house.pid)) == 4)
        children = children_of(house.pid)
        house.send_signal(signal.SIGTERM)
        assert house.wait(15) == 0
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (thread / "children").read_text(encoding="ascii").split()]
    return found


@pytest.fixture
def furnished(tmp_path: Path, mail: MailServer) -> Iterator[House]:
    made = furnish(tmp_path / "data", settings_text(mail.url, prefect_port=free_port()))
    yield made
    made.close()


@pytest.fixture
def supervisor(furnished: House) -> Iterator[Supervisor]:
    settings = furnished.settings
    ports = Ports(claim_port("127.0.0.1", 0, ""), settings.prefect.port)
    made = Supervisor(programs(settings, ports, None, None), settings.data / "log")
    yield made
    made.stop()


@pytest.mark.slow
def test_alerts_go_on_without_prefect_and_the_history_catches_up(
    furnished: House, supervisor: Supervisor, mail: MailServer
) -> None:
    house = furnished
    supervisor.start("dispatcher", "prefect", "engine")
    before = open_shelter(house)
    wait_for(at_rest(house, run_id_of(before), "Awaiting find_place", tasks=1), 90)
    supervisor.stop("prefect")
    during = open_shelter(house)
    mail.wait_for(lambda received: first(during, HandoffRequested).ref in received.subject, 20)
    no_place(house, before)
    assert flow_run_of(house.database, run_id_of(during)) is None
    wait_for(lambda: all(a.state == "accepted" for a in tries_of(house, during)))
    caught_up = house.clock.now()
    supervisor.start("prefect")
    wait_for(at_rest(house, run_id_of(during), "Awaiting find_place", tasks=1), 90)
    wait_for(at_rest(house, run_id_of(before), "Completed", tasks=5), 30)
    told = flow_tasks_of(house.database, run_id_of(during))
    # Its time is the one at which it was sent, not that of catching up.
    assert told[0].ended_at is not None
    assert told[0].ended_at < caught_up
    assert supervisor.starts("engine") == 1
    written = b"".join(log.read_bytes() for log in (house.settings.data / "log").iterdir())
    for word in (CANARY, "example.org", before.state.code):
        assert word.encode() not in written


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_kills_of_dispatcher_and_engine_lose_nothing_and_leave_nothing_stuck(
    furnished: House, supervisor: Supervisor, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ten deaths in a row would be waited for longer each time.
    monkeypatch.setattr("flows.supervising.LONGEST_DELAY", 0.2)
    house = furnished
    supervisor.start("dispatcher", "prefect", "engine")
    opened = [open_shelter(house)]
    wait_for(at_rest(house, run_id_of(opened[0]), "Awaiting find_place", tasks=1), 90)
    for _kill in range(10):
        wait_for(lambda: {"dispatcher", "engine"} <= supervisor.pids().keys())
        wait_for_request(mail, opened[-1])
        no_place(house, opened[-1])
        opened.append(open_shelter(house))
        supervisor.kill("dispatcher")
        supervisor.kill("engine")
    wait_for_request(mail, opened[-1])
    for case in opened[:-1]:
        wait_for(at_rest(house, run_id_of(case), "Completed", tasks=5), 90)
    wait_for(at_rest(house, run_id_of(opened[-1]), "Awaiting find_place", tasks=1), 30)
    assert min(supervisor.starts("dispatcher"), supervisor.starts("engine")) == 11
    wait_for(lambda: not under_way(house), 10)


def tries_of(house: House, case: Handled) -> list[Attempt]:
    """Every attempt to send a message of this case."""
    return [attempt for tries in attempts_of_run(house.database, run_id_of(case)).values() for attempt in tries]


def wait_for_request(mail: MailServer, case: Handled) -> None:
    ref = first(case, HandoffRequested).ref
    mail.wait_for(lambda received: ref in received.subject, 20)


def under_way(house: House) -> list[Any]:
    """What Prefect says to be running, although nothing is."""
    database = f"file:{house.settings.data / 'prefect' / 'prefect.db'}?mode=ro"
    query = "SELECT name, state_type FROM {} WHERE state_type IN ('RUNNING', 'PENDING')"
    connection = sqlite3.connect(database, uri=True)
    try:
        return [row for table in ("flow_run", "task_run") for row in connection.execute(query.format(table))]
    finally:
        connection.close()


@pytest.mark.slow
def test_the_desk_answers_before_prefect_does(furnished: House, supervisor: Supervisor) -> None:
    port = int(next(p for p in supervisor.programs if p.name == "desk").command[-1])
    supervisor.start(*supervisor.names)
    assert wait_ready("127.0.0.1", port, 30)
    with socket.socket() as prefect:
        assert prefect.connect_ex(("127.0.0.1", furnished.settings.prefect.port)) != 0
    assert os.getpid() not in supervisor.pids().values()
