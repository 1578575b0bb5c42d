"""Child processes that stay up: started together, started again when they die, stopped together, orphaned never."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from flows.journal import Journal, open_journal

FIRST_DELAY = 0.2
LONGEST_DELAY = 5.0
STEADY_SECONDS = 5.0
"""A child that lived this long starts with a clean slate: whatever killed it was not its own start."""
STOP_WITHIN = 10.0
LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True)
class Program:
    """One child: what to run, in which environment. Its output goes to `NAME.log`."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] | None = None


def next_delay(last: float | None, lived: float) -> float:
    """Seconds until a dead child is started again: at once the first time, then 0.2 s, doubled up to 5 s."""
    if last is None or lived >= STEADY_SECONDS:
        return 0.0
    return min(max(last * 2, FIRST_DELAY), LONGEST_DELAY)


def is_stopped(pid: int) -> bool:
    """Whether this process stands still; False where the system does not tell."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[:1] == ["T"]


class Child:
    """One program, kept alive by a thread that waits for its end."""

    def __init__(self, program: Program, logs: Path, journal: Journal) -> None:
        """Nothing is started yet."""
        self.program = program
        self.starts = 0
        self._logs = logs
        self._journal = journal
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        # The kernel ends the child with the thread that started it, so this thread lives as long as the child.
        self._thread = threading.Thread(target=self._keep_alive, name=f"keeps {program.name}", daemon=True)

    def start(self) -> None:
        """Start it, and again each time that it dies."""
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child and to whatever it started."""
        if (pid := self.pid) is not None:
            try:
                os.killpg(pid, number)
            except ProcessLookupError:
                return

    def ask_to_stop(self) -> None:
        """Ask it to end, and do not start it again."""
        with self._lock:
            self._stopping.set()
            self.signal(signal.SIGTERM)

    def wait_stopped(self, until: float) -> None:
        """Wait until `until` (monotonic seconds), then end it by force."""
        if self._thread.ident is None:
            return
        self._thread.join(max(0.0, until - time.monotonic()))
        if self._thread.is_alive():
            self.signal(signal.SIGKILL)
            self._thread.join()

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        leashed = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *self.program.command]
        return subprocess.Popen(  # noqa: S603 - the command is ours
            leashed,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=None if self.program.environment is None else dict(self.program.environment),
            start_new_session=True,
        )

    def _keep_alive(self) -> None:
        delay: float | None = None
        path = self._logs / f"{self.program.name}.log"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0) as log:
            while True:
                started = time.monotonic()
                try:
                    exit_code = self._one_life(log)
                except OSError as error:  # no more processes, no memory: there may be some in a moment
                    exit_code = error.errno or 1
                if self._stopping.is_set():
                    return
                delay = next_delay(delay, time.monotonic() - started)
                self._journal.warning("child-died", program=self.program.name, exit_code=exit_code, delay_s=delay)
                self._stopping.wait(max(delay, 0.0 if self._process is not None else FIRST_DELAY))

    def _one_life(self, log: IO[bytes]) -> int:
        """Start it and wait for its end; its exit code."""
        with self._lock:
            if self._stopping.is_set():
                return 0
            self._process = None
            self._process = self._launch(log)
            self.starts += 1
        return self._process.wait()


class Supervisor:
    """The children of `staffetta serve`, by name."""

    def __init__(
        self,
        programs: Sequence[Program],
        logs: Path,
        journal: Journal | None = None,
        *,
        stands_still: float | None = None,
    ) -> None:
        """`logs` is the folder for the output of each child; it is made for this user alone.

        A child that was stopped (SIGSTOP) for `stands_still` seconds is ended, and started again: stopped in the middle
        of a commit it would keep everybody else from saving. None lets it stand.
        """
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._logs = logs
        self._journal = journal or open_journal("serve")
        self._programs = {program.name: program for program in programs}
        self._children: dict[str, Child] = {}
        self._stands_still = stands_still
        self._watching: threading.Thread | None = None

    @property
    def programs(self) -> tuple[Program, ...]:
        """The children that this supervisor knows, in the order of starting."""
        return tuple(self._programs.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self._programs)

    def start(self, *names: str) -> None:
        """Start these children, but for those that are under way already."""
        for name in names:
            if name not in self._children:
                self._children[name] = Child(self._programs[name], self._logs, self._journal)
                self._children[name].start()
        if self._stands_still is not None and self._watching is None:
            watch = partial(self._watch, self._stands_still)
            self._watching = threading.Thread(target=watch, name="watches who stands still", daemon=True)
            self._watching.start()

    def _watch(self, patience: float) -> None:
        since: dict[int, float] = {}
        while True:
            time.sleep(patience / 5)
            now = time.monotonic()
            stopped = {pid: name for name, pid in self.pids().items() if is_stopped(pid)}
            since = {pid: since.get(pid, now) for pid in stopped}
            for pid in [pid for pid, at in since.items() if now - at >= patience]:
                self._journal.warning("child-stood-still", program=stopped[pid])
                child = self._children.get(stopped[pid])
                if child is not None and child.pid == pid:
                    child.signal(signal.SIGKILL)

    def pids(self) -> dict[str, int]:
        """The process ids of the children that run now."""
        return {name: pid for name, child in list(self._children.items()) if (pid := child.pid) is not None}

    def starts(self, name: str) -> int:
        """How often this child was started."""
        return self._children[name].starts

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one child; it is started again when it dies of it."""
        self._children[name].signal(number)

    def stop(self, *names: str, within: float = STOP_WITHIN) -> None:
        """Stop these children (all, without a name): politely, then by force after `within` seconds."""
        leaving = [self._children.pop(name) for name in names or tuple(self._children) if name in self._children]
        for child in leaving:
            child.ask_to_stop()
        until = time.monotonic() + within
        for child in leaving:
            child.wait_stopped(until)
