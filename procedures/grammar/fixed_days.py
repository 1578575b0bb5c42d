"""Reading days that come again: `monday`, `first monday of the month`, `day 1 of the month`, `25 november`."""

import re
from calendar import monthrange

from procedures import nodes
from procedures.calendars import is_known_country
from procedures.durations import UNKNOWN_COUNTRY
from procedures.faults import FaultKind
from procedures.grammar.schedules import DAY_OF_NO_MONTH
from procedures.language.fixed_days import BY_WORDS, MONTHS, FixedDay, NearWorkingDay
from procedures.language.schedules import LAST_DAY
from procedures.nodes import Node
from procedures.reading import Document, shown

EXAMPLE = "first monday of the month"
MOVE = re.compile(r"(next|previous) working day(?: in ([A-Za-z]+))?")
OF_MONTH = re.compile(r"day ([0-9]{1,2}) of the month")
OF_YEAR = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(MONTHS)})")
_ORDINARY_YEAR = 2026

BAD_DAY = FaultKind(
    "bad-day",
    "{words} is no day that comes again in every week, month or year.",
    "Write monday, first monday of the month (or second, third, fourth, last), day 1 of the month, "
    "last day of the month, or 25 november.",
)
BAD_MOVE = FaultKind(
    "bad-move",
    "{words} does not say where a day goes that is no working day.",
    "Write next working day, or previous working day; of a country: next working day in IT.",
)
DAY_OF_NO_YEAR = FaultKind(
    "day-of-some-years", "Not every year has a {day}.", "Write a day that every year has, such as 28 february."
)


def read_days(document: Document, node: Node) -> tuple[FixedDay, ...]:
    """One day or a list of them; a fault for each that does not come."""
    written = document.items(node, f"[{EXAMPLE}]") if isinstance(node, nodes.Sequence) else (node,)
    return tuple(day for part in written if (day := _read_day(document, part)) is not None)


def read_move(document: Document, node: Node) -> NearWorkingDay | None:
    """`next working day`, of the territory, or `previous working day in IT`. A fault where it is neither."""
    words = " ".join(node.text.split()) if isinstance(node, nodes.Scalar) else ""
    written = MOVE.fullmatch(words)
    if written is None:
        document.fault(BAD_MOVE, node, words=shown(words) or "{}")
        return None
    if written[2] and not is_known_country(written[2]):
        document.fault(UNKNOWN_COUNTRY, node, country=shown(written[2]))
        return None
    return NearWorkingDay(back=written[1] == "previous", country=written[2])


def _read_day(document: Document, node: Node) -> FixedDay | None:
    text = document.text(node, EXAMPLE)
    if text is None:
        return None
    if text in BY_WORDS:
        return BY_WORDS[text]
    if found := OF_MONTH.fullmatch(text):
        return _of_month(document, node, int(found[1]))
    if found := OF_YEAR.fullmatch(text):
        return _of_year(document, node, int(found[1]), MONTHS.index(found[2]) + 1)
    document.fault(BAD_DAY, node, words=shown(text))
    return None


def _of_month(document: Document, node: Node, day: int) -> FixedDay | None:
    if 1 <= day <= LAST_DAY:
        return FixedDay(day=day)
    document.fault(DAY_OF_NO_MONTH, node, day=str(day))
    return None


def _of_year(document: Document, node: Node, day: int, month: int) -> FixedDay | None:
    if 1 <= day <= monthrange(_ORDINARY_YEAR, month)[1]:
        return FixedDay(day=day, month=month)
    document.fault(DAY_OF_NO_YEAR, node, day=f"{day} {MONTHS[month - 1]}")
    return None
