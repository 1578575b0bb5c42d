"""What a pathway asks about while it goes on: facts, and how steps ended."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from procedures.conditions import NeedState, holds, joined
from procedures.schema import Condition, ConditionKind, Fact, FactType, FactWord, Need, NeedKind
from procedures.values import NOT_ANSWERED, in_range

Answer = FactWord | None
"""A fact's value (None: nobody told it), or a step's result."""

LEFT_OUT = "-"
"""How a step that never began counts among the results."""
OVER = "*"
"""Any result that nobody asks for by its name."""
NEVER = "…"
"""How a step counts that waits for a signal which never comes."""
AND = "+"
"""Joins the results that a repeated step brought: names have no such sign."""
KNOWN = "known"
"""Stands for any moment of a dated fact whose day no condition compares: then it can only be told or not."""


class Asked(StrEnum):
    """What sort of thing is asked about."""

    FACT = "fact"
    SIGNAL = "signal"
    """Whether it comes in time: it may at any point, or never."""
    STEP = "step"
    BECOMES = "becomes"
    """A fact that a result changed: in stories alone."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One thing that is asked about."""

    kind: Asked
    name: str
    moment: str = ""
    """For a fact that may change meanwhile: when it is asked about."""


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """The conditions on one fact each that it is joined of."""
    if condition is None:
        return
    if condition.kind in {ConditionKind.FACT, ConditionKind.COMPARE}:
        yield condition
    for part in condition.parts:
        yield from leaves(part)


def condition_keys(condition: Condition | None, moment: str = "") -> frozenset[Key]:
    """Every fact that a condition asks about."""
    return frozenset(Key(Asked.FACT, leaf.fact or "", moment) for leaf in leaves(condition))


def need_keys(need: Need) -> frozenset[Key]:
    """Every step and every signal that a need asks about."""
    if need.kind is NeedKind.STEP:
        return frozenset({Key(Asked.STEP, need.step or "")})
    if need.kind is NeedKind.SIGNAL:
        return frozenset({Key(Asked.SIGNAL, need.signal or "")})
    return frozenset().union(*(need_keys(part) for part in need.parts))


def values_that_differ(fact: Fact, asked: Iterable[Condition]) -> tuple[Answer, ...]:
    """One value of each sort that `asked` tells apart, the untold one among them."""
    conditions = list(asked)
    sorts: dict[tuple[bool, ...], Answer] = {}
    for value in (*_values(fact, conditions), None, NOT_ANSWERED):
        known = {} if value is None else {fact.name: value}
        sorts.setdefault(tuple(holds(leaf, known) for leaf in conditions), value)
    return tuple(sorts.values())


def all_values(fact: Fact, asked: Iterable[Condition], fixed: Iterable[FactWord]) -> tuple[Answer, ...]:
    """The same for a fact that results change: each value alone, because from one to another it may only rise."""
    return tuple(dict.fromkeys((*_values(fact, list(asked)), *fixed, None, NOT_ANSWERED)))


def _values(fact: Fact, asked: Iterable[Condition]) -> tuple[FactWord, ...]:
    match fact.type:
        case FactType.CHOICE:
            return tuple(fact.choices)
        case FactType.BOOLEAN:
            return (True, False)
        case FactType.INTEGER:
            named = {word for leaf in asked for word in (*leaf.values, leaf.bound) if isinstance(word, int)}
            near = {0, *named, *(word + 1 for word in named), *(max(word - 1, 0) for word in named)}
            near |= {bound for bound in (fact.at_least, fact.at_most) if bound is not None}
            return tuple(sorted(number for number in near if in_range(fact, number)))
        case FactType.DATETIME | FactType.DATE:
            days = [date.fromisoformat(leaf.bound) for leaf in asked if isinstance(leaf.bound, str)]
            days_near = {day + timedelta(days=off) for day in days for off in (-1, 0, 1)}
            return tuple(day.isoformat() for day in sorted(days_near)) or (KNOWN,)


def condition_holds(condition: Condition | None, so: Mapping[Key, Answer], moment: str = "") -> bool:
    """Whether the condition holds where every fact it asks about is answered in `so`."""
    answers = ((key.name, so[key]) for key in condition_keys(condition, moment))
    return holds(condition, {name: value for name, value in answers if value is not None})


def need_stands(need: Need, so: Mapping[Key, Answer]) -> NeedState:
    """Whether the need is met once every step it names is over, or waits for ever for one or for a signal."""
    if need.kind is NeedKind.SIGNAL:
        return NeedState.MET if so[Key(Asked.SIGNAL, need.signal or "")] is True else NeedState.PENDING
    if need.kind is NeedKind.STEP:
        answer = so[Key(Asked.STEP, need.step or "")]
        if answer == NEVER:
            return NeedState.PENDING
        return NeedState.MET if need.result is None or _brought(answer, need.result) else NeedState.IMPOSSIBLE
    return joined(need, [need_stands(part, so) for part in need.parts])


def need_met(need: Need, so: Mapping[Key, Answer]) -> bool:
    """Whether the need is met once the pathway is over: what waited for a signal is left out then."""
    return _stands_at_the_end(need, so) is NeedState.MET


def _stands_at_the_end(need: Need, so: Mapping[Key, Answer]) -> NeedState:
    if need.kind is NeedKind.STEP:
        over = need.result is None or _brought(so[Key(Asked.STEP, need.step or "")], need.result)
        return NeedState.MET if over else NeedState.IMPOSSIBLE
    if need.kind is NeedKind.SIGNAL:
        return need_stands(need, so)
    return joined(need, [_stands_at_the_end(part, so) for part in need.parts])


def _brought(answer: Answer, result: str) -> bool:
    return result in str(answer).split(AND)
