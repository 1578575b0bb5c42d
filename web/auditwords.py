"""What an auditor's page says of one event: never what is sealed in it, and always which fault shows where."""

from collections.abc import Mapping
from datetime import datetime

from models.audited import AuditedEvent
from models.derived import Change, Difference
from models.fault_words import FAULTS, taken_apart
from models.told_history import Untold
from models.trail import TrailFault
from models.viewed import TimelineEntry
from notifiers.faults import fault_said
from notifiers.language import translator
from web import saying
from web.naming import Names
from web.pages import say
from web.saying import N_
from web.spans import day_and_hour
from web.timeline import SENTENCES, Teller

SEALED: Mapping[str, str] = {
    "consent_given": N_("She agreed to something; to what is sealed."),
    "consent_refused": N_("She did not agree to something; to what is sealed."),
    "consent_revoked": N_("She took a consent back; which one is sealed."),
    "consent_lapsed": N_("A consent counts no more; which one is sealed."),
    "consent_ends_soon": N_("A consent ends soon; which one is sealed."),
    "consent_for_service": N_("She said something about one service and a consent; what is sealed."),
    "fact_changed": N_("A fact of the case changed; which one is sealed."),
}
"""Said of events whose sentence would need what is sealed in them."""
MISSING = N_("This event is missing.")
NO_EVENT = N_("What stands here is no event any more.")
ERASED = N_("Erased: two people wanted it, and the chain still holds.")

NOTHING = "–"  # noqa: RUF001  # a dash, as in the tables of the desk
WHAT: Mapping[str, str] = {"case": N_("Case"), "run": N_("Pathway"), "handoff": N_("Handoff")}
FIELDS: Mapping[str, str] = {
    "case_id": N_("number of the case"),
    "code": N_("code"),
    "status": N_("state of the case"),
    "territory": N_("territory"),
    "drill": N_("drill"),
    "own_work": N_("own work of the network"),
    "opened_at": N_("opened"),
    "ended_at": N_("ended"),
    "version": N_("count of events"),
    "next_due_at": N_("next deadline"),
    "run_id": N_("number of the pathway"),
    "ref": N_("reference"),
    "pathway": N_("pathway"),
    "content_hash": N_("hash of its text"),
    "state": N_("state"),
    "parent_run": N_("begun by the pathway"),
    "outcome": N_("outcome"),
    "started_at": N_("begun"),
    "review_since": N_("to be reviewed since"),
    "step": N_("step"),
    "mode": N_("kind"),
    "service": N_("service"),
    "owner_kind": N_("who answers for it (kind)"),
    "owner_id": N_("who answers for it"),
    "overdue": N_("overdue before the coordinator"),
    "requested_at": N_("asked"),
    "accept_by": N_("answer by"),
    "complete_by": N_("result by"),
    "due_at": N_("next promise"),
    "acknowledged_at": N_("seen"),
    "accepted_at": N_("taken on"),
    "result": N_("result"),
    "reason": N_("reason"),
    "giver_kind": N_("who passed it on (kind)"),
    "giver_id": N_("who passed it on"),
    "giver_ref": N_("their reference"),
}
TELLING: Mapping[str, str] = {
    "missing": N_("Prefect's run does not tell this event, though the engine says it was told: %(wanted)s."),
    "otherwise": N_("Prefect's run tells it otherwise: %(found)s; by the trail it is %(wanted)s."),
    "unknown": N_("Prefect's run tells what follows from no event: %(found)s."),
    "rest": N_("Prefect's run stands at “%(found)s”; by the trail it stands at “%(wanted)s”."),
}

REPORTED: Mapping[str, str] = {
    "cancelled": N_("cancelled in Prefect"),
    "resumed": N_("resumed or retried in Prefect"),
    "paused": N_("paused in Prefect"),
    "ended": N_("ended in Prefect"),
    "deleted": N_("deleted in Prefect"),
    "rebuilt": N_("Prefect's database was lost"),
    "left_under_way": N_("left under way: an engine was killed, or somebody resumed it"),
    "task_changed": N_("a task run was changed in Prefect"),
    "unknown_task": N_("a task run that follows from no event"),
    "unknown_run": N_("a flow run that follows from no trail"),
}
"""What the comparison with Prefect itself kept (`models/reports.py`)."""


class AuditWords:
    """The words of one page."""

    def __init__(self, teller: Teller, names: Names, now: datetime) -> None:
        self._teller, self.names, self._now = teller, names, now
        self._language = names.language

    def event(self, one: AuditedEvent) -> str:
        """What happened."""
        if one.at is None and not one.kind:
            return say(self._language, MISSING)
        if one.recorded is None or one.kind not in SENTENCES:
            return say(self._language, NO_EVENT)
        if one.kind in SEALED:
            return say(self._language, SEALED[one.kind])
        at = one.recorded.event.at
        return self._teller.sentence(TimelineEntry(one.seq, at, one.recorded.event.kind, one.recorded, None))

    def change(self, one: Change) -> str:
        """A field and what it became."""
        field = self._field(one.field)
        after = self.value(one.after, one.field)
        if one.before is None:
            return f"{field}: {after}"
        return f"{field}: {self.value(one.before, one.field)} → {after}"

    def about(self, one: Change | Difference) -> str:
        """Of what it is a field."""
        return f"{say(self._language, WHAT[one.what])} {one.which}"

    def difference(self, one: Difference) -> str:
        """What is kept, and what follows."""
        what = self.about(one)
        if not one.field:
            missing = N_("%(what)s follows from the events, and its row is missing.")
            unknown = N_("%(what)s follows from no event, and has a row.")
            return say(self._language, missing if one.derived else unknown) % {"what": what}
        places = {
            "what": what,
            "field": self._field(one.field),
            "kept": self.value(one.kept, one.field),
            "derived": self.value(one.derived, one.field),
        }
        return say(
            self._language, N_("%(what)s, %(field)s: kept is %(kept)s, from the events follows %(derived)s.")
        ) % (places)

    def fault(self, one: TrailFault) -> tuple[str, str]:
        """What the check says, and what that means."""
        meaning = FAULTS.get(one.code, "")
        said = fault_said(taken_apart(one.message), self._language)
        return said, translator(self._language, "procedures").gettext(meaning) if meaning else ""

    def untold(self, one: Untold) -> str:
        """What Prefect's run says otherwise."""
        return say(self._language, TELLING[one.code]) % {"wanted": one.wanted, "found": one.found}

    def value(self, value: object, field: str) -> str:
        """A value of a row in words, as far as there are any."""
        if value is None or value == "":
            return NOTHING
        if isinstance(value, bool):
            return say(self._language, N_("yes") if value else N_("no"))
        if isinstance(value, datetime):
            return day_and_hour(value, self._language, self._now)
        return self._word(str(value), field)

    def _word(self, value: str, field: str) -> str:
        table = {"state": {**saying.HANDOFF_STATES, **saying.RUN_STATES}, "status": saying.CASE_STATUSES}.get(field)
        if table and value in table:
            return say(self._language, table[value])
        if field == "service":
            return self.names.service(value)
        if field == "territory":
            return self.names.territory(value)
        return f"{value[:12]}…" if field == "content_hash" else value

    def _field(self, name: str) -> str:
        return say(self._language, FIELDS[name]) if name in FIELDS else name
