"""A case told in plain words: one sentence per event of its trail, in the page's language.

The sentences are a table; what stands in their places is looked up only where a sentence asks for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.views import CaseView, TimelineEntry
from procedures.case import HandoffState
from procedures.commands import DeliveryResult, Receipt, Road
from procedures.consent_notes import ServiceWord
from procedures.directory import ContactKind
from procedures.events import (
    AlertSettled,
    AlertWithdrawn,
    AnswerCameLate,
    CaseOpened,
    ConsentForService,
    ConsentLapsed,
    HandoffRequested,
    NoServiceFound,
    ReceiptCame,
    StepDecidedAnew,
)
from procedures.schema import OPERATOR
from web import choicewords, saying
from web.eventplaces import Known, Places
from web.naming import Names
from web.saying import N_

SENTENCES: Mapping[str, str] = {
    "case_opened": N_("The case was opened by %(actor)s."),
    "consent_given": N_("She agreed: %(consent)s."),
    "consent_refused": N_("She did not agree: %(consent)s."),
    "consent_revoked": N_("She took her consent back: %(consent)s."),
    "consent_lapsed": N_("Of age: %(consent)s. What others said counts no more, the person concerned is asked."),
    "consent_ends_soon": N_("%(consent)s was agreed until a day that is near: she is to be asked again."),
    "consent_for_service": N_("She does not want it of %(holder)s: %(consent)s."),
    "step_reviewed": N_("%(actor)s reviewed what was done without her consent, “%(step)s”: %(finding)s."),
    "more_to_tell": N_("Something more was begun without her consent: “%(step)s” is due again."),
    "fact_changed": N_("%(fact)s: %(value)s (before: %(before)s); %(reason)s, on the word of %(by)s."),
    "pathway_started": N_("Pathway started: %(pathway)s."),
    "pathway_ended": N_("Pathway completed: %(pathway)s (%(outcome)s)."),
    "pathway_cancelled": N_("Pathway cancelled: %(pathway)s (%(reason)s)."),
    "step_started": N_("Step begun: “%(step)s”."),
    "step_awaited_consent": N_("“%(step)s” waits for her consent."),
    "step_skipped": N_("“%(step)s” was left out: %(reason)s."),
    "step_ended": N_("“%(step)s” ended: %(result)s."),
    "step_cancelled": N_("“%(step)s” was cancelled: %(reason)s."),
    "no_service_found": N_("No service can be asked for “%(step)s” now: the coordinator has it at once."),
    "service_chosen": N_("For “%(step)s” the procedure leads to %(holder)s: %(terms)s."),
    "service_picked": N_("%(actor)s picked %(holder)s for “%(step)s”, out of %(out_of)s that can be asked."),
    "limit_already_over": N_("A limit of “%(step)s” was over before it began: %(limit)s."),
    "handoff_requested": N_("%(holder)s was asked: “%(step)s”."),
    "handoff_acknowledged": N_("%(actor)s saw the request: “%(step)s”."),
    "handoff_asked_back": N_("%(actor)s would like to be telephoned before answering: “%(step)s”."),
    "handoff_given_to_colleague": N_("%(actor)s had a colleague alerted: “%(step)s” (%(colleague)s)."),
    "notice_read": N_("%(actor)s read what the notice says: “%(step)s”."),
    "handoff_accepted": N_("%(holder)s took it on: “%(step)s” (%(actor)s)."),
    "acceptance_claimed": N_("%(actor)s says for %(holder)s that they take “%(step)s”: no PIN, not confirmed."),
    "acceptance_confirmed": N_("%(actor)s made sure that “%(step)s” is taken (%(how)s)."),
    "claim_denied": N_("%(actor)s found it false that “%(step)s” is taken (%(holder)s)."),
    "acceptance_denied": N_("%(actor)s found it false that %(holder)s took “%(step)s”: others are asked."),
    "holder_left": N_("Whoever had “%(step)s” left the network: somebody else is asked (%(holder)s)."),
    "handoff_declined": N_("%(holder)s declined “%(step)s”: %(reason)s (%(actor)s)."),
    "result_proposed": N_("%(actor)s recorded a result that waits for a second person: “%(step)s”, %(result)s."),
    "handoff_taken_by_other": N_("%(holder)s need not answer: another took “%(step)s” first."),
    "first_sign_noted": N_("%(holder)s has begun: “%(step)s”."),
    "handoff_completed": N_("%(holder)s brought it home: “%(step)s”, %(result)s (%(actor)s)."),
    "handoff_expired": N_("%(holder)s did not answer in time: “%(step)s” is passed on."),
    "handoff_cancelled": N_("The request to %(holder)s was called off: “%(step)s” (%(reason)s)."),
    "rung_climbed": N_("No answer yet to “%(step)s”: now %(rung)s."),
    "deadline_passed": N_("The time %(clock)s went by: “%(step)s” (%(holder)s)."),
    "owner_changed": N_("%(owner)s answers for “%(step)s” from now on."),
    "answer_came_late": N_("%(actor)s answered late (%(answer)s): “%(step)s” was already %(stands)s."),
    "alert_queued": N_("Message to %(to)s: %(purpose)s%(outcome)s."),
    "alert_settled": N_("A message to %(to)s did not get through: %(purpose)s."),
    "alert_withdrawn": N_("A message to %(to)s was not needed any more: %(purpose)s."),
    "nobody_to_call": N_("Nobody is left who may be called for “%(step)s”: it waits here, please look for somebody."),
    "delivery_uncertain": N_("It is uncertain whether a message to %(to)s arrived: %(purpose)s."),
    "receipt_came": N_("A message to %(to)s is still on its way: %(purpose)s."),
    "step_waits_again": N_("“%(step)s” had been left out and can take place after all."),
    "step_turns": N_("“%(step)s” is looked at again: %(until)s. Time changes then whether it is for this case."),
    "step_turns_no_more": N_("“%(step)s”: time alone changes nothing about it any more."),
    "step_held": N_("“%(step)s” begins at the earliest: %(until)s."),
    "step_released": N_("“%(step)s” may begin now."),
    "limit_moved": N_("The time for “%(step)s” has changed: %(new_at)s (before: %(old_at)s)."),
    "longer_time_asked": N_("%(actor)s asked for longer time: “%(step)s”."),
    "longer_time_agreed": N_("Longer time for “%(step)s”: %(body)s agrees (%(actor)s)."),
    "limit_extended": N_("There is longer time for “%(step)s”: %(new_at)s (before: %(old_at)s)."),
    "handoff_lapsed": N_("The time for “%(step)s” is over, and the procedure says what that means: %(result)s."),
    "pathway_limit_passed": N_("The pathway %(pathway)s is not over in its time. It ended: %(limit)s."),
    "pathway_limit_moved": N_("The time for the pathway %(pathway)s has changed: %(new_at)s (before: %(old_at)s)."),
    "contact_forbidden": N_("She does not want to be contacted again: what rests on her consent stops."),
    "contact_allowed": N_("She may be contacted again; what she had agreed to is asked anew."),
    "step_repeats": N_("“%(step)s” comes again: %(until)s. Times so far: %(rounds)s."),
    "repetition_ended": N_("“%(step)s” does not come again. Times in all: %(rounds)s (%(reason)s)."),
    "case_reopened": N_("The case was over, and is open again."),
    "pathway_reopened": N_("The pathway “%(pathway)s” is begun anew: %(reason)s."),
    "step_decided_anew": N_("“%(step)s” was decided anew: %(result)s (before: %(old_result)s). Why: %(reason)s."),
    "step_kept": N_("“%(step)s” goes on, though “%(begun)s” was decided anew."),
    "step_begun_first": N_("“%(step)s” was begun before its turn: %(reason)s."),
    "step_owed": N_("“%(step)s” was passed over for “%(begun)s”: it stays owed until it is done or decided."),
    "step_forgone": N_("“%(step)s” was owed, and is not needed any more: %(reason)s."),
    "step_paused": N_("“%(step)s” stands still, and so does its time, because of the signal “%(signal)s”."),
    "step_resumed": N_("“%(step)s” goes on with the time that remained, because of the signal “%(signal)s”."),
    "signal_given": N_("%(pathway)s: “%(signal)s” has happened, as said by: %(body)s (%(actor)s)."),
    "pathway_moved": N_(
        "The pathway “%(pathway)s” goes by edition %(edition)s from now on (before: %(old_edition)s): %(reason)s."
    ),
    "step_looked_at_anew": N_("“%(step)s” begins otherwise by the new edition: it is looked at anew."),
    "handoff_retimed": N_("By the new edition the time for “%(step)s” is %(new_at)s (before: %(old_at)s)."),
    "case_closed": N_("Every pathway has ended: the case is closed."),
    "case_cancelled": N_("The case was cancelled: %(reason)s."),
}

UNMOVED: Mapping[str, str] = {
    "limit_moved": N_("Another limit of “%(step)s” has changed; the one that counts stays: %(new_at)s."),
    "pathway_limit_moved": N_(
        "Another limit of the pathway %(pathway)s has changed; the one that counts stays: %(new_at)s."
    ),
    "handoff_retimed": N_("By the new edition “%(step)s” has other limits; the one that counts stays: %(new_at)s."),
}
"""Said instead where the end that counts reads as it did."""

SAID_FOR: Mapping[str, str] = {
    "consent_given": N_("Agreed: %(consent)s, as said by: %(giver)s."),
    "consent_refused": N_("Not agreed: %(consent)s, as said by: %(giver)s."),
}
"""Where somebody else speaks for the person concerned."""
FOR_SERVICE: Mapping[ServiceWord, str] = {
    ServiceWord.ONLY: N_("She agrees to it for %(holder)s alone: %(consent)s."),
    ServiceWord.ALSO: N_("She agrees to it for %(holder)s, too: %(consent)s."),
}
CONSENT_ENDED = N_("The time for which it was agreed is over: %(consent)s. It is asked anew before anything begins.")
CERTIFIED: Mapping[str, str] = {
    Receipt.TAKEN: N_("The certified copy to %(to)s was accepted by the provider at %(said_at)s: %(purpose)s."),
    Receipt.DELIVERED: N_(
        "The certified copy to %(to)s was delivered to the box at %(said_at)s, which does not say that it was read: "
        "%(purpose)s."
    ),
    Receipt.DELAYED: N_("The certified copy to %(to)s was not delivered yet at %(said_at)s: %(purpose)s."),
    Receipt.RETURNED: N_("The certified copy to %(to)s could not be delivered, said at %(said_at)s: %(purpose)s."),
}
"""With the provider's own time; each is kept as evidence."""
RECEIPTS: Mapping[str, str] = {
    Receipt.DELIVERED: N_("A message to %(to)s was delivered, which does not say that it was read: %(purpose)s."),
    Receipt.PASSED_ON: N_("A message to %(to)s was passed on to a server that says no more of it: %(purpose)s."),
    Receipt.RETURNED: N_("A message to %(to)s came back undelivered: %(purpose)s."),
}
ANSWERS = frozenset({"handoff_accepted", "acceptance_claimed", "handoff_declined", "answer_came_late"})
BY_ROAD: Mapping[Road, str] = {
    Road.MAIL: N_("It was said by mail."),
    Road.SMS: N_("It was said by SMS."),
    Road.VOICE: N_("It was said by a key, in a call."),
}
"""Said beside an answer, where the road makes it one that somebody may want to make sure of."""
SECOND_ANSWER = N_("Second answer of %(actor)s (%(answer)s): “%(step)s” was already taken.")


@dataclass(frozen=True)
class Told:
    """One line of the timeline."""

    at: datetime
    said: str


class Teller:
    """Tells one case."""

    def __init__(self, known: Known, entries: Sequence[TimelineEntry] = (), *, own_work: bool) -> None:
        """Of what is known beside the events."""
        self._known, self._entries = known, entries
        self._sentences = {**SENTENCES, **saying.OF_OWN_WORK} if own_work else SENTENCES

    def newest_first(self) -> tuple[Told, ...]:
        """All of it. A message that a carrier took is told once, with its outcome, where it was decided."""
        return tuple(Told(entry.at, self.sentence(entry)) for entry in reversed(self._entries) if not _folded(entry))

    def sentence(self, entry: TimelineEntry) -> str:
        """The event in words."""
        places, event = Places(self._known, entry), entry.recorded.event
        spoken_for = getattr(event, "note", None) is not None
        template = SECOND_ANSWER if _second(entry) else (SAID_FOR if spoken_for else self._sentences)[entry.kind]
        if entry.kind in UNMOVED and places["old_at"] == places["new_at"]:
            template = UNMOVED[entry.kind]
        if isinstance(event, HandoffRequested) and event.to_pick:
            template = choicewords.TO_PICK
        if isinstance(event, CaseOpened) and event.by != OPERATOR:
            template = choicewords.OPENED_ON_WORD
        if isinstance(event, StepDecidedAnew) and event.by != OPERATOR:
            template = choicewords.DECIDED_ON_WORD
        if isinstance(event, ConsentForService):
            template = FOR_SERVICE.get(event.word, template)
        if isinstance(event, ConsentLapsed) and event.reason == "ended":
            template = CONSENT_ENDED
        if isinstance(event, ReceiptCame):
            said = CERTIFIED if event.channel == ContactKind.PEC else RECEIPTS
            template = said.get(event.receipt, template)
        if isinstance(event, NoServiceFound):
            template = choicewords.NOBODY.get(event.because, template)
        gettext = self._known.names.words.gettext
        by_road = BY_ROAD.get(entry.recorded.road) if entry.kind in ANSWERS else None
        return f"{gettext(template) % places} {gettext(by_road)}" if by_road else gettext(template) % places


def teller_of(view: CaseView, names: Names) -> Teller:
    """Whoever tells this case whole."""
    known = Known(
        names=names,
        handoffs={row.ref: row for row in view.handoffs},
        runs={run.run_id: run for run in view.runs},
        alerts={alert.alert_id: alert for alert in view.alerts},
    )
    return Teller(known, view.timeline, own_work=view.state.own_work)


def _folded(entry: TimelineEntry) -> bool:
    """What the line of the message itself already says: that a carrier took it, or that it was withdrawn."""
    event = entry.recorded.event
    return isinstance(event, AlertWithdrawn) or (
        isinstance(event, AlertSettled) and event.result == DeliveryResult.ACCEPTED
    )


def _second(entry: TimelineEntry) -> bool:
    """Not late: somebody had taken it on already, and it still stands so."""
    event = entry.recorded.event
    return isinstance(event, AnswerCameLate) and event.stands == HandoffState.ACCEPTED
