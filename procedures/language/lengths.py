"""Lengths of time, as a procedure says them."""

from datetime import time

from pydantic import Field

from procedures.language.base import Model

DAY, HOUR = 86_400, 3600


class Duration(Model):
    """A length of time, and the words it was written in.

    One of four: elapsed seconds; calendar `months`; `working_days`; the next time that a `clock` in Rome shows an hour.
    `seconds` is exact for the first and the least that it can be for the others. None of it is zero, but `NOW`.
    """

    seconds: int = Field(ge=0)
    words: str
    months: int = 0
    working_days: int = 0
    country: str | None = None
    """Whose working days, by the two letters of ISO 3166-1; without it those of the service."""
    clock: time | None = None

    @property
    def is_elapsed(self) -> bool:
        """Whether it is exactly `seconds` long, whatever the calendar says."""
        return not (self.months or self.working_days or self.clock)

    @property
    def most(self) -> int:
        """The most seconds that it can be. Working days have no such end: a bound that no network reaches."""
        if self.months:
            return self.months * 31 * DAY + HOUR
        if self.working_days:
            return (self.working_days * 7 + 60) * DAY
        return DAY + 2 * HOUR if self.clock else self.seconds

    @property
    def least(self) -> int:
        """The least seconds that it can be."""
        return self.seconds

    def same_length(self, other: "Duration") -> bool:
        """Whether both are the same time, however they were written."""
        return self.measure == other.measure and self.count == other.count

    def is_longer(self, other: "Duration") -> bool:
        """Whether it is longer on every day of every calendar."""
        if self.measure == other.measure:
            return self.count > other.count
        return self.least > other.most

    def is_never_shorter(self, other: "Duration") -> bool:
        """Whether it is as long or longer on every day of every calendar."""
        return self.same_length(other) or self.is_longer(other)

    @property
    def measure(self) -> tuple[bool, bool, str | None, time | None]:
        """What it is counted in: two of the same measure can be compared exactly."""
        return (bool(self.months), bool(self.working_days), self.country, self.clock)

    @property
    def count(self) -> int:
        """How many of its measure."""
        return self.months or self.working_days or self.seconds


NOW = Duration(seconds=0, words="")
"""No distance: the moment itself."""
