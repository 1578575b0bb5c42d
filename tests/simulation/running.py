"""One seed, from its first moment until everything is at rest."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from models.bells import BellName
from models.composition import House
from models.outbox import Delivery
from tests.simulation.carrier import Carrier
from tests.simulation.draws import Draws
from tests.simulation.ending import Ending, heads
from tests.simulation.house import (
    KEYS_FULL_CHANCE,
    MemoryKeys,
    SimulatedBells,
    SimulatedDatabase,
    build_house,
    engine_in_memory,
    fresh_memory,
    replaced_outside,
    states_remembered,
)
from tests.simulation.monitor import Monitor
from tests.simulation.moves import draw_adoptions
from tests.simulation.people import People
from tests.simulation.procedures import simulated_library
from tests.simulation.workers import Deadlines, Dispatcher, Engine, FakePrefect
from tests.simulation.world import Broken, Process, World

BEGINNINGS = (
    datetime(2026, 11, 24, 20, 0, tzinfo=UTC),
    datetime(2026, 7, 1, 6, 0, tzinfo=UTC),
    datetime(2026, 10, 24, 23, 0, tzinfo=UTC),  # the night in which clocks go back, 02:00 UTC+2 to 01:00 UTC
    datetime(2026, 3, 28, 23, 0, tzinfo=UTC),  # the night in which they go forward
)
NET_SECONDS = 2.0
INSPECTION_SECONDS = 7200.0
BELL_SECONDS = 0.002
ENGINE_BELL_SECONDS = 10.0
LAZY_ENGINE_SECONDS = 4 * 3600.0
"""In most seeds the engine is woken rarely: telling a history costs more than making it."""
Plant = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Outcome:
    """How one seed went."""

    seed: int
    broken: str | None
    """The name of the invariant that did not hold; `error` for an exception that is a fault of ours."""
    what: str
    tried: Counter[str]
    commands: int
    moments: int
    seconds: float
    heads: str
    taken: tuple[str, ...]
    """The decisions that were taken."""
    story: tuple[tuple[float, str], ...]
    begins: datetime
    counts: Counter[str] = field(default_factory=Counter)


class Stage:
    """Everything that takes part in one seed."""

    def __init__(self, seed: int, cases: int, only: Collection[str] | None, *, telling: bool, strict: bool) -> None:
        self.draws = Draws(seed, only)
        draws = self.draws
        self.world = World(draws, draws.one_of(BEGINNINGS, "begins"), strict=strict)
        self.world.story = [] if telling else None
        self.world.faults_end = draws.between(4, 30, "faults-end") * 3600
        self.raw = fresh_memory()
        self.library = simulated_library()
        self.monitor = Monitor(self.world, self.library)
        self._keys = MemoryKeys(self._keys_full)
        self._unrung = False
        self.world.after_each = self._look_unrung
        self._lookers: dict[str, list[Dispatcher | Deadlines | Engine]] = {"dispatcher": [], "engine": []}
        self._engine_seconds = ENGINE_BELL_SECONDS if draws.unit("engine") < 0.1 else LAZY_ENGINE_SECONDS
        self._houses: list[House] = []
        self._make_processes(two=draws.unit("two") < 0.25 and draws.takes("two-dispatchers"))
        self.people = People(self.world, self.monitor, self.desk, self.desk_house, self.library)
        self.carrier.received = self.people.received
        for number in range(1, cases + 1):
            self.people.opens(number)
        self.world.at(INSPECTION_SECONDS, self._inspect)
        self._draw_outages()
        self._draw_clock()
        draw_adoptions(self.world, draws, self._houses, self.people)

    def _make_processes(self, *, two: bool) -> None:
        self.desk, self.desk_house = self._process("desk", 1)
        self.carrier = Carrier(self.world, self.monitor, self._nobody)
        self.prefect = FakePrefect()
        for number, name in enumerate(("dispatcher", "dispatcher-2") if two else ("dispatcher",), start=2):
            process, house = self._process(name, number)
            deadlines = Deadlines(process, house)
            dispatcher = Dispatcher(process, house, self.carrier, partial(deadlines.look_in, 0.0))
            self._lookers["dispatcher"] += [dispatcher, deadlines]
        engine, house = self._process("engine", 9)
        self._lookers["engine"].append(Engine(engine, house, self.carrier, self.prefect))
        for process in self.monitor.processes:
            process.start()

    def _process(self, name: str, number: int) -> tuple[Process, House]:
        process = Process(self.world, name)
        self.monitor.processes.append(process)
        database = SimulatedDatabase(engine_in_memory(), process, self._committed)
        database.rolled_back = self.monitor.rolled_back
        bells = SimulatedBells(self._ring)
        told = self.monitor.about_to_commit
        house = build_house(process, self._keys, database, bells, told, with_vault=name == "desk", number=number)
        self._houses.append(house)
        return process, house

    def _keys_full(self) -> bool:
        if not self.world.faulty:
            return False
        full = self.draws.happens(KEYS_FULL_CHANCE, "keys", "full", self.world.this_moment("keys"))
        if full:
            self.world.say("the disk of the keys is full")
        return full

    def _committed(self) -> None:
        """Where nobody rings after this, because the process died, others look a little later all the same."""
        self.monitor.committed()
        self._unrung = True

    def _look_unrung(self) -> None:
        if not self._unrung:
            return
        self._unrung = False
        for looker in self._lookers["dispatcher"]:
            looker.look_in(NET_SECONDS)
        for looker in self._lookers["engine"]:
            looker.look_in(self._engine_seconds)

    def _ring(self, name: BellName) -> None:
        self._unrung = False
        delay = BELL_SECONDS if name == "dispatcher" else self._engine_seconds
        if self.world.faulty and self.draws.happens(0.01, "bell-lost", name, f"{self.world.now:.4f}"):
            delay = max(delay, NET_SECONDS)
        for looker in self._lookers[name]:
            looker.look_in(delay)

    def _inspect(self) -> None:
        """Every now and then: nothing that is to be sent may lie where no sender will ever look."""
        lying = self.raw.execute(
            "SELECT purpose, state FROM deliveries WHERE state IN ('queued', 'temporary') AND next_at IS NULL"
        ).fetchone()
        self.monitor.holds("I4", f"it lies in the outbox for ever: {lying}", so=lying is None)
        if self.world.now < self.world.faults_end + 2 * INSPECTION_SECONDS:
            self.world.at(INSPECTION_SECONDS, self._inspect)

    def _draw_outages(self) -> None:
        draws, end = self.draws, min(self.world.faults_end, 8 * 3600)
        for number in range(4):
            if draws.happens(0.35, "away", number):
                process = draws.one_of(self.monitor.processes, "who-is-away", number)
                at, lasts = draws.between(60, end, "away-at", number), draws.between(30, 1500, "away-for", number)
                self.world.at(at, partial(self._away, process, lasts))
        if draws.happens(0.2, "prefect-away"):
            at = draws.between(0, end, "prefect-away-at")
            self.prefect.away = (at, at + draws.between(60, 7200, "prefect-away-for"))
        if draws.happens(0.15, "mail-down"):
            at = draws.between(0, end, "mail-down-at")
            self.carrier.down = (at, at + draws.between(60, 3600, "mail-down-for"))

    @staticmethod
    def _nobody(delivery: Delivery) -> None:
        """Until the people are there."""

    @staticmethod
    def _away(process: Process, lasts: float) -> None:
        process.away = lasts
        process.die("by order")

    def _draw_clock(self) -> None:
        draws, end = self.draws, min(self.world.faults_end, 8 * 3600)
        for number in range(2):
            if draws.happens(0.2, "wall-set", number):
                hours = draws.one_of((-2, 2), "wall-hours", number)
                self.world.at(draws.between(0, end, "wall-at", number), partial(self._set_wall, hours))
        if draws.happens(0.06, "sleep"):
            goes_on = draws.unit("boot-goes-on") < 0.5
            self.world.at(draws.between(0, end, "sleep-at"), partial(self._sleep, boot_goes_on=goes_on))

    def _set_wall(self, hours: int) -> None:
        self.world.say(f"somebody sets the wall clock by {hours:+} h")
        self.world.wall_offset += hours * 3600

    def _sleep(self, *, boot_goes_on: bool) -> None:
        self.world.say("the machine sleeps for 8 h")
        self.world.sleep(8 * 3600, boot_goes_on=boot_goes_on)
        for process in self.monitor.processes:
            self.world.recovered[process.name] = self.world.now


def run_seed(
    seed: int,
    *,
    cases: int = 20,
    only: Collection[str] | None = None,
    plant: Plant | None = None,
    telling: bool = False,
    strict: bool = False,
) -> Outcome:
    """Live through one seed. Never raises for what it finds."""
    begun = time.process_time()
    broken, what = None, ""
    with ExitStack() as stack:
        stack.enter_context(plant() if plant else nullcontext())
        stage = Stage(seed, cases, only, telling=telling, strict=strict)
        stack.enter_context(replaced_outside(stage.world, seed))
        if seed % 5:
            stack.enter_context(states_remembered())
        try:
            stage.world.run()
            Ending(stage.raw, stage.desk_house, stage.monitor).look(stage.carrier, stage.prefect)
        except Broken as found:
            broken, what = found.invariant, found.what
            stage.world.say(f"BROKEN {found.invariant}: {found.what}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what this seed found
            frame = traceback.extract_tb(error.__traceback__)[-1]
            broken, what = "error", f"{type(error).__name__}: {error} in {frame.name}"
            stage.world.say(f"BROKEN by {what}")
        now = heads(stage.raw)
    return Outcome(
        seed=seed,
        broken=broken,
        what=what,
        tried=stage.monitor.tried,
        commands=stage.monitor.commands,
        moments=stage.world.moments,
        seconds=time.process_time() - begun,
        heads=now,
        taken=tuple(stage.draws.taken),
        story=tuple(stage.world.story or ()),
        begins=stage.world.begins,
    )
