"""What may stand in a sentence about one event of a case, found by name when a sentence asks for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.outbox import DeliveryState
from models.views import AlertView, HandoffRow, RunView, TimelineEntry
from procedures.case import Party, PartyKind
from procedures.events import HandoffAccepted, ServiceChosen
from procedures.fact_events import BY_SIGNAL, RESULT
from web import choicewords, saying, spans
from web.factwords import fact_title, fact_value, voice
from web.naming import Names


@dataclass(frozen=True)
class Known:
    """What is known of the case beside the event, by its ids."""

    names: Names
    handoffs: Mapping[str, HandoffRow]
    runs: Mapping[str, RunView]
    alerts: Mapping[str, AlertView]


class Places(Mapping[str, str]):
    """What may stand in a sentence about one event, found by name when asked."""

    def __init__(self, known: Known, entry: TimelineEntry) -> None:
        self._known = known
        self._names = known.names
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
        return self._known.handoffs.get(self._word("ref"))

    def _actor_said(self) -> str:
        said = self._names.actor(self._word("actor") or self._entry.recorded.actor)
        event, handoff = self._event, self._handoff()
        if not isinstance(event, HandoffAccepted) or len(event.takers) != 1 or not event.on_behalf:
            return said
        service = self._names.directory.services.get(handoff.service or "") if handoff else None
        return f"{said}: {self._names.role_of(event.takers[0], service)}"

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
        run = self._known.runs.get(self._word("run_id") or (handoff.run_id if handoff else ""))
        return run.content_hash if run else ""

    def _pathway_said(self) -> str:
        run = self._known.runs.get(self._word("run_id"))
        return self._names.pathway(self._content_hash(), run.pathway if run else self._word("pathway"))

    def _step_name(self) -> str:
        handoff = self._handoff()
        return self._word("step") or (handoff.step if handoff else "")

    def _step_said(self) -> str:
        return self._names.step(self._content_hash(), self._step_name(), self._word("competence") or None)

    def _rounds_said(self) -> str:
        return self._word("rounds")

    def _how_said(self) -> str:
        return self._say(saying.CONFIRMED_HOW, self._word("how"))

    def _finding_said(self) -> str:
        return self._say(saying.FINDINGS, self._word("finding"))

    def _out_of_said(self) -> str:
        return self._word("out_of")

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

    def _said_at_said(self) -> str:
        return self._moment("said_at") or self._names.words.gettext("an unknown time")

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

    def _terms_said(self) -> str:
        event = self._event
        return choicewords.why(self._names, self._content_hash(), event) if isinstance(event, ServiceChosen) else ""

    def _whose_said(self) -> str:
        return self._names.agreeing(self._word("by"))

    def _owner_said(self) -> str:
        owner = getattr(self._event, "owner", None)
        return self._names.party(owner) if isinstance(owner, Party) else ""

    def _colleague_said(self) -> str:
        handoff = self._handoff()
        service = self._names.directory.services.get(handoff.service or "") if handoff else None
        return self._names.role_of(self._word("colleague"), service)

    def _rung_said(self) -> str:
        return self._say(saying.RUNGS, self._word("to"))

    def _clock_said(self) -> str:
        return self._say(saying.CLOCKS, self._word("clock_name"))

    def _answer_said(self) -> str:
        return self._say(saying.ANSWERS, self._word("answer"))

    def _stands_said(self) -> str:
        return self._say(saying.HANDOFF_STATES, self._word("stands"))

    def _purpose_said(self) -> str:
        alert = self._known.alerts.get(self._word("alert_id"))
        return self._say(saying.PURPOSES, alert.purpose if alert else self._word("purpose"))

    def _to_said(self) -> str:
        alert = self._known.alerts.get(self._word("alert_id"))
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
