"""Opening hours as OpenStreetMap writes them: `Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off`.

Source of the syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. Everything of it is read
but what would leave a person guessing: school holidays, the sun, an open end, *unknown*, words in quotes. `PH` is a
day of the service's own calendar, the town's patron included, so it is put into the text as a date of its own.
Hours are those of the wall in Rome; on the two nights in which its clocks change they are what the wall shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from re import IGNORECASE
from re import compile as pattern
from typing import TYPE_CHECKING

from procedures.calendars import is_holiday

if TYPE_CHECKING:
    from opening_hours import OpeningHours

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONGEST = 300
"""Characters. Real ones have some forty."""
_ONE_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_DAYS = f"{_DAY}(?:-{_DAY})?"
_WITH_HOLIDAYS = pattern(f"({_DAYS}(?:,{_DAYS})*) +([^A-Za-z].*|off|closed)")
_HOLIDAY = pattern(r"\bPH\b")
_REFUSED = pattern(r"\bSH\b|sunrise|sunset|dawn|dusk|unknown|[0-9]\+|\"|\|\|", IGNORECASE)
_PLACE = pattern(r"--> 1:([0-9]+)")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is wrong with opening hours: the part, and whether it is a part that is known and not taken."""

    part: str
    at: int
    """Characters before it."""
    known: bool = False


def trouble_with(text: str) -> Unreadable | None:
    """Why these opening hours cannot be taken; None where they can."""
    if len(text) > LONGEST:
        return Unreadable(text[:20], 0)
    refused = _REFUSED.search(text)
    if refused:
        return Unreadable(refused[0], refused.start(), known=True)
    for part in text.split(";"):
        if _HOLIDAY.search(part) and not _WITH_HOLIDAYS.fullmatch(part.strip()):
            return Unreadable(part.strip(), text.index(part), known=True)
    return _not_understood(text)


def _not_understood(text: str) -> Unreadable | None:
    from opening_hours import ParserError  # type: ignore[attr-defined]  # noqa: PLC0415 - its stubs leave it out

    try:
        _read(text)
    except ParserError as error:
        place = _PLACE.search(str(error))
        at = int(place[1]) - 1 if place else 0
        return Unreadable(text[at : at + 20], at)
    return None


def is_open_at(text: str, holidays: Sequence[str], local: datetime) -> bool:
    """Whether it is open when the wall in Rome shows `local` (no zone)."""
    return _on(text, holidays, local.date()).is_open(local)


def opens_on(text: str, holidays: Sequence[str], day: date) -> bool:
    """Whether an opening begins on that day, or goes on throughout. A night that began the day before does not."""
    from opening_hours import State  # noqa: PLC0415 - read where hours are, and nowhere else

    start, end = datetime.combine(day, time()), datetime.combine(day, time()) + _ONE_DAY
    for since, until, state, _ in _on(text, holidays, day).intervals(start, end):
        if state != State.OPEN:
            continue
        if since > start or until >= end or not is_open_at(text, holidays, start - _MINUTE):
            return True
    return False


def speaks_of_holidays(text: str) -> bool:
    """Whether the hours say what happens on a holiday: by name, or by being open always."""
    return bool(_HOLIDAY.search(text)) or text.strip() == "24/7"


def _on(text: str, holidays: Sequence[str], day: date) -> "OpeningHours":
    """The hours around a day. One night may reach into it, so the day before counts too."""
    if not _HOLIDAY.search(text):
        return _read(text)
    return _read(_with_dates(text, tuple(near for near in (day - _ONE_DAY, day) if is_holiday(holidays, near))))


def _with_dates(text: str, days: Sequence[date]) -> str:
    rules: list[str] = []
    for part in text.split(";"):
        spoken = _WITH_HOLIDAYS.fullmatch(part.strip()) if _HOLIDAY.search(part) else None
        if spoken is None:
            rules.append(part)
            continue
        weekdays = ",".join(word for word in spoken[1].split(",") if word != "PH")
        rules += [f"{weekdays} {spoken[2]}"] if weekdays else []
        rules += [f"{day.year} {MONTHS[day.month - 1]} {day.day:02} {spoken[2]}" for day in days]
    return ";".join(rules) or "off"


@lru_cache(maxsize=1024)
def _read(text: str) -> "OpeningHours":
    from opening_hours import OpeningHours  # noqa: PLC0415 - read where hours are, and nowhere else

    return OpeningHours(text)
