"""What only all pathways together show: which one starts which, and with what outcome."""

from collections.abc import Iterable, Mapping, Sequence

from procedures.checking_walls import check_walls
from procedures.grammar import kinds
from procedures.grammar.drafts import StepDraft
from procedures.grammar.own_work import STARTS_A_CASE, STARTS_OWN_WORK
from procedures.grammar.pathways import PathwayText
from procedures.grammar.words import ENDED
from procedures.reading import nearest_or_all
from procedures.schema import Fact, MomentKind, Outcome, Pathway


def check_together(texts: Sequence[PathwayText], beside: Mapping[str, Pathway], *, complete: bool = True) -> None:
    """Take note, in each text's document, of what does not fit the others. `beside` are pathways known already.

    Not `complete`: some text could not be read at all, so that a pathway nobody knows may stand there.
    """
    outcomes = {name: _with_ended(pathway.outcomes) for name, pathway in beside.items()}
    outcomes |= {t.draft.name: _with_ended(t.draft.outcomes) for t in texts if t.draft.name}
    no_case = {name: pathway.no_case for name, pathway in beside.items()}
    no_case |= {t.draft.name: t.draft.no_case for t in texts if t.draft.name}
    _check_names(texts)
    _check_facts(texts)
    for text in texts:
        for step in text.draft.steps.values():
            if step.pathway is not None:
                if step.pathway.step in outcomes:
                    _check_start(text, step, outcomes[step.pathway.step])
                    if no_case[step.pathway.step] != text.draft.no_case:
                        kind = STARTS_A_CASE if text.draft.no_case else STARTS_OWN_WORK
                        text.document.fault(kind, step.pathway.node, pathway=step.pathway.step)
                elif complete:
                    known = nearest_or_all(step.pathway.step, sorted(outcomes))
                    place = step.pathway.node
                    text.document.fault(kinds.UNKNOWN_PATHWAY, place, pathway=step.pathway.step, known=known)
    _check_cycles(texts, beside)
    check_walls(texts, beside)


def _with_ended(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    return (*(outcome.name for outcome in outcomes), ENDED)


def _check_names(texts: Sequence[PathwayText]) -> None:
    first: dict[str, str] = {}
    for text in texts:
        name = text.draft.name
        if name in first:
            text.document.fault(
                kinds.PATHWAY_TWICE, text.draft.name_node or text.document.root, pathway=name, other=first[name]
            )
        elif name is not None:
            first[name] = text.document.file


def _check_facts(texts: Sequence[PathwayText]) -> None:
    """A fact that two of them declare means the same in both: a case may be pinned to both."""
    first: dict[str, tuple[Fact, str]] = {}
    for text in texts:
        for fact, node in text.draft.own_facts.values():
            other, file = first.setdefault(fact.name, (fact, text.document.file))
            if not fact.means(other):
                text.document.fault(kinds.DECLARED_APART, node, fact=fact.name, other=file)


def _check_start(text: PathwayText, step: StepDraft, results: tuple[str, ...]) -> None:
    """Whatever hangs on the end of the started pathway names one of its outcomes."""
    for need in text.draft.all_needs():
        if need.step == step.name and need.result is not None and need.result not in results:
            known = ", ".join(f"{step.name}.{result}" for result in results)
            text.document.fault(kinds.UNKNOWN_RESULT, need.node, step=step.name, result=need.result, known=known)
    for other in text.draft.steps.values():
        for ref in other.moments:
            moment = ref.moment
            named = (*results, "requested", "completed")
            if moment.kind is MomentKind.STEP and moment.step == step.name and moment.name not in named:
                known = ", ".join(f"{step.name}.{name}" for name in named)
                text.document.fault(kinds.UNKNOWN_MOMENT, ref.node, step=step.name, name=moment.name or "", known=known)


def _check_cycles(texts: Sequence[PathwayText], beside: Mapping[str, Pathway]) -> None:
    starts = {
        name: {step.pathway for step in pathway.steps.values() if step.kind == "start"}
        for name, pathway in beside.items()
    }
    starts |= {
        t.draft.name: {s.pathway.step for s in t.draft.steps.values() if s.pathway} for t in texts if t.draft.name
    }
    told: set[str] = set()
    for text in texts:
        name = text.draft.name or ""
        reached = _reached(starts, name)
        if name in reached and name not in told:
            cycle = [name, *(other for other in sorted(reached) if name in _reached(starts, other) and other != name)]
            told.update(cycle)
            start = next(s.pathway for s in text.draft.steps.values() if s.pathway and s.pathway.step in cycle)
            text.document.fault(kinds.PATHWAY_CYCLE, start.node, cycle=", ".join(cycle))


def _reached(starts: Mapping[str, set[str]], name: str) -> set[str]:
    found: set[str] = set()
    waiting = list(starts.get(name, ()))
    while waiting:
        pathway = waiting.pop()
        if pathway not in found:
            found.add(pathway)
            waiting += starts.get(pathway, ())
    return found
