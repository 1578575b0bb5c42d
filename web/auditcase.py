"""`/audit/cases/CODE`: trail, state derived again and Prefect's run beside one another, differences in red.

An auditor sees it of every case, without a relation and without what is sealed; that she looked is noted first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from models.adding_accounts import operator_names
from models.audited import AuditedCase, AuditedEvent, AuditedRun, audited_case
from models.mirrored import LOST
from models.reads import ReadKind, note_reads
from web.actors import who
from web.auditwords import ERASED, NOTHING, REPORTED, AuditWords
from web.doorkeeper import Auditing, Visit
from web.eventplaces import Known
from web.forms import Form, FormNotUnderstood, word
from web.pages import say
from web.rooms import rooms
from web.saying import CASE_STATUSES, HANDOFF_STATES, N_, RUN_STATES
from web.spans import machine
from web.spreadsheets import FORMATS, handed_out
from web.timeline import Teller

router = rooms()
PAGE = 200
"""Events of one page."""
LONGEST = 60
"""Letters of a value that is shown of an event's fields."""
HEADS: Mapping[str, str] = {
    "number": N_("No."),
    "at": N_("When"),
    "what": N_("The trail"),
    "who": N_("Who"),
    "state": N_("The state, derived again"),
    "prefect": N_("Prefect's run"),
    "differs": N_("What does not hold"),
    "hash": N_("hash"),
}
NOT_TOLD = N_("Prefect was not told of this pathway yet: it is away, or has not come to it.")
WIPED = N_("Prefect lost this run: it is told anew from the trail, and will be marked as rebuilt.")
BEHIND = N_("Told up to event %(number)s; the rest follows when Prefect answers.")


@dataclass(frozen=True)
class Line:
    """One event in three columns."""

    seq: int
    at: datetime | None
    said: str
    who: str
    run_ref: str
    fields: Sequence[tuple[str, str]]
    sealed: bool
    hash: str
    derived: bool
    changes: Sequence[tuple[str, Sequence[str]]]
    """Of what, and what of it changed."""
    tasks: Sequence[tuple[str, str, datetime | None, str]]
    """The name of the task run, its state, when it began, its note."""
    of_trail: Sequence[tuple[str, str]]
    """What is wrong in the first column, and what that means."""
    of_state: Sequence[str]
    of_prefect: Sequence[str]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong in it."""
        return not (self.of_trail or self.of_state or self.of_prefect)


@dataclass(frozen=True)
class RunLine:
    """One pathway, and where Prefect's run of it stands."""

    ref: str
    title: str
    state: str
    flow_run: str
    stands: str
    notes: Sequence[str]
    rebuilt: bool
    faults: Sequence[str]
    reports: Sequence[tuple[str, datetime, datetime | None]]
    """What somebody did in Prefect's own page, since when, and when it was mended."""
    tasks: int
    table: Sequence[tuple[str, str, str, datetime | None]]
    """Each handoff of the table that is the run's artifact: reference, step, state, end."""


@router.api_route("/audit/cases", methods=["GET", "HEAD"])
def find(visit: Auditing, code: str = "") -> Response:
    """From the field in which a code is typed to the case."""
    asked = code.strip().upper()
    plain = asked and asked.replace("-", "").isalnum() and asked.isascii()
    return RedirectResponse(f"/audit/cases/{asked}" if plain and visit.operator else "/audit", status_code=303)


@router.api_route("/audit/cases/{code}", methods=["GET", "HEAD"])
def read(code: str, visit: Auditing, after: int = 0) -> Response:
    """The three columns, `PAGE` events at a time."""
    case = audited_case(visit.desk.house, code.upper(), visit.operator.actor)
    events = [one for one in case.events if one.seq > after]
    teller = shown_by(visit, case)
    names = operator_names(visit.desk.house.database)
    lines = [_line(visit, names, one, teller) for one in events[:PAGE]]
    first_wrong = [one.seq for one in case.events if not one.holds]
    values = {
        "case": case,
        "status": say(visit.language, CASE_STATUSES.get(case.status, case.status)),
        "erased": say(visit.language, ERASED) if case.erased_at else "",
        "lines": lines,
        "runs": [_run(visit, case, run, teller) for run in case.runs],
        "wrong": case.wrong,
        "where": [str(seq) for seq in first_wrong],
        "faults": [teller.fault(one) for one in case.faults],
        "differences": [teller.difference(one) for one in case.differences],
        "more": events[PAGE - 1].seq if len(events) > PAGE else 0,
        "after": after,
    }
    return visit.page("audit_case.html", "audit", values)


@router.post("/audit/cases/{code}/export")
def export(code: str, form: Form, visit: Auditing) -> Response:
    """Hand the three columns out, once it is noted as a look that takes something away. Raises FormNotUnderstood."""
    kind = word(form, "format")
    if kind not in FORMATS:
        raise FormNotUnderstood
    house = visit.desk.house
    case = audited_case(house, code.upper(), visit.operator.actor)
    note_reads(house.database, [case.case_id], visit.operator.actor, ReadKind.EXPORT, visit.desk.now)
    words, names = shown_by(visit, case), operator_names(house.database)
    rows = [_exported(_line(visit, names, one, words)) for one in case.events]
    heads = {name: say(visit.language, head) for name, head in HEADS.items()}
    return handed_out(f"staffetta-{case.code}", kind, heads, rows)


def _exported(line: Line) -> tuple[str, ...]:
    changes = "; ".join(f"{what}: {', '.join(said)}" for what, said in line.changes)
    tasks = "; ".join(f"{name}: {state}" for name, state, _at, _note in line.tasks)
    wrong = "; ".join([*(said for said, _meaning in line.of_trail), *line.of_state, *line.of_prefect])
    at = machine(line.at) if line.at else ""
    return (str(line.seq), at, line.said, line.who, changes, tasks, wrong, line.hash)


def shown_by(visit: Visit, case: AuditedCase) -> AuditWords:
    """The words of this case: with the texts that its runs are pinned to."""
    pinned = {run.content_hash for run in case.runs}
    names = replace(visit.names, library=visit.names.library.seen_by(pinned))
    known = Known(
        names=names,
        handoffs={one.ref: one for one in case.handoffs},
        runs={one.run_id: one for one in case.known_runs},
        alerts={one.alert_id: one for one in case.alerts},
    )
    return AuditWords(Teller(known, own_work=case.own_work), names, visit.desk.now)


def _line(visit: Visit, names: Mapping[str, str], one: AuditedEvent, words: AuditWords) -> Line:
    changes: dict[str, list[str]] = {}
    for change in one.changes:
        changes.setdefault(words.about(change), []).append(words.change(change))
    return Line(
        seq=one.seq,
        at=one.at,
        said=words.event(one),
        who=who(visit, names, one.actor) if one.actor in names else visit.names.actor(one.actor) if one.actor else "",
        run_ref=one.run_ref,
        fields=[(name, _short(value)) for name, value in sorted(one.fields.items())],
        sealed=one.sealed,
        hash=one.hash[:16],
        derived=one.derived,
        changes=list(changes.items()),
        tasks=[(task.name, task.state.replace("_", " "), task.started_at, task.note or "") for task in one.tasks],
        of_trail=[words.fault(fault) for fault in one.faults],
        of_state=[words.difference(differs) for differs in one.differences],
        of_prefect=[words.untold(untold) for untold in one.untold],
    )


def _short(value: object) -> str:
    text = NOTHING if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _run(visit: Visit, case: AuditedCase, run: AuditedRun, words: AuditWords) -> RunLine:
    language, flow = visit.language, run.flow
    lost = flow is not None and flow.flow_run_id.startswith(LOST)
    notes = []
    if flow is None:
        notes.append(say(language, NOT_TOLD))
    elif lost:
        notes.append(say(language, WIPED))
    last = case.events[-1].seq if case.events else 0
    ours = max((one.seq for one in case.events if one.run_ref == run.ref), default=last)
    if flow is not None and not lost and flow.recorded_seq < ours:
        notes.append(say(language, BEHIND) % {"number": flow.recorded_seq})
    reports = [
        (say(language, REPORTED.get(one.kind, one.kind)), one.first_seen_at, one.mended_at) for one in run.reports
    ]
    return RunLine(
        ref=run.ref,
        title=visit.names.pathway(run.content_hash, run.pathway),
        state=say(language, RUN_STATES.get(run.state, run.state)),
        flow_run="" if flow is None or lost else flow.flow_run_id,
        stands="" if flow is None or lost else flow.state_name,
        notes=notes,
        rebuilt=flow is not None and flow.rebuilt and not lost,
        faults=[words.untold(one) for one in run.untold],
        reports=reports,
        tasks=run.tasks,
        table=[
            (
                one.ref,
                words.names.step(run.content_hash, one.step),
                say(language, HANDOFF_STATES.get(one.state, one.state)),
                one.ended_at,
            )
            for one in run.table
        ],
    )
