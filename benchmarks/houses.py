"""A house to measure: its folder, its database, its processes, and what the benches ask of it."""

import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.backends import Backend
from flows.serving import Ports, programs, wait_ready
from flows.supervising import Program, Supervisor
from models.accounts import ensure_first_operator
from models.addressing import Outgoing, message_domain
from models.clock import Clock
from models.composition import House, open_house
from models.network import import_network, sample_network
from models.recorded import Handled
from models.settings import FILE_NAME, load_settings
from procedures.commands import AcceptHandoff, CompleteHandoff, OpenCase, Road
from procedures.events import AlertPurpose, AlertQueued, HandoffRequested
from procedures.language.consents import Subject

DESK_SECONDS = 30.0
PREFECT_SECONDS = 120.0
ACTOR = "operator:bench"


@dataclass
class Standing:
    """A house whose processes can be started."""

    folder: Path
    backend: Backend
    password: str
    ports: Ports
    watch: Path | None = None
    """Where the processes write the named points they come by, if they shall."""
    cookie: str = ""
    """Of the one operator: her browsers share a sign-in, for a code of her app is good once in half a minute."""
    supervisor: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        settings = load_settings(self.folder)
        every = programs(settings, self.ports, None, None)
        watched = [self._watched(program) if program.name == "dispatcher" else program for program in every]
        self.supervisor = Supervisor(watched, self.folder / "log")

    def _watched(self, program: Program) -> Program:
        if self.watch is None:
            return program
        python, dash_m, *rest = program.command
        return replace(program, command=(python, dash_m, "benchmarks.watched", str(self.watch), *rest))

    @contextmanager
    def at_work(self, *names: str) -> Iterator[Mapping[str, int]]:
        """Start these processes (desk and dispatcher, without a name); their pids. They end with the context."""
        asked = names or ("desk", "dispatcher")
        try:
            first = [name for name in asked if name in {"desk", "dispatcher"}]
            self.supervisor.start(*first)
            if "desk" in asked and not wait_ready("127.0.0.1", self.ports.desk, DESK_SECONDS):
                raise TimeoutError("the desk did not answer")
            self._wait_for_bell()
            self.supervisor.start(*asked)
            if "prefect" in asked:
                wait_for_port(self.ports.prefect, PREFECT_SECONDS)
            yield self.supervisor.pids()
        finally:
            self.supervisor.stop()

    def _wait_for_bell(self) -> None:
        """The dispatcher is up when its bell hangs."""
        until = time.monotonic() + DESK_SECONDS
        while not (self.folder / "run" / "dispatcher.lock").exists() and time.monotonic() < until:
            time.sleep(0.05)  # between two looks at a file
        time.sleep(1.0)  # the bell is hung a moment after the lock

    @contextmanager
    def opened(self, clock: Clock | None = None) -> Iterator[House]:
        """The house in this process, as a program that opens cases has it."""
        house = open_house(self.folder, with_vault=True, clock=clock)
        try:
            yield house
        finally:
            house.close()


@contextmanager
def standing(
    backend: Backend, mail_url: str, *, prefect: bool = False, watch: Path | None = None
) -> Iterator[Standing]:
    """A new house with the invented network, which goes with the context."""
    with tempfile.TemporaryDirectory(prefix="staffetta-bench-") as parent:
        folder = Path(parent) / "house"
        folder.mkdir(mode=0o700)
        ports = Ports(free_port(), free_port())
        lines = (
            f'[desk]\nbase_url = "http://127.0.0.1:{ports.desk}"\n[carriers.email]\nurl = "{mail_url}"\n'
            f"[prefect]\nenabled = {'true' if prefect else 'false'}\n{backend.settings()}"
        )
        (folder / FILE_NAME).write_text(lines, encoding="utf-8")
        house = open_house(folder, with_vault=True)
        import_network(house.database, sample_network(), "network.yaml", house.clock.now())
        password = ensure_first_operator(house.database, house.clock.now())
        house.close()
        assert password is not None
        yield Standing(folder, backend, password, ports, watch)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def wait_for_port(port: int, seconds: float) -> None:
    """Until somebody listens there. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)  # between two looks at a port
    raise TimeoutError(port)


def opening(house: House, **facts: str | bool) -> OpenCase:
    """A case whose first service is alerted by one mail."""
    ids = house.ids
    return OpenCase(
        id=ids.new_id(),
        case_id=ids.new_id(),
        actor=ACTOR,
        road=Road.CLI,
        code=ids.case_code(),
        seed=ids.seed(),
        pathway="intake",
        territory="valle_chiara",
        facts={"risk": "high", **facts},
        consents=house.procedures.library().consents_of(Subject.SURVIVOR),
    )


def accepting(house: House, case_id: str, ref: str) -> AcceptHandoff:
    """The service takes it."""
    return AcceptHandoff(id=house.ids.new_id(), case_id=case_id, actor=ACTOR, road=Road.CLI, ref=ref)


def completing(house: House, case_id: str, ref: str) -> CompleteHandoff:
    """She was heard: the next step begins."""
    evidence = {"heard_at": datetime.now(UTC).replace(microsecond=0).isoformat()}
    return CompleteHandoff(
        id=house.ids.new_id(),
        case_id=case_id,
        actor=ACTOR,
        road=Road.CLI,
        ref=ref,
        result="heard",
        evidence=evidence,
    )


def requested(handled: Handled) -> str:
    """The reference of the first handoff that this asked for."""
    return next(one.event.ref for one in handled.events if isinstance(one.event, HandoffRequested))


def message_ids(house: House, handled: Handled) -> Sequence[str]:
    """The Message-IDs of the first mails that ask somebody for a handoff."""
    outgoing = Outgoing(domain=message_domain(house.settings.desk.base_url))
    return [
        outgoing.message_id(f"{one.event.alert_id}.1")
        for one in handled.events
        if isinstance(one.event, AlertQueued) and one.event.purpose is AlertPurpose.REQUEST
    ]
