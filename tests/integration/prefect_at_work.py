"""A real Prefect server for the stories of the engine, and an engine at work in this process."""

import asyncio
import gc
import http.client
import os
import socket
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import pytest

from flows.delivering import carrier_urls
from flows.dispatcher import Dispatcher
from flows.engine import Engine
from flows.environment import LOOPBACK, PrefectHouse, environment_with_prefect, prefect_environment
from flows.journal import open_journal
from flows.recording import Recording
from flows.supervising import Program, Supervisor
from models.composition import House
from models.history import FlowRunNote, flow_run_of, flow_tasks_of, run_facts
from models.recorded import Handled
from notifiers.carriers import Carriers
from tests.integration.relay import open_shelter, run_id_of

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun, TaskRun

T = TypeVar("T")
PREFECT_LEAVES_SOCKETS = pytest.mark.filterwarnings(
    # The socket of its events stays open until the process ends.
    "ignore::ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


@dataclass(frozen=True)
class PrefectAtWork:
    """The server of this session."""

    house: PrefectHouse
    logs: Path
    supervisor: Supervisor

    def lose_everything(self) -> None:
        """The server stops, its database is deleted, and it starts with an empty one."""
        self.supervisor.stop("prefect")
        for file in self.house.home.glob("prefect.db*"):
            file.unlink()
        self.supervisor.start("prefect")
        wait_healthy(self.house)

    def everything_kept(self) -> bytes:
        """All that the server keeps or writes, byte for byte."""
        files = [*self.house.home.rglob("*"), *self.logs.rglob("*")]
        return b"".join(file.read_bytes() for file in files if file.is_file() and file.name != "password")


def nobody() -> None:
    """No deadlines are watched here."""


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_healthy(house: PrefectHouse) -> bool:
    """Whether the server answers to its password."""
    connection = http.client.HTTPConnection(LOOPBACK, house.port, timeout=5)
    try:
        word = b64encode(house.password().encode()).decode()
        connection.request("GET", "/api/health", headers={"Authorization": f"Basic {word}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def wait_healthy(house: PrefectHouse) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + 90
    while not is_healthy(house):
        assert time.monotonic() < until, "Prefect did not come up"
        time.sleep(0.2)  # between two looks


@contextmanager
def prefect_server(folder: Path) -> Iterator[PrefectAtWork]:
    """The server, for as long as the context lasts; this process may import Prefect from then on."""
    house = PrefectHouse(folder, free_port())
    server = Program("prefect", (sys.executable, "-m", "prefect", "server", "start"), environment_with_prefect(house))
    supervisor = Supervisor([server], folder / "log")
    supervisor.start("prefect")
    os.environ.update(prefect_environment(house))
    try:
        wait_healthy(house)
        yield PrefectAtWork(house, folder / "log", supervisor)
    finally:
        supervisor.stop()


@asynccontextmanager
async def engine_at_work(house: House, *, dispatching: bool = True, log: StringIO | None = None) -> AsyncIterator[None]:
    """An engine, and a dispatcher unless it is away, in this process."""
    from flows.history import historian

    carriers = Carriers(carrier_urls(house))
    journal = open_journal("engine", log)
    tasks: list[asyncio.Task[None]] = []
    async with house.bells.listen("engine") as bell, house.bells.listen("dispatcher") as other_bell:
        if dispatching:
            tasks.append(asyncio.create_task(Dispatcher(house, carriers, journal, nudge=nobody).run(other_bell)))
        engine = Engine(house, carriers, journal)
        tasks.append(asyncio.create_task(engine.run(bell, lambda: historian(house))))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await carriers.aclose()
            # What Prefect left open is found here, and not in the next story.
            gc.collect()


async def until(look: Callable[[], T | None], seconds: float = 30.0) -> T:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.05)


def at_rest(house: House, run_id: str, name: str, tasks: int = 0) -> Callable[[], FlowRunNote | None]:
    """Look whether this run rests under this name, with at least so many task runs."""

    def look() -> FlowRunNote | None:
        note = flow_run_of(house.database, run_id)
        told = flow_tasks_of(house.database, run_id)
        return note if note is not None and note.state_name == name and len(told) >= tasks else None

    return look


async def flow_run(client: "PrefectClient", note: FlowRunNote) -> "FlowRun":
    """The flow run as Prefect has it."""
    return await client.read_flow_run(UUID(note.flow_run_id))


async def task_runs(client: "PrefectClient", note: FlowRunNote, at_least: int) -> "list[TaskRun]":
    """The task runs as Prefect has them; their states reach it as events, a moment later."""
    for _look in range(100):
        found = await task_runs_now(client, note)
        if sum(1 for task_run in found if task_run.state is not None and task_run.state.is_final()) >= at_least:
            return found
        await asyncio.sleep(0.1)
    message = "the task runs did not reach Prefect"
    raise AssertionError(message)


async def task_runs_now(client: "PrefectClient", note: FlowRunNote) -> "list[TaskRun]":
    """Those that have reached Prefect by now."""
    from flows.record import task_runs_of

    return await task_runs_of(client, [UUID(note.flow_run_id)])


class NoCarrier:
    """Nobody is to be sent anything here."""

    async def send(self, message: object, leave: object = None) -> Any:
        raise AssertionError(message, leave)


def recording_of(house: House, run_id: str) -> Recording:
    """An entry into this run, in which nobody is to be sent anything."""
    run = run_facts(house.database, run_id)
    assert run is not None
    return Recording(house, NoCarrier(), "engine", run)


async def brought_to_rest(house: House) -> tuple[Handled, UUID]:
    """A case whose run waits for a place, with no engine at work any more."""
    opened = open_shelter(house)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id_of(opened), "Awaiting find_place", tasks=1))
    return opened, UUID(note.flow_run_id)


async def press_cancel(client: "PrefectClient", flow_run_id: UUID, *, over: bool) -> None:
    """Somebody pressed *Cancel* in Prefect's page; `over` when Prefect has carried it out."""
    from prefect.states import Cancelled, Cancelling

    await client.set_flow_run_state(flow_run_id, Cancelled() if over else Cancelling(), force=True)
