"""What a procedure says of who is asked, beside the competence: its words as terms that `choosing` applies.

What cannot be known (a territory that nobody told, a step that no service did) is never guessed: nobody can be chosen
then, and the named coordinator gets it at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from procedures.case import CaseState, Handoff, HandoffState, PathwayRun
from procedures.choice_events import NobodyBecause
from procedures.choosing import Terms
from procedures.commands import KeptValue
from procedures.directory import Directory
from procedures.persons import others_than, takers_of
from procedures.schema import AnyStep, Choice, Pathway, StartStep
from procedures.values import NOT_ANSWERED


@dataclass(frozen=True, slots=True)
class Doers:
    """The services that had one step in hand, in their order."""

    asked: tuple[str, ...] = ()
    """Those who may have it still, or had it: whoever declined or never answered is none of them."""
    took: tuple[str, ...] = ()
    """Those of them who took it."""
    people: frozenset[str] = frozenset()
    """Everybody of whom it may be who took it, each time."""
    last: frozenset[str] = frozenset()
    """Of whom it may be who took it last."""


def doers_of(state: CaseState, directory: Directory, run: PathwayRun, step: str) -> Doers:
    """Who had a step of a run in hand, each time."""
    known = run.steps.get(step)
    handoffs = [state.handoffs[ref] for ref in known.handoffs] if known else []
    asked = tuple(handoff.service or "" for handoff in handoffs if handoff.service and _counts(handoff))
    taken = [handoff for handoff in handoffs if handoff.service and _was_taken(handoff)]
    people = frozenset().union(*(takers_of(directory, handoff) for handoff in handoffs))
    last = takers_of(directory, taken[-1]) if taken else frozenset()
    return Doers(asked, tuple(handoff.service or "" for handoff in taken), people, last)


def _was_taken(handoff: Handoff) -> bool:
    """Whether the service that was asked took it, or was told: not the coordinator, and nobody who gave it back."""
    if handoff.state is HandoffState.DECLINED:
        return False
    if handoff.accepted_party is not None:
        return handoff.accepted_party.id == handoff.service
    return handoff.state is HandoffState.COMPLETED


def _counts(handoff: Handoff) -> bool:
    return handoff.is_open or _was_taken(handoff)


def choice_of(step: AnyStep) -> Choice:
    """What the step says of whom it asks; a `start` asks nobody."""
    return Choice() if isinstance(step, StartStep) else step.choose


def terms_of(
    step: AnyStep,
    pathway: Pathway,
    *,
    directory: Directory,
    territory: str,
    facts: Mapping[str, KeptValue],
    doers: Callable[[str], Doers],
) -> Terms | NobodyBecause:
    """What whoever is asked must fulfil, or why nobody can be. `doers` says who had another step in hand."""
    choice = choice_of(step)
    where = territory
    if choice.territory is not None:
        told = facts.get(choice.territory)
        if not isinstance(told, str) or told == NOT_ANSWERED:
            return NobodyBecause.TERRITORY_UNKNOWN
        where = told
    body, first, person = None, None, None
    if choice.whose is not None:
        before = doers(choice.whose)
        service = directory.services.get(before.took[-1]) if before.took else None
        if service is None:
            return NobodyBecause.BODY_UNKNOWN
        body, first = service.body, service.id
        if choice.same_person_as:
            if len(before.last) != 1:
                return NobodyBecause.PERSON_UNKNOWN
            (person,) = before.last
    others = [name for other in compared(step, pathway) for name in doers(other).asked]
    if any(name not in directory.services for name in others):
        return NobodyBecause.BODY_UNKNOWN
    return Terms(
        territory=where,
        body=body,
        first=first,
        not_bodies=frozenset(directory.services[name].body for name in others),
        not_people=frozenset().union(*(doers(other).people for other in others_than(step, pathway))),
        same_person=person,
        barred=frozenset(choice.barred),
    )


def compared(step: AnyStep, pathway: Pathway) -> Sequence[str]:
    """The steps that must be another body's: those it names and those that name it, for one may be begun before."""
    naming = [other.name for other in pathway.steps.values() if step.name in choice_of(other).different_from]
    return tuple(dict.fromkeys((*choice_of(step).different_from, *naming)))
