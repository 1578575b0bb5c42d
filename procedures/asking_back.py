"""Before an answer: a service asks to speak with whoever asks it, or one of its people hands it to another of them.

Neither stops a clock: what is not taken in time goes on as if nobody had said anything. A question holds up nobody.
"""

from procedures import commands as c
from procedures.case import UNANSWERED_STATES, AlertState, Handoff, HandoffMode, Party
from procedures.directory import Directory
from procedures.drafting import Draft
from procedures.errors import NothingToDoHere
from procedures.events import AlertPurpose, HandoffAskedBack, HandoffGivenToColleague, LinkUse
from procedures.person_errors import ColleagueWasAsked, NotAColleague
from procedures.persons import PERSON, people_at, readers_of
from procedures.pick_errors import PickFirst

ON_THE_WAY = frozenset({AlertState.QUEUED, AlertState.SETTLED})


def ask_back(draft: Draft, command: c.AskBack, handoff: Handoff) -> bool:
    """Whoever passed it on is asked to telephone, once for each handoff; False where its answer is known already.

    Raises:
        NothingToDoHere, PickFirst.
    """
    if not _waits(handoff):
        return False
    if handoff.asked_back_at is None:
        draft.note(HandoffAskedBack(at=draft.now, ref=handoff.ref, actor=command.actor))
        draft.word(AlertPurpose.WORD_ASKED_BACK, handoff)
    return True


def give_to_colleague(draft: Draft, command: c.GiveToColleague, handoff: Handoff, party: Party) -> bool:
    """Another person of the same service is alerted at once; False where its answer is known already.

    Everybody who was alerted before may still answer. To somebody who is excluded nothing goes, and nobody is told so:
    exclusions are secret, and the clock that runs on finds another.

    Raises:
        NothingToDoHere, PickFirst.
        NotAColleague: who is named is not of this service, or cannot take this step.
        ColleagueWasAsked: who is named has it already.
    """
    if not _waits(handoff):
        return False
    kept_away = draft.kept_away(handoff)
    known = colleagues(draft.directory, command.actor, party)
    if command.colleague not in known or not readers_of(draft.directory, command.colleague).isdisjoint(kept_away):
        raise NotAColleague(ref=handoff.ref)
    if any(a.person == command.colleague and a.state in ON_THE_WAY for a in handoff.alerts.values()):
        raise ColleagueWasAsked(ref=handoff.ref)
    given = HandoffGivenToColleague(at=draft.now, ref=handoff.ref, actor=command.actor, colleague=command.colleague)
    draft.note(given)
    draft.alert(AlertPurpose.REQUEST, handoff, to=party, person=command.colleague, link=LinkUse.ANSWER)
    return True


def colleagues(directory: Directory, actor: str, party: Party) -> tuple[str, ...]:
    """Everybody else of the party, those too who are excluded from this case: who is, no list may tell."""
    return tuple(sorted(people_at(directory, party) - {actor.removeprefix(PERSON)}))


def _waits(handoff: Handoff) -> bool:
    if handoff.mode is HandoffMode.TELL:
        raise NothingToDoHere(ref=handoff.ref)
    if handoff.waits_for_a_pick:
        raise PickFirst(ref=handoff.ref)
    return handoff.state in UNANSWERED_STATES
