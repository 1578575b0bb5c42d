"""What of a network does not hold when it is needed: rotas with gaps, protocols, services without a deputy. Pure.

It looks at the network's file and at what its people said beside it. Whether a channel works is known by its tests
(`models/channel_tests.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from procedures.choosing import in_charge
from procedures.directory import Directory, Duty, Service
from procedures.persons import people_of_service

AHEAD = timedelta(days=14)
"""So far ahead rotas are looked through."""
PROTOCOL_LOOKED_AT = 3 * 365
"""Days after its signature a protocol is to be looked at again: an assumption of ours, decision 74."""


class Weakness(StrEnum):
    """What is weak."""

    ROTA_GAP = "rota_gap"
    ROTA_ENDS = "rota_ends"
    NO_DEPUTY = "no_deputy"
    ALL_AWAY = "all_away"
    """Everybody who could be called for it said that they are away."""
    NOT_SIGNED = "not_signed"
    SIGNED_LONG_AGO = "signed_long_ago"
    ONE_COORDINATOR = "one_coordinator"


@dataclass(frozen=True, slots=True)
class Weak:
    """One weakness, and what it is about: the id of a service, a body or a coordination."""

    kind: Weakness
    about: str
    since: datetime | None = None
    until: datetime | None = None
    on: date | None = None


def weaknesses(directory: Directory, now: datetime) -> Sequence[Weak]:
    """All of them: first what comes soonest."""
    found = [
        *(weak for service in directory.services.values() for weak in _of_service(directory, service, now)),
        *_of_bodies(directory, now.date()),
        *_of_coordination(directory),
    ]
    return sorted(found, key=lambda one: (one.since is None, one.since or now, one.kind, one.about))


def rota_gaps(rota: Sequence[Duty], now: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches from now until then in which nobody is on duty. A rota that is empty has none: it is not kept."""
    if not rota:
        return
    free = now
    for duty in sorted(rota, key=lambda one: one.since):
        if duty.since >= until:
            break
        if duty.since > free:
            yield free, duty.since
        free = max(free, duty.until)
    if free < until:
        yield free, until


def _all_away(directory: Directory, service: Service, now: datetime) -> Iterator[Weak]:
    """The first time within the days ahead at which nobody is left who could be called."""
    people = [directory.own[one] for one in people_of_service(service) if one in directory.own]
    begins = sorted({now, *(away.since for own in people for away in own.away if now < away.since < now + AHEAD)})
    for at in begins if people else ():
        called = in_charge(directory, service, at)
        back = [directory.away_until(person, at) for person in called]
        known = [one for one in back if one is not None]
        if len(known) == len(back):
            yield Weak(Weakness.ALL_AWAY, service.id, since=at, until=min(known))
            return


def _of_service(directory: Directory, service: Service, now: datetime) -> Iterator[Weak]:
    if service.deputy is None:
        yield Weak(Weakness.NO_DEPUTY, service.id)
    yield from _all_away(directory, service, now)
    until = now + AHEAD
    for begins, ends in rota_gaps(service.rota, now, until):
        kind = Weakness.ROTA_ENDS if ends == until else Weakness.ROTA_GAP
        yield Weak(kind, service.id, since=begins, until=None if ends == until else ends)


def _of_bodies(directory: Directory, today: date) -> Iterator[Weak]:
    """Of the bodies that have a service: those that are there for their protocol alone wait for nobody."""
    for body in directory.bodies.values():
        if all(service.body != body.id for service in directory.services.values()):
            continue
        if body.protocol_signed_on is None:
            yield Weak(Weakness.NOT_SIGNED, body.id)
        elif (today - body.protocol_signed_on).days > PROTOCOL_LOOKED_AT:
            yield Weak(Weakness.SIGNED_LONG_AGO, body.id, on=body.protocol_signed_on)


def _of_coordination(directory: Directory) -> Iterator[Weak]:
    """What reaches the last rung waits there for one person alone."""
    for one in directory.coordinators.values():
        if len(one.people) == 1:
            yield Weak(Weakness.ONE_COORDINATOR, one.id)
