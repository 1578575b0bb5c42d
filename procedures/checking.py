"""What a pathway's form cannot show: whether its names exist, its steps can begin, and its promises hold together."""

from collections.abc import Iterable

from procedures.checking_choices import check_choices
from procedures.checking_levels import check_levels
from procedures.checking_limits import check_ladder, check_limits
from procedures.checking_points import check_pathway_points, check_step_points
from procedures.checking_repeats import check_repetition
from procedures.checking_signals import check_signals
from procedures.checking_told import check_told
from procedures.checking_turns import check_turns
from procedures.checking_two_persons import check_two_persons
from procedures.grammar import kinds
from procedures.grammar.drafts import STEP_MOMENTS, MomentRef, NeedRef, PathwayDraft, StepDraft
from procedures.grammar.own_work import NO_CASE_OPENED, unknown_fact
from procedures.reading import Document, nearest_or_all
from procedures.schema import EvidenceType, FactType, MomentKind

_OWN_START = ("requested", "accepted")
_DATED = (EvidenceType.DATETIME, EvidenceType.DATE)
_DATED_FACTS = frozenset({FactType.DATETIME, FactType.DATE})


def check_draft(document: Document, draft: PathwayDraft) -> None:
    """Take note of every fault that can be seen without the other pathways."""
    check_told(document, draft)
    check_signals(document, draft)
    for need in draft.all_needs():
        _check_need(document, draft, need)
    before = {name: steps_before(draft, name) for name in draft.steps}
    _check_cycles(document, draft, before)
    check_choices(document, draft, before)
    check_levels(document, draft)
    check_turns(document, draft)
    for step in draft.steps.values():
        for moment in step.moments:
            _check_moment(document, draft, step, moment, before[step.name])
        if step.kind == "ask":
            check_ladder(document, step)
            check_two_persons(document, step)
            check_limits(document, step)
        check_step_points(document, draft, step)
        check_repetition(document, draft, step)
    check_pathway_points(document, draft)
    own_work = draft.moments if draft.no_case else ()
    for ref in (*own_work, *(ref for step in draft.steps.values() for ref in step.moments if draft.no_case)):
        if ref.moment.kind is MomentKind.CASE:
            document.fault(NO_CASE_OPENED, ref.node)
    for moment in draft.moments:
        if moment.moment.kind is MomentKind.FACT:
            _check_fact_moment(document, draft, moment, moment.moment.name or "")


def steps_before(draft: PathwayDraft, name: str) -> frozenset[str]:
    """Every step that a step needs, directly or through others. A step in a cycle is before itself."""
    found: set[str] = set()
    waiting = [need.step for need in draft.steps[name].needs]
    while waiting:
        step = waiting.pop()
        if step in draft.steps and step not in found:
            found.add(step)
            waiting += [need.step for need in draft.steps[step].needs]
    return frozenset(found)


def _check_need(document: Document, draft: PathwayDraft, need: NeedRef) -> None:
    if need.signal is not None:
        return
    step = draft.steps.get(need.step)
    if step is None:
        known = nearest_or_all(need.step, draft.steps)
        document.fault(kinds.UNKNOWN_STEP, need.node, step=need.step, known=known)
    elif need.result is not None and step.kind == "tell":
        document.fault(kinds.NO_RESULTS, need.node, step=need.step)
    elif need.result is not None and step.results is not None and need.result not in step.results:
        known = nearest_or_all(f"{need.step}.{need.result}", [f"{need.step}.{r}" for r in step.results])
        document.fault(kinds.UNKNOWN_RESULT, need.node, step=need.step, result=need.result, known=known)


def _check_cycles(document: Document, draft: PathwayDraft, before: dict[str, frozenset[str]]) -> None:
    told: set[str] = set()
    for name, step in draft.steps.items():
        for need in step.needs:
            if need.step == name:
                document.fault(kinds.NEEDS_ITSELF, need.node, step=name)
                told.add(name)
        if name in before[name] and name not in told:
            cycle = [name] + [other for other in draft.steps if other in before[name] and name in before[other]]
            members = list(dict.fromkeys(cycle))
            told.update(members)
            document.fault(kinds.NEEDS_CYCLE, step.key, cycle=", ".join(members))


def _check_moment(
    document: Document, draft: PathwayDraft, step: StepDraft, ref: MomentRef, before: frozenset[str]
) -> None:
    moment, name = ref.moment, ref.moment.name or ""
    if moment.kind is MomentKind.FACT:
        _check_fact_moment(document, draft, ref, name)
    if moment.step is None:
        return
    other = draft.steps.get(moment.step)
    if other is None:
        known = nearest_or_all(moment.step, draft.steps)
        document.fault(kinds.UNKNOWN_STEP, ref.node, step=moment.step, known=known)
    elif other is step and not (moment.kind is MomentKind.STEP and name in _OWN_START):
        document.fault(kinds.MOMENT_OF_ITSELF, ref.node, step=step.name)
    elif other is not step and other.name not in before:
        document.fault(kinds.MOMENT_NOT_BEFORE, ref.node, step=other.name)
    elif moment.kind is MomentKind.EVIDENCE:
        _check_evidence_moment(document, other, ref, name)
    elif other.kind is not None and (other.results is not None or other.kind == "start"):
        _check_step_moment(document, other, ref, name)


def _check_fact_moment(document: Document, draft: PathwayDraft, ref: MomentRef, name: str) -> None:
    fact = draft.facts.get(name)
    dated = [other for other, declared in draft.facts.items() if declared.type in _DATED_FACTS]
    if fact is None:
        unknown_fact(document, ref.node, name, draft.facts, dated)
    elif fact.type not in _DATED_FACTS:
        document.fault(kinds.UNDATED_FACT, ref.node, fact=name, known=", ".join(dated) or "-")


def _check_evidence_moment(document: Document, other: StepDraft, ref: MomentRef, name: str) -> None:
    if other.kind != "start" and other.results is None:
        return
    dated = _dated_evidence(other)
    if name not in dated:
        known = ", ".join(f"{other.name}.evidence.{field}" for field in dated) or f"{other.name}.completed"
        document.fault(kinds.UNKNOWN_EVIDENCE, ref.node, step=other.name, field=name, known=known)


def _dated_evidence(step: StepDraft) -> tuple[str, ...]:
    shown: Iterable[tuple[str, EvidenceType]] = (
        pair for result in (step.results or {}).values() for pair in result.evidence.items()
    )
    return tuple(dict.fromkeys(field for field, kind in shown if kind in _DATED))


def _check_step_moment(document: Document, other: StepDraft, ref: MomentRef, name: str) -> None:
    moments = STEP_MOMENTS[other.kind or "ask"]
    if name in moments or name in (other.results or {}) or other.kind == "start":
        return
    known = ", ".join(f"{other.name}.{moment}" for moment in (*moments, *(other.results or {})))
    document.fault(kinds.UNKNOWN_MOMENT, ref.node, step=other.name, name=name, known=known)
