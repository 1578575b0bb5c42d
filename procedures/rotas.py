"""What a service's rota leaves open: gaps before they come, and a week of turns by the wall in Rome. Pure.

A service that has no rota at all has no gaps: its referent is called at every hour. Where a rota names nobody, the
referent is called too (`Directory.person_on_duty`), but nobody knows whether the referent is awake: that is the gap.
Moments are elapsed time: the nights on which the clocks change have a gap only where an hour is really left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from procedures.choosing import ROME, callable_at, candidates, opens_at
from procedures.directory import Directory, Duty, Service

AHEAD = timedelta(days=14)
"""How far gaps are looked for, unless said otherwise."""
QUARTER = timedelta(minutes=15)
"""How finely opening hours are looked at: an opening that is shorter may not be seen."""
MINUTE = timedelta(minutes=1)


class GapKind(StrEnum):
    """Why nobody on duty would be reached."""

    NOBODY = "nobody"
    """The rota names nobody."""
    UNREACHABLE = "unreachable"
    """It names somebody to whom no channel leads now."""
    AWAY = "away"
    """It names somebody who said that she is away then."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time at which a service is open and its rota leads to nobody."""

    service: str
    since: datetime
    until: datetime
    kind: GapKind


def gaps(directory: Directory, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """The gaps of every service from `since` to `until`, soonest first."""
    services = directory.services.values()
    found = [gap for service in services for gap in gaps_of(directory, service, since, until)]
    return tuple(sorted(found, key=lambda gap: (gap.since, gap.service, gap.until)))


def gaps_of(directory: Directory, service: Service, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """The gaps of one service from `since` to `until`, in order."""
    if not service.has_rota or since >= until:
        return ()
    since, until = since.astimezone(UTC), until.astimezone(UTC)  # in Rome's own time an hour may be none, or two
    away = [one for duty in service.rota if (own := directory.own.get(duty.person)) for one in own.away]
    spans = [(one.since, one.until) for one in service.rota] + [(one.since, one.until) for one in away]
    ends = (end.astimezone(UTC) for span in spans for end in span)
    marks = sorted({since, until, *(end for end in ends if since < end < until)})
    pieces = []
    for start, end in pairwise(marks):
        kind = _kind(directory, service, start)
        if kind is not None:
            pieces.append(Gap(service.id, start, end, kind))
    if service.is_shut_at_times:
        pieces = [replace(gap, since=a, until=b) for gap in pieces for a, b in _open_within(service, gap)]
    return tuple(_joined(pieces))


def _kind(directory: Directory, service: Service, now: datetime) -> GapKind | None:
    named = next((duty.person for duty in service.rota if duty.since <= now < duty.until), None)
    if named is None:
        return GapKind.NOBODY
    if directory.away_until(named, now) is not None:
        return GapKind.AWAY
    known = directory.people.get(named)
    return None if known is not None and known.ways else GapKind.UNREACHABLE


def _joined(pieces: Iterable[Gap]) -> Iterator[Gap]:
    """Pieces of one kind that touch are one gap."""
    last: Gap | None = None
    for piece in pieces:
        if last is not None and (last.until, last.kind) == (piece.since, piece.kind):
            last = replace(last, until=piece.until)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _open_within(service: Service, gap: Gap) -> Iterator[tuple[datetime, datetime]]:
    """The parts of a gap in which the service is open."""
    start, was_open = gap.since, opens_at(service, gap.since)
    at = gap.since
    while at < gap.until:
        following = min(at + QUARTER, gap.until)
        is_open = following < gap.until and opens_at(service, following)
        if following < gap.until and is_open != was_open:
            turn = _turn(service, at, following)
            if was_open:
                yield start, turn
            start, was_open = turn, is_open
        at = following
    if was_open:
        yield start, gap.until


def _turn(service: Service, before: datetime, after: datetime) -> datetime:
    """The minute between the two at which it opens or closes."""
    was, at = opens_at(service, before), before
    while at < after and opens_at(service, at) == was:
        at += MINUTE
    return min(at, after)


@dataclass(frozen=True, slots=True)
class Shift:
    """What of a turn falls on one day."""

    duty: Duty
    since: datetime
    until: datetime


def day_of(day: date) -> tuple[datetime, datetime]:
    """A day by the wall in Rome, from midnight to midnight, in UTC: 23, 24 or 25 hours."""
    start, end = (datetime.combine(one, time(), ROME).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return start, end


def shifts_on(service: Service, day: date) -> tuple[Shift, ...]:
    """The turns of a service on a day by the wall in Rome, earliest first."""
    start, end = day_of(day)
    cut = [Shift(duty, max(duty.since, start), min(duty.until, end)) for duty in service.rota]
    return tuple(sorted((one for one in cut if one.since < one.until), key=lambda one: one.since))


def next_duty(service: Service, now: datetime) -> Duty | None:
    """The turn that begins next."""
    return min((duty for duty in service.rota if duty.since > now), key=lambda duty: duty.since, default=None)


def duty_at(service: Service, now: datetime) -> Duty | None:
    """The turn that goes on now."""
    return next((duty for duty in service.rota if duty.since <= now < duty.until), None)


@dataclass(frozen=True, slots=True)
class CalledNow:
    """Who would be asked first for a competence in a territory."""

    territory: str
    competence: str
    service: str | None
    """None: no service could be asked, and the coordination would be."""
    person: str | None
    """Who of it is called first; None: nobody whom a channel reaches."""


def called_now(directory: Directory, now: datetime) -> tuple[CalledNow, ...]:
    """For each competence in each territory, by the function that decides (`procedures.choosing`)."""
    every = {
        (place, word) for one in directory.services.values() for place in one.territories for word in one.competences
    }
    return tuple(_called(directory, *each, now) for each in sorted(every))


def _called(directory: Directory, territory: str, competence: str, now: datetime) -> CalledNow:
    for service in candidates(directory, competence=competence, territory=territory, now=now):
        people = callable_at(directory, service, now, ())
        return CalledNow(territory, competence, service.id, people[0] if people else None)
    return CalledNow(territory, competence, None, None)


class Holds(StrEnum):
    """Whether a protocol holds."""

    YES = "yes"
    SOON = "soon"
    """It ends within `SOON_ENDS`."""
    ENDED = "ended"
    UNSIGNED = "unsigned"
    """The network's file says no day on which it was signed."""


SOON_ENDS = timedelta(days=60)


def holds(signed: date | None, ends: date | None, today: date) -> Holds:
    """Whether a protocol holds on a day by the calendar in Rome; on its last day it does."""
    if ends is not None and ends < today:
        return Holds.ENDED
    if ends is not None and ends - today <= SOON_ENDS:
        return Holds.SOON
    return Holds.UNSIGNED if signed is None else Holds.YES
