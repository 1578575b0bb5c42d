"""Which person takes a step: the same as an earlier step, or never the same (docs/decisions/0038).

Whoever accepted took it. Where the acceptance does not say which person that was (a mailbox that several read, a
telephone call without a name), all of whom it may have been count for *never the same*, and nobody does for *the same*.
"""

from collections.abc import Sequence
from datetime import datetime

from procedures.case import CaseState, Handoff, HandoffState, Party, PartyKind, PathwayRun
from procedures.directory import Directory, Service
from procedures.schema import AnyStep, Pathway, StartStep

PERSON = "person:"
"""How the actor begins who is a person of the directory."""


def people_of_service(service: Service) -> tuple[str, ...]:
    """Everybody of a service: the referent, the deputy, and whoever has a turn of its rota."""
    everybody = (service.referent, service.deputy, *(duty.person for duty in service.rota))
    return tuple(dict.fromkeys(person for person in everybody if person))


def is_on_duty(service: Service, person: str, now: datetime) -> bool:
    """Whether the person may be called first: by the rota, or, where it names nobody now, as referent or deputy."""
    turns = {duty.person for duty in service.rota if duty.since <= now < duty.until}
    return person in turns if turns else person in {service.referent, service.deputy}


def readers_of(directory: Directory, person: str) -> frozenset[str]:
    """The person, and everybody who reads one of their channels."""
    known = directory.people.get(person)
    own = {contact.channel for contact in known.contacts} if known else set()
    sharing = (one.id for one in directory.people.values() if any(c.channel in own for c in one.contacts))
    return frozenset({person, *sharing})


def people_at(directory: Directory, party: Party) -> frozenset[str]:
    """Everybody of a party; nobody where it left the network."""
    if party.kind is PartyKind.SERVICE:
        service = directory.services.get(party.id)
        return frozenset(people_of_service(service)) if service else frozenset()
    if party.kind is PartyKind.COORDINATOR:
        coordination = directory.coordinators.get(party.id)
        return frozenset(coordination.people) if coordination else frozenset()
    desk = directory.desks.get(party.id)
    return frozenset({desk.person}) if desk else frozenset()


def may_be(directory: Directory, actor: str, party: Party, named: str | None = None) -> frozenset[str]:
    """Who it may be that answers for a party: one where it is known which person, else all of whom it may be.

    `named`: whom somebody who speaks on the party's behalf named.
    """
    if named is not None:
        return frozenset({named})
    if actor.startswith(PERSON):
        return readers_of(directory, actor.removeprefix(PERSON))
    return people_at(directory, party)


def takers_of(directory: Directory, handoff: Handoff) -> frozenset[str]:
    """Who may have taken a handoff; nobody where it was not taken, or was given back."""
    if handoff.accepted_by is None or handoff.accepted_party is None or handoff.state is HandoffState.DECLINED:
        return frozenset()
    if handoff.takers:
        return frozenset(handoff.takers)
    if handoff.accepted_by.startswith(PERSON):
        return frozenset({handoff.accepted_by.removeprefix(PERSON)})
    return people_at(directory, handoff.accepted_party)


def others_than(step: AnyStep, pathway: Pathway) -> Sequence[str]:
    """The steps that must be another person's: those it names and those that name it, for one may be begun before."""
    naming = (other.name for other in pathway.steps.values() if step.name in _named(other))
    return tuple(dict.fromkeys((*_named(step), *naming)))


def _named(step: AnyStep) -> tuple[str, ...]:
    return () if isinstance(step, StartStep) else step.choose.other_person_than


def kept_away(
    state: CaseState, directory: Directory, pathway: Pathway, run: PathwayRun, step: AnyStep
) -> frozenset[str]:
    """Who is not called for a step and cannot take it: whoever took, or may have taken, one it is compared with."""
    known = (run.steps[name] for name in others_than(step, pathway) if name in run.steps)
    handoffs = (state.handoffs[ref] for other in known for ref in other.handoffs)
    return frozenset().union(*(takers_of(directory, handoff) for handoff in handoffs))


def called_first(directory: Directory, service: Service, person: str | None, now: datetime) -> bool:
    """Whether the person who took the step before is called first: of the service still, and on duty."""
    return person is not None and person in directory.people and is_on_duty(service, person, now)
