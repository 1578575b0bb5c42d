"""Child processes stay up, stop together, and never outlive whoever started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.journal import open_journal
from flows.supervising import Program, Supervisor, next_delay

IDLE = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
)
FAILING = (sys.executable, "-c", "raise SystemExit(3)")


def wait_until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)  # between two looks


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    return state != "Z"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def supervisor(logs: Path) -> Iterator[Supervisor]:
    made = Supervisor([Program("idle", IDLE), Program("stubborn", STUBBORN), Program("failing", FAILING)], logs)
    yield made
    made.stop(within=0.1)


def has_said_up(logs: Path, name: str) -> bool:
    log = logs / f"{name}.log"
    return log.exists() and log.read_text(encoding="utf-8").count("up") > 0


def test_a_killed_child_is_started_again_at_once(supervisor: Supervisor) -> None:
    supervisor.start("idle")
    wait_until(lambda: "idle" in supervisor.pids())
    first = supervisor.pids()["idle"]
    supervisor.kill("idle")
    wait_until(lambda: supervisor.pids().get("idle", first) != first, seconds=2)
    assert supervisor.starts("idle") == 2


def test_only_the_children_that_were_asked_for_are_started(supervisor: Supervisor) -> None:
    supervisor.start("idle")
    wait_until(lambda: "idle" in supervisor.pids())
    assert set(supervisor.pids()) == {"idle"}


@pytest.mark.slow
def test_a_child_that_cannot_live_is_not_started_in_a_hurry(supervisor: Supervisor) -> None:
    supervisor.start("failing")
    time.sleep(1.0)  # the span in which starts are counted
    assert 2 <= supervisor.starts("failing") <= 5


def test_the_wait_grows_to_five_seconds_and_is_forgotten_after_a_steady_life() -> None:
    delays: list[float] = []
    delay: float | None = None
    for _death in range(8):
        delay = next_delay(delay, lived=0.1)
        delays.append(delay)
    assert delays == [0.0, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert next_delay(5.0, lived=6.0) == 0.0


def test_all_children_stop_together(supervisor: Supervisor) -> None:
    supervisor.start("idle")
    wait_until(lambda: "idle" in supervisor.pids())
    pid = supervisor.pids()["idle"]
    supervisor.stop()
    assert not is_alive(pid)
    assert supervisor.pids() == {}


def test_a_child_that_does_not_want_to_stop_is_ended(supervisor: Supervisor, logs: Path) -> None:
    supervisor.start("stubborn")
    wait_until(lambda: has_said_up(logs, "stubborn"))
    pid = supervisor.pids()["stubborn"]
    began = time.monotonic()
    supervisor.stop(within=0.5)
    assert not is_alive(pid)
    assert time.monotonic() - began < 3


def test_a_stopped_child_can_be_started_again(supervisor: Supervisor) -> None:
    supervisor.start("idle")
    wait_until(lambda: "idle" in supervisor.pids())
    before = supervisor.pids()["idle"]
    supervisor.stop("idle")
    supervisor.start("idle")
    wait_until(lambda: "idle" in supervisor.pids())
    assert supervisor.pids()["idle"] != before


def test_what_a_child_says_is_kept_for_its_owner_alone(supervisor: Supervisor, logs: Path) -> None:
    supervisor.start("idle")
    wait_until(lambda: has_said_up(logs, "idle"))
    assert (logs / "idle.log").stat().st_mode & 0o077 == 0
    assert logs.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom flows.supervising import Program, Supervisor\n"
        "s = Supervisor([Program('idle', (sys.executable, '-c', 'import time; time.sleep(600)'))], Path(sys.argv[1]))\n"
        "s.start('idle')\n"
        "while 'idle' not in s.pids(): time.sleep(0.01)\n"
        "print(s.pids()['idle'], flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        # The leash must be on before the parent goes.
        wait_until(lambda: "leash.py" not in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8"))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_until(lambda: not is_alive(child), seconds=5)


def test_a_child_that_stands_still_is_ended_and_started_again(logs: Path) -> None:
    supervisor = Supervisor([Program("idle", IDLE)], logs, stands_still=0.5)
    supervisor.start("idle")
    try:
        wait_until(lambda: "idle" in supervisor.pids())
        first = supervisor.pids()["idle"]
        supervisor.kill("idle", signal.SIGSTOP)
        wait_until(lambda: supervisor.pids().get("idle", first) != first)
        assert not is_alive(first)
    finally:
        supervisor.stop()


def test_a_journal_that_cannot_be_written_stops_nobody_from_starting_a_child_again(logs: Path) -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as closed:
        pass
    supervisor = Supervisor([Program("idle", IDLE)], logs, open_journal("serve", closed))
    supervisor.start("idle")
    try:
        for life in (2, 3):
            wait_until(lambda: "idle" in supervisor.pids())
            supervisor.kill("idle")
            # A lambda with a default has no type of its own.
            wait_until(lambda life=life: supervisor.starts("idle") == life)  # type: ignore[misc]
        assert supervisor.starts("idle") == 3
    finally:
        supervisor.stop()


def test_a_program_that_cannot_be_started_now_is_tried_again(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, refused = subprocess.Popen, [OSError(11, "no more processes")]

    def popen(*args: object, **options: object) -> object:
        if refused:
            raise refused.pop()
        return real(*args, **options)  # type: ignore[call-overload]  # handed through as it came

    monkeypatch.setattr("flows.supervising.subprocess.Popen", popen)
    supervisor = Supervisor([Program("idle", IDLE)], logs)
    supervisor.start("idle")
    try:
        wait_until(lambda: "idle" in supervisor.pids())
        assert not refused, "it was refused once"
        assert supervisor.starts("idle") == 1
    finally:
        supervisor.stop()
