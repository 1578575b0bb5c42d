"""`staffetta serve`: desk, dispatcher, Prefect and engine as child processes, watched.

Desk and dispatcher come up first: from then on cases are opened and alerts go out, whatever Prefect does.
"""

import fcntl
import http.client
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.environment import LOOPBACK, PrefectHouse, environment_with_prefect
from flows.stopping import ToldToStop
from flows.supervising import STOP_WITHIN, Program, Supervisor
from models.accounts import ensure_first_operator
from models.composition import open_house
from models.settings import PREFIX, Settings, load_settings
from procedures.errors import StaffettaError

Part = Literal["desk", "dispatcher", "replies", "engine"]
FIRST = ("desk", "dispatcher")
READY_WITHIN = 30.0
STANDS_STILL = 5.0
"""Seconds: a child stopped in the middle of a commit keeps everybody else from saving (decision 15)."""
SOURCE = Path(__file__).resolve().parents[1]


class PortInUse(StaffettaError):
    """Another program listens there. Nothing was started."""

    template = "Port {port} is in use already. Stop the program that uses it, or choose another with {setting}."


class HouseAtWork(StaffettaError):
    """Somebody else serves this data folder. Nothing was started."""

    template = "Another house already works on {data}. Use its desk, or stop it first."


class DeskNotReady(StaffettaError):
    """The desk did not come up."""

    template = "The desk did not answer within {seconds} seconds. Read {log} for the reason."


@dataclass(frozen=True)
class Ports:
    """Where desk and Prefect listen."""

    desk: int
    prefect: int


@dataclass(frozen=True)
class Greeting:
    """What to tell whoever started the house, once the desk answers."""

    url: str
    """The desk's own address."""
    first_password: str | None
    """Of the account that was made just now: shown once, kept nowhere."""


def serve(
    data: Path,
    *,
    port: int | None = None,
    only: Part | None = None,
    config: Path | None = None,
    greet: Callable[[Greeting], None],
) -> None:
    """Run the house until SIGINT or SIGTERM.

    Args:
        data: the data folder; made if it is missing, never wiped.
        port: the desk's port, above the settings'; 0 takes a free one.
        only: one part alone.
        config: another settings file than the one in the data folder.
        greet: called once, when the desk answers (without a desk: when the part was started).

    Raises:
        PortInUse, HouseAtWork: nothing was started.
        DeskNotReady: the desk did not answer; everything was stopped again.
        BadSettings, UnwritableFolder and whatever else `open_house` raises: nothing was started.
    """
    told_to_stop = ToldToStop()
    told_to_stop.listen()
    settings = load_settings(data, config)
    ports = find_ports(settings, port, only)
    password = prepare(data, config)
    supervisor = Supervisor(programs(settings, ports, config, only), settings.data / "log", stands_still=STANDS_STILL)
    url = f"http://{settings.desk.host}:{ports.desk}"
    with ExitStack() as held:
        if only is None:
            held.enter_context(only_house(settings))
        held.callback(supervisor.stop, within=STOP_WITHIN)
        start_in_order(supervisor, settings, ports, told_to_stop)
        if not told_to_stop.is_set():
            greet(Greeting(url, password))
        told_to_stop.wait()


@contextmanager
def only_house(settings: Settings) -> Iterator[None]:
    """Be the only one that serves this folder whole. The kernel gives the lock back however its holder ends.

    Raises:
        HouseAtWork: another one does.
    """
    with (settings.run_folder / "house.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HouseAtWork(data=settings.data) from None
        yield


def start_in_order(supervisor: Supervisor, settings: Settings, ports: Ports, told_to_stop: ToldToStop) -> None:
    """Desk and dispatcher; then, when the desk answers, the rest, which needs the processor for seconds.

    Raises:
        DeskNotReady: it did not come up.
    """
    supervisor.start(*(name for name in supervisor.names if name in FIRST))
    if "desk" in supervisor.names and not wait_ready(settings.desk.host, ports.desk, READY_WITHIN, told_to_stop):
        raise DeskNotReady(seconds=int(READY_WITHIN), log=settings.data / "log" / "desk.log")
    supervisor.start(*supervisor.names)


def prepare(data: Path, config: Path | None) -> str | None:
    """Make folder, keys, tables and the first account; that account's password if it was made now.

    Raises:
        StoreDamaged, and whatever `open_house` raises.
    """
    house = open_house(data, with_vault=True, config=config)
    try:
        house.database.check()
        return ensure_first_operator(house.database, house.clock.now())
    finally:
        house.close()


def find_ports(settings: Settings, port: int | None, only: Part | None) -> Ports:
    """The ports to listen on, each free now.

    Raises:
        PortInUse: one of them is not.
    """
    desk = settings.desk.port if port is None else port
    if only in {None, "desk"}:
        desk = claim_port(settings.desk.host, desk, "--port")
    prefect = settings.prefect.port
    if only is None and settings.prefect.enabled:
        prefect = claim_port(LOOPBACK, prefect, "[prefect] port")
    return Ports(desk, prefect)


def claim_port(host: str, port: int, setting: str) -> int:
    """See that the port is free; a free one for 0.

    Raises:
        PortInUse: it is not.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # Connections of a house that was just stopped linger; they keep nobody from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortInUse(port=port, setting=setting) from None
        found: int = probe.getsockname()[1]
        return found


def programs(settings: Settings, ports: Ports, config: Path | None, only: Part | None) -> tuple[Program, ...]:
    """What to run. Everybody is told the ports, because links begin with the desk's."""
    told = {
        f"{PREFIX}DESK__PORT": str(ports.desk),
        f"{PREFIX}PREFECT__PORT": str(ports.prefect),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH")))),
    }
    ours = dict(os.environ) | told
    whole = [
        module("desk", "web", settings.data, config, ours, "--port", str(ports.desk)),
        module("dispatcher", "flows.dispatcher", settings.data, config, ours),
    ]
    if settings.replies.is_read or settings.pec.is_read or only == "replies":
        whole.append(module("replies", "flows.replies", settings.data, config, ours))
    if settings.prefect.enabled:
        prefect = PrefectHouse(
            settings.data, ports.prefect, ui=settings.prefect.ui, database_url=settings.prefect.database_url
        )
        with_prefect = environment_with_prefect(prefect)
        server = (sys.executable, "-m", "prefect", "server", "start")
        whole.append(Program("prefect", server, with_prefect))
        whole.append(module("engine", "flows.engine", settings.data, config, with_prefect | told))
    return tuple(program for program in whole if only in {None, program.name})


def module(
    name: str, package: str, data: Path, config: Path | None, environment: Mapping[str, str], *more: str
) -> Program:
    """One of our own processes."""
    settings_file = () if config is None else ("--config", str(config.resolve()))
    command = (sys.executable, "-m", package, "--data", str(data.resolve()), *settings_file, *more)
    return Program(name, command, environment)


def wait_ready(host: str, port: int, seconds: float, give_up: ToldToStop | None = None) -> bool:
    """Wait until the desk answers; whether it did (or nobody waits any more)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answers(host, port):
            return True
        if give_up is not None and give_up.is_set():
            return True
        time.sleep(0.05)  # between two looks at a port
    return False


def answers(host: str, port: int) -> bool:
    """Whether something speaks HTTP there."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
