"""Who takes a step, as a person: known or not, and refused where the procedure asks for somebody else."""

from datetime import datetime

from procedures import commands as c
from procedures.case import CaseState, Handoff, HandoffMode, Party, PartyKind
from procedures.choosing import reachable_people
from procedures.choosing_terms import choice_of
from procedures.directory import Directory
from procedures.drafting import Draft
from procedures.person_errors import AskedOfAnother, NotOneOfThem, SayWhoTakesIt
from procedures.persons import PERSON, may_be, others_than, people_at, people_of_service, readers_of, takers_of
from procedures.schema import AskStep, Library


def nameable(state: CaseState, library: Library, directory: Directory, ref: str, now: datetime) -> tuple[str, ...]:
    """Whom an operator can name as the one who takes it, first one first.

    Nobody where no step of the pathway asks which person took this one, or was another's: it need not be said then.
    """
    draft = Draft(state, library, directory, now)
    handoff = draft.handoff(ref)
    step, pathway = draft.step(handoff.run_id, handoff.step), draft.pathway(handoff.run_id)
    same = any(choice_of(other).same_person_as == step.name for other in pathway.steps.values())
    if handoff.mode is not HandoffMode.ASK or not (same or others_than(step, pathway)):
        return ()
    party = Party(kind=PartyKind.SERVICE, id=handoff.service) if handoff.service else handoff.owner
    return reachable_people(directory, _of_holder(draft, handoff, party), draft.kept_away(handoff))


def refuse_strangers(draft: Draft, command: c.AcceptHandoff, handoff: Handoff, party: Party) -> None:
    """Whoever is named as the one who takes it is of the party. Raises NotOneOfThem."""
    if command.person is not None and command.person not in _of_holder(draft, handoff, party):
        raise NotOneOfThem(ref=handoff.ref)


def takers_now(draft: Draft, command: c.AcceptHandoff, handoff: Handoff, party: Party) -> frozenset[str]:
    """Who it may be that accepts for the party: one, where it is known.

    Raises:
        AskedOfAnother: it is one who took a step that has to be another person's.
        SayWhoTakesIt: it may be one of those, or another.
    """
    named = None if command.actor.startswith(PERSON) else command.person
    takers = may_be(draft.directory, command.actor, party, named)
    away = draft.kept_away(handoff)
    if takers & away:
        if takers <= away or command.actor.startswith(PERSON):
            raise AskedOfAnother(ref=handoff.ref, steps=_compared(draft, handoff))
        raise SayWhoTakesIt(ref=handoff.ref, steps=_compared(draft, handoff))
    return takers


def refuse_whoever_is_kept_away(draft: Draft, command: c.CompleteHandoff, handoff: Handoff) -> None:
    """Whoever could not take a step does not bring its result either; whoever took it does. Raises AskedOfAnother."""
    person = command.actor.removeprefix(PERSON)
    if person == command.actor or person in takers_of(draft.directory, handoff):
        return
    if not readers_of(draft.directory, person).isdisjoint(draft.kept_away(handoff)):
        raise AskedOfAnother(ref=handoff.ref, steps=_compared(draft, handoff))


def _of_holder(draft: Draft, handoff: Handoff, party: Party) -> tuple[str, ...]:
    """The people of whoever holds it; and, where no service was asked, of any that the coordination may have found."""
    people = sorted(people_at(draft.directory, party))
    step = draft.step(handoff.run_id, handoff.step)
    if handoff.service is None and isinstance(step, AskStep):
        able = (one for one in draft.directory.services.values() if step.competence in one.competences)
        people += [person for one in able for person in people_of_service(one)]
    return tuple(person for person in dict.fromkeys(people) if person in draft.directory.people)


def _compared(draft: Draft, handoff: Handoff) -> str:
    step = draft.step(handoff.run_id, handoff.step)
    return ", ".join(others_than(step, draft.pathway(handoff.run_id)))
