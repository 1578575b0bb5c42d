"""What scenarios reach of a pathway."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from procedures import events as e
from procedures.choosing_terms import choice_of
from procedures.scenario.points import (
    AGAIN,
    APPLIES,
    BACK_TO_DESK,
    CHOSEN,
    EACH,
    FIRST_SIGN,
    LATE,
    LEFT_OUT,
    LET_IN,
    NO_ANSWER,
    PAUSED,
    PICKED,
    REFUSED,
    REPLACED,
    RESUMED,
    REVOKED,
    TAKEN,
    Point,
    points_of,
)
from procedures.scenario.running import ScenarioRun
from procedures.schema import Library, Pathway, RungTarget

__all__ = ["Coverage", "Point", "Reached", "coverage", "points_of", "reached"]


class Reached:
    """Notes which points of one pathway a story reaches, event by event."""

    def __init__(self, pathway: Pathway, library: Library) -> None:
        self._pathway = pathway
        self._wanted = frozenset(points_of(pathway, library))
        self._handoffs: dict[str, e.HandoffRequested] = {}
        self._called_off: set[tuple[str, str]] = set()
        """Steps that lost their handoff to a signal, and did not end since."""
        self._picked: set[tuple[str, str]] = set()
        """Steps for which somebody was picked."""
        self._at_once: Counter[tuple[type[e.Event], str, str]] = Counter()
        """How many were asked, and how many brought their result, of a step that asks several."""
        self._runs: set[str] = set()
        """Those that go by this very text: what an earlier one led to shows nothing of it."""
        self.points: set[Point] = set()

    def follow(self, events: Iterable[e.Event]) -> None:
        """Look at what happened next."""
        for event in events:
            self._keep(event)
            self.points |= {point for point in self._of(event) if point in self._wanted}

    def _keep(self, event: e.Event) -> None:
        if isinstance(event, e.PathwayStarted | e.PathwayMoved):
            if event.content_hash == self._pathway.content_hash:
                self._runs.add(event.run_id)
            else:
                self._runs.discard(event.run_id)
        elif isinstance(event, e.HandoffRequested):
            self._handoffs[event.ref] = event

    def _of(self, event: e.Event) -> Iterator[Point]:
        if isinstance(event, e.RunEvent):
            if event.run_id in self._runs:
                yield from _of_run(event, self._pathway.name)
                yield from self._ended_by_signal(event)
        elif isinstance(event, e.HandoffEvent):
            asked = self._handoffs.get(event.ref)
            if asked is not None and asked.run_id in self._runs:
                if isinstance(event, e.HandoffCancelled) and event.reason == e.SIGNAL_CAME:
                    self._called_off.add((asked.run_id, asked.step))
                yield from _of_handoff(event, asked)
                yield from self._of_several(event, asked)
        elif isinstance(event, e.ConsentRefused):
            yield Point("consent", event.consent, REFUSED)
        elif isinstance(event, e.ConsentRevoked):
            yield Point("consent", event.consent, REVOKED)

    def _ended_by_signal(self, event: e.RunEvent) -> Iterator[Point]:
        if isinstance(event, e.StepEnded) and (event.run_id, event.step) in self._called_off:
            yield Point("ending", event.step, event.result)
        if isinstance(event, e.StepEnded | e.StepCancelled | e.StepStarted):
            self._called_off.discard((event.run_id, event.step))

    def _of_several(self, event: e.HandoffEvent, asked: e.HandoffRequested) -> Iterator[Point]:
        """What comes of it that somebody picks, or that several are asked at once."""
        place = (asked.run_id, asked.step)
        counted = (type(event), *place)
        match event:
            case e.ServicePicked():
                self._picked.add(place)
                yield Point("choice", asked.step, PICKED)
            case e.HandoffRequested(to_pick=True) if place in self._picked:
                yield Point("choice", asked.step, BACK_TO_DESK)
            case e.HandoffTakenByOther():
                yield Point("choice", asked.step, TAKEN)
            case e.HandoffRequested(each=True, service=str()):
                self._at_once[counted] += 1
                if self._at_once[counted] > choice_of(self._pathway.steps[asked.step]).fewest:
                    yield Point("choice", asked.step, REPLACED)
            case e.HandoffCompleted() if asked.each:
                self._at_once[counted] += 1
                if self._at_once[counted] > 1:
                    yield Point("choice", asked.step, EACH)


def _of_run(event: e.RunEvent, pathway: str) -> Iterator[Point]:
    if isinstance(event, e.StepEvent):
        yield from _of_step_event(event)
        yield from _of_who_and_pauses(event)
    elif isinstance(event, e.SignalGiven):
        yield Point("signal", event.signal)
    elif isinstance(event, e.PathwayEnded):
        yield Point("outcome", pathway, event.outcome)
    elif isinstance(event, e.PathwayLimitPassed):
        yield Point("silence", pathway, LATE)


def _of_step_event(event: e.StepEvent) -> Iterator[Point]:
    match event:
        case e.StepStarted():
            yield Point("step", event.step)
            yield Point("branch", event.step, APPLIES)
        case e.StepSkipped(reason=e.SkipReason.NOT_APPLICABLE):
            yield Point("branch", event.step, LEFT_OUT)
        case e.StepWaitsAgain():
            yield Point("branch", event.step, LET_IN)
        case e.StepRepeats():
            yield Point("repeat", event.step, AGAIN)
        case e.RepetitionEnded():
            yield Point("repeat", event.step, event.reason)
        case e.StepHeld():
            yield Point("hold", event.step)
        case e.StepEnded() | e.StepDecidedAnew():
            yield Point("result", event.step, event.result)
        case e.StepCancelled(reason=e.SIGNAL_CAME):
            yield Point("called_off", event.step)


def _of_who_and_pauses(event: e.StepEvent) -> Iterator[Point]:
    match event:
        case e.ServiceChosen():
            yield Point("choice", event.step, CHOSEN)
        case e.NoServiceFound():
            yield Point("choice", event.step, event.because)
        case e.StepPaused():
            yield Point("pause", event.step, PAUSED)
        case e.StepResumed():
            yield Point("pause", event.step, RESUMED)


def _of_handoff(event: e.HandoffEvent, asked: e.HandoffRequested) -> Iterator[Point]:
    step = asked.step
    if isinstance(event, e.HandoffDeclined):
        yield Point("refusal", step)
    elif isinstance(event, e.LimitExtended):
        yield Point("longer", step)
    elif isinstance(event, e.RungClimbed):
        yield Point("silence", step, event.to)
        if asked.accept_by and event.due_at >= asked.accept_by:
            yield Point("silence", step, NO_ANSWER)
    elif isinstance(event, e.OwnerChanged):
        # The last service may be silent at the very moment of the coordinator's rung: the baton goes there either way.
        yield Point("silence", step, RungTarget.COORDINATOR)
    elif isinstance(event, e.DeadlinePassed):
        words = {e.ClockName.ACCEPT: NO_ANSWER, e.ClockName.FIRST_SIGN: FIRST_SIGN, e.ClockName.COMPLETE: LATE}
        yield Point("silence", step, words[event.clock_name])


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the scenarios of one pathway go."""

    pathway: str
    points: tuple[Point, ...]
    reached: frozenset[Point]

    @property
    def missing(self) -> tuple[Point, ...]:
        """What no scenario reaches, in the order of the text."""
        return tuple(point for point in self.points if point not in self.reached)

    def counts(self, kind: str) -> tuple[int, int]:
        """How many of a kind are reached, and how many there are."""
        of_kind = [point for point in self.points if point.kind == kind]
        return sum(point in self.reached for point in of_kind), len(of_kind)

    @property
    def percent(self) -> int:
        """How much of it all is reached, rounded down."""
        return 100 * len(self.reached) // max(len(self.points), 1)


def reached(run: ScenarioRun, pathway: Pathway, library: Library) -> frozenset[Point]:
    """The points of one pathway that a run reaches."""
    seen = Reached(pathway, library)
    seen.follow(run.trail)
    return frozenset(seen.points)


def coverage(pathway: Pathway, library: Library, runs: Iterable[ScenarioRun]) -> Coverage:
    """What these runs reach of a pathway."""
    every: frozenset[Point] = frozenset().union(*(reached(run, pathway, library) for run in runs))
    return Coverage(pathway.name, points_of(pathway, library), every)
