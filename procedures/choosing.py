"""Who is asked: the one function that both decides and answers *who would be called now*."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from procedures.directory import Coordinator, Directory, Opening, Service

ROME = ZoneInfo("Europe/Rome")
WEEK = 7


def is_open(hours: tuple[Opening, ...], now: datetime) -> bool:
    """Whether a service with these hours (Europe/Rome) is open at `now`. No hours: always."""
    if not hours:
        return True
    local = now.astimezone(ROME)
    clock, today, yesterday = local.time(), local.weekday(), (local.weekday() - 1) % WEEK
    for opening in hours:
        if opening.since < opening.until:
            if today in opening.days and opening.since <= clock < opening.until:
                return True
        elif (today in opening.days and clock >= opening.since) or (
            yesterday in opening.days and clock < opening.until
        ):
            return True
    return False


def is_excluded(directory: Directory, service: Service, exclusions: Collection[str]) -> bool:
    """Whether the service must not be asked: itself, its body, or anybody who can read its channels is excluded.

    Excluding a person excludes every channel that person can read, shared mailboxes too (trust.md, law 8).
    """
    readers = {service.referent, *(duty.person for duty in service.rota)}
    if service.deputy:
        readers.add(service.deputy)
    addresses = {contact.address for person in readers for contact in directory.people[person].contacts}
    for excluded in exclusions:
        person = directory.people.get(excluded)
        if person and addresses & {contact.address for contact in person.contacts}:
            return True
    return not {service.id, service.body, *readers}.isdisjoint(exclusions)


def candidates(
    directory: Directory,
    *,
    competence: str,
    territory: str,
    now: datetime,
    exclusions: Collection[str] = (),
    tried: Collection[str] = (),
) -> list[Service]:
    """The services that can be asked at `now`, first one first: by rank, then by id."""
    fitting = [
        service
        for service in directory.services.values()
        if competence in service.competences
        and territory in service.territories
        and service.id not in tried
        and is_open(service.hours, now)
        and not is_excluded(directory, service, exclusions)
    ]
    return sorted(fitting, key=lambda service: (service.rank, service.id))


def coordinator_of(directory: Directory, territory: str, exclusions: Collection[str] = ()) -> Coordinator | None:
    """The named last link of a territory: its own first, any other one rather than nobody; None if there is none."""
    able = [
        coordinator
        for coordinator in directory.coordinators.values()
        if coordinator.id not in exclusions and not set(coordinator.people) <= set(exclusions)
    ]
    able.sort(key=lambda coordinator: (territory not in coordinator.territories, coordinator.id))
    return able[0] if able else None
