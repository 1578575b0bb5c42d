"""From an exploration to faults, each at its place in the text."""

from collections.abc import Collection, Mapping, Sequence

from procedures.conditions import named_results, needed_signals
from procedures.consenting import tells_her
from procedures.exploring import kinds
from procedures.exploring.asking import (
    Asked,
    Key,
    condition_keys,
    need_keys,
)
from procedures.exploring.refusing import held_up_by_a_refusal
from procedures.exploring.seen import Explored, Trace
from procedures.exploring.siblings import gaps_and_overlaps, siblings
from procedures.exploring.telling import sentences
from procedures.exploring.walking import MOST_KEPT, explore_with_changes
from procedures.grammar.choose_kinds import SAME_AS_NOBODY
from procedures.grammar.consent_kinds import NOBODY_TELLS_HER
from procedures.grammar.drafts import PathwayDraft
from procedures.language.consents import Subject
from procedures.language.steps import entering
from procedures.reading import Document
from procedures.remeasuring import limits_of
from procedures.schema import (
    AskStep,
    AwaitStep,
    MomentKind,
    Need,
    NeedKind,
    Pathway,
    Silence,
)
from procedures.story import Sentence, Story

LONGEST_STORY = 8


def find(document: Document, draft: PathwayDraft, pathway: Pathway, outcomes_of: Mapping[str, Sequence[str]]) -> None:
    """Take note of what going through the pathway shows; `outcomes_of` are those of the pathways it may start."""
    explored = explore_with_changes(pathway, draft.facts, outcomes_of)
    if not explored.whole:
        document.fault(kinds.NOT_WHOLE, draft.name_node or document.root, limit=str(MOST_KEPT))
    else:
        _steps(document, draft, pathway, explored)
        _outcomes(document, draft, pathway, explored)
        _waits(document, draft, pathway, explored)
        _same_bodies(document, draft, pathway, explored)
        held_up_by_a_refusal(document, draft, pathway, outcomes_of, explored)
    _told_of(document, draft, pathway)
    _signals(document, draft, pathway)
    _results(document, draft, pathway)
    for steps in siblings(pathway):
        gaps_and_overlaps(document, draft, draft.facts, steps)


def _steps(document: Document, draft: PathwayDraft, pathway: Pathway, explored: Explored) -> None:
    for name, seen in explored.steps.items():
        if seen.begun:
            continue
        if seen.needs_met:
            document.fault(kinds.NEVER_APPLIES, draft.steps[name].key, step=name)
        else:
            reason = Story([_reason(pathway.steps[name].needs, explored)])
            document.fault(kinds.NEVER_NEEDED, draft.steps[name].key, step=name, reason=reason)


def _waits(document: Document, draft: PathwayDraft, pathway: Pathway, explored: Explored) -> None:
    """A pathway whose steps wait for signals, or stand still, has some way to end though none comes."""
    ends_by_itself = pathway.within and pathway.on_expiry not in set(Silence)
    called_off = {step for signal in pathway.signals.values() for step in signal.cancels}
    if ends_by_itself:
        return
    _stand_still(document, draft, pathway, called_off)
    if not pathway.stays_open:
        return
    for name, seen in explored.steps.items():
        if seen.waits and name not in called_off and needed_signals(pathway.steps[name].needs):
            document.fault(kinds.WAITS_FOR_EVER, draft.steps[name].key, step=name)


def _stand_still(document: Document, draft: PathwayDraft, pathway: Pathway, called_off: Collection[str]) -> None:
    """A step that stands still goes on, is ended or called off by a signal, or ends with its pathway."""
    for name, step in pathway.steps.items():
        if name in called_off or not isinstance(step, AskStep | AwaitStep) or step.ends_when:
            continue
        if step.pauses_on and step.resumes_on:
            story = Story(
                [
                    *(
                        Sentence(kinds.SIGNAL_COMES, {"signal": came})
                        for came in sorted(needed_signals(step.pauses_on))
                    ),
                    *(
                        Sentence(kinds.SIGNAL_NEVER_COMES, {"signal": never})
                        for never in sorted(needed_signals(step.resumes_on))
                    ),
                ]
            )
            document.fault(kinds.PAUSES_FOR_EVER, draft.steps[name].pauses["pauses_on"].node, step=name, story=story)


def _same_bodies(document: Document, draft: PathwayDraft, pathway: Pathway, explored: Explored) -> None:
    """Whoever is to do what another did is somebody: the other step was not left out."""
    for name, seen in explored.steps.items():
        choice = draft.steps[name].choice
        if seen.nobody_before is not None and choice is not None and choice.whose is not None:
            other = choice.whose.step
            asked = frozenset({Key(Asked.STEP, other)}) | _hangs_on(pathway, other)
            story = Story(_matter(pathway, seen.nobody_before, asked))
            example = f"needs: [{other}.{next(iter(draft.steps[other].results or ('…',)))}]"
            document.fault(SAME_AS_NOBODY, choice.whose.node, step=other, story=story, example=example)


def _signals(document: Document, draft: PathwayDraft, pathway: Pathway) -> None:
    """A signal that changes nothing is one that its writer forgot."""
    used: set[str] = {name for name, signal in pathway.signals.items() if signal.cancels or signal.sets}
    limits = list(pathway.within)
    for step in pathway.steps.values():
        used |= needed_signals(step.needs)
        used |= needed_signals(step.repeat.until) if step.repeat and step.repeat.until else frozenset()
        limits += limits_of(step)
        if isinstance(step, AskStep | AwaitStep):
            used = used.union(*(needed_signals(end.need) for end in step.ends_when))
            used = used.union(*(needed_signals(need) for need in (step.pauses_on, step.resumes_on) if need))
        if step.not_before and step.not_before.of.kind is MomentKind.SIGNAL:
            used.add(step.not_before.of.name or "")
    used = used.union(*(needed_signals(outcome.when) for outcome in pathway.outcomes))
    used |= {moment.name or "" for limit in limits for moment in limit.moments if moment.kind is MomentKind.SIGNAL}
    for name in (name for name in pathway.signals if name not in used):
        document.fault(kinds.SIGNAL_UNUSED, draft.signals[name].key, signal=name)


def _told_of(document: Document, draft: PathwayDraft, pathway: Pathway) -> None:
    """The subject hears of what is done without a consent. The author of violence need not: it could harm her."""
    if pathway.subject is Subject.AUTHOR:
        return
    for name, step in pathway.steps.items():
        if step.basis and step.told_in is None and not tells_her(pathway, step):
            document.fault(NOBODY_TELLS_HER, draft.steps[name].key, step=name)


def _reason(need: Need, explored: Explored) -> Sentence:
    """Why a need is never met, as far as one sentence can say it."""
    for key in sorted(need_keys(need)):
        if key.kind is Asked.STEP and not explored.steps[key.name].begun:
            return Sentence(kinds.NEEDS_UNREACHED, {"step": key.name})
    if need.kind is NeedKind.ALL_OF:
        own = [part for part in need.parts if part.kind is NeedKind.STEP]
        for step, results in named_results(own).items():
            if len(results) > 1:
                return Sentence(kinds.NEEDS_BOTH, {"step": step, "results": ", ".join(sorted(results))})
    return Sentence(kinds.NOT_TOGETHER)


def _outcomes(document: Document, draft: PathwayDraft, pathway: Pathway, explored: Explored) -> None:
    for outcome in pathway.outcomes:
        if outcome.name not in explored.outcomes and outcome.name != pathway.on_expiry:
            place = draft.outcome_nodes.get(outcome.name, document.root)
            document.fault(kinds.OUTCOME_NEVER, place, outcome=outcome.name)
    if explored.ends_without_outcome and draft.outcomes_node:
        place = draft.outcomes_node or document.root
        story = Story(_told(explored.without_outcome, pathway))
        document.fault(kinds.NO_OUTCOME, place, story=story, example=f"over: {next(iter(pathway.steps))}")


def _told(trace: Trace | None, pathway: Pathway) -> list[Sentence]:
    """The story of a trace, without what makes no difference to how the pathway ends."""
    matters = frozenset().union(*(need_keys(outcome.when) for outcome in pathway.outcomes))
    for step in pathway.steps.values():
        if Key(Asked.STEP, step.name) in matters:
            matters |= _hangs_on(pathway, step.name)
    return _matter(pathway, trace, matters)


def _hangs_on(pathway: Pathway, name: str) -> frozenset[Key]:
    """What decides whether the step is taken."""
    step = pathway.steps[name]
    off = frozenset(Key(Asked.SIGNAL, s.name) for s in pathway.signals.values() if name in s.cancels)
    return need_keys(step.needs) | condition_keys(entering(step)) | off


def _matter(pathway: Pathway, trace: Trace | None, matters: frozenset[Key]) -> list[Sentence]:
    return sentences(pathway, trace, matters)[:LONGEST_STORY]


def _results(document: Document, draft: PathwayDraft, pathway: Pathway) -> None:
    """A result leads somewhere, says that it is an end, or is one of a step from which nothing follows at all."""
    needs = [step.needs for step in pathway.steps.values()] + [outcome.when for outcome in pathway.outcomes]
    needs += [step.repeat.until for step in pathway.steps.values() if step.repeat and step.repeat.until]
    named = named_results(needs)
    for step in pathway.steps.values():
        # From any result of a repeated step its next time follows.
        if (
            step.repeat
            or not isinstance(step, AskStep | AwaitStep)
            or step.name not in named
            or _plainly_needed(step.name, needs)
        ):
            continue
        for result, said in step.results.items():
            if result not in named[step.name] and not said.ends_here:
                place = draft.steps[step.name].result_nodes.get(result, draft.steps[step.name].key)
                document.fault(kinds.RESULT_NOWHERE, place, step=step.name, result=result)


def _plainly_needed(step: str, needs: Sequence[Need]) -> bool:
    return any(
        (need.step == step and need.result is None) or (bool(need.parts) and _plainly_needed(step, need.parts))
        for need in needs
    )
