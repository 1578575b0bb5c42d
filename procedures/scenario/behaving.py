"""How people behave in a story that is looked for: everybody does what is asked, but for the one that is to fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from procedures.case import Handoff, HandoffMode, HandoffState
from procedures.commands import FactReason, FactValue
from procedures.events import SignalGiven
from procedures.language.results import EvidenceType, Result
from procedures.language.signals import Signal
from procedures.nodes import ScalarValue
from procedures.scenario.coverage import FIRST_SIGN, LATE, Point
from procedures.scenario.language import Act, Value
from procedures.scenario.running import Run
from procedures.scenario.verbs import handoff_named
from procedures.scenario.ways import Place
from procedures.schema import AnyStep, AskStep, AwaitStep, Fact, Library, MomentKind, Pathway
from procedures.schema import Point as TimePoint

FAR = date(2027, 6, 15)
"""A day to come, where something is to be done before it."""
_SHOWN: Mapping[EvidenceType, bool | int | str] = {
    EvidenceType.DATETIME: "now",
    EvidenceType.DATE: "today",
    EvidenceType.INTEGER: 3,
    EvidenceType.BOOLEAN: True,
    EvidenceType.REFERENCE: "A-1",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How everybody behaves: what is so, how steps end, and who fails."""

    facts: Mapping[str, FactValue]
    results: Mapping[Place, str]
    point: Point
    """What is to be reached."""
    signals: frozenset[str] = frozenset()
    """What comes from outside, once, as soon as people are at work."""
    later: Mapping[str, FactValue] = field(default_factory=dict)
    """What the facts become once the step was left out."""


def given_signals(going: Run, pathway: Pathway, library: Library, plan: Plan) -> Iterator[Act]:
    """What is to come from outside comes, each signal once."""
    given = {event.signal for event in going.trail if isinstance(event, SignalGiven)}
    for name in sorted(plan.signals - given):
        signal = pathway.signals.get(name)
        if signal is not None:
            evidence: dict[str, ScalarValue] = {
                field: _evidence(signal, field, library.facts) for field in signal.evidence
            }
            yield Act("signal", name, {"said_by": signal.senders[0], **({"evidence": evidence} if evidence else {})})


def changed_facts(going: Run, plan: Plan) -> Iterator[Act]:
    """The facts become what the plan wants them to be."""
    for name, value in plan.later.items():
        if going.state.facts.get(name) != value:
            said = value if isinstance(value, bool | int | str) else str(value)
            yield Act("change_fact", name, {"to": said, "reason": FactReason.NEW_ASSESSMENT.value})


def answer(handoff: Handoff, going: Run, library: Library, plan: Plan) -> Act | None:
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
    return None if result == step.on_expiry else _completed(name, result, step, (library, pathway))


def _first_answer(handoff: Handoff, name: str, going: Run, point: Point | None) -> Act | None:
    """Whoever was asked takes it, but for the one that is to fail: `point` is about this very step."""
    if point is not None and point.kind == "silence" and point.which not in {LATE, FIRST_SIGN}:
        return None
    if point is not None and point.kind == "refusal" and not _declined(going, handoff.step):
        return Act("decline", name, {"reason": "full"})
    return Act("accept", name)


def _completed(name: str, result: str, step: AskStep | AwaitStep, where: tuple[Library, Pathway]) -> Act:
    library, pathway = where
    said, far = step.results[result], _far(pathway)
    evidence: dict[str, ScalarValue] = {
        field: FAR.isoformat() if (step.name, field) in far else _evidence(said, field, library.facts)
        for field in said.evidence
    }
    more: dict[str, Value] = {"result": result}
    if evidence:
        more["evidence"] = evidence
    return Act("complete", name, more)


def _evidence(result: Result | Signal, field: str, facts: Mapping[str, Fact]) -> bool | int | str:
    fact = facts.get(result.of_fact.get(field, ""))
    if fact is None:
        return _SHOWN[result.evidence[field]]
    return next(iter(fact.values()), fact.at_least or 0)


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


def _steps(library: Library) -> set[str]:
    return {step for pathway in library.current.values() for step in pathway.steps}


def _declined(going: Run, step: str) -> bool:
    return any(h.step == step and h.state is HandoffState.DECLINED for h in going.state.handoffs.values())
