"""A case as lanes: one for each service that was asked, events from left to right in their order, deadlines between.

The places are those of events, not of the clock: the first minutes of a case and its last months are read alike. When
something was stands beside each event in the table. Pure: `web.auditlanes` brings the words.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.audited import AuditedCase, AuditedEvent
from models.viewed import HandoffRow
from procedures.case import HandoffState, PartyKind

ROUTINE = frozenset({"alert_queued", "alert_settled", "alert_withdrawn", "handoff_acknowledged", "step_started"})
"""Told in one line for several: messages on their way, and what the line after them says again."""
ESCALATIONS = frozenset(
    {"rung_climbed", "deadline_passed", "handoff_expired", "owner_changed", "pathway_limit_passed", "nobody_to_call"}
)
ENDINGS = frozenset({"handoff_completed", "handoff_declined", "handoff_cancelled", "handoff_lapsed"})
MOST = 240
"""Events of a drawing: beyond, it would be wider than anybody scrolls. The table has all of them."""
LEFT, TOP, STEP, HEIGHT = 210, 34, 26, 46
"""Pixels: the names, the numbers, from event to event, a lane."""


@dataclass(frozen=True, slots=True)
class Bar:
    """From when something was asked to when it was taken, or from there to its end."""

    x: int
    width: int
    kind: str
    """`asked` or `taken`."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An event, or a deadline."""

    x: int
    kind: str
    """`event`, `escalation`, `end`, `deadline`, `late`."""
    seq: int
    """0 for a deadline."""
    said: str


@dataclass(frozen=True)
class Lane:
    """One of them."""

    owner: tuple[PartyKind, str] | None
    """None: the case itself."""
    y: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Drawing:
    """All of it."""

    lanes: tuple[Lane, ...]
    numbers: tuple[tuple[int, int], ...]
    """Where each event stands, and its number."""
    width: int
    height: int
    cut: bool
    """Whether there are more events than are drawn."""


def drawing(case: AuditedCase, said: Mapping[int, str], deadline_said: Mapping[str, str], now: datetime) -> Drawing:
    """Draw it; `said` are the events in words, `deadline_said` deadlines by `accept` and `complete`."""
    told = [one for one in case.events if one.at is not None and one.kind not in ROUTINE]
    shown = told[:MOST]
    place = {one.seq: LEFT + STEP * index for index, one in enumerate(shown)}
    axis = _Axis([one.at for one in shown if one.at is not None], now)
    by_owner: dict[tuple[PartyKind, str] | None, list[HandoffRow]] = {None: []}
    for handoff in case.handoffs:
        by_owner.setdefault(lane_of(handoff), []).append(handoff)
    whose = {handoff.ref: owner for owner, some in by_owner.items() for handoff in some}
    lanes = []
    for number, (owner, handoffs) in enumerate(by_owner.items()):
        ours = [one for one in shown if whose.get(str(one.fields.get("ref", ""))) == owner]
        marks = [*_deadlines(handoffs, axis, deadline_said), *(_mark(one, place, said) for one in ours)]
        bars = tuple(bar for handoff in handoffs for bar in _bars(handoff, axis))
        lanes.append(Lane(owner, TOP + HEIGHT * number, bars, tuple(marks)))
    numbers = tuple((x, seq) for seq, x in place.items())
    width, height = LEFT + STEP * (len(shown) + 1), TOP + HEIGHT * len(lanes) + 8
    return Drawing(tuple(lanes), numbers, width, height, cut=len(told) > MOST)


def lane_of(handoff: HandoffRow) -> tuple[PartyKind, str]:
    """Whose lane it stands in: the service that was asked, also once the coordinator has it."""
    return (PartyKind.SERVICE, handoff.service) if handoff.service else (handoff.owner_kind, handoff.owner_id)


class _Axis:
    """From moments to places."""

    def __init__(self, moments: Sequence[datetime], now: datetime) -> None:
        self._moments, self.now = moments, now

    def at(self, moment: datetime) -> int:
        """Where the first event stands that is not before it; half a step back for what lies between two."""
        index = bisect_left(self._moments, moment)
        exact = index < len(self._moments) and self._moments[index] == moment
        return LEFT + STEP * index - (0 if exact else STEP // 2)


def _bars(handoff: HandoffRow, axis: _Axis) -> Iterator[Bar]:
    end = axis.at(handoff.ended_at or axis.now)
    begin = axis.at(handoff.requested_at)
    taken = axis.at(handoff.accepted_at) if handoff.accepted_at else None
    yield Bar(begin, max(2, (end if taken is None else taken) - begin), "asked")
    if taken is not None:
        yield Bar(taken, max(2, end - taken), "taken")


def _deadlines(handoffs: Sequence[HandoffRow], axis: _Axis, said: Mapping[str, str]) -> Iterator[Mark]:
    for one in handoffs:
        unkept = one.state is HandoffState.EXPIRED or one.overdue
        answered = one.accepted_at or one.ended_at or axis.now
        if one.accept_by is not None:
            kind = "late" if unkept or answered > one.accept_by else "deadline"
            yield Mark(axis.at(one.accept_by), kind, 0, f"{said['accept']} {one.ref}")
        if one.complete_by is not None:
            kind = "late" if (one.ended_at or axis.now) > one.complete_by else "deadline"
            yield Mark(axis.at(one.complete_by), kind, 0, f"{said['complete']} {one.ref}")


def _mark(one: AuditedEvent, place: Mapping[int, int], said: Mapping[int, str]) -> Mark:
    kind = "escalation" if one.kind in ESCALATIONS else "end" if one.kind in ENDINGS else "event"
    return Mark(place[one.seq], kind, one.seq, said[one.seq])


def folded(events: Sequence[AuditedEvent]) -> Iterator[Sequence[AuditedEvent]]:
    """The events for a table: each alone, and routine ones that follow one another together."""
    together: list[AuditedEvent] = []
    for one in events:
        if one.kind in ROUTINE:
            together.append(one)
            continue
        if together:
            yield together
            together = []
        yield [one]
    if together:
        yield together
