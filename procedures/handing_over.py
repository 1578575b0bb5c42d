"""Somebody leaves or falls out: her turns of the coming month go to whoever would be called in her place. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from procedures.directory import Directory, Service
from procedures.duty_changes import LONGEST, Turn
from procedures.errors import Refused


class NothingToHandOver(Refused):
    """She has no turns, or nobody could take them."""

    template = (
        "There is no turn of this person in the coming month that somebody of the service could take. "
        "Name whoever is on duty instead, turn by turn."
    )


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What of a service's turns goes to whom."""

    service: str
    to: str
    """The person's id."""
    turns: tuple[Turn, ...]


def handed_over(directory: Directory, person: str, now: datetime) -> Sequence[HandedOver]:
    """Her turns of the coming month, by service, each with who takes them; without those that nobody could take.

    What lies further ahead belongs into the network's file, as for every change of a turn.
    """
    found = []
    for service in directory.services.values():
        to, turns = _successor(service, person, now), _turns(service, person, now)
        if turns and to:
            found.append(HandedOver(service.id, to, tuple(Turn(to, one.since, one.until) for one in turns)))
    return found


def nobody_takes(directory: Directory, person: str, now: datetime) -> Sequence[str]:
    """The services, by id, in which she has turns that nobody could take."""
    services = directory.services.values()
    return [one.id for one in services if _turns(one, person, now) and not _successor(one, person, now)]


def _successor(service: Service, person: str, now: datetime) -> str:
    """The deputy; else whoever is on duty next; else the referent; empty where that is she herself."""
    later = sorted((duty for duty in service.rota if duty.until > now), key=lambda duty: duty.since)
    called = (service.deputy, *(duty.person for duty in later), service.referent)
    return next((one for one in called if one and one != person), "")


def _turns(service: Service, person: str, now: datetime) -> list[Turn]:
    end, found = now + LONGEST, []
    for duty in service.rota:
        since, until = max(duty.since, now).astimezone(UTC), min(duty.until, end).astimezone(UTC)
        if duty.person == person and since < until:
            found.append(Turn(person, since, until))
    return found
