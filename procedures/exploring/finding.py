"""From an exploration to faults, each at its place in the text."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from procedures.conditions import holds, named_results, needed_signals
from procedures.consenting import tells_her
from procedures.exploring import kinds
from procedures.exploring.asking import (
    AND,
    KNOWN,
    LEFT_OUT,
    NEVER,
    Answer,
    Asked,
    Key,
    condition_keys,
    need_keys,
)
from procedures.exploring.walking import MOST_KEPT, Explored, Trace, explore_with_changes
from procedures.exploring.ways import entering
from procedures.grammar.choose_kinds import SAME_AS_NOBODY
from procedures.grammar.consent_kinds import NOBODY_TELLS_HER
from procedures.grammar.drafts import PathwayDraft
from procedures.language.consents import Subject
from procedures.reading import Document
from procedures.remeasuring import limits_of
from procedures.schema import (
    AskStep,
    AwaitStep,
    Fact,
    FactType,
    MomentKind,
    Need,
    NeedKind,
    Pathway,
    Silence,
    Step,
)
from procedures.story import Sentence, Story

LONGEST_STORY = 8
UNKNOWN = "unknown"


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
    _told_of(document, draft, pathway)
    _signals(document, draft, pathway)
    _results(document, draft, pathway)
    for steps in _siblings(pathway):
        _conditions(document, draft, draft.facts, steps)


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
            story = Story(_matter(seen.nobody_before, asked))
            example = f"needs: [{other}.{next(iter(draft.steps[other].results or ('…',)))}]"
            document.fault(SAME_AS_NOBODY, choice.whose.node, step=other, story=story, example=example)


def _signals(document: Document, draft: PathwayDraft, pathway: Pathway) -> None:
    """A signal that changes nothing is one that its writer forgot."""
    used: set[str] = {name for name, signal in pathway.signals.items() if signal.cancels}
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
    return _matter(trace, matters)


def _hangs_on(pathway: Pathway, name: str) -> frozenset[Key]:
    """What decides whether the step is taken."""
    step = pathway.steps[name]
    off = frozenset(Key(Asked.SIGNAL, s.name) for s in pathway.signals.values() if name in s.cancels)
    return need_keys(step.needs) | condition_keys(entering(step)) | off


def _matter(trace: Trace | None, matters: frozenset[Key]) -> list[Sentence]:
    told = trace.told() if trace else []
    return [_sentence(key, answer) for key, answer in told if _plain(key) in matters][:LONGEST_STORY]


def _plain(key: Key) -> Key:
    return Key(Asked.FACT, key.name) if key.kind is Asked.BECOMES else key


def _sentence(key: Key, answer: Answer) -> Sentence:
    if key.kind is Asked.STEP:
        if answer in {LEFT_OUT, NEVER}:
            return Sentence(kinds.STEP_LEFT_OUT, {"step": key.name})
        return Sentence(kinds.STEP_ENDS, {"step": key.name, "result": str(answer).replace(AND, ", ")})
    if key.kind is Asked.BECOMES and answer != KNOWN:
        return Sentence(kinds.FACT_BECOMES, {"fact": key.name, "value": str(answer).lower()})
    if key.kind is Asked.SIGNAL:
        return Sentence(kinds.SIGNAL_COMES if answer is True else kinds.SIGNAL_NEVER_COMES, {"signal": key.name})
    if answer in {None, KNOWN}:
        return Sentence(kinds.FACT_UNKNOWN if answer is None else kinds.FACT_KNOWN, {"fact": key.name})
    return Sentence(kinds.FACT_IS, {"fact": key.name, "value": str(answer).lower()})


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


def _siblings(pathway: Pathway) -> Iterator[list[Step]]:
    """Steps that begin at the same moment and are told apart by one and the same fact."""
    groups: dict[tuple[str, str], list[Step]] = {}
    for step in pathway.steps.values():
        asked = condition_keys(step.when)
        if len(asked) == 1:
            groups.setdefault((step.needs.model_dump_json(), next(iter(asked)).name), []).append(step)
    yield from (steps for steps in groups.values() if len(steps) > 1)


def _conditions(document: Document, draft: PathwayDraft, facts: Mapping[str, Fact], steps: list[Step]) -> None:
    fact = facts[next(iter(condition_keys(steps[0].when))).name]
    if fact.type is not FactType.CHOICE:
        return
    begins = {
        value: [step for step in steps if holds(step.when, {} if value is None else {fact.name: value})]
        for value in (*fact.choices, None)
    }
    gap = [UNKNOWN if value is None else value for value, begun in begins.items() if not begun]
    names = ", ".join(step.name for step in steps)
    if gap:
        document.fault(
            kinds.CONDITION_GAP, draft.steps[steps[-1].name].key, steps=names, fact=fact.name, values=", ".join(gap)
        )
    for first, second in _pairs_that_ask_the_same(steps):
        both = [UNKNOWN if v is None else v for v, begun in begins.items() if first in begun and second in begun]
        if both:
            document.fault(
                kinds.CONDITION_OVERLAP,
                draft.steps[second.name].key,
                steps=f"{first.name}, {second.name}",
                competence=second.competence,
                fact=fact.name,
                values=", ".join(both),
            )


def _pairs_that_ask_the_same(steps: list[Step]) -> Iterator[tuple[AskStep, AskStep]]:
    asks = [step for step in steps if isinstance(step, AskStep)]
    for index, first in enumerate(asks):
        for second in asks[index + 1 :]:
            if first.competence == second.competence:
                yield first, second
