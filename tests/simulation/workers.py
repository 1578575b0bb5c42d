"""Dispatcher, deadlines and engine: the product's own pieces, in loops over virtual time."""

from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from flows.deadlines import NothingCameDue, pass_deadline
from flows.delivering import LEASE_SECONDS, message_of, settled
from flows.recording import Recording
from models import outbox, runwakes, wakeups
from models.composition import House
from models.history import flow_run_of, run_facts
from models.leases import free_leases
from models.outbox import SettledDelivery, SettledResult
from models.points import reach
from models.store_errors import StoreBusy, StoreFailed
from models.telling import Story
from tests.simulation.carrier import Attempt, Carrier, CarrierAtOnce, handed_over, look_whether_kept
from tests.simulation.house import stumbled
from tests.simulation.world import Process

EACH_CHANNEL = 12
FEW = 4
TOGETHER_SECONDS = 0.02
QUIET_SECONDS, MOST_QUIET_SECONDS = 0.25, 15.0
FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
LAPSED_SECONDS = 0.1
STUMBLING_SECONDS = 0.2
ENGINE_SECONDS = 0.5
ENGINE_LEASE = timedelta(seconds=120)
NOT_SAVED = (StoreBusy, StoreFailed)
T = TypeVar("T")


class Looking:
    """Something that a process looks at again and again: at a bell, or when the next thing is due."""

    def __init__(self, process: Process, house: House) -> None:
        self.process = process
        self.house = house
        self._next: tuple[float, int] | None = None
        self._looks = 0
        self._delay = FIRST_DELAY
        process.on_start.append(self._begin)

    def _begin(self) -> None:
        self._next = None
        self._delay = FIRST_DELAY
        try:
            self.begin()
        except NOT_SAVED:
            self.process.die("since it cannot begin")

    def begin(self) -> None:
        self.look_in(0.0)

    def look_in(self, seconds: float) -> None:
        """Look then, unless a look comes sooner anyway."""
        if not self.process.alive:
            return
        at = self.process.world.now + seconds
        if self._next is not None and self._next[0] <= at:
            return
        self._looks += 1
        self._next = (at, self._looks)
        number = self._looks
        self.process.at(seconds, lambda: self._due(number))

    def _due(self, number: int) -> None:
        if self._next is None or self._next[1] != number:
            return
        self._next = None
        try:
            self.look()
        except NOT_SAVED:
            stumbled(self.process)
            self._delay, delay = min(self._delay * 2, LONGEST_DELAY), self._delay
            self.look_in(delay)
        else:
            self._delay = FIRST_DELAY

    def look(self) -> None:
        raise NotImplementedError


class Dispatcher(Looking):
    """Claims while a channel has places free, sends side by side, and keeps each word soon, or until it can be kept."""

    def __init__(self, process: Process, house: House, carrier: Carrier, nudge: Callable[[], None]) -> None:
        super().__init__(process, house)
        self._carrier = carrier
        self._nudge = nudge
        self._under_way: Counter[str] = Counter()
        self._words: list[SettledDelivery] = []
        self._noted: set[str] = set()

    def begin(self) -> None:
        self._under_way.clear()
        self._words.clear()
        free_leases(self.house.database, self.process.name, self.house.clock.now())
        self.look_in(0.0)

    def look(self) -> None:
        self._settle()
        full = frozenset(channel for channel, count in self._under_way.items() if count > FEW)
        most = EACH_CHANNEL - max((self._under_way[one] for one in self._under_way.keys() - full), default=0)
        claimed = outbox.claim(
            self.house.database,
            worker=self.process.name,
            now=self.house.clock.now(),
            lease_seconds=LEASE_SECONDS,
            limit=most,
            besides=full,
        )
        for delivery in claimed:
            self._send(self._carrier.begin(self.process, delivery, message_of(self.house, delivery)))
        if len(claimed) == most:
            self.look_in(0.001)
        else:
            self._rest()

    def _send(self, attempt: Attempt) -> None:
        def hand_over() -> None:
            self._carrier.take(attempt)
            draws, world = self.process.world.draws, self.process.world
            if world.faulty and draws.happens(0.001, "dies-before-the-word", attempt.delivery.delivery_id):
                self.process.die("before the carrier's word")

        def hear() -> None:
            handed_over()
            self._words.append(settled(attempt.delivery, self._carrier.word(attempt), self.house))
            self._under_way[attempt.delivery.channel] -= 1
            self.look_in(TOGETHER_SECONDS)

        self._under_way[attempt.delivery.channel] += 1
        self.process.at(attempt.lasts * 0.9, hand_over)
        self.process.at(attempt.lasts, hear)

    def _settle(self) -> None:
        if not self._words:
            return
        noted = self._note()
        words = [word for word in self._words if word not in noted]
        stuck = self.house.handling.settle(words)
        self._carrier.monitor.holds("error", f"a case is stuck: {stuck}", so=not stuck)
        look_whether_kept(words, self.house.database, self.process.name, self._carrier.monitor)
        self._words[:] = noted

    def _note(self) -> list[SettledDelivery]:
        """As in a crowd: of these it is noted first that their carrier took them, and the rules are told later."""
        draws, clock = self.process.world.draws, self.house.clock
        noted = [
            word
            for word in self._words
            if word.result is SettledResult.ACCEPTED
            and word.delivery_id not in self._noted
            and draws.happens(0.2, "noted-first", word.delivery_id)
        ]
        if noted:
            self.house.handling.note_taken(noted, clock.now() + timedelta(seconds=LEASE_SECONDS))
            self._noted |= {word.delivery_id for word in noted}
            self.look_in(draws.between(QUIET_SECONDS, MOST_QUIET_SECONDS, "told-after", noted[0].delivery_id))
        return noted

    def _rest(self) -> None:
        self._nudge()
        clock = self.house.clock
        due = outbox.next_send_at(self.house.database)
        if due is None:
            return
        if due <= clock.now():
            self.house.handling.settle_lapsed()
            self.look_in(LAPSED_SECONDS)
        else:
            self.look_in(clock.real_seconds(due) + 0.001)


class Deadlines(Looking):
    """Sleeps until the earliest promised time, then tells the rules that it went by."""

    def __init__(self, process: Process, house: House) -> None:
        super().__init__(process, house)
        self._let_be: dict[str, tuple[float, float]] = {}

    def begin(self) -> None:
        self._let_be = {}
        self.look_in(0.0)

    def look(self) -> None:
        clock = self.house.clock
        due = wakeups.next_deadline(self.house.database)
        if due is None:
            return
        seconds = clock.real_seconds(due)
        if seconds > 0:
            self.look_in(seconds + 0.001)
            return
        passed = [self._pass(case_id) for case_id in wakeups.due_cases(self.house.database, clock.now())]
        self.look_in(0.001 if any(passed) else STUMBLING_SECONDS)

    def _pass(self, case_id: str) -> bool:
        delay, until = self._let_be.get(case_id, (FIRST_DELAY, 0.0))
        if until > self.process.world.now:
            return False
        try:
            reach("deadline-due")
            pass_deadline(self.house, case_id)
            reach("deadline-passed")
        except (*NOT_SAVED, NothingCameDue):
            self._let_be[case_id] = (min(delay * 2, LONGEST_DELAY), self.process.world.now + delay)
            stumbled(self.process)
        else:
            self._let_be.pop(case_id, None)
        return True


@dataclass
class FakePrefect:
    """The history as its server would hold it."""

    away: tuple[float, float] = (0.0, 0.0)
    tasks: dict[tuple[str, int], tuple[str, str, str]] = field(default_factory=dict)
    rests: dict[str, str] = field(default_factory=dict)


class Engine(Looking):
    """Brings each pathway run that was woken into the history."""

    def __init__(self, process: Process, house: House, carrier: Carrier, prefect: FakePrefect) -> None:
        super().__init__(process, house)
        self._sender = CarrierAtOnce(carrier, process)
        self._prefect = prefect

    def begin(self) -> None:
        free_leases(self.house.database, self.process.name, self.house.clock.now())
        self.look_in(0.0)

    def look(self) -> None:
        world, clock, database = self.process.world, self.house.clock, self.house.database
        if self._prefect.away[0] <= world.now < self._prefect.away[1]:
            self.look_in(self._prefect.away[1] - world.now)
            return
        due = runwakes.next_wake(database, clock.now())
        if due is None:
            return
        if due > clock.now():
            self.look_in(clock.real_seconds(due) + 0.001)
            return
        for wake in runwakes.claim_wakes(
            database, worker=self.process.name, now=clock.now(), lease=ENGINE_LEASE, limit=1
        ):
            self._bring_in(wake)
        self.look_in(0.01)

    def _bring_in(self, wake: runwakes.Wake) -> None:
        run = run_facts(self.house.database, wake.run_id)
        assert run is not None
        recording = Recording(self.house, self._sender, self.process.name, run)
        story = recording.read()
        mirror = flow_run_of(self.house.database, run.run_id)
        news = story.tellings or recording.silent(story.unsettled)
        if news or mirror is None or mirror.state_name != story.rest.name:
            self._enter(recording, story)
        done_seq, again_at = recording.done()
        runwakes.settle_wake(self.house.database, wake, done_seq=done_seq, again_at=again_at)

    def _enter(self, recording: Recording, story: Story) -> None:
        reach("run-entered")
        for alert in recording.silent(story.unsettled):
            self._send(alert.delivery_id)
            story = recording.read()
        run_id = recording.run.run_id
        for telling in story.tellings:
            self._prefect.tasks[run_id, telling.seq] = (telling.name, telling.state, telling.note)
            recording.note(telling, f"task-{run_id}-{telling.seq}")
        recording.story = story
        reach("run-told")
        self._prefect.rests[run_id] = story.rest.name
        recording.keep(f"flow-{run_id}", story.rest.name)

    def _send(self, delivery_id: str) -> None:
        """What `Recording.send` does, with the carrier knowing which delivery it is."""
        delivery = outbox.claim_one(
            self.house.database,
            delivery_id,
            worker=self.process.name,
            now=self.house.clock.now(),
            lease_seconds=LEASE_SECONDS,
        )
        if delivery is None:
            return
        self._sender.taking = delivery
        outcome = run_now(self._sender.send(message_of(self.house, delivery)))
        handed_over()
        self.house.handling.settle([settled(delivery, outcome, self.house)])


def run_now(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # what the coroutine returns
    raise AssertionError("it waits for something")
