"""What must have happened first, and conditions on the declared facts of a case."""

from enum import StrEnum

from procedures.language.base import Model


class NeedKind(StrEnum):
    """How needs are joined."""

    STEP = "step"
    ALL_OF = "all_of"
    ANY_OF = "any_of"


class Need(Model):
    """What must have happened first.

    `step` without a result is met when that step is over in any way, left out included; with a result only by it.
    An empty `all_of` is met at once.
    """

    kind: NeedKind = NeedKind.ALL_OF
    step: str | None = None
    result: str | None = None
    parts: tuple["Need", ...] = ()


class ConditionKind(StrEnum):
    """The forms of a condition on declared facts."""

    FACT = "fact"
    ALL = "all"
    ANY = "any"
    NOT = "not"


FactWord = bool | int | str


class Condition(Model):
    """`fact` is one of `values` (`unknown`: nobody told it), or parts joined by all, any, not."""

    kind: ConditionKind
    fact: str | None = None
    values: tuple[FactWord, ...] = ()
    parts: tuple["Condition", ...] = ()
