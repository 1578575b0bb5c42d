"""A house of processes for one fault row: free ports, a real mail server, the trial pathway, and who can be killed."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from cli.demo.mailserver import MailServer
from flows.journal import open_journal
from flows.serving import claim_port, find_ports, prepare, programs, start_in_order
from flows.stopping import ToldToStop
from flows.supervising import Program, Supervisor
from models.composition import House, open_house
from models.network import import_network, sample_network
from models.points import POINTS
from models.recorded import Handled
from models.settings import FILE_NAME, PREFIX, load_settings
from models.store_errors import StoreBusy, StoreFailed
from procedures.commands import OpenCase, Person, Road
from tests.trust import trial
from tests.trust.killed import ORDERS, PLANT

LOOPBACK = "127.0.0.1"
TRIES = 5
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
OURS = frozenset({"desk", "dispatcher", "engine"})
DESK_POINTS = ("handling-begun", "keys-kept", "handling-saved", "handling-committed")
ENGINE_POINTS = ("wake-claimed", "run-entered", "run-told", "mirror-kept", "wake-settled")
POINTS_OF: Mapping[str, tuple[str, ...]] = {
    "desk": DESK_POINTS,
    "engine": ENGINE_POINTS,
    "dispatcher": tuple(point for point in POINTS if point not in {*DESK_POINTS, *ENGINE_POINTS}),
}


@dataclass
class Scene:
    """What a row looks at and breaks."""

    house: House
    supervisor: Supervisor
    mail: MailServer
    orders: Path
    desk: str
    password: str
    prefect_port: int
    """Where the server itself listens."""

    def open_case(self) -> Handled:
        """A case by handling, in this process: again under the same id, until it is saved.

        Raises:
            StoreBusy, StoreFailed: it never was.
        """
        command = opening(self.house)
        for _try in range(TRIES):
            try:
                return self.house.handling.handle(command)
            except (StoreBusy, StoreFailed):
                time.sleep(0.2)  # between two looks
        return self.house.handling.handle(command)

    def order_death(self, part: str, point: str, times: int) -> None:
        """Let this process die when it comes by the point for the n-th time."""
        draft = self.orders / f"{part}.draft"
        draft.write_text(f"{point} {times}", encoding="ascii")
        draft.rename(self.orders / part)

    def died_on_order(self, part: str, seconds: float) -> bool:
        """Whether it died there within so many seconds; the order is taken back otherwise."""
        order = self.orders / part
        if until(lambda: not order.exists(), seconds):
            return True
        order.unlink(missing_ok=True)
        return False

    def kill(self, part: str) -> None:
        """SIGKILL, wherever it is."""
        self.supervisor.kill(part, signal.SIGKILL)


def until(look: Callable[[], object], seconds: float, every: float = 0.02) -> bool:
    """Whether `look` found something within so many seconds."""
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(every)  # between two looks
    return True


def opening(house: House) -> OpenCase:
    """A case of the trial pathway: a drill, since the clock runs fast."""
    ids = house.ids
    return OpenCase(
        id=ids.new_id(),
        case_id=ids.new_id(),
        actor="operator:trust",
        road=Road.CLI,
        code=ids.case_code(),
        seed=ids.seed(),
        pathway=trial.PATHWAY,
        territory="valle_chiara",
        desk="sportello_luna",
        drill=True,
        consents=frozenset({trial.CONSENT}),
        person=Person(name="Zinnia Quetzal"),
    )


def settings_text(mail: str, desk: int, prefect: int, speed: float) -> str:
    """The settings of a row's house."""
    return (
        f'[desk]\nport = {desk}\nbase_url = "http://{LOOPBACK}:{desk}"\n[prefect]\nport = {prefect}\n'
        f'[carriers.email]\nurl = "{mail}"\n[clock]\nspeed = {speed}\norigin = {datetime.now(UTC).isoformat()}\n'
    )


def wrapped(program: Program, orders: Path, planted: str, engine_port: int | None) -> Program:
    """The same process with an ear at the points. The engine may be led to Prefect over another port."""
    if program.name not in OURS:
        return program
    told = {ORDERS: str(orders), PLANT: planted}
    # What is installed was compiled once; a machine that keeps no bytecode would compile the house at each start.
    kept = {name: value for name, value in (program.environment or os.environ).items() if name != NO_BYTECODE}
    if program.name == "engine" and engine_port is not None:
        told[f"{PREFIX}PREFECT__PORT"] = str(engine_port)
    interpreter, _m, *rest = program.command
    command = (interpreter, "-m", "tests.trust.killed", program.name, *rest)
    return replace(program, command=command, environment={**kept, **told})


@contextmanager
def set_up(
    *,
    speed: float = 1.0,
    planted: str = "",
    parts: frozenset[str] | None = None,
    engine_port: int | None = None,
    more: str = "",
) -> Iterator[Scene]:
    """Start the house (or these of its parts) in a folder of its own; stop and delete it on leaving.

    `more` follows in its settings.
    """
    with tempfile.TemporaryDirectory(prefix="trust-") as folder, MailServer.start() as mail, trial.in_force():
        data, orders = Path(folder) / "data", Path(folder) / "orders"
        data.mkdir(mode=0o700)
        orders.mkdir()
        free = claim_port(LOOPBACK, 0, ""), claim_port(LOOPBACK, 0, "")
        (data / FILE_NAME).write_text(settings_text(mail.url, *free, speed) + more, encoding="utf-8")
        settings = load_settings(data)
        password = prepare(data, None) or ""
        house = open_house(data, with_vault=True)
        import_network(house.database, sample_network(), "network.yaml", house.clock.now())
        ports = find_ports(settings, None, None)
        made = [wrapped(one, orders, planted, engine_port) for one in programs(settings, ports, None, None)]
        chosen = [one for one in made if parts is None or one.name in parts]
        supervisor = Supervisor(chosen, data / "log", open_journal("trust", StringIO()))
        try:
            start_in_order(supervisor, settings, ports, ToldToStop())
            yield Scene(house, supervisor, mail, orders, f"http://{LOOPBACK}:{ports.desk}", password, ports.prefect)
        finally:
            for name in supervisor.pids():
                supervisor.kill(name, signal.SIGCONT)
            supervisor.stop(within=5.0)
            house.close()
