"""T9: the wall set back and forward, both DST nights, sleep, clocks apart: a deadline is elapsed real time throughout.

Virtual time: `World.true` is what really went by. The wall is true time and an error that faults change; the boot clock
goes on evenly, sleep included. The house's own clock, rules, database and deadlines run on them as they are.
"""

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from flows.deadlines import Deadlines
from flows.journal import open_journal
from models import clock as clocks
from models.composition import House, open_house
from models.network import import_network, sample_network
from models.settings import FILE_NAME
from models.trail import case_events
from models.wakeups import next_deadline
from procedures.events import DeadlinePassed, RungClimbed
from tests.trust import trial
from tests.trust.checks import LATE, Row
from tests.trust.plants import planting
from tests.trust.report import RowResult
from tests.trust.scene import opening

ROW = "T9"
SIZES = {"tiny": 9, "change": 200, "full": 5000}
CARRIERS = '[carriers.email]\nurl = "staffetta-mail://localhost"\n'
STORIES = (
    "two hours back",
    "two hours forward",
    "fifty steps",
    "autumn night",
    "spring night",
    "asleep",
    "apart",
    "restarted two hours back",
    "restarted two hours forward",
)
"""The last three: processes that began when its wall said something else."""
NIGHTS = {
    "autumn night": datetime(2026, 10, 25, 0, 40, tzinfo=UTC),
    "spring night": datetime(2027, 3, 28, 0, 40, tzinfo=UTC),
}
"""Twenty minutes before the clocks of Rome change."""
ORDINARY = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
WATCHED = timedelta(minutes=50)
"""Until the ladder of the trial pathway is at its end."""
SLEEP = timedelta(hours=8)
APART = 30.0


@dataclass
class World:
    """What time it really is, and what the machine believes."""

    true: datetime
    wall_error: timedelta = timedelta()
    slept: list[tuple[datetime, datetime]] = field(default_factory=list)
    booted: datetime = field(init=False)

    def __post_init__(self) -> None:
        """The machine has run for three days: on the nights of the clock change, since before it."""
        self.booted = self.true - timedelta(days=3)

    def wall(self) -> datetime:
        """The wall clock of the machine."""
        return self.true + self.wall_error

    def boot(self) -> float:
        """Seconds since the machine started."""
        return (self.true - self.booted).total_seconds()


@contextmanager
def living_in(world: World) -> Iterator[None]:
    """The house's clock reads this world's wall and boot clock."""

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Wall":
            found = world.wall().astimezone(tz)
            return cls(*found.timetuple()[:6], found.microsecond, tzinfo=found.tzinfo)

    with patch.object(clocks, "datetime", Wall), patch.object(clocks, "boot_seconds", world.boot):
        yield


def faults_of(story: str, world: World, chance: random.Random) -> list[tuple[datetime, timedelta]]:
    """When the wall is set wrong, and by how much from the truth."""
    within = WATCHED.total_seconds()
    moment = world.true + timedelta(seconds=chance.uniform(1, within / 2))
    if story.endswith("two hours back"):
        return [(moment, timedelta(hours=-2))]
    if story.endswith("two hours forward"):
        return [(moment, timedelta(hours=2))]
    if story == "fifty steps":
        moments = sorted(world.true + timedelta(seconds=chance.uniform(1, within)) for _step in range(50))
        return [(at, timedelta(seconds=chance.uniform(-7200, 7200))) for at in moments]
    return []


@dataclass
class Trial:
    """One case under one story, and how far from its promised moment each deadline was passed."""

    story: str
    world: World
    chance: random.Random
    late: list[float] = field(default_factory=list)
    """Real seconds; below 0 is early."""
    told: list[bool] = field(default_factory=list)
    """For each time that the wall was set: whether the house's clock then tells it exactly where it is 5 s off."""
    houses: list[House] = field(default_factory=list)

    def tell(self, data: Path) -> None:
        """Open the case, and let the product's own watcher look when it would look, until the ladder is at its end."""
        with living_in(self.world):
            try:
                watching = self._open(data)
                desk = self._desk(data) if self.story == "apart" else watching
                opened = desk.handling.handle(opening(desk))
                self._watch(data, watching, opened.state.case_id, opened.events[0].event.at)
            finally:
                for house in self.houses:
                    house.close()

    def _open(self, data: Path) -> House:
        """A process of the house begins."""
        self.houses.append(open_house(data, with_vault=True))
        return self.houses[-1]

    def _desk(self, data: Path) -> House:
        """Another process of the same house, which began when the wall was half a minute off."""
        self.world.wall_error = timedelta(seconds=self.chance.choice((-APART, APART)))
        desk = self._open(data)
        self.world.wall_error = timedelta()
        return desk

    def _watch(self, data: Path, house: House, case_id: str, opened_at: datetime) -> None:
        world, began, seen = self.world, self.world.true, 0
        wrong = faults_of(self.story, world, self.chance)
        asleep = began + timedelta(seconds=self.chance.uniform(60, 1500)) if self.story == "asleep" else None
        deadlines = Deadlines(house, open_journal("trust", StringIO()))
        end = began + WATCHED + (SLEEP if asleep else timedelta())
        while world.true < end:
            if wrong and wrong[0][0] <= world.true:
                world.wall_error = wrong.pop(0)[1]
                if self.story.startswith("restarted"):
                    house = self._open(data)
                    deadlines = Deadlines(house, open_journal("trust", StringIO()))
                told = clocks.far_astray(house.clock) is not None
                self.told.append(told is (abs(world.wall_error) >= clocks.FAR_ASTRAY))
            if asleep and asleep <= world.true:
                world.slept.append((world.true, world.true + SLEEP))
                world.true, asleep = world.true + SLEEP, None
            asyncio.run(deadlines.pass_due())
            seen = self._note(house, case_id, seen, began, opened_at)
            soonest = min([end, *(at for at, _error in wrong[:1]), *([asleep] if asleep else [])])
            wait = min(seconds_to_wait(house), (soonest - world.true).total_seconds())
            world.true += timedelta(seconds=max(wait, 0.001))
        self._note_silence(house, began, opened_at)

    def _note_silence(self, house: House, began: datetime, opened_at: datetime) -> None:
        """What should have been passed by now, and was not."""
        due = next_deadline(house.database)
        if due is not None and began + (due - opened_at) < self.world.true:
            self.late.append((self.world.true - began - (due - opened_at)).total_seconds())

    def _note(self, house: House, case_id: str, seen: int, began: datetime, opened_at: datetime) -> int:
        """Note how late what was passed at this look really was: promised minutes against those that went by."""
        for recorded in case_events(house.database, house.keyring, case_id, seen):
            seen, event = recorded.seq, recorded.event
            if isinstance(event, RungClimbed | DeadlinePassed):
                promised = began + (event.due_at - opened_at)
                woke = [end for start, end in self.world.slept if start <= promised <= end]
                self.late.append((self.world.true - max([promised, *woke])).total_seconds())
        return seen


def seconds_to_wait(house: House) -> float:
    """How long the watcher would wait, as it reckons itself. Looks in between that find nothing are left out."""
    due = next_deadline(house.database)
    return 3600.0 if due is None else house.clock.real_seconds(due)


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Tell every story again and again, each time with another chance."""
    row, count = Row(ROW, size, seed), SIZES[size]
    end = time.monotonic() + budget_s
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="trust-") as folder, trial.in_force(), planting(planted):
        template = Path(folder) / "template"
        template.mkdir()
        (template / FILE_NAME).write_text(CARRIERS, encoding="utf-8")
        first = open_house(template, with_vault=True)
        import_network(first.database, sample_network(), "network.yaml", ORDINARY)
        first.close()
        for number in range(count):
            if time.monotonic() > end:
                break
            story = STORIES[number % len(STORIES)]
            # Draws of a test.
            one = Trial(story, World(NIGHTS.get(story, ORDINARY)), random.Random(f"{seed}/{number}"))  # noqa: S311
            data = Path(folder) / str(number)
            shutil.copytree(template, data)
            (data / "run" / "clock").unlink(missing_ok=True)  # of the machine that this runs on
            one.tell(data)
            shutil.rmtree(data)
            trials.append(one)
    short = [f"only {len(trials)}"] if len(trials) < count else []
    return [row.result("seeds within the budget", count, short), *found(row, trials)]


def found(row: Row, trials: Sequence[Trial]) -> list[RowResult]:
    """Late and early, story by story."""
    results = []
    for story in STORIES:
        late = [one for told in trials if told.story == story for one in told.late]
        figures = f"{min(late, default=0):.1f} to {max(late, default=0):.1f} s"
        silent = [f"{one:.0f} s late" for one in late if one > LATE]
        silent += ["no deadline passed"] * sum(1 for told in trials if told.story == story and not told.late)
        early = [f"{-one:.0f} s early" for one in late if one < -LATE]
        results.append(row.result(f"I4 {story}: no deadline 5 s late", len(late), silent, figures))
        results.append(row.result(f"I4 {story}: no deadline 5 s early", len(late), early))
    told = [one for trial_ in trials for one in trial_.told]
    results.append(row.result("a wall 5 s off is told", len(told), ["untold" for one in told if not one]))
    return results
