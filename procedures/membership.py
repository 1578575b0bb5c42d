"""What somebody of a service sees of a handoff: a minimal card until her service took it, then what its step needs.

Nothing before it is asked of a service of hers, and nothing after her service's part has ended (docs/decisions/0059).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from procedures.case import (
    UNANSWERED_STATES,
    CaseState,
    CaseStatus,
    Handoff,
    HandoffMode,
    HandoffState,
    Party,
    PartyKind,
)
from procedures.commands import KeptValue
from procedures.consenting import is_withheld
from procedures.directory import Directory, Service
from procedures.language.facts import OF_CASE
from procedures.persons import PERSON, people_of_service
from procedures.relations import is_kept_away
from procedures.schema import AnyStep, Condition, Library, Pathway


class Part(StrEnum):
    """How much of a handoff is hers to see."""

    CARD = "card"
    """What is asked, by when, and how urgent: no more than the message said."""
    HELD = "held"
    """What the step needs, for her service has taken it."""


def works_in(service: Service, person: str, now: datetime) -> bool:
    """Whether she is the referent, the deputy, or has a turn of the rota that is not over."""
    turns = {duty.person for duty in service.rota if duty.until > now}
    return person in {service.referent, service.deputy, *turns}


def services_of(directory: Directory, person: str) -> frozenset[str]:
    """The services for which she stands in the network's file, turns that are over included."""
    return frozenset(one.id for one in directory.services.values() if person in people_of_service(one))


def part_in(directory: Directory, state: CaseState, ref: str, person: str, now: datetime) -> Part | None:
    """What this person sees of the handoff; None: it is not hers, and to her it is not there.

    What she took herself stays hers when her turn of the rota is over, as long as the file has her in that service.
    """
    handoff = state.handoffs.get(ref)
    if handoff is None or state.status is not CaseStatus.OPEN or not handoff.is_open:
        return None
    service = directory.services.get(handoff.service or "")
    if service is None or handoff.mode is HandoffMode.TELL or is_kept_away(directory, person, state.exclusions):
        return None
    took_it = handoff.accepted_by == f"{PERSON}{person}" and person in people_of_service(service)
    if person not in directory.people or not (took_it or works_in(service, person, now)):
        return None
    if handoff.state in UNANSWERED_STATES:
        return Part.CARD
    return Part.HELD if _holds(handoff, service) else None


def _holds(handoff: Handoff, service: Service) -> bool:
    ours = Party(kind=PartyKind.SERVICE, id=service.id)
    return handoff.state is HandoffState.ACCEPTED and handoff.accepted_party == ours


def needed_facts(
    library: Library, pathway: Pathway, step: AnyStep, state: CaseState, ref: str
) -> Mapping[str, KeptValue]:
    """The facts that whoever holds the handoff is shown, as far as somebody told them.

    Those that the step's own `when` names, about whom the pathway is about or about the case: by being asked, the
    service knows already that the condition holds. None where it may not be said whom it is for, and none of what is
    merely watched: nobody accepted that.
    """
    handoff = state.handoffs[ref]
    if handoff.accepted_by is None or is_withheld(library, pathway, step, state, handoff.service):
        return {}
    named = dict.fromkeys(_named(step.when)) if step.when else {}
    about = {pathway.subject, OF_CASE}
    known = (name for name in named if name in library.facts and library.facts[name].of in about)
    return {name: state.facts[name] for name in known if name in state.facts}


def _named(condition: Condition) -> Iterator[str]:
    """The facts that a condition is about, in its order."""
    if condition.fact:
        yield condition.fact
    for part in condition.parts:
        yield from _named(part)
