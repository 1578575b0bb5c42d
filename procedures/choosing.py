"""Who is asked: the one function that both decides and answers *who would be called now*."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from procedures.directory import Coordinator, Directory, Opening, Service
from procedures.hours import is_open_at

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


def opens_at(service: Service, now: datetime) -> bool:
    """Whether the service is open at `now`, by the wall in Rome and its own calendar of holidays."""
    if service.opening_hours:
        return is_open_at(service.opening_hours, service.holidays, now.astimezone(ROME).replace(tzinfo=None))
    return is_open(service.hours, now)


def reachable_people(directory: Directory, people: Iterable[str], exclusions: Collection[str]) -> tuple[str, ...]:
    """Those of `people` who may be written to, in their order: every message of a case goes through here.

    Excluding a person excludes every channel that person can read, shared mailboxes too (trust.md, law 8). Whoever the
    directory does not know has no channel, nor has she of whom none is trusted now.
    """
    known = [person for person in people if _has_channel(directory, person) and person not in exclusions]
    if not exclusions:
        return tuple(known)
    shut = _channels(directory, exclusions)
    return tuple(person for person in known if shut.isdisjoint(_channels(directory, (person,))))


def _has_channel(directory: Directory, person: str) -> bool:
    known = directory.people.get(person)
    return known is not None and bool(known.ways)


def _channels(directory: Directory, people: Iterable[str]) -> set[tuple[str, str]]:
    known = (directory.people[person] for person in people if person in directory.people)
    return {contact.channel for person in known for contact in person.contacts}


def is_excluded(directory: Directory, service: Service, exclusions: Collection[str]) -> bool:
    """Whether the service must not be asked: itself, its body, or anybody who can read its channels is excluded."""
    readers = {service.referent, *(duty.person for duty in service.rota)}
    if service.deputy:
        readers.add(service.deputy)
    if not {service.id, service.body}.isdisjoint(exclusions):
        return True
    return len(reachable_people(directory, readers, exclusions)) < len(readers)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service must fulfil beside its competence: where, and of which body."""

    territory: str = ""
    body: str | None = None
    """Only this body's services are asked."""
    first: str | None = None
    """This one of them before the others."""
    not_bodies: frozenset[str] = frozenset()
    same_person: str | None = None
    """Who is called first, where they are of the service and on duty."""
    not_people: frozenset[str] = frozenset()
    """Who is not called: a service of which nobody else can be is not asked."""
    barred: frozenset[str] = frozenset()
    """Competences: a body that offers one of them, in whichever service, is not asked."""

    @property
    def narrows(self) -> bool:
        """Whether some body may not be asked."""
        return self.body is not None or bool(self.not_bodies or self.not_people or self.barred)


ANYBODY = Terms()


def in_charge(directory: Directory, service: Service, now: datetime) -> tuple[str, ...]:
    """Who can be called for a service at `now`, first one first: on duty, the referent, the deputy.

    Whoever said that she is away is left out. Where that is everybody, they are called all the same: nobody else would.
    """
    everybody = (directory.person_on_duty(service, now).id, service.referent, service.deputy)
    known = tuple(dict.fromkeys(person for person in everybody if person))
    return present(directory, known, now) or known


def present(directory: Directory, people: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Those of these people who are not away at `now`, in their order."""
    return tuple(person for person in people if directory.away_until(person, now) is None)


def present_first(directory: Directory, people: Iterable[str], now: datetime) -> tuple[str, ...]:
    """All of them, in their order, whoever is away last."""
    known = tuple(people)
    here = present(directory, known, now)
    return (*here, *(person for person in known if person not in here))


def callable_at(directory: Directory, service: Service, now: datetime, away: Collection[str]) -> tuple[str, ...]:
    """Who of a service can be called at `now`, first one first, but for those and whoever shares a channel with one."""
    return reachable_people(directory, in_charge(directory, service, now), away)


def fulfils(directory: Directory, service: Service, terms: Terms) -> bool:
    """Whether the service is of a body that the procedure lets be chosen."""
    if service.body in terms.not_bodies or terms.body not in {None, service.body}:
        return False
    if not terms.barred:
        return True
    offered = (other.competences for other in directory.services.values() if other.body == service.body)
    return all(terms.barred.isdisjoint(competences) for competences in offered)


def candidates(
    directory: Directory,
    *,
    competence: str,
    territory: str,
    now: datetime,
    exclusions: Collection[str] = (),
    tried: Collection[str] = (),
    terms: Terms = ANYBODY,
) -> list[Service]:
    """The services that can be asked at `now`, first one first: by rank, then by id.

    `territory` is where to look, be it of the case or of the `terms`.
    """
    fitting = [
        service
        for service in directory.services.values()
        if competence in service.competences
        and territory in service.territories
        and service.id not in tried
        and opens_at(service, now)
        and not is_excluded(directory, service, exclusions)
        and fulfils(directory, service, terms)
        and (not terms.not_people or callable_at(directory, service, now, terms.not_people))
    ]
    return sorted(fitting, key=lambda service: (service.id != terms.first, service.rank, service.id))


def coordinator_of(directory: Directory, territory: str, exclusions: Collection[str] = ()) -> Coordinator | None:
    """The named last link of a territory: its own first, any other one rather than nobody; None if there is none.

    A coordination counts while somebody of it may be written to.
    """
    able = [
        coordinator
        for coordinator in directory.coordinators.values()
        if coordinator.id not in exclusions and reachable_people(directory, coordinator.people, exclusions)
    ]
    able.sort(key=lambda coordinator: (territory not in coordinator.territories, coordinator.id))
    return able[0] if able else None
