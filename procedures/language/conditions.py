"""What must have happened first, and conditions on the declared facts of a case."""

from collections.abc import Iterator
from enum import StrEnum

from procedures.language.base import Model
from procedures.language.lengths import Duration


class NeedKind(StrEnum):
    """How needs are joined."""

    STEP = "step"
    SIGNAL = "signal"
    ALL_OF = "all_of"
    ANY_OF = "any_of"
    N_OF = "n_of"
    """So many of its parts, or more."""
    NOT = "not"
    """Its one part can be met no more."""


class Need(Model):
    """What must have happened first.

    `step` without a result is met when that step is over in any way, left out included; with a result only by it.
    A `signal` is met once it has come, and never impossible. An empty `all_of` is met at once.
    """

    kind: NeedKind = NeedKind.ALL_OF
    step: str | None = None
    result: str | None = None
    signal: str | None = None
    count: int = 0
    parts: tuple["Need", ...] = ()


def can_fail(need: Need) -> bool:
    """Whether it can ever be certain that it is not met: a step is over some day, a signal may always come still."""
    if need.kind in {NeedKind.STEP, NeedKind.SIGNAL}:
        return need.result is not None
    if need.kind is NeedKind.NOT:
        return True
    failing = sum(can_fail(part) for part in need.parts)
    return failing > len(need.parts) - how_many(need)


def how_many(need: Need) -> int:
    """How many parts of a need must be met."""
    every = {NeedKind.ALL_OF: len(need.parts), NeedKind.ANY_OF: 1, NeedKind.N_OF: need.count}
    return every[need.kind]


class ConditionKind(StrEnum):
    """The forms of a condition on declared facts."""

    FACT = "fact"
    COMPARE = "compare"
    """A number, a date or a datetime beside a fixed one."""
    TODAY = "today"
    """A date or a datetime beside the moment at which it is looked at."""
    AT_LEAST = "at_least"
    """So many of its parts."""
    ALL = "all"
    ANY = "any"
    NOT = "not"


OF_ONE_FACT = frozenset({ConditionKind.FACT, ConditionKind.COMPARE, ConditionKind.TODAY})
"""All others join parts."""
FactWord = bool | int | str


class Comparison(StrEnum):
    """How a fact stands to a bound."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    BEFORE = "before"
    AFTER = "after"


BY_SIZE = (Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.MORE_THAN, Comparison.LESS_THAN)
"""How a number, or a length of time, stands to another."""


class Measure(StrEnum):
    """How a dated fact is measured against the moment at which it is looked at."""

    AGE = "age"
    """The years that are full since a day of the past."""
    AGO = "ago"
    """How long ago it was; what lies ahead is not."""
    TO_GO = "to_go"
    """How long it is until then; what is past is not."""


class LookedAt(StrEnum):
    """How often the condition of a step is looked at."""

    ONCE = "once"
    """When what the step needs is there."""
    AGAIN = "again"
    """Then, and whenever a fact changes, until the step begins."""


class Condition(Model):
    """A fact is one of `values`, or stands so to `bound`, or to `length` from now; or parts that are joined.

    `unknown` among the values: nobody told it. `not_answered`: she was asked and did not say.
    """

    kind: ConditionKind
    fact: str | None = None
    values: tuple[FactWord, ...] = ()
    comparison: Comparison | None = None
    bound: int | str | None = None
    """A whole number, or an ISO date of the calendar in Rome."""
    measure: Measure | None = None
    length: Duration | None = None
    """So long ago, or so long to go: elapsed, or by the calendar in Rome. An age has its years as `bound`."""
    count: int = 0
    parts: tuple["Condition", ...] = ()


def compared_with_today(condition: Condition | None) -> Iterator[Condition]:
    """What a condition compares with the moment at which it is looked at."""
    if condition is None:
        return
    if condition.kind is ConditionKind.TODAY:
        yield condition
    for part in condition.parts:
        yield from compared_with_today(part)
