"""Days that come again by the calendar: a weekday, a day of every month, a day of every year."""

from datetime import time
from itertools import product

from pydantic import Field

from procedures.language.base import Model

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
LAST = -1
"""The last one of the month, as a place or as a day."""
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}
"""Every month has these; a fifth Monday only some."""


class FixedDay(Model):
    """A weekday (with `place`: that one of every month), or a day of every month (with `month`: of every year)."""

    weekday: int | None = Field(default=None, ge=0, le=6)
    """0 = Monday … 6 = Sunday."""
    place: int | None = Field(default=None, ge=LAST, le=4)
    day: int | None = Field(default=None, ge=LAST, le=31)
    month: int | None = Field(default=None, ge=1, le=12)


class NearWorkingDay(Model):
    """The next working day, or the one before: of a country, without one of the territory."""

    back: bool = False
    country: str | None = None


class FixedDays(Model):
    """Some of these days, at an hour of the wall in Rome."""

    days: tuple[FixedDay, ...] = Field(min_length=1)
    at: time
    moves_to: NearWorkingDay | None = None
    """Where one goes that is no working day; without it such a day is a day like any other."""


BY_WORDS = (
    {word: FixedDay(weekday=number) for number, word in enumerate(WEEKDAYS)}
    | {
        f"{word} {weekday} of the month": FixedDay(weekday=number, place=place)
        for (word, place), (number, weekday) in product(PLACES.items(), enumerate(WEEKDAYS))
    }
    | {"last day of the month": FixedDay(day=LAST)}
)
"""What is written in one way alone; the days with a number are told by it."""
