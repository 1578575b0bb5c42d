"""Peers as running programs: which there are here, and how each is started and ended."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from benchmarks.backends import Backend
from benchmarks.houses import free_port, wait_for_port
from benchmarks.mails import WAIT
from flows.environment import PrefectHouse, environment_with_prefect

PREFECT_SECONDS = 60.0
SERVING_SECONDS = 8.0
"""Until a flow that is served has told the server of itself."""


@dataclass(frozen=True)
class Size:
    """How much one peer is asked for: what takes minutes elsewhere is asked for less."""

    warm_up: int = 2
    rounds: int = 12
    heap: int = 200
    reminders: int = 8
    ahead: float = 1.5
    """Seconds from asking for a reminder until it is due: a program that starts for it has to be up by then."""
    waiting: int = 200


@dataclass
class Peer:
    """One that runs."""

    name: str
    backend: str
    errands: "subprocess.Popen[str]"
    others: Mapping[str, int] = field(default_factory=dict)
    """The pids of whatever else it needs."""
    size: Size = Size()

    @property
    def pids(self) -> Mapping[str, int]:
        """All its processes."""
        return {"errands": self.errands.pid, **self.others}

    def ask(self, *errand: object) -> None:
        """Send it on an errand."""
        assert self.errands.stdin is not None
        self.errands.stdin.write(" ".join(map(str, errand)) + "\n")
        self.errands.stdin.flush()

    def answer(self) -> str:
        """Wait for its next line."""
        assert self.errands.stdout is not None
        return self.errands.stdout.readline().strip()


def missing() -> list[str]:
    """Peers that are not installed here."""
    return [] if find_spec("dbos") else ["DBOS is not installed: its rows are left out (dependency group `peers`)"]


@contextmanager
def stock_apprise(port: int) -> Iterator[Peer]:
    """Stock Apprise alone."""
    with program("stock_apprise", port) as errands:
        yield Peer("stock Apprise", "-", errands)


@contextmanager
def dbos_apprise(port: int, backend: Backend, folder: Path) -> Iterator[Peer]:
    """DBOS on that database."""
    url = f"sqlite:///{folder / 'dbos.sqlite'}"
    if backend.cluster is not None:
        url = backend.cluster.url(backend.cluster.database())
    with program("dbos_apprise", port, url) as errands:
        yield Peer("DBOS with stock Apprise", backend.name, errands)


@contextmanager
def plain_prefect(port: int, folder: Path) -> Iterator[Peer]:
    """Prefect's server, a served flow, and a program that triggers it."""
    house = PrefectHouse(folder, free_port())
    environment = {**environment_with_prefect(house), "PREFECT_LOGGING_LEVEL": "CRITICAL"}
    with ExitStack() as held:
        server = held.enter_context(_background((sys.executable, "-m", "prefect", "server", "start"), environment))
        wait_for_port(house.port, PREFECT_SECONDS)
        serve = (sys.executable, "-m", "benchmarks.peers.plain_prefect", "serve")
        serving = held.enter_context(_background(serve, environment))
        time.sleep(SERVING_SECONDS)  # `serve` says nowhere that it is up
        errands = held.enter_context(program("plain_prefect", port, environment=environment))
        others = {"server": server.pid, "serve": serving.pid}
        yield Peer(
            "plain Prefect",
            "sqlite",
            errands,
            others,
            Size(warm_up=1, rounds=3, heap=5, reminders=2, ahead=20.0, waiting=0),
        )


@contextmanager
def program(
    name: str, *arguments: object, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """A peer's program, ready for errands. It ends with the context."""
    command = [sys.executable, "-m", f"benchmarks.peers.{name}", *map(str, arguments)]
    with _ended(
        subprocess.Popen(  # noqa: S603 - a module of ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=dict(environment or os.environ),
        )
    ) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(name)
        yield process


@contextmanager
def _background(command: tuple[str, ...], environment: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    with _ended(
        subprocess.Popen(  # noqa: S603 - the interpreter, with a module of ours or Prefect's
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            env=dict(environment),
            start_new_session=True,
        )
    ) as process:
        yield process


@contextmanager
def _ended(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
