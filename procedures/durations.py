"""Lengths of time as people write them: `15 min`, `48 h`, `5 days`, `2 months`, `3 working days in IT`, `20:00`."""

import re
from datetime import time

from procedures.calendars import is_known_country
from procedures.fault_kinds import EXPECTED
from procedures.faults import FaultKind
from procedures.marking import N_
from procedures.nodes import Node, Scalar
from procedures.reading import Document, describe, nearest_word, shown
from procedures.rewording import length_for
from procedures.schema import Duration

SECONDS_REFUSED = FaultKind(
    "seconds", "{words} counts seconds: nobody answers to the second.", "Write whole minutes, for example: 1 min"
)
UNKNOWN_UNIT = FaultKind(
    "unknown-unit",
    "{unit} is no unit of time.",
    "Write min, h, days, weeks, months, years or working days, for example: {example}",
)
UNKNOWN_COUNTRY = FaultKind(
    "unknown-country",
    "The holidays of {country} are not known.",
    "Write the two letters of a country, for example: 3 working days in IT",
)
ONLY_WORKING_DAYS = FaultKind(
    "country-of-nothing", "Only working days are those of a country.", "Write {words} alone, or working days."
)
NO_SUCH_HOUR = FaultKind("no-such-hour", "{words} is no hour of the day.", "Write one of 00:00 to 23:59.")
TOO_LONG = FaultKind("too-long", "{words} is longer than ten years.", "Write a shorter time.")
ZERO_TIME = FaultKind("zero-time", "{words} is no time at all.", "Write at least 1 min.")

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
UNITS = {
    "min": MINUTE,
    "minute": MINUTE,
    "minutes": MINUTE,
    "h": HOUR,
    "hour": HOUR,
    "hours": HOUR,
    "day": DAY,
    "days": DAY,
    "week": WEEK,
    "weeks": WEEK,
}
"""Elapsed seconds of each."""
MONTHS = {"month": 1, "months": 1, "year": 12, "years": 12}
WORKING = frozenset({"working day", "working days"})
_SECONDS = {"s", "sec", "secs", "second", "seconds", "ms"}
_EVERY_UNIT = (*UNITS, *MONTHS, *sorted(WORKING))
_LONGEST = 10 * 366 * DAY
_SHORTEST_MONTH, _SHORTEST_YEAR = 28, 365
_WRITTEN = re.compile(r"([0-9]{1,9}) *([a-z]+(?: (?!in\b)[a-z]+)?)(?: in ([A-Za-z]+))?")
_HOUR = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def read_duration(document: Document, node: Node, words: str | None = None) -> Duration | None:
    """The duration at a node (or in `words`, where the node says more than a duration)."""
    text = words if words is not None else node.text if isinstance(node, Scalar) else ""
    text = " ".join(text.split())
    if _HOUR.fullmatch(text):
        return _clock(document, node, text)
    written = _WRITTEN.fullmatch(text)
    if written is None:
        example = length_for(text) or "15 min"
        document.fault(EXPECTED, node, expected=N_("A length of time"), found=describe(node), example=example)
        return None
    return _counted(document, node, text, written)


def _clock(document: Document, node: Node, text: str) -> Duration | None:
    try:
        hour = time.fromisoformat(text.rjust(len("00:00"), "0"))
    except ValueError:
        document.fault(NO_SUCH_HOUR, node, words=text)
        return None
    return Duration(seconds=MINUTE, words=text, clock=hour)


def _counted(document: Document, node: Node, text: str, written: re.Match[str]) -> Duration | None:
    number, unit, country = int(written[1]), written[2], written[3]
    if unit in _SECONDS:
        document.fault(SECONDS_REFUSED, node, words=shown(text))
    elif unit not in _EVERY_UNIT:
        example = f"{number} {nearest_word(unit, _EVERY_UNIT) or 'min'}"
        document.fault(UNKNOWN_UNIT, node, unit=shown(unit), example=example)
    elif number == 0:
        document.fault(ZERO_TIME, node, words=shown(text))
    elif country is not None and unit not in WORKING:
        document.fault(ONLY_WORKING_DAYS, node, words=f"{number} {unit}")
    elif country is not None and not is_known_country(country):
        document.fault(UNKNOWN_COUNTRY, node, country=shown(country))
    else:
        duration = _duration(number, unit, country, text)
        if duration.seconds <= _LONGEST:
            return duration
        document.fault(TOO_LONG, node, words=shown(text))
    return None


def _duration(number: int, unit: str, country: str | None, text: str) -> Duration:
    if unit in UNITS:
        return Duration(seconds=number * UNITS[unit], words=text)
    if unit in WORKING:
        return Duration(seconds=number * DAY - HOUR, words=text, working_days=number, country=country)
    months = number * MONTHS[unit]
    years, rest = divmod(months, 12)
    least = (years * _SHORTEST_YEAR + rest * _SHORTEST_MONTH) * DAY - HOUR
    return Duration(seconds=least, words=text, months=months)
