"""A result that counts once two people gave the same one: nobody alone ends such a step.

Whoever differs makes a new proposal, and whoever proposed may propose otherwise. A person is an actor: who answers by
link, an operator at the desk, a program of the API. The limit runs on until somebody else confirms.
"""

from collections.abc import Iterable, Mapping

from procedures.case import Handoff, Party, PartyKind
from procedures.choosing import reachable_people
from procedures.commands import CompleteHandoff, KeptValue
from procedures.directory import Directory
from procedures.drafting import Draft
from procedures.events import AlertPurpose, LinkUse, ResultProposed
from procedures.schema import AnyStep, AskStep


def needs_another(step: AnyStep, handoff: Handoff, command: CompleteHandoff, evidence: Mapping[str, KeptValue]) -> bool:
    """Whether somebody else has to give the same result before it counts."""
    if not isinstance(step, AskStep) or not step.two_persons:
        return False
    before = handoff.proposed
    if before is None or before.actor == command.actor:
        return True
    return (before.result, dict(before.evidence)) != (command.result, dict(evidence))


def propose(
    draft: Draft,
    handoff: Handoff,
    command: CompleteHandoff,
    evidence: Mapping[str, KeptValue],
    *,
    on_behalf: bool,
) -> None:
    """Keep the result as a proposal, and ask the others of the holder. The same by the same person is nothing new."""
    before = handoff.proposed
    said = (command.actor, command.result, dict(evidence))
    if before is not None and (before.actor, before.result, dict(before.evidence)) == said:
        return
    draft.note(
        ResultProposed(
            at=draft.now,
            ref=handoff.ref,
            actor=command.actor,
            result=command.result,
            on_behalf=on_behalf,
            evidence=evidence,
        )
    )
    holder = handoff.accepted_party or handoff.owner
    beside = reachable_people(draft.directory, people_beside(draft, holder), draft.kept_away(handoff))
    others = [person for person in beside if f"person:{person}" != command.actor]
    for person in others:
        draft.alert(AlertPurpose.SECOND_PERSON, handoff, to=holder, person=person, link=LinkUse.RESULT)
    if not others:
        draft.alert(AlertPurpose.SECOND_PERSON, handoff, to=draft.coordinator_party(), link=LinkUse.RESULT)


def people_beside(draft: Draft, holder: Party) -> Iterable[str]:
    """Who can be the second: whoever is on duty, the referent and the deputy; of a coordination all of its people."""
    return draft.reachable(_people(draft.directory, holder, draft.people_of(holder)))


def _people(directory: Directory, holder: Party, first: Iterable[str]) -> Iterable[str]:
    service = directory.services.get(holder.id) if holder.kind is PartyKind.SERVICE else None
    if service is None:
        return first
    return [name for name in dict.fromkeys((*first, service.referent, service.deputy)) if name]
