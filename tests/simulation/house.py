"""The house of the simulation: the product's own parts over one database in memory, taken from a kept picture."""

import contextlib
import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

import models.clock
import models.sealing
import models.settling
import models.vault
from models import points, store
from models.addressing import Outgoing
from models.bells import BellName, Bells
from models.composition import House
from models.database import Database
from models.doing import Doing
from models.handling import Handling
from models.ids import CountedIds
from models.key_tables import KeyKind
from models.keystore import NO_MARKS, KeyStore, Marks
from models.known_states import KnownStates
from models.network import import_network, sample_network
from models.settings import DeskSettings, Settings
from models.settings_carriers import Carrier
from models.store_errors import StoreBusy, StoreFailed, StoreUnreachable
from models.vault import Keyring
from procedures.case import CaseState
from procedures.commands import AnyCommand
from procedures.events import Event
from tests.simulation.procedures import SimulatedProcedures
from tests.simulation.world import Process, SimulatedCrash, World

KEPT_AT = datetime(2026, 1, 1, tzinfo=UTC)
CRASH_CHANCE = 0.0015
BUSY_CHANCE = 0.006
FAILED_CHANCE = 0.003
UNKNOWN_CHANCE = 0.004
KEYS_FULL_CHANCE = 0.03
URL = "staffetta-mail://localhost"


class MemoryKeys(KeyStore):
    """The key store of a house that lives for seconds. Now and then its disk is full, whatever that of the cases is."""

    def __init__(self, full: Callable[[], bool] = lambda: False) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}
        self._full = full

    def has(self, case_id: str) -> bool:
        return (case_id, "route") in self._kept

    def keep(
        self, wrapped: Mapping[str, Mapping[KeyKind, bytes]], under: Mapping[KeyKind, str], marks: Marks = NO_MARKS
    ) -> None:
        del under, marks  # nobody replaces keys here, or finds
        if self._full():
            raise StoreFailed(why="SQLITE_FULL")
        self._kept.update({(case_id, kind): key for case_id, keys in wrapped.items() for kind, key in keys.items()})

    def wrapped(self, case_id: str, kind: str) -> bytes | None:
        return self._kept.get((case_id, kind))

    def erased_since(self, seen: int) -> tuple[int, Sequence[str]]:
        return seen, ()

    def close(self) -> None:
        self._kept.clear()


class AtOnce(Executor):
    """A thread that needs no time: whatever is handed over is done before the caller goes on.

    Two threads that draw from one randomness would make another story of the same seed.
    """

    def submit(self, act: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        """Do it now."""
        done: Future[Any] = Future()
        try:
            done.set_result(act(*values, **named))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            done.set_exception(error)
        return done


@lru_cache(maxsize=1)
def connection_in_memory() -> sqlite3.Connection:
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    raw.isolation_level = None
    return raw


@lru_cache(maxsize=1)
def engine_in_memory() -> Any:
    engine = create_engine("sqlite://", creator=connection_in_memory, poolclass=StaticPool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


@lru_cache(maxsize=1)
def connection_kept() -> Connection:
    """SQLAlchemy's view of the one connection; transactions are begun and ended beside it."""
    kept: Connection = engine_in_memory().connect()
    return kept


def _begin(connection: Connection) -> None:
    """Transactions are begun by `SimulatedDatabase.write`; SQLAlchemy's own notion of one is let be."""


@lru_cache(maxsize=1)
def picture() -> bytes:
    """An empty house with the invented network: made once, copied for each seed."""
    raw = connection_in_memory()
    database = Database(engine_in_memory())
    database.migrate()
    import_network(database, sample_network(), "network.yaml", KEPT_AT)
    SimulatedProcedures(database, KEPT_AT).keep_later(KEPT_AT)
    return raw.serialize()


def fresh_memory() -> sqlite3.Connection:
    """The one connection, as if nothing had happened yet."""
    kept = picture()
    raw = connection_in_memory()
    raw.deserialize(kept)
    raw.execute("PRAGMA foreign_keys=1")
    raw.execute("PRAGMA synchronous=0")
    raw.execute("PRAGMA journal_mode=MEMORY")
    return raw


class SimulatedDatabase(Database):
    """The product's database, which now and then is busy, fails, or answers too late to be heard."""

    def __init__(self, engine: Any, process: Process, committed: Callable[[], None]) -> None:
        super().__init__(engine)
        self._process = process
        self._committed = committed
        self.rolled_back: Callable[[], None] = lambda: None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One connection alone: nobody writes meanwhile, so a look needs no transaction."""
        yield connection_kept()

    look = read

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if self._fault(BUSY_CHANCE, "busy"):
            raise StoreBusy
        raw = connection_in_memory()
        raw.execute("BEGIN")
        try:
            yield connection_kept()
            self._fill_the_disk()
        except BaseException:
            raw.execute("ROLLBACK")
            self.rolled_back()
            raise
        raw.execute("COMMIT")
        self._committed()
        if self._fault(UNKNOWN_CHANCE, "answer-lost"):
            raise StoreUnreachable

    def _fill_the_disk(self) -> None:
        if self._fault(FAILED_CHANCE, "disk-full"):
            raise StoreFailed(why="SQLITE_FULL")

    def _fault(self, chance: float, what: str) -> bool:
        world = self._process.world
        if not world.faulty or world.running is None:
            return False
        if not world.draws.happens(
            chance, "store", what, self._process.name, world.this_moment(what, self._process.name)
        ):
            return False
        said = {"busy": "is busy", "disk-full": "is full", "answer-lost": "saves, but its answer is lost"}
        world.say(f"the database {said[what]} for {self._process.name}")
        stumbled(self._process)
        return True


def stumbled(process: Process) -> None:
    """Whoever measures promptness counts from here."""
    process.world.recovered[process.name] = process.world.now


@dataclass(frozen=True)
class SimulatedDoing(Doing):
    """The product's doing, which tells what it is about to commit."""

    about_to_commit: Callable[[AnyCommand, Sequence[Event], CaseState], None] = lambda *_about: None

    def _keep(
        self,
        connection: Connection,
        command: AnyCommand,
        before: store.Loaded,
        events: Sequence[Event],
        state: CaseState,
        *,
        runs: Mapping[str, str],
    ) -> Sequence[object]:
        rows = super()._keep(connection, command, before, events, state, runs=runs)
        self.about_to_commit(command, events, state)
        return rows


class SimulatedBells(Bells):
    """Bells that ring in virtual time, or are not heard."""

    def __init__(self, ring: Callable[[BellName], None]) -> None:
        super().__init__(Path())
        self._ringing = ring

    def ring(self, name: BellName) -> None:
        self._ringing(name)


def settings_in_memory() -> Settings:
    carriers = {"email": Carrier(url=URL), "sms": Carrier(url="staffetta-sms://localhost")}
    return Settings(
        data=Path("/nowhere"), carriers=carriers, desk=DeskSettings(base_url="https://staffetta.example.org")
    )


def build_house(
    process: Process,
    keys: KeyStore,
    database: SimulatedDatabase,
    bells: Bells,
    about_to_commit: Callable[[AnyCommand, Sequence[Event], CaseState], None],
    *,
    with_vault: bool,
    number: int,
) -> House:
    """What `open_house` puts together, over memory."""
    draws = process.world.draws
    folder: dict[KeyKind, bytes] = {"route": draws.bytes_for(32, "route")}
    if with_vault:
        folder["vault"] = draws.bytes_for(32, "vault")
    keyring = Keyring(folder, draws.bytes_for(32, "token"), keys)
    keyring._keeper.shutdown()
    keyring._keeper = AtOnce()
    procedures = SimulatedProcedures(database, KEPT_AT)
    ids = CountedIds(number)
    ids._count = number * 10_000_000
    settings = settings_in_memory()
    outgoing = Outgoing(frozenset(settings.carriers), "staffetta.example.org")
    handling = Handling(database, keyring, procedures, process.clock, ids, bells, outgoing=outgoing)
    nothing_known = KnownStates(0)  # `states_remembered` does that here, and every fifth seed does without
    handling._doing = SimulatedDoing(keyring, procedures, process.clock, outgoing, about_to_commit, known=nothing_known)
    return House(settings, database, keyring, process.clock, ids, bells, procedures, handling)


@contextmanager
def replaced_outside(world: World, seed: int) -> Iterator[None]:
    """Boot time, the system's randomness and the points where a process dies: the world's, while it lasts."""
    drawn = random.Random(seed)  # noqa: S311  # nothing here is secret
    same_bytes = SimpleNamespace(**{name: getattr(os, name) for name in dir(os) if not name.startswith("__")})
    same_bytes.urandom = drawn.randbytes
    listener = _killer(world)
    points.listen(listener)
    try:
        with (
            patch.object(models.clock, "boot_seconds", lambda: world.now),
            patch.object(models.sealing, "os", same_bytes),
            patch.object(models.vault, "os", same_bytes),
            # One of its own: other threads of this process, such as Prefect's, draw from everybody's.
            patch.object(models.settling, "random", random.Random(seed)),  # noqa: S311  # nothing here is secret
        ):
            yield
    finally:
        with contextlib.suppress(ValueError):
            points._listeners.remove(listener)


def _killer(world: World) -> Callable[[str], None]:
    def reached(name: str) -> None:
        process = world.running
        if process is None or not world.faulty:
            return
        if world.draws.happens(CRASH_CHANCE, "crash", process.name, name, world.this_moment(process.name, name)):
            raise SimulatedCrash(f"at {name}")

    return reached


@contextmanager
def states_remembered() -> Iterator[None]:
    """What was sealed last opens without being read again: half of a command's time. Every fifth seed does without."""
    kept: dict[str, tuple[bytes, CaseState]] = {}
    seal_state, open_state = store.seal_state, store.open_state

    def seal(keyring: Keyring, state: CaseState) -> bytes:
        sealed = seal_state(keyring, state)
        kept[state.case_id] = (sealed, state)
        return sealed

    def open_(keyring: Keyring, case_id: str, version: int, sealed: bytes) -> CaseState:
        known = kept.get(case_id)
        return known[1] if known and known[0] == sealed else open_state(keyring, case_id, version, sealed)

    with patch.object(store, "seal_state", seal), patch.object(store, "open_state", open_):
        yield
