"""One case, ready to be shown: names for ids, words for states, and what the operator can do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.history import FlowRunNote
from models.outbox import DeliveryState
from models.reports import Report
from models.views import AlertView, CaseView, HandoffRow, RunView
from notifiers.language import translator
from procedures.case import (
    OPEN_STATES,
    UNANSWERED_STATES,
    CaseStatus,
    HandoffMode,
    HandoffState,
    Party,
    RunState,
)
from procedures.showing.strictest import Ending, Rules
from web import saying
from web.caselines import (
    Alerted,
    CasePage,
    FactLine,
    HandoffLine,
    MessageLine,
    RunLine,
)
from web.consentwords import known, not_told, wanted
from web.factwords import fact_title, fact_value
from web.naming import Names
from web.second import proposed_in
from web.steerable import steerable
from web.stepwords import StepWords
from web.timeline import teller_of


@dataclass(frozen=True)
class Shower:
    """Puts one case into words."""

    view: CaseView
    names: Names
    history: Sequence[FlowRunNote]
    reports: Sequence[Report] = ()

    def page(self, now: datetime) -> CasePage:
        """The whole page, as it is at `now`."""
        row = self.view.row
        return CasePage(
            code=row.code,
            drill=row.drill,
            own_work=self.view.state.own_work,
            status=row.status,
            status_said=self._say(saying.CASE_STATUSES, row.status),
            is_open=row.status is CaseStatus.OPEN,
            territory=self.names.territory(row.territory),
            opened_at=row.opened_at,
            ended_at=row.ended_at,
            person=self.view.person,
            alerted=tuple(self._alerted(h) for h in self._by_time(self.view.handoffs) if h.state in UNANSWERED_STATES),
            consents_wanted=wanted(self.view, self.names, now),
            consents=known(self.view, self.names),
            untold=not_told(self.view, self.names),
            facts=self._facts(),
            handoffs=tuple(self.handoff(h) for h in self._by_time(self.view.handoffs)),
            runs=tuple(self._run(run) for run in self.view.runs),
            messages=self._messages(),
            timeline=teller_of(self.view, self.names).newest_first(),
            steerable=steerable(self.view.state, self.names),
        )

    def _say(self, table: Mapping[str, str], key: str) -> str:
        return self.names.words.gettext(table[key]) if key in table else key.replace("_", " ")

    def _by_time(self, rows: Sequence[HandoffRow]) -> list[HandoffRow]:
        """Open ones first: overdue before the coordinator, then least time left; then the others, latest first."""
        still = [row for row in rows if row.state in OPEN_STATES]
        over = [row for row in rows if row.state not in OPEN_STATES]
        still.sort(key=lambda row: (not row.overdue, row.due_at is None, row.due_at or row.requested_at))
        return still + sorted(over, key=lambda row: row.ended_at or row.requested_at, reverse=True)

    def _holder(self, row: HandoffRow) -> str:
        return self.names.party(Party(kind=row.owner_kind, id=row.owner_id))

    def _step(self, row: HandoffRow) -> str:
        return self.names.step(row.content_hash, row.step, self.view.state.handoffs[row.ref].competence)

    def _alerted(self, row: HandoffRow) -> Alerted:
        asked = [alert for alert in self.view.alerts if alert.about == row.ref and _asks(alert)]
        roles = dict.fromkeys(self._role(alert) for alert in asked)
        return Alerted(
            holder=self._holder(row),
            roles=", ".join(roles),
            step=self._step(row),
            answer_by=None if row.mode is HandoffMode.TELL else row.accept_by,
        )

    def _role(self, alert: AlertView) -> str:
        return self.names.role(alert.person, Party(kind=alert.to_kind, id=alert.to_id))

    def handoff(self, row: HandoffRow) -> HandoffLine:
        """One handoff."""
        is_open = row.state in OPEN_STATES
        return HandoffLine(
            ref=row.ref,
            step=self._step(row),
            pathway=self.names.pathway(row.content_hash, row.pathway),
            holder=self._holder(row),
            state=row.state,
            state_said=self._state(row),
            detail=self._detail(row),
            due_at=row.due_at,
            overdue=row.overdue,
            ended_at=row.ended_at,
            is_open=is_open,
            answerable=is_open and (row.mode is not HandoffMode.TELL or row.overdue),
            endings=self._endings(row) if is_open else (),
        )

    def _endings(self, row: HandoffRow) -> tuple[Ending, ...]:
        rules = self._rules(row.content_hash)
        return rules.of_handoff(self.view.state.handoffs[row.ref]) if rules else ()

    def _rules(self, content_hash: str) -> Rules | None:
        pinned, language = self.names.pinned(content_hash), self.names.language
        if pinned is None:
            return None
        return Rules(pinned, self.names.library.facts, translator(language, "procedures").gettext, language)

    def _state(self, row: HandoffRow) -> str:
        kept = self.view.state.handoffs[row.ref]
        if kept.waits_for_a_pick or (kept.to_pick and row.state is HandoffState.COMPLETED):
            return self.names.words.gettext(saying.TO_PICK if kept.is_open else saying.WAS_PICKED)
        if row.state is HandoffState.EXPIRED and row.result:
            return self.names.words.gettext("the time is over")
        return self._say(saying.HANDOFF_STATES, row.state)

    def _detail(self, row: HandoffRow) -> str:
        if row.result:
            return self.names.result(row.content_hash, row.step, row.result)
        if row.reason:
            table = saying.STOPPED if row.reason in saying.STOPPED else saying.DECLINE_REASONS
            return self._say(table, row.reason)
        if self.view.state.handoffs[row.ref].waits_to_be_confirmed:
            return self.names.words.gettext(saying.CLAIMED)
        waiting = proposed_in(self.view.state, row, self.names)
        if waiting is not None:
            return self.names.words.gettext("waits for a second person: %(result)s") % {"result": waiting.title}
        withheld = self.view.state.handoffs[row.ref].withheld
        return self.names.words.gettext(saying.WITHHELD) if withheld else ""

    def _facts(self) -> tuple[FactLine, ...]:
        told, since = self.view.state.facts, self.view.row.opened_at
        return tuple(
            FactLine(fact_title(self.names, name), fact_value(self.names, name, told[name], since))
            for name in self.names.library.facts
            if name in told
        )

    def _run(self, run: RunView) -> RunLine:
        notes = {note.run_id: note for note in self.history}
        kept = self.view.state.runs[run.run_id]
        words = StepWords(self.view, self.names, kept)
        outcome = self.names.outcome(run.outcome) if run.outcome else ""
        said = self._say(saying.RUN_STATES, run.state)
        rules = self._rules(run.content_hash)
        return RunLine(
            title=self.names.pathway(run.content_hash, run.pathway),
            state=run.state,
            state_said=f"{said}: {outcome}" if outcome else said,
            begun_anew_at=kept.started_at if kept.reopens else None,
            steps=tuple(words.line(step) for step in kept.steps.values()),
            endings=rules.of_run(kept) if rules and run.state == RunState.RUNNING else (),
            history=notes.get(run.run_id),
            differences=tuple(report for report in self.reports if report.run_id == run.run_id),
        )

    def _why(self, code: str | None) -> str:
        known = saying.DELIVERY_CODES.get(code or "")
        return self.names.words.gettext(known) if known else ""

    def _messages(self) -> tuple[MessageLine, ...]:
        lines = [line for alert in self.view.alerts for line in self._message(alert)]
        return tuple(sorted(lines, key=lambda line: line.at, reverse=True))

    def _message(self, alert: AlertView) -> list[MessageLine]:
        party = Party(kind=alert.to_kind, id=alert.to_id)
        return [
            MessageLine(
                to=self.names.party(party),
                role=self._role(alert),
                purpose=self._say(saying.PURPOSES, alert.purpose),
                again=alert.again,
                ref=alert.about or "",
                channel=self._say(saying.CHANNELS, delivery.channel),
                state=delivery.state,
                state_said=self._say(saying.DELIVERY_STATES, delivery.state),
                at=delivery.settled_at or delivery.sending_at or delivery.queued_at,
                delay=None if delivery.state is DeliveryState.WITHDRAWN else delivery.delay,
                why=self._why(delivery.code),
                code=delivery.code,
            )
            for delivery in alert.deliveries
        ]


def _asks(alert: AlertView) -> bool:
    return alert.purpose in {"request", "reminder", "deputy", "coordinator", "watch", "tell"}
