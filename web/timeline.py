"""A case told in plain words: one sentence per event of its trail, in the page's language.

The sentences are a table; what stands in their places is looked up only where a sentence asks for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.outbox import DeliveryState
from models.views import CaseView, HandoffRow, RunView, TimelineEntry
from procedures.case import HandoffState, Party, PartyKind
from procedures.commands import DeliveryResult
from procedures.events import AlertSettled, AlertWithdrawn, AnswerCameLate
from procedures.fact_events import BY_SIGNAL, RESULT
from web import saying, spans
from web.factwords import fact_title, fact_value, voice
from web.naming import Names
from web.saying import N_

SENTENCES: Mapping[str, str] = {
    "case_opened": N_("The case was opened by %(actor)s."),
    "consent_given": N_("She agreed: %(consent)s."),
    "consent_refused": N_("She did not agree: %(consent)s."),
    "consent_revoked": N_("She took her consent back: %(consent)s."),
    "consent_lapsed": N_("Of age: %(consent)s. What others said counts no more, the person concerned is asked."),
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
    "limit_already_over": N_("A limit of “%(step)s” was over before it began: %(limit)s."),
    "handoff_requested": N_("%(holder)s was asked: “%(step)s”."),
    "handoff_acknowledged": N_("%(actor)s saw the request: “%(step)s”."),
    "handoff_accepted": N_("%(holder)s took it on: “%(step)s” (%(actor)s)."),
    "handoff_declined": N_("%(holder)s declined “%(step)s”: %(reason)s (%(actor)s)."),
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
    "step_waits_again": N_("“%(step)s” had been left out and can take place after all."),
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
}
"""Said instead where the end that counts reads as it did."""

SAID_FOR: Mapping[str, str] = {
    "consent_given": N_("Agreed: %(consent)s, as said by: %(giver)s."),
    "consent_refused": N_("Not agreed: %(consent)s, as said by: %(giver)s."),
}
"""Where somebody else speaks for the person concerned."""
SECOND_ANSWER = N_("Second answer of %(actor)s (%(answer)s): “%(step)s” was already taken.")


@dataclass(frozen=True)
class Told:
    """One line of the timeline."""

    at: datetime
    said: str


class Teller:
    """Tells one case."""

    def __init__(self, view: CaseView, names: Names) -> None:
        self.names = names
        self.handoffs: Mapping[str, HandoffRow] = {row.ref: row for row in view.handoffs}
        self.runs: Mapping[str, RunView] = {run.run_id: run for run in view.runs}
        self.alerts = {alert.alert_id: alert for alert in view.alerts}
        self._entries = view.timeline

    def newest_first(self) -> tuple[Told, ...]:
        """All of it. A message that a carrier took is told once, with its outcome, where it was decided."""
        return tuple(Told(entry.at, self.sentence(entry)) for entry in reversed(self._entries) if not _folded(entry))

    def sentence(self, entry: TimelineEntry) -> str:
        """The event in words."""
        places = _Places(self, entry)
        spoken_for = getattr(entry.recorded.event, "note", None) is not None
        template = SECOND_ANSWER if _second(entry) else (SAID_FOR if spoken_for else SENTENCES)[entry.kind]
        if entry.kind in UNMOVED and places["old_at"] == places["new_at"]:
            template = UNMOVED[entry.kind]
        return self.names.words.gettext(template) % places


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


class _Places(Mapping[str, str]):
    """What may stand in a sentence about one event, found by name when asked."""

    def __init__(self, teller: Teller, entry: TimelineEntry) -> None:
        self._teller = teller
        self._names = teller.names
        self._entry = entry
        self._event = entry.recorded.event

    def __getitem__(self, name: str) -> str:
        found = getattr(self, f"_{name}_said")()
        assert isinstance(found, str)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def _word(self, name: str) -> str:
        return str(getattr(self._event, name, "") or "")

    def _say(self, table: Mapping[str, str], key: str) -> str:
        return self._names.words.gettext(table[key]) if key in table else key.replace("_", " ")

    def _handoff(self) -> HandoffRow | None:
        return self._teller.handoffs.get(self._word("ref"))

    def _actor_said(self) -> str:
        return self._names.actor(self._word("actor") or self._entry.recorded.actor)

    def _consent_said(self) -> str:
        return self._names.consent(self._word("consent"))

    def _giver_said(self) -> str:
        note = getattr(self._event, "note", None)
        return self._names.giver(note.by) if note else ""

    def _fact_said(self) -> str:
        return fact_title(self._names, self._word("fact"))

    def _value_said(self) -> str:
        return self._fact_value("value")

    def _before_said(self) -> str:
        return self._fact_value("before")

    def _fact_value(self, field: str) -> str:
        value = getattr(self._event, field, None)
        return fact_value(self._names, self._word("fact"), value, self._entry.at)

    def _by_said(self) -> str:
        return voice(self._names, self._word("by"))

    def _content_hash(self) -> str:
        handoff = self._handoff()
        run = self._teller.runs.get(self._word("run_id") or (handoff.run_id if handoff else ""))
        return run.content_hash if run else ""

    def _pathway_said(self) -> str:
        run = self._teller.runs.get(self._word("run_id"))
        return self._names.pathway(self._content_hash(), run.pathway if run else self._word("pathway"))

    def _step_name(self) -> str:
        handoff = self._handoff()
        return self._word("step") or (handoff.step if handoff else "")

    def _step_said(self) -> str:
        return self._names.step(self._content_hash(), self._step_name())

    def _rounds_said(self) -> str:
        return self._word("rounds")

    def _begun_said(self) -> str:
        return self._names.step(self._content_hash(), self._word("begun") or self._word("decided"))

    def _outcome_said(self) -> str:
        if self._entry.kind == "alert_queued":
            return self._deliveries()
        return self._names.outcome(self._word("outcome"))

    def _reason_said(self) -> str:
        reason = self._word("reason")
        by_itself = {RESULT: saying.BY_RESULT, BY_SIGNAL: saying.BY_SIGNAL}
        if reason in by_itself:
            return self._names.words.gettext(by_itself[reason])
        for table in (
            saying.STOPPED,
            saying.DECLINE_REASONS,
            saying.SKIP_REASONS,
            saying.ACT_FIRST_REASONS,
            saying.REPETITION_ENDS,
            saying.FACT_REASONS,
            saying.ANEW_REASONS,
            saying.REOPEN_REASONS,
            saying.MOVE_REASONS,
        ):
            if reason in table:
                said = self._say(table, reason)
                return said[:1].lower() + said[1:]
        return reason.replace("_", " ")

    def _result_said(self) -> str:
        return self._names.result(self._content_hash(), self._step_name(), self._word("result"))

    def _old_result_said(self) -> str:
        return self._names.result(self._content_hash(), self._step_name(), self._word("old_result"))

    def _edition_said(self) -> str:
        return self._word("edition")

    def _old_edition_said(self) -> str:
        return self._word("old_edition")

    def _limit_said(self) -> str:
        return self._moment("limit_at")

    def _until_said(self) -> str:
        return self._moment("until")

    def _old_at_said(self) -> str:
        return self._moment("old_at") or self._names.words.gettext("no limit")

    def _new_at_said(self) -> str:
        return self._moment("new_at") or self._names.words.gettext("no limit")

    def _moment(self, name: str) -> str:
        at = getattr(self._event, name, None)
        return spans.day_and_hour(at, self._names.language, self._entry.at) if isinstance(at, datetime) else ""

    def _body_said(self) -> str:
        return self._names.agreeing(self._word("said_by") or self._word("body"))

    def _signal_said(self) -> str:
        return self._names.signal(self._content_hash(), self._word("signal"))

    def _holder_said(self) -> str:
        handoff = self._handoff()
        party = getattr(self._event, "party", None)
        if isinstance(party, Party):
            return self._names.party(party)
        service = self._word("service") or (handoff.service if handoff else None)
        if service:
            return self._names.service(service)
        owner = getattr(self._event, "owner", None)
        if isinstance(owner, Party):
            return self._names.party(owner)
        kind, found = (handoff.owner_kind, handoff.owner_id) if handoff else (PartyKind.COORDINATOR, "")
        return self._names.party(Party(kind=kind, id=found))

    def _owner_said(self) -> str:
        owner = getattr(self._event, "owner", None)
        return self._names.party(owner) if isinstance(owner, Party) else ""

    def _rung_said(self) -> str:
        return self._say(saying.RUNGS, self._word("to"))

    def _clock_said(self) -> str:
        return self._say(saying.CLOCKS, self._word("clock_name"))

    def _answer_said(self) -> str:
        return self._say(saying.ANSWERS, self._word("answer"))

    def _stands_said(self) -> str:
        return self._say(saying.HANDOFF_STATES, self._word("stands"))

    def _purpose_said(self) -> str:
        alert = self._teller.alerts.get(self._word("alert_id"))
        return self._say(saying.PURPOSES, alert.purpose if alert else self._word("purpose"))

    def _to_said(self) -> str:
        alert = self._teller.alerts.get(self._word("alert_id"))
        if alert is None:
            return ""
        party = Party(kind=alert.to_kind, id=alert.to_id)
        return f"{self._names.party(party)} ({self._names.role(alert.person, party)})"

    def _deliveries(self) -> str:
        alert = self._entry.alert
        if alert is None or not alert.deliveries:
            return ""
        said = []
        for delivery in alert.deliveries:
            outcome = self._say(saying.DELIVERY_STATES, delivery.state)
            after = self._names.words.gettext("after %(span)s")
            untold = delivery.delay is None or delivery.state is DeliveryState.WITHDRAWN
            span = "" if untold else spans.span(delivery.delay or 0, self._names.language)
            channel = self._say(saying.CHANNELS, delivery.channel)
            said.append(f"{channel}: {outcome}{f' {after}' % {'span': span} if span else ''}")
        return f" — {'; '.join(said)}"
