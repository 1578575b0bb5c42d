"""The rules: `decide(state, library, directory, command, now) -> events`, pure and total.

What is not allowed is a named refusal (`procedures.errors.Refused`); what comes late is an event.
"""

from dataclasses import dataclass
from datetime import datetime

from procedures import (
    acting_first,
    agreeing,
    answering,
    cancelling,
    confirming,
    deciding_anew,
    escalating,
    extending,
    leaving,
    moving,
    not_contacting,
    picking,
    reminding,
    reopening,
    reviewing,
    signalling,
)
from procedures import commands as c
from procedures.advancing import advance, start_pathway
from procedures.calling import alarm_coordination
from procedures.case import CaseState, CaseStatus, Giver, Handoff, Party, PartyKind, is_own_work
from procedures.choosing import coordinator_of
from procedures.consenting import declared_giver
from procedures.directory import Directory
from procedures.drafting import Draft
from procedures.echoing import echo
from procedures.errors import (
    CaseAlreadyOpen,
    CaseIsNoOwnWork,
    CaseIsOver,
    NobodyConsents,
    NoCoordinator,
    NotOpenedByThem,
    OwnWorkIsNoCase,
    UnknownCase,
    UnknownConsent,
    UnknownHandoff,
    UnknownPathway,
    UnknownTerritory,
)
from procedures.events import AlertPurpose, CaseOpened, Event
from procedures.language.consents import ConsentGiver
from procedures.remeasuring import limits_again
from procedures.revising import change_fact
from procedures.schema import COORDINATOR, OPERATOR, Library, Pathway
from procedures.values import fact_values

OF_ANY_CASE = (c.NeverContactAgain, c.ContactAgain, c.ReopenPathway, c.ReviewSteps, c.AlarmCoordination)


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens, and the state it leads to: `replay(events, state)`, followed while it was decided."""

    events: tuple[Event, ...]
    state: CaseState


def decide(
    state: CaseState, library: Library, directory: Directory, command: c.AnyCommand, now: datetime
) -> tuple[Event, ...]:
    """What happens when `command` reaches `state` at `now` (aware, UTC). Raises a Refused where it may not.

    No event at all is a valid answer: the command asked for what is already so.
    """
    return decide_fully(state, library, directory, command, now).events


def decide_fully(
    state: CaseState, library: Library, directory: Directory, command: c.AnyCommand, now: datetime
) -> Decision:
    """The same, with the state after it. Raises a Refused where the command may not be done."""
    draft = Draft(state, library, directory, now)
    _check_nobody(state, command)
    if isinstance(command, c.OpenCase):
        _open(draft, command)
    elif not state.exists:
        raise UnknownCase
    elif isinstance(command, c.SettleAlert):
        escalating.settle(draft, command)
    elif isinstance(command, c.NoteUncertain | c.NoteReceipt):
        escalating.note_of_message(draft, command)
    elif isinstance(command, c.AboutHandoff):
        _answer(draft, command)
    elif isinstance(command, c.PassDeadline):
        escalating.pass_deadlines(draft)
    elif isinstance(command, OF_ANY_CASE):
        _say_of_any_case(draft, command)
    elif state.status is not CaseStatus.OPEN:
        raise CaseIsOver
    elif isinstance(command, c.GiveSignal):
        signalling.give(draft, command)
    else:
        _steer(draft, command)
    advance(draft)
    limits_again(draft)
    return Decision(tuple(draft.events), draft.state)


def _check_nobody(state: CaseState, command: c.AnyCommand) -> None:
    """Where the network does its own work there is nobody to consent, or to be left in peace."""
    if state.own_work and isinstance(command, c.ABOUT_HER):
        raise NobodyConsents


def _open(draft: Draft, command: c.OpenCase) -> None:
    if draft.state.exists:
        raise CaseAlreadyOpen
    library, directory = draft.library, draft.directory
    if command.pathway not in library.current:
        raise UnknownPathway(pathway=command.pathway, known=", ".join(_begun_here(library, command.code)))
    pathway = library.current[command.pathway]
    _check_door(command, pathway)
    _check_word(draft, command)
    territories = directory.territories()
    if command.territory not in territories:
        raise UnknownTerritory(territory=command.territory, known=", ".join(sorted(territories)))
    if coordinator_of(directory, command.territory, command.exclusions) is None:
        raise NoCoordinator(territory=command.territory)
    for consent in sorted(command.consents - library.consents()):
        raise UnknownConsent(consent=consent, known=", ".join(sorted(library.consents())))
    spoken_for = {
        name for name in command.consents if declared_giver(library, draft.state, name) != ConsentGiver.HERSELF
    }
    draft.note(
        CaseOpened(
            at=draft.now,
            case_id=command.case_id,
            code=command.code,
            seed=command.seed,
            territory=command.territory,
            desk=command.desk if command.desk in directory.desks else None,
            drill=command.drill,
            by=command.by,
            facts=fact_values(library.facts_asked(no_case=pathway.no_case), command.facts),
            consents=command.consents - spoken_for,
            exclusions=command.exclusions,
            person=command.person,
        )
    )
    for consent in sorted(spoken_for):
        agreeing.agreed_at_opening(draft, command, consent)
    start_pathway(draft, pathway, _opener(draft))


def _begun_here(library: Library, code: str) -> list[str]:
    """The pathways of the door through which this code comes: those of the other one could not be chosen there."""
    return sorted(name for name, pathway in library.current.items() if pathway.no_case == is_own_work(code))


def _check_door(command: c.OpenCase, pathway: Pathway) -> None:
    """The code says through which door it comes: a case never begins as the network's own work, or the reverse."""
    if pathway.no_case != is_own_work(command.code):
        raise (OwnWorkIsNoCase if pathway.no_case else CaseIsNoOwnWork)(pathway=pathway.name)
    if pathway.no_case and (command.consents or command.person):
        raise NobodyConsents


def _check_word(draft: Draft, command: c.OpenCase) -> None:
    """The word is that of somebody whom the pathway names; where it names nobody, of somebody whom the network has."""
    offered = (service.competences for service in draft.directory.services.values())
    anybody = (OPERATOR, COORDINATOR, *sorted(frozenset[str]().union(*offered)))
    known = draft.library.current[command.pathway].opened_by or anybody
    if command.by not in known:
        raise NotOpenedByThem(pathway=command.pathway, known=", ".join(known))


def _opener(draft: Draft) -> Giver:
    """Whoever opened the case gets word: the desk; without one, the coordinator."""
    desk = draft.state.desk
    party = Party(kind=PartyKind.DESK, id=desk) if desk else draft.coordinator_party()
    return Giver(party=party, ref=draft.draw_reference("run"))


def _answer(draft: Draft, command: c.AboutHandoff) -> None:
    handoff = draft.state.handoffs.get(command.ref)
    if handoff is None:
        raise UnknownHandoff(ref=command.ref)
    if isinstance(command, c.RemindHandoff):
        reminding.remind(draft, handoff)
    else:
        _answered(draft, command, handoff)


def _answered(draft: Draft, command: c.AboutHandoff, handoff: Handoff) -> None:
    party = answering.party_of(draft, command, handoff)
    match command:
        case c.AcknowledgeHandoff() | c.AskBack() | c.GiveToColleague():
            _before_an_answer(draft, command, handoff, party)
        case c.DeclineHandoff():
            answering.decline(draft, command, handoff)
        case c.PickService():
            picking.pick(draft, command, handoff)
        case c.AcceptHandoff() | c.ConfirmAcceptance() | c.DenyAcceptance():
            _take(draft, command, handoff)
        case c.NoteFirstSign():
            answering.first_sign(draft, command, handoff)
        case c.CompleteHandoff():
            answering.complete(draft, command, handoff)
        case c.RenewLink():
            answering.renew_link(draft, command, handoff)
        case c.ExtendLimit():
            extending.extend(draft, command, handoff)
    echo(draft, command, handoff, party)


def _before_an_answer(
    draft: Draft, command: c.AcknowledgeHandoff | c.AskBack | c.GiveToColleague, handoff: Handoff, party: Party
) -> None:
    match command:
        case c.AcknowledgeHandoff():
            answering.acknowledge(draft, command, handoff)
        case _:
            answering.before_answering(draft, command, handoff, party)


def _take(draft: Draft, command: c.AcceptHandoff | c.ConfirmAcceptance | c.DenyAcceptance, handoff: Handoff) -> None:
    match command:
        case c.AcceptHandoff():
            answering.accept(draft, command, handoff)
        case c.ConfirmAcceptance():
            confirming.confirm(draft, command, handoff)
        case c.DenyAcceptance():
            confirming.deny(draft, command, handoff)


def _say_of_any_case(draft: Draft, command: c.AnyCommand) -> None:
    """What may be said of a case that is over, too."""
    match command:
        case c.AlarmCoordination():
            alarm_coordination(draft, AlertPurpose(command.purpose))
        case c.NeverContactAgain():
            not_contacting.never_again(draft)
        case c.ContactAgain():
            not_contacting.again(draft)
        case c.ReopenPathway():
            reopening.reopen(draft, command)
        case c.ReviewSteps():
            reviewing.review(draft, command)


def _steer(draft: Draft, command: c.AnyCommand) -> None:
    match command:
        case c.GiveConsent():
            agreeing.give(draft, command)
        case c.RefuseConsent():
            agreeing.refuse(draft, command)
        case c.RevokeConsent():
            agreeing.revoke(draft, command.consent, command.service)
        case c.ChangeFact():
            change_fact(draft, command)
        case c.CancelCase():
            cancelling.cancel_case(draft, command.reason)
        case c.PeopleLeft():
            leaving.people_left(draft)
        case _:
            _steer_pathway(draft, command)


def _steer_pathway(draft: Draft, command: c.AnyCommand) -> None:
    match command:
        case c.CancelPathway():
            cancelling.cancel_pathway(draft, command.run_id, command.reason)
        case c.ActFirst():
            acting_first.act_first(draft, command)
        case c.DecideAnew():
            deciding_anew.decide_anew(draft, command)
        case c.MovePathway():
            moving.move(draft, command)
        case c.ForgoStep():
            acting_first.forgo(draft, command)
