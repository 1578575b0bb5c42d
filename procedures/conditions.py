"""Whether a condition holds, and whether what a step needs has happened."""

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from procedures.case import STEP_OVER, StepRun, StepState
from procedures.commands import KeptValue
from procedures.language.conditions import OF_ONE_FACT, how_many
from procedures.schema import Comparison, Condition, ConditionKind, Need, NeedKind
from procedures.values import NOT_ANSWERED, ROME, as_moment
from procedures.with_today import stands_so

UNKNOWN = "unknown"
"""The word in a condition for a fact that nobody told."""


def holds(condition: Condition | None, facts: Mapping[str, KeptValue], now: datetime) -> bool:
    """Whether the condition holds for these facts at `now` (aware). No condition always holds."""
    return combined(condition, lambda leaf: leaf_holds(leaf, facts.get(leaf.fact or ""), now))


def combined(condition: Condition | None, of_leaf: Callable[[Condition], bool]) -> bool:
    """Whether the condition holds where its parts on one fact each are so."""
    if condition is None:
        return True
    if condition.kind in OF_ONE_FACT:
        return of_leaf(condition)
    inner = [combined(part, of_leaf) for part in condition.parts]
    if condition.kind is ConditionKind.ALL:
        return all(inner)
    if condition.kind is ConditionKind.AT_LEAST:
        return sum(inner) >= condition.count
    return any(inner) if condition.kind is ConditionKind.ANY else not any(inner)


def leaf_holds(leaf: Condition, value: KeptValue | None, now: datetime) -> bool:
    """Whether a condition on one fact holds where that fact is `value`."""
    if leaf.kind is ConditionKind.FACT:
        return _is_one_of(value, leaf.values)
    return stands_so(value, leaf, now) if leaf.kind is ConditionKind.TODAY else _compares(value, leaf)


_COMPARISONS: Mapping[Comparison, Callable[[int | str, int | str], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE_THAN: operator.gt,
    Comparison.LESS_THAN: operator.lt,
    Comparison.BEFORE: operator.lt,
    Comparison.AFTER: operator.gt,
}


def _compares(value: KeptValue | None, condition: Condition) -> bool:
    """Whether a known value stands so to the bound. What nobody told stands in no relation to anything."""
    if condition.comparison is None or condition.bound is None or value is None or isinstance(value, bool):
        return False
    if isinstance(condition.bound, int):
        return isinstance(value, int) and _COMPARISONS[condition.comparison](value, condition.bound)
    moment = as_moment(value)
    # Days of the calendar in Rome: an event of 23:30 UTC in winter belongs to the next day there.
    return moment is not None and _COMPARISONS[condition.comparison](
        moment.astimezone(ROME).date().isoformat(), condition.bound
    )


def _is_one_of(value: KeptValue | None, values: tuple[bool | int | str, ...]) -> bool:
    if value is None:
        return UNKNOWN in values
    if value == NOT_ANSWERED:
        # Who was asked and did not say is no reason for less: what is done for the unknown is done for her as well.
        return UNKNOWN in values or NOT_ANSWERED in values
    # `True == 1` in Python: a whole number must not answer for a yes.
    return any(type(value) is type(word) and value == word for word in values)


class NeedState(StrEnum):
    """Whether a need is met, may still be, or never will."""

    MET = "met"
    PENDING = "pending"
    IMPOSSIBLE = "impossible"


def need_state(need: Need, steps: Mapping[str, StepRun], came: Collection[str] = ()) -> NeedState:
    """Where a need stands; `came` are the signals that have come.

    A step left out counts as over, so that a join cannot wait for ever. A signal may always come still.
    """
    if need.kind is NeedKind.STEP:
        return _step_state(steps[need.step or ""], need.result)
    if need.kind is NeedKind.SIGNAL:
        return NeedState.MET if need.signal in came else NeedState.PENDING
    return joined(need, [need_state(part, steps, came) for part in need.parts])


def joined(need: Need, inner: Collection[NeedState]) -> NeedState:
    """Where a need of several parts stands, or one that denies its part."""
    if need.kind is NeedKind.NOT:
        return _OPPOSITE[next(iter(inner))]
    met = sum(state is NeedState.MET for state in inner)
    possible = sum(state is not NeedState.IMPOSSIBLE for state in inner)
    if met >= how_many(need):
        return NeedState.MET
    return NeedState.PENDING if possible >= how_many(need) else NeedState.IMPOSSIBLE


_OPPOSITE = {
    NeedState.MET: NeedState.IMPOSSIBLE,
    NeedState.PENDING: NeedState.PENDING,
    NeedState.IMPOSSIBLE: NeedState.MET,
}


def _step_state(step: StepRun, result: str | None) -> NeedState:
    if result is not None and result in step.moments:
        # Of a repeated step, any of its times may have ended so.
        return NeedState.MET
    if step.state not in STEP_OVER:
        return NeedState.PENDING
    if result is None or (step.state is StepState.DONE and step.result == result):
        return NeedState.MET
    return NeedState.IMPOSSIBLE


def needed_signals(need: Need) -> frozenset[str]:
    """Every signal that a need names."""
    if need.kind is NeedKind.SIGNAL:
        return frozenset({need.signal or ""})
    return frozenset().union(*(needed_signals(part) for part in need.parts))


def awaited_signals(need: Need, steps: Mapping[str, StepRun], came: Collection[str]) -> frozenset[str]:
    """The signals that would be enough, with what has happened so far; none where more is missing, or nothing is."""
    missing = needed_signals(need) - frozenset(came)
    if need_state(need, steps, came) is not NeedState.PENDING:
        return frozenset()
    enough = need_state(need, steps, frozenset(came) | missing) is NeedState.MET
    return missing if enough else frozenset()


def needed_steps(need: Need) -> frozenset[str]:
    """Every step that a need names."""
    if need.kind is NeedKind.STEP:
        return frozenset({need.step or ""})
    return frozenset().union(*(needed_steps(part) for part in need.parts))


def named_results(needs: Iterable[Need]) -> Mapping[str, frozenset[str]]:
    """The results that needs name, by step."""
    found: dict[str, set[str]] = {}
    for need in needs:
        for step, results in named_results(need.parts).items():
            found.setdefault(step, set()).update(results)
        if need.step and need.result:
            found.setdefault(need.step, set()).add(need.result)
    return {step: frozenset(results) for step, results in found.items()}
