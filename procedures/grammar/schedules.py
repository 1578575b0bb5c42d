"""Reading what the network's own work does of itself: `schedule`, and `tests_channels`."""

import re
from collections.abc import Mapping
from datetime import time

from procedures import nodes
from procedures.durations import NO_SUCH_HOUR
from procedures.fault_kinds import EXPECTED
from procedures.faults import FaultKind
from procedures.grammar.drafts import MomentRef, PathwayDraft
from procedures.grammar.limits import read_point
from procedures.language.schedules import LAST_DAY, Schedule
from procedures.marking import N_
from procedures.nodes import Node, Scalar
from procedures.reading import Document, Form, describe, shown
from procedures.schema import MomentKind

ONLY_OWN_WORK = FaultKind(
    "only-own-work",
    "{word} belongs to the network's own work, and this pathway is about a person.",
    "Delete {word}; or, where it concerns nobody, write case: none at the top.",
)
BAD_SCHEDULE = FaultKind(
    "bad-schedule",
    "A schedule leads up to a dated fact of the network, or is a day of every month.",
    "Write 90 days before fact.protocol_ends_on, or {{every: month, day: 1, at: 09:00}}.",
)
DAY_OF_NO_MONTH = FaultKind(
    "day-of-some-months", "Not every month has a day {day}.", "Write one of 1 to 28: so it is due in every month."
)
MONTHLY = Form(known=("every", "day", "at"), required={"every": "every: month", "day": "day: 1", "at": "at: 09:00"})
EVERY = ("month",)
OF_ITSELF = ("schedule", "tests_channels")
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def read_of_itself(document: Document, draft: PathwayDraft, fields: Mapping[str, Node]) -> tuple[Schedule | None, bool]:
    """When it begins by itself, and whether it then sends a test over every channel."""
    if not draft.no_case:
        for word in OF_ITSELF:
            if word in fields:
                document.fault(ONLY_OWN_WORK, fields[word], word=word)
        return None, False
    schedule = _read_schedule(document, draft, fields["schedule"]) if "schedule" in fields else None
    tests = document.truth(fields["tests_channels"]) if "tests_channels" in fields else False
    return schedule, bool(tests)


def _read_schedule(document: Document, draft: PathwayDraft, node: Node) -> Schedule | None:
    if isinstance(node, nodes.Mapping):
        return _read_monthly(document, node)
    placed = read_point(document, node)
    if placed is None:
        return None
    point = placed.point
    if not point.before or point.of.kind is not MomentKind.FACT:
        document.fault(BAD_SCHEDULE, node)
        return None
    draft.moments.append(MomentRef(placed.node, point.of, before=True))
    return Schedule(point=point)


def _read_monthly(document: Document, node: Node) -> Schedule | None:
    fields = document.fields(node, MONTHLY)
    every = document.word(fields["every"], EVERY) if "every" in fields else None
    day = document.whole_number(fields["day"], at_least=1) if "day" in fields else None
    at = read_hour(document, fields["at"]) if "at" in fields else None
    if day is not None and day > LAST_DAY:
        document.fault(DAY_OF_NO_MONTH, fields["day"], day=str(day))
        return None
    return None if every is None or day is None or at is None else Schedule(day=day, at=at)


def read_hour(document: Document, node: Node) -> time | None:
    """An hour of the day, `09:00`."""
    text = node.text if isinstance(node, Scalar) else ""
    if HOUR.fullmatch(text):
        return time.fromisoformat(text)
    if text:
        document.fault(NO_SUCH_HOUR, node, words=shown(text))
    else:
        document.fault(EXPECTED, node, expected=N_("An hour of the day"), found=describe(node), example="09:00")
    return None
