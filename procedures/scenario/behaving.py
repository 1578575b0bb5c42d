"""How people behave in a story that is looked for: everybody does what is asked, but for the one that is to fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from procedures.case import Handoff, HandoffMode, HandoffState, StepState
from procedures.commands import FactReason, FactValue
from procedures.drafting import Draft
from procedures.events import SignalGiven
from procedures.language.facts import OPERATOR
from procedures.language.results import EvidenceType, Result, Setting
from procedures.language.signals import Signal
from procedures.nodes import ScalarValue
from procedures.picking import pickable
from procedures.scenario.language import Act, Value
from procedures.scenario.points import FIRST_SIGN, LATE, NO_ANSWER, Point
from procedures.scenario.running import Run
from procedures.scenario.verbs import BY, BY_OPERATOR, handoff_named
from procedures.scenario.ways import Place
from procedures.schema import AnyStep, AskStep, AwaitStep, Fact, Library, MomentKind, Pathway, RungTarget
from procedures.schema import Point as TimePoint
from procedures.values import NOT_ANSWERED

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
    """What the facts become once the step was left out, or once a repeated one was done."""
    meanwhile: tuple[frozenset[str], ...] = ()
    """What comes from outside while the step of the point is at work, one group after the other."""
    declined: frozenset[str] = frozenset()
    """The steps that every service declines, until the coordinator has them."""
    unnamed: frozenset[str] = frozenset()
    """The steps of which an operator records that a service takes them, and nobody says which person does."""
    quiet: bool = False
    """Nobody brings any result: the time of the whole pathway goes by."""

    def wanted(self, fact: str) -> FactValue | None:
        """What a fact is to be: whoever shows it shows this."""
        return self.facts.get(fact)


def given_signals(going: Run, pathway: Pathway, library: Library, plan: Plan) -> Iterator[Act]:
    """What is to come from outside comes, each signal once; one that is to stop a step only when that is at work."""
    given = {event.signal for event in going.trail if isinstance(event, SignalGiven)}
    coming = plan.signals.difference(*plan.meanwhile)
    if plan.meanwhile and _at_work(going, pathway.name, plan.point.of):
        coming |= next((group for group in plan.meanwhile if not group <= given), frozenset())
    for name in sorted(coming - given):
        signal = pathway.signals.get(name)
        if signal is not None:
            evidence: dict[str, ScalarValue] = {
                field: _evidence(signal, field, library.facts, plan) for field in signal.evidence
            }
            yield Act("signal", name, {"said_by": signal.senders[0], **({"evidence": evidence} if evidence else {})})


def _at_work(going: Run, pathway: str, step: str) -> bool:
    runs = [run for run in going.state.runs.values() if run.pathway == pathway]
    return any(run.steps[step].state is StepState.ACTIVE for run in runs)


def changed_facts(going: Run, library: Library, plan: Plan) -> Iterator[Act]:
    """The facts become what the plan wants them to be, on the word of somebody who may change them."""
    for name, value in plan.later.items():
        if going.state.facts.get(name) != value:
            said = value if isinstance(value, bool | int | str) else str(value)
            by = library.facts[name].changed_by
            whose = {"on_word_of": by[0]} if by and OPERATOR not in by else {}
            yield Act("change_fact", name, {"to": said, "reason": FactReason.NEW_ASSESSMENT.value, **whose})


def answer(handoff: Handoff, going: Run, library: Library, plan: Plan) -> Act | None:
    """What the holder of a handoff does by the plan; None where it says nothing."""
    name = handoff.step
    if handoff_named(going.state, name) is not handoff:
        name = f"{handoff.step}/{handoff.service or handoff.owner.id}"
    about = plan.point.of == handoff.step
    if handoff.step in plan.declined and handoff.service and handoff.state is not HandoffState.ACCEPTED:
        return Act("decline", name, {"reason": "full"})
    if handoff.mode is HandoffMode.ASK and handoff.state is not HandoffState.ACCEPTED:
        point = plan.point if about else None
        return _picked(handoff, name, going, library, point) or _first_answer(handoff, name, going, plan, point)
    pathway = library.by_hash[going.state.runs[handoff.run_id].content_hash]
    step, silent = pathway.steps[handoff.step], plan.quiet or (plan.point.kind == "silence" and about)
    if silent or not isinstance(step, AskStep | AwaitStep):
        return None
    if about and plan.point.kind == "longer" and step.extend:
        agreed = going.state.runs[handoff.run_id].steps[handoff.step].agreed
        body = next((body for body in step.extend.agreed_by if body not in agreed), None)
        return Act("longer_time", name, {"body": body}) if body else None
    result = plan.results.get((pathway.name, handoff.step)) or _result_that_fits(step, plan)
    if result == step.on_expiry:
        return None
    return _confirmed(name, handoff, going, library) or _completed(name, result, step, (library, pathway, plan))


def _picked(handoff: Handoff, name: str, going: Run, library: Library, point: Point | None) -> Act | None:
    """The first that may be asked is picked; only once the coordinator has it, where that is to be reached.

    From then on the time to answer ends together with his: so nobody answers in time before he takes it.
    """
    silent = point is not None and point.kind == "silence" and point.which in {NO_ANSWER, RungTarget.COORDINATOR}
    if silent and not handoff.overdue:
        return None
    found = pickable(going.state, library, going.directory, handoff.ref, going.now)
    return Act("pick", name, {"service": found[0].id}) if found else None


def _confirmed(name: str, handoff: Handoff, going: Run, library: Library) -> Act | None:
    """What waits for a second person is given by one: of the same service, else of the coordination."""
    service = going.directory.services.get(handoff.service or "")
    coordinators = (person for one in going.directory.coordinators.values() for person in one.people)
    people = (*((service.deputy, service.referent) if service else ()), *coordinators)
    first, away = handoff.proposed, Draft(going.state, library, going.directory, going.now).kept_away(handoff)
    able = (person for person in people if first and person and f"person:{person}" != first.actor)
    second = next((person for person in able if person not in away), None)
    if first is None or second is None:
        return None
    more: dict[str, Value] = {"result": first.result, BY: second}
    if first.evidence:
        more["evidence"] = dict(first.evidence)
    return Act("complete", name, more)


def _result_that_fits(step: AskStep | AwaitStep, plan: Plan) -> str:
    """The first result that makes no fact other than it is to be."""
    fitting = (name for name, result in step.results.items() if not any(_differs(one, plan) for one in result.sets))
    return next(fitting, next(iter(step.results)))


def _differs(setting: Setting, plan: Plan) -> bool:
    return setting.evidence is None and plan.wanted(setting.fact) not in {None, setting.value}


def _first_answer(handoff: Handoff, name: str, going: Run, plan: Plan, point: Point | None) -> Act | None:
    """Whoever was asked takes it, but for the one that is to fail: `point` is about this very step."""
    silent = point is not None and point.kind == "silence" and point.which not in {LATE, FIRST_SIGN}
    if silent or handoff.waits_for_a_pick:
        return None
    if point is not None and point.kind == "refusal" and not _declined(going, handoff.step):
        return Act("decline", name, {"reason": "full"})
    return Act("accept", name, {BY: BY_OPERATOR} if handoff.step in plan.unnamed else {})


def _completed(name: str, result: str, step: AskStep | AwaitStep, where: tuple[Library, Pathway, Plan]) -> Act:
    library, pathway, plan = where
    said, far = step.results[result], _far(pathway)
    evidence: dict[str, ScalarValue] = {
        field: FAR.isoformat() if (step.name, field) in far else _evidence(said, field, library.facts, plan)
        for field in said.evidence
    }
    more: dict[str, Value] = {"result": result}
    if evidence:
        more["evidence"] = evidence
    return Act("complete", name, more)


def _evidence(result: Result | Signal, field: str, facts: Mapping[str, Fact], plan: Plan) -> bool | int | str:
    fact = facts.get(result.of_fact.get(field, ""))
    if fact is None:
        return _SHOWN[result.evidence[field]]
    wanted = plan.wanted(fact.name)
    if isinstance(wanted, bool | int | str) and wanted != NOT_ANSWERED:
        return wanted
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


def _declined(going: Run, step: str) -> bool:
    return any(h.step == step and h.state is HandoffState.DECLINED for h in going.state.handoffs.values())
