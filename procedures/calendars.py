"""Holidays: which days nobody works, of a country, of one of its provinces, or of a town that names its own days.

A calendar is a list of words: `IT` (a country), `IT-BA` (with the patron's day of a province), `2026-12-06` (one day),
`12-06` (a day of every year). Pure: the same words and the same day always give the same answer.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from re import compile as pattern

HOME = ("IT",)
"""The calendar of whoever names none."""
_PLACE = pattern(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
_ONE_DAY = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EVERY_YEAR = pattern(r"[0-9]{2}-[0-9]{2}")
_LEAP_YEAR = "2024-"


def is_known_country(code: str) -> bool:
    """Whether the holidays of this country are known, by its two letters (ISO 3166-1)."""
    return code in _places()


def is_calendar(word: str) -> bool:
    """Whether the word names a calendar, or a day."""
    place = _PLACE.fullmatch(word)
    if place:
        country, province = place[1], place[2]
        return is_known_country(country) and (province is None or province in _places()[country])
    if _EVERY_YEAR.fullmatch(word):
        word = _LEAP_YEAR + word
    try:
        return bool(_ONE_DAY.fullmatch(word)) and bool(date.fromisoformat(word))
    except ValueError:
        return False


def is_holiday(words: Sequence[str], day: date) -> bool:
    """Whether the calendar of these words has a holiday on that day."""
    written = day.isoformat()
    return any(_names(word, day, written) for word in words)


def _names(word: str, day: date, written: str) -> bool:
    if _PLACE.fullmatch(word):
        return day in _holidays(word, day.year)
    return written == word or written[len(_LEAP_YEAR) :] == word


def working_weekdays(country: str) -> frozenset[int]:
    """The weekdays (0 = Monday) on which a country works."""
    return frozenset(range(7)) - _weekend(country)


@lru_cache(maxsize=1)
def _places() -> dict[str, frozenset[str]]:
    from holidays import list_supported_countries  # noqa: PLC0415 - `--help` must not wait for its tables

    found = list_supported_countries(include_aliases=False)
    return {code: frozenset(provinces) for code, provinces in found.items()}


@lru_cache(maxsize=512)
def _holidays(place: str, year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415 - as above

    country, _, province = place.partition("-")
    return frozenset(country_holidays(country, subdiv=province or None, years=year))


@lru_cache(maxsize=64)
def _weekend(country: str) -> frozenset[int]:
    from holidays import country_holidays  # noqa: PLC0415 - as above

    return frozenset(country_holidays(country).weekend)
