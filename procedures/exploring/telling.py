"""How a situation came about, told in sentences."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from procedures.conditions import leaf_holds
from procedures.exploring import kinds
from procedures.exploring.asking import AND, KNOWN, LEFT_OUT, NEVER, Answer, Asked, Key, leaves
from procedures.exploring.passing import is_with_today, words_of
from procedures.exploring.seen import Trace
from procedures.language.steps import entering
from procedures.schema import Condition, Measure, Pathway
from procedures.story import Sentence
from procedures.values import NOT_ANSWERED
from procedures.with_today import lies_on_the_other_side


def sentences(pathway: Pathway, trace: Trace | None, matters: frozenset[Key]) -> list[Sentence]:
    """What led to a situation, from the beginning, as far as it matters."""
    asked: dict[str, list[Condition]] = {}
    for step in pathway.steps.values():
        for leaf in leaves(entering(step)):
            if is_with_today(leaf):
                asked.setdefault(leaf.fact or "", []).append(leaf)
    return list(_told(trace.told() if trace else [], matters, asked))


def _told(
    told: Sequence[tuple[Key, Answer]], matters: frozenset[Key], asked: dict[str, list[Condition]]
) -> Iterator[Sentence]:
    values: dict[str, Answer] = {}
    for key, answer in told:
        if key.kind in {Asked.FACT, Asked.BECOMES}:
            values[key.name] = answer
        if _plain(key) not in matters:
            continue
        known = answer not in {None, NOT_ANSWERED}
        if key.kind is Asked.NOW:
            if values.get(key.name) not in {None, NOT_ANSWERED}:
                yield _then(key.name, values[key.name], asked[key.name], datetime.fromisoformat(str(answer)))
        elif key.name not in asked or key.kind is not Asked.FACT or not known:
            yield _sentence(key, answer)


def _then(fact: str, value: Answer, asked: Sequence[Condition], look: datetime) -> Sentence:
    so = [words_of(leaf) for leaf in asked if leaf_holds(leaf, value, look)]
    if so:
        return Sentence(kinds.FACT_THEN, {"fact": fact, "value": ", ".join(dict.fromkeys(so))})
    if not all(lies_on_the_other_side(value, leaf, look) for leaf in asked):
        return Sentence(kinds.FACT_THEN_NOT, {"fact": fact})
    past = asked[0].measure is Measure.TO_GO
    return Sentence(kinds.FACT_PAST if past else kinds.FACT_AHEAD, {"fact": fact})


def _plain(key: Key) -> Key:
    return Key(Asked.FACT, key.name) if key.kind in {Asked.BECOMES, Asked.NOW} else key


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
