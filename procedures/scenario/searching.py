"""Looking for a scenario that reaches what none reaches yet: a bounded number of ways, each played on the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from procedures.case import Handoff, HandoffMode, HandoffState
from procedures.commands import FactValue
from procedures.directory import Directory
from procedures.language.results import EvidenceType
from procedures.scenario.coverage import APPLIES, FIRST_SIGN, LATE, REFUSED, TOLD, Point, Reached, points_of
from procedures.scenario.language import Act, Block, Given, Scenario
from procedures.scenario.naming import name_of, title_of
from procedures.scenario.running import Run, ScenarioRun, Stage
from procedures.scenario.verbs import handoff_named
from procedures.scenario.ways import Place, Way, Ways
from procedures.schema import (
    AnyStep,
    AskStep,
    AwaitStep,
    Library,
    MomentKind,
    Pathway,
    RungTarget,
    StartStep,
)
from procedures.schema import Point as TimePoint
from procedures.timing import next_due

MOST_PLAYS = 40
MOST_BLOCKS = 40
FACTS_EACH = 4
START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
"""A Wednesday, 10:00 on the wall in Rome."""
FAR = (START + timedelta(days=200)).date()
"""A day to come, where something is to be done before it."""
PAUSE = timedelta(minutes=5)
"""Between what people do."""
_SHOWN: Mapping[EvidenceType, bool | int | str] = {
    EvidenceType.DATETIME: "now",
    EvidenceType.DATE: "today",
    EvidenceType.INTEGER: 3,
    EvidenceType.BOOLEAN: True,
    EvidenceType.REFERENCE: "A-1",
}
_SOONER = {RungTarget.COORDINATOR: 0, LATE: 1, FIRST_SIGN: 2}
"""Of silences the longest first: on its way it reaches the others."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How everybody behaves: what is so, how steps end, and who fails."""

    facts: Mapping[str, FactValue]
    results: Mapping[Place, str]
    point: Point
    """What is to be reached."""


@dataclass(slots=True)
class Search:
    """Looks for scenarios of one pathway."""

    pathway: Pathway
    library: Library
    directory: Directory
    stage: Stage = field(init=False)

    def __post_init__(self) -> None:
        """A stage of its own."""
        self.stage = Stage(self.library, self.directory)

    def all_missing(self, reached: frozenset[Point]) -> tuple[list[ScenarioRun], list[Point]]:
        """A run for each point not reached yet (one may do for several), and the points without any."""
        left = [point for point in points_of(self.pathway, self.library) if point not in reached]
        left.sort(key=lambda point: _SOONER.get(point.which, 3) if point.kind == "silence" else 3)
        runs: list[ScenarioRun] = []
        unfound: list[Point] = []
        while left:
            found = self.one(left[0])
            if found is None:
                unfound.append(left.pop(0))
                continue
            runs.append(found)
            seen = Reached(self.pathway, self.library)
            seen.follow(found.trail)
            left = [point for point in left if point not in seen.points]
        return runs, unfound

    def one(self, point: Point) -> ScenarioRun | None:
        """A run that reaches the point, the first that is found; None where no way of a bounded number does."""
        for plan in islice(self._plans(point), MOST_PLAYS):
            blocks = self._play(plan, point)
            if blocks is not None:
                scenario = Scenario(
                    name_of(point),
                    self._given(plan, point),
                    in_brief(blocks),
                    title=title_of(point, self.pathway, self.library),
                )
                return self.stage.run(scenario)
        return None

    def _plans(self, point: Point) -> Iterator[Plan]:
        for way in self._ways(point):
            for facts in islice(Ways(self.library).facts(way), FACTS_EACH):
                yield Plan(facts, way.results, point)

    def _ways(self, point: Point) -> Iterator[Way]:
        ways = Ways(self.library)
        if point.kind == "branch":
            return ways.beginning(self.pathway, point.of, applies=point.which == APPLIES)
        if point.kind == "result" and point.which != TOLD:
            return ways.ending(self.pathway, point.of, point.which)
        if point.kind == "outcome":
            return ways.outcome(self.pathway, point.which)
        if point.kind == "consent":
            return self._under(point.of)
        if point.of in self.pathway.steps:
            return ways.beginning(self.pathway, point.of)
        return iter((Way(),))

    def _under(self, consent: str) -> Iterator[Way]:
        """Ways to a step that hangs on a consent."""
        for step in self._steps_under(consent):
            yield from Ways(self.library).beginning(self.pathway, step.name)

    def _steps_under(self, consent: str) -> list[AnyStep]:
        own = self.pathway.consent
        steps = (step for step in self.pathway.steps.values() if not step.basis and not isinstance(step, StartStep))
        return [step for step in steps if (step.consent or own) == consent]

    def _given(self, plan: Plan, point: Point) -> Given:
        refused = {point.of} if point.kind == "consent" and point.which == REFUSED else set()
        consents = _consents(self.pathway, self.library, set()) - refused
        desk = min(self.directory.desks, default=None)
        return Given(self.pathway.name, self._territory(), START, plan.facts, frozenset(consents), frozenset(), desk)

    def _territory(self) -> str:
        """Where most services are."""
        served = dict.fromkeys(sorted(self.directory.territories()), 0)
        for service in self.directory.services.values():
            for name in service.territories:
                served[name] += 1
        return max(served, key=lambda name: served[name])

    def _play(self, plan: Plan, point: Point) -> tuple[Block, ...] | None:
        """The blocks of a story that follows the plan, up to the point; None where it does not lead there."""
        given = self._given(plan, point)
        going = Run(self.library, self.directory, given.start)
        going.open(given)
        seen, followed = Reached(self.pathway, self.library), 0
        blocks = [Block(given.start)]
        while True:
            seen.follow(going.trail[followed:])
            followed = len(going.trail)
            if point in seen.points:
                return tuple(blocks)
            block = self._next(going, plan) if len(blocks) < MOST_BLOCKS else None
            if block is None:
                return None
            going.pass_time(block.at)
            for act in block.acts:
                going.do(act)
            blocks.append(block)

    def _next(self, going: Run, plan: Plan) -> Block | None:
        due = next_due(going.state)
        at = going.now + PAUSE
        acts = tuple(self._acts(going, plan))
        if acts and (due is None or due > at or plan.point.kind != "silence"):
            return Block(at, acts)
        if due is None:
            return Block(at, acts) if acts else None
        return Block(max(due, going.now))

    def _acts(self, going: Run, plan: Plan) -> Iterator[Act]:
        """What is done next: at most one thing for each open handoff."""
        point = plan.point
        if point.kind == "consent" and self._asks(going, point):
            yield Act("refuse_consent" if point.which == REFUSED else "revoke_consent", point.of)
            return
        for handoff in going.state.handoffs.values():
            if handoff.is_open and handoff.mode is not HandoffMode.TELL:
                act = _answer(handoff, going, self.library, plan)
                if act is not None:
                    yield act

    def _asks(self, going: Run, point: Point) -> bool:
        """Whether somebody works under the consent, or waits for it."""
        if point.which == REFUSED:
            return any(
                step.state.value == "awaiting_consent"
                for run in going.state.runs.values()
                for step in run.steps.values()
            )
        if not any(isinstance(step, AskStep | AwaitStep) for step in self._steps_under(point.of)):
            return True  # who is told is told at once: there is no moment in between
        return any(
            handoff.is_open and self._consent_of(going, handoff) == point.of
            for handoff in going.state.handoffs.values()
        )

    def _consent_of(self, going: Run, handoff: Handoff) -> str | None:
        pathway = self.library.by_hash[going.state.runs[handoff.run_id].content_hash]
        step = pathway.steps[handoff.step]
        return None if step.basis else step.consent or pathway.consent


def _consents(pathway: Pathway, library: Library, seen: set[str]) -> set[str]:
    """Every consent of the pathway and of those it starts."""
    seen.add(pathway.name)
    found = {pathway.consent, *(step.consent for step in pathway.steps.values())}
    for step in pathway.steps.values():
        if isinstance(step, StartStep) and step.pathway not in seen:
            found |= _consents(library.named(step.pathway), library, seen)
    return {consent for consent in found if consent}


def _answer(handoff: Handoff, going: Run, library: Library, plan: Plan) -> Act | None:
    """What the holder of a handoff does by the plan; None where it says nothing."""
    name = handoff.step
    if handoff_named(going.state, name) is not handoff:
        name = f"{handoff.step}/{handoff.service}"
    about = plan.point.of == handoff.step
    if handoff.mode is HandoffMode.ASK and handoff.state is not HandoffState.ACCEPTED:
        return _first_answer(handoff, name, going, plan.point if about else None)
    if plan.point.kind == "silence" and (about or plan.point.of in library.current.keys() - _steps(library)):
        return None
    pathway = library.by_hash[going.state.runs[handoff.run_id].content_hash]
    step = pathway.steps[handoff.step]
    if not isinstance(step, AskStep | AwaitStep):
        return None
    if about and plan.point.kind == "longer" and step.extend:
        agreed = going.state.runs[handoff.run_id].steps[handoff.step].agreed
        body = next((body for body in step.extend.agreed_by if body not in agreed), None)
        return Act("longer_time", name, {"body": body}) if body else None
    result = plan.results.get((pathway.name, handoff.step)) or next(iter(step.results))
    return None if result == step.on_expiry else _completed(name, result, step, _far(pathway))


def _first_answer(handoff: Handoff, name: str, going: Run, point: Point | None) -> Act | None:
    """Whoever was asked takes it, but for the one that is to fail: `point` is about this very step."""
    if point is not None and point.kind == "silence" and point.which not in {LATE, FIRST_SIGN}:
        return None
    if point is not None and point.kind == "refusal" and not _declined(going, handoff.step):
        return Act("decline", name, {"reason": "full"})
    return Act("accept", name)


def _completed(name: str, result: str, step: AskStep | AwaitStep, far: frozenset[Place]) -> Act:
    evidence = {
        field: FAR.isoformat() if (step.name, field) in far else _SHOWN[kind]
        for field, kind in step.results[result].evidence.items()
    }
    return Act("complete", name, {"result": result, **({"evidence": evidence} if evidence else {})})


def _far(pathway: Pathway) -> frozenset[Place]:
    """The evidence that something lies before, or is held back by: it is a day to come."""
    points = [point for step in pathway.steps.values() for point in (*_limits(step), step.not_before) if point]
    held = [step.not_before for step in pathway.steps.values()]
    return frozenset(
        (point.of.step or "", point.of.name or "")
        for point in points
        if point.of.kind is MomentKind.EVIDENCE and (point.before or point in held)
    )


def _limits(step: AnyStep) -> Iterator[TimePoint]:
    if isinstance(step, AskStep | AwaitStep):
        limits = step.complete_within if isinstance(step, AskStep) else step.within
        yield from (point for limit in limits for point in limit.points)


def in_brief(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same story with its time of silence in one piece, strict from the last thing on that somebody does."""
    kept = [block for place, block in enumerate(blocks) if block.acts or place in {0, len(blocks) - 1}]
    last = max((place for place, block in enumerate(kept) if block.acts), default=0)
    return tuple(replace(block, open_ended=place < last) for place, block in enumerate(kept))


def _steps(library: Library) -> set[str]:
    return {step for pathway in library.current.values() for step in pathway.steps}


def _declined(going: Run, step: str) -> bool:
    return any(h.step == step and h.state is HandoffState.DECLINED for h in going.state.handoffs.values())
