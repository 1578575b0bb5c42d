"""Lengths of time as people write them: `15 min`, `48 h`, `5 days`, `2 weeks`; always elapsed time, counted in UTC."""

import re

from procedures.fault_kinds import EXPECTED
from procedures.faults import FaultKind
from procedures.marking import N_
from procedures.nodes import Node, Scalar
from procedures.reading import Document, describe, nearest_word, shown
from procedures.schema import Duration

SECONDS_REFUSED = FaultKind(
    "seconds", "{words} counts seconds: nobody answers to the second.", "Write whole minutes, for example: 1 min"
)
LATER_UNIT = FaultKind(
    "later-unit",
    "{unit} is not part of this edition of the language: its length depends on the calendar.",
    "Write min, h, days or weeks, for example: 30 days",
)
UNKNOWN_UNIT = FaultKind(
    "unknown-unit", "{unit} is no unit of time.", "Write min, h, days or weeks, for example: {example}"
)
TOO_LONG = FaultKind("too-long", "{words} is longer than ten years.", "Write a shorter time.")
ZERO_TIME = FaultKind("zero-time", "{words} is no time at all.", "Write at least 1 min.")

UNITS = {
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "day": 86_400,
    "days": 86_400,
    "week": 604_800,
    "weeks": 604_800,
}
_SECONDS = {"s", "sec", "secs", "second", "seconds", "ms"}
_LATER = {"month", "months", "year", "years", "working day", "working days"}
_LONGEST = 10 * 366 * 86_400
_WRITTEN = re.compile(r"([0-9]{1,9}) *([a-z]+(?: [a-z]+)?)")


def read_duration(document: Document, node: Node, words: str | None = None) -> Duration | None:
    """The duration at a node (or in `words`, where the node says more than a duration)."""
    text = words if words is not None else node.text if isinstance(node, Scalar) else ""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        document.fault(EXPECTED, node, expected=N_("A length of time"), found=describe(node), example="15 min")
        return None
    number, unit = int(written[1]), written[2]
    if unit in _SECONDS:
        document.fault(SECONDS_REFUSED, node, words=shown(text))
    elif unit in _LATER:
        document.fault(LATER_UNIT, node, unit=unit)
    elif unit not in UNITS:
        example = f"{number} {nearest_word(unit, UNITS) or 'min'}"
        document.fault(UNKNOWN_UNIT, node, unit=shown(unit), example=example)
    elif number == 0:
        document.fault(ZERO_TIME, node, words=shown(text))
    elif number * UNITS[unit] > _LONGEST:
        document.fault(TOO_LONG, node, words=shown(text))
    else:
        return Duration(seconds=number * UNITS[unit], words=" ".join(text.split()))
    return None
