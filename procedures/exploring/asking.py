"""What a pathway asks about while it goes on: facts, and how steps ended."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from procedures.conditions import NeedState, combined, joined, leaf_holds
from procedures.exploring.passing import ANY_TIME, is_with_today, values_over_time
from procedures.language.conditions import OF_ONE_FACT
from procedures.schema import Condition, Fact, FactType, FactWord, Need, NeedKind
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
    NOW = "now"
    """When a fact that is compared with today is looked at; comes after the fact in the order of what is asked."""
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
    """For a fact that may change meanwhile, or is compared with today: when it is asked about."""


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """The conditions on one fact each that it is joined of."""
    if condition is None:
        return
    if condition.kind in OF_ONE_FACT:
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
    sorts: dict[object, Answer] = {}
    for value in (*_values(fact, conditions), None, NOT_ANSWERED):
        so = tuple(leaf_holds(leaf, value, ANY_TIME) for leaf in conditions)
        told = value not in {None, NOT_ANSWERED}
        sorts.setdefault(value if told and any(map(is_with_today, conditions)) else so, value)
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
            conditions = list(asked)
            if any(map(is_with_today, conditions)):
                return values_over_time(fact, conditions)
            days = [date.fromisoformat(leaf.bound) for leaf in conditions if isinstance(leaf.bound, str)]
            days_near = {day + timedelta(days=off) for day in days for off in (-1, 0, 1)}
            return tuple(day.isoformat() for day in sorted(days_near)) or (KNOWN,)


def condition_holds(condition: Condition | None, so: Mapping[Key, Answer]) -> bool:
    """Whether the condition holds where every fact it asks about is answered in `so`, and when it is looked at."""

    def leaf_so(leaf: Condition) -> bool:
        name = leaf.fact or ""
        look = so.get(Key(Asked.NOW, name))
        now = datetime.fromisoformat(look) if isinstance(look, str) else ANY_TIME
        return leaf_holds(leaf, so[Key(Asked.FACT, name)], now)

    return combined(condition, leaf_so)


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
