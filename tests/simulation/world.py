"""Virtual time: a heap of what is to happen, elapsed time that only goes on, and a wall clock that people set."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.clock import SystemClock
from tests.simulation.draws import Draws

CANARY = "Zinnia Quetzal"
"""Her name: it may turn up nowhere in clear."""
MOST_MOMENTS = 100_000
"""A run that needs more goes round in circles."""


class SimulatedCrash(BaseException):
    """The process is gone, between two steps of its own. Nobody catches it, as nobody catches a SIGKILL."""


class Broken(BaseException):
    """Something that must hold does not. Nothing of the product may catch it and go on."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant
        self.what = what


@dataclass(order=True)
class Moment:
    """Something that happens at a time, for a process that may be gone by then."""

    at: float
    number: int
    act: Callable[[], None] = field(compare=False)
    process: "Process | None" = field(compare=False, default=None)
    life: int = field(compare=False, default=0)


class Process:
    """One of the programs: desk, dispatcher, engine. It has a clock of its own, set when it starts."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.life = 0
        self.alive = False
        self.clock = ProcessClock(world)
        self.on_start: list[Callable[[], None]] = []
        self.away = 0.0
        """Seconds for which it stays away when it dies next; 0 for a quick restart."""

    def start(self) -> None:
        self.alive = True
        self.clock.set_by(self.world)
        self.world.recovered[self.name] = self.world.now
        self.world.say(f"{self.name} starts")
        for act in self.on_start:
            self.at(0.0, act)

    def die(self, why: str) -> None:
        if not self.alive:
            return
        self.alive = False
        self.life += 1
        delay = self.away or self.world.draws.between(0.2, 2.0, "restart", self.name, self.life)
        self.away = 0.0
        self.world.say(f"{self.name} dies {why}, and is away for {delay:.1f} s")
        self.world.at(delay, self.start)

    def at(self, delay: float, act: Callable[[], None]) -> None:
        """Do this after so many seconds, if this very process is still there."""
        self.world.at(delay, act, self)


class World:
    """Everything that happens, in the order of its time."""

    def __init__(self, draws: Draws, begins: datetime, *, strict: bool = False) -> None:
        self.draws = draws
        self.strict = strict
        """Whether the known departures of docs/simulation.md count as broken, too."""
        self.begins = begins
        self.now = 0.0
        """Elapsed seconds since the world began: what boot time shows."""
        self.wall_offset = 0.0
        """How far the wall clock was set away from the true time."""
        self.running: Process | None = None
        self.after_each: Callable[[], None] = lambda: None
        """Looked at after each thing that happened."""
        self.faults_end = float("inf")
        self.moments = 0
        self.recovered: dict[str, float] = {}
        """Since when each process has had nothing but its work to do."""
        self.story: list[tuple[float, str]] | None = None
        self._heap: list[Moment] = []
        self._counted_at = -1.0
        self._counted: Counter[tuple[str, ...]] = Counter()
        self._numbers = 0

    @property
    def true_time(self) -> datetime:
        return self.begins + timedelta(seconds=self.now)

    @property
    def wall(self) -> datetime:
        return self.true_time + timedelta(seconds=self.wall_offset)

    @property
    def faulty(self) -> bool:
        """Whether faults may still happen."""
        return self.now < self.faults_end

    def this_moment(self, *what: str) -> str:
        """A name for the moment, another each time that the same happens within it."""
        if self._counted_at != self.now:
            self._counted_at = self.now
            self._counted.clear()
        self._counted[what] += 1
        return f"{self.now:.4f}/{self._counted[what]}"

    def say(self, line: str) -> None:
        if self.story is not None:
            self.story.append((self.now, line))

    def at(self, delay: float, act: Callable[[], None], process: Process | None = None) -> None:
        self._numbers += 1
        life = process.life if process else 0
        heapq.heappush(self._heap, Moment(self.now + max(0.0, delay), self._numbers, act, process, life))

    def sleep(self, seconds: float, *, boot_goes_on: bool) -> None:
        """The machine sleeps. Where boot time does not tell, only the wall moves."""
        if boot_goes_on:
            self.now += seconds
        else:
            self.wall_offset += seconds

    def run(self) -> None:
        """Until nothing more is to happen."""
        while self._heap:
            moment = heapq.heappop(self._heap)
            process = moment.process
            if process is not None and (process.life != moment.life or not process.alive):
                continue
            self.now = max(self.now, moment.at)
            self.moments += 1
            if self.moments > MOST_MOMENTS:
                raise Broken("I8", "the relay never comes to rest")
            self.running = process
            try:
                moment.act()
            except SimulatedCrash as crash:
                assert process is not None
                process.die(str(crash))
            finally:
                self.running = None
            self.after_each()


class ProcessClock(SystemClock):
    """The product's own clock, whose wall and boot time are the world's (`models.clock.boot_seconds` is replaced)."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.set_by(world)

    def set_by(self, world: World) -> None:
        """What a starting process reads: the wall, however it was set meanwhile (a known departure)."""
        self._started_at = self._origin = world.wall if world.strict else world.true_time
        self._started = world.now
