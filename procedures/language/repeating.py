"""A step that is done again and again, until something ends it."""

from collections.abc import Mapping

from pydantic import Field

from procedures.language.base import Model
from procedures.language.conditions import Condition, FactWord, Need
from procedures.language.fixed_days import FixedDays
from procedures.language.lengths import Duration


class Interval(Model):
    """How long after the end of one time the next begins; it may hang on a fact."""

    fact: str | None = None
    by_value: Mapping[FactWord, Duration] = Field(default_factory=dict)
    by_count: tuple[Duration, ...] = ()
    """After the first time, after the second, and so on; after those that follow the last of them, `otherwise`."""
    otherwise: Duration
    """Where the fact has none of these values or nobody told it; the only one where no fact is named."""

    @property
    def all(self) -> tuple[Duration, ...]:
        """Every length that it can have."""
        return (*self.by_value.values(), *self.by_count, self.otherwise)


class Repetition(Model):
    """When a step is done again, and what ends it: one of `while_`, `until` and `at_most` is always there.

    It comes so long after each time (`every`), or on fixed days (`on_days`, the first time too): always one of the two.
    """

    every: Interval | None = None
    on_days: FixedDays | None = None
    first: Duration | None = None
    """How long after it could begin it begins the first time."""
    while_: Condition | None = None
    """Looked at before each time, the first one included, and whenever something happens in between."""
    until: Need | None = None
    at_most: int | None = Field(default=None, ge=2)
    """How often in all."""
