"""Steps that begin at the same moment and are told apart by one fact: what they leave out, and what they do twice."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product

from procedures.conditions import UNKNOWN, holds, leaf_holds
from procedures.exploring import kinds
from procedures.exploring.asking import Answer, condition_keys, leaves
from procedures.exploring.passing import ANY_TIME, is_with_today, looks_at, values_over_time, words_of
from procedures.grammar.drafts import PathwayDraft
from procedures.language.conditions import Comparison, Condition, ConditionKind, Measure
from procedures.reading import Document
from procedures.schema import AskStep, Fact, FactType, Pathway, Step
from procedures.with_today import BELOW, as_instant, lies_on_the_other_side, told_as, turning_point

_OPPOSITE = {
    Comparison.AT_LEAST: Comparison.LESS_THAN,
    Comparison.LESS_THAN: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.MORE_THAN,
    Comparison.MORE_THAN: Comparison.AT_MOST,
}
PAST = "past"
MOST_COMPARED = 24
"""Comparisons with today that are told apart by their words: of more nobody would read the list."""
Sort = tuple[Answer, datetime]
"""What a fact is, and when it is looked at."""


def siblings(pathway: Pathway) -> Iterator[list[Step]]:
    """Steps that begin at the same moment and are told apart by one and the same fact."""
    groups: dict[tuple[str, str], list[Step]] = {}
    for step in pathway.steps.values():
        asked = condition_keys(step.when)
        if len(asked) == 1:
            groups.setdefault((step.needs.model_dump_json(), next(iter(asked)).name), []).append(step)
    yield from (steps for steps in groups.values() if len(steps) > 1)


def gaps_and_overlaps(document: Document, draft: PathwayDraft, facts: Mapping[str, Fact], steps: list[Step]) -> None:
    """Take note of where none of them begins, and where two ask the same service."""
    fact = facts[next(iter(condition_keys(steps[0].when))).name]
    sorts = _sorts(fact, [leaf for step in steps for leaf in leaves(step.when)])
    begins = {
        words: [step for step in steps if holds(step.when, {} if value is None else {fact.name: value}, look)]
        for words, (value, look) in sorts.items()
    }
    gap = [words for words, begun in begins.items() if not begun]
    names = ", ".join(step.name for step in steps)
    if gap:
        document.fault(
            kinds.CONDITION_GAP, draft.steps[steps[-1].name].key, steps=names, fact=fact.name, values=", ".join(gap)
        )
    for first, second in _pairs_that_ask_the_same(steps):
        both = [words for words, begun in begins.items() if first in begun and second in begun]
        if both:
            document.fault(
                kinds.CONDITION_OVERLAP,
                draft.steps[second.name].key,
                steps=f"{first.name}, {second.name}",
                competence=second.competence,
                fact=fact.name,
                values=", ".join(both),
            )


def _sorts(fact: Fact, asked: Sequence[Condition]) -> Mapping[str, Sort]:
    """What the fact can be, by the words for it; nothing where it has too many values to name them."""
    if fact.type is FactType.CHOICE:
        return {UNKNOWN if value is None else value: (value, ANY_TIME) for value in (*fact.choices, None)}
    compared = [leaf for leaf in asked if is_with_today(leaf)]
    if not 0 < len(compared) <= MOST_COMPARED or any(leaf.kind is ConditionKind.COMPARE for leaf in asked):
        return {}
    ways = {value: looks_at(value, asked) for value in values_over_time(fact, asked)}
    sorts = [(value, look) for value, looks in ways.items() for look in looks]
    said = {words: (value, look) for value, look in sorts if (words := _words(value, compared, look))}
    return {**said, UNKNOWN: (None, ANY_TIME)}


def _words(value: str, asked: Sequence[Condition], look: datetime) -> str:
    """How the fact stands to today, in the words of the comparisons; none where it lies ahead, as no age does."""
    reached = [leaf for leaf in asked if not lies_on_the_other_side(value, leaf, look)]
    if not reached:
        return PAST if all(leaf.measure is Measure.TO_GO for leaf in asked) else ""
    so = [leaf if leaf_holds(leaf, value, look) else _not(leaf) for leaf in reached]
    return " and ".join(dict.fromkeys(words_of(leaf) for leaf in _strictest(value, so)))


def _strictest(value: str, so: Sequence[Condition]) -> Iterator[Condition]:
    """Of several bounds on one side the one that says the others too: at least 18 is at least 14."""
    told = told_as(value)
    for measure, below in product(Measure, (False, True)):
        bounds = [leaf for leaf in so if leaf.measure is measure and (leaf.comparison in BELOW) is below]
        if told is not None and bounds:
            away = [abs(as_instant(turning_point(told, leaf)) - as_instant(told)) for leaf in bounds]
            yield bounds[away.index(min(away) if below else max(away))]


def _not(leaf: Condition) -> Condition:
    comparison = _OPPOSITE[leaf.comparison] if leaf.comparison else None
    return leaf.model_copy(update={"comparison": comparison})


def _pairs_that_ask_the_same(steps: list[Step]) -> Iterator[tuple[AskStep, AskStep]]:
    asks = [step for step in steps if isinstance(step, AskStep)]
    for index, first in enumerate(asks):
        for second in asks[index + 1 :]:
            if first.competence == second.competence:
                yield first, second
