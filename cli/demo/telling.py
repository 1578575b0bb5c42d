"""The demo's live timeline: each event of the trail in a line of plain words."""

from collections.abc import Mapping
from datetime import datetime

from cli.demo.saying import OUTCOMES, REASONS, RUNGS, Translate, result_said, state_said, word_of
from models.views import CaseView, HandoffRow, TimelineEntry
from procedures import events as e
from procedures.directory import Directory
from procedures.marking import N_
from procedures.schema import Library
from procedures.values import ROME

PURPOSES = {
    e.AlertPurpose.REQUEST: N_("asks for an answer"),
    e.AlertPurpose.REMINDER: N_("reminds"),
    e.AlertPurpose.DEPUTY: N_("asks the deputy"),
    e.AlertPurpose.COORDINATOR: N_("calls the coordinator"),
    e.AlertPurpose.WATCH: N_("asks to watch"),
    e.AlertPurpose.TELL: N_("informs"),
    e.AlertPurpose.RESULT_LINK: N_("sends the link for the result"),
    e.AlertPurpose.FIRST_SIGN_LATE: N_("asks for a first sign of work"),
    e.AlertPurpose.OVERDUE: N_("says that it is overdue"),
    e.AlertPurpose.WITHDRAWN: N_("says that it is not needed any more"),
    e.AlertPurpose.TAKEN_BY_OTHER: N_("says that somebody else took it"),
    e.AlertPurpose.WORD_TAKEN: N_("gives word: taken"),
    e.AlertPurpose.WORD_DECLINED: N_("gives word: refused"),
    e.AlertPurpose.WORD_ASKED_BACK: N_("asks for a telephone call"),
    e.AlertPurpose.WORD_EXPIRED: N_("gives word: no answer, passed on"),
    e.AlertPurpose.WORD_OVERDUE: N_("gives word: with the coordinator now"),
    e.AlertPurpose.WORD_COMPLETED: N_("gives word: brought home"),
    e.AlertPurpose.WORD_CANCELLED: N_("gives word: cancelled"),
    e.AlertPurpose.LIMIT_OVER: N_("says that a limit is over"),
    e.AlertPurpose.LIMIT_PASSED: N_("says that a limit has passed"),
    e.AlertPurpose.SECOND_PERSON: N_("asks for a second person"),
    e.AlertPurpose.CONSENT_NEEDED: N_("asks for her consent"),
    e.AlertPurpose.CONSENT_ENDS: N_("says that her consent ends soon"),
    e.AlertPurpose.PICK_NEEDED: N_("asks who is to be asked"),
    e.AlertPurpose.LIMIT_MOVED: N_("says that the time has changed"),
    e.AlertPurpose.PAUSED: N_("says that it stands still"),
    e.AlertPurpose.LONGER_TIME_ASKED: N_("asks for longer time"),
    e.AlertPurpose.LAPSED: N_("says that the time is over"),
    e.AlertPurpose.WORD_LAPSED: N_("gives word: the time is over"),
    e.AlertPurpose.PATHWAY_LATE: N_("says that the pathway is late"),
    e.AlertPurpose.GLASS_BROKEN: N_("says that somebody broke the glass"),
    e.AlertPurpose.MANY_TRIES: N_("says that one account asked for many cases"),
    e.AlertPurpose.CONFIRM_NEEDED: N_("asks to confirm an acceptance"),
    e.AlertPurpose.WRONG_PINS: N_("says that a wrong PIN was typed too often"),
    e.AlertPurpose.NOTICE_RETURNED: N_("says that a notice came back"),
    e.AlertPurpose.FALSE_ANSWER: N_("says that an answer was false"),
    e.AlertPurpose.TEST: N_("tests the channel"),
    e.AlertPurpose.ECHO_TAKEN: N_("says again that it was taken"),
    e.AlertPurpose.ECHO_CLAIMED: N_("says again that somebody says it is taken"),
    e.AlertPurpose.ECHO_DECLINED: N_("says again that it was declined"),
    e.AlertPurpose.ECHO_WORK: N_("says again that work was recorded"),
    e.AlertPurpose.ECHO_COORDINATOR: N_("shows the coordinator an answer"),
}
LINES: dict[str, str] = {
    "case_opened": N_("The case is open."),
    "pathway_started": N_("Pathway {pathway} begins."),
    "pathway_ended": N_("Pathway {pathway} ends: {outcome}."),
    "step_awaited_consent": N_("{step}: waits until she was asked."),
    "no_service_found": N_("{step}: nobody else can be asked."),
    "handoff_requested": N_("{step}: the baton goes to {service}."),
    "service_picked": N_("{step}: somebody picked who is asked."),
    "handoff_acknowledged": N_("{step}: seen."),
    "handoff_asked_back": N_("{step}: a telephone call is asked for first."),
    "handoff_given_to_colleague": N_("{step}: given to a colleague."),
    "handoff_accepted": N_("{step}: taken by {party}."),
    "handoff_declined": N_("{step}: refused by {service} ({reason})."),
    "handoff_taken_by_other": N_("{step}: {service} need not answer, another took it first."),
    "first_sign_noted": N_("{step}: work has begun."),
    "handoff_completed": N_("{step}: done, {result}."),
    "handoff_expired": N_("{step}: {service} stayed silent."),
    "handoff_cancelled": N_("{step}: cancelled."),
    "rung_climbed": N_("{step}: no answer yet, next rung: {to}."),
    "deadline_passed": N_("{step}: a promised time went by."),
    "owner_changed": N_("{step}: the coordinator answers for it now."),
    "answer_came_late": N_("{step}: a second or late answer, recorded; it stands as {stands}."),
    "alert_queued": N_("   message to {party}: {purpose}"),
    "case_closed": N_("Every handoff has ended: the case is closed."),
}


class Teller:
    """Words for events, with the names of the network's services."""

    def __init__(self, directory: Directory, library: Library, language: str, translate: Translate) -> None:
        self._directory = directory
        self._library = library
        self._language = language
        self._ = translate

    def party(self, party_id: str | None) -> str:
        """The name of a service, a coordinator or a desk."""
        d = self._directory
        found = d.services.get(party_id or "") or d.coordinators.get(party_id or "") or d.desks.get(party_id or "")
        return found.name.said(self._language) if found else self._("the coordinator")

    def step(self, view: CaseView, run_id: str, step: str) -> str:
        """The title of a step."""
        run = view.state.runs[run_id]
        return self._library.by_hash[run.content_hash].steps[step].title.said(self._language)

    def ending(self, view: CaseView, row: HandoffRow) -> str:
        """The result of a handoff, else why there is none."""
        if row.result:
            return self._result(view, row.run_id, row.step, row.result)
        return word_of(REASONS, row.reason, self._) if row.reason else ""

    def pathway(self, view: CaseView, run_id: str) -> str:
        """The title of a pathway."""
        return self._library.by_hash[view.state.runs[run_id].content_hash].title.said(self._language)

    def line(self, view: CaseView, entry: TimelineEntry) -> str | None:
        """One line for one event; None for what needs no telling."""
        template = LINES.get(entry.kind)
        if template is None:
            return None
        return self._(template).format_map(self._values(view, entry.recorded.event))

    def _values(self, view: CaseView, event: e.AnyEvent) -> dict[str, str]:
        values = {name: str(value) for name, value in event.model_dump(mode="json").items() if isinstance(value, str)}
        ref = getattr(event, "ref", None) if not isinstance(event, e.PathwayStarted | e.AlertQueued) else None
        handoff = view.state.handoffs.get(ref) if ref else None
        run_id = handoff.run_id if handoff else getattr(event, "run_id", None)
        step = handoff.step if handoff else getattr(event, "step", None)
        if run_id and step:
            values["step"] = self.step(view, run_id, step)
            if "result" in values:
                values["result"] = self._result(view, run_id, step, values["result"])
        if run_id:
            values["pathway"] = self.pathway(view, run_id)
        if handoff:
            values["service"] = self.party(handoff.service)
        return values | self._of_codes(values) | self._of_alert(event)

    def _of_codes(self, values: Mapping[str, str]) -> dict[str, str]:
        tables = {"reason": REASONS, "to": RUNGS, "outcome": OUTCOMES}
        said = {name: word_of(table, values[name], self._) for name, table in tables.items() if name in values}
        return said | ({"stands": state_said(values["stands"], self._)} if "stands" in values else {})

    def _result(self, view: CaseView, run_id: str, step: str, result: str) -> str:
        pathway = self._library.by_hash[view.state.runs[run_id].content_hash]
        return result_said(pathway, step, result, self._language, self._)

    def _of_alert(self, event: e.AnyEvent) -> dict[str, str]:
        if isinstance(event, e.AlertQueued):
            return {"party": self.party(event.to.id), "purpose": self._(PURPOSES[event.purpose])}
        return {"party": self.party(event.party.id)} if isinstance(event, e.HandoffAccepted) else {}


def clock(at: datetime) -> str:
    """The hour on the wall in Rome."""
    return at.astimezone(ROME).strftime("%H:%M:%S")
