"""One case as an auditor reads it: its trail, what follows from each event, and how Prefect was told of it.

Nothing sealed is in it: payloads are the open and operational fields, as `staffetta audit export` hands them out. Of
what is sealed only that it opens and leads to what is kept is looked at. It reads what is there, also where somebody
changed it: whatever does not hold is said with the number of the event at which it shows.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.composition import House
from models.database import Database
from models.derived import Change, Derived, Difference, handoff_view, run_view
from models.encoding import join
from models.history import FlowRunNote, FlowTaskNote, HandoffFacts, flow_tasks_of, handoffs_of_run
from models.kept_rows import ASKED
from models.reads import ReadKind, note_reads
from models.recorded import Recorded
from models.relations import account_of, directory_for, is_away
from models.reports import Report, reports_of_runs
from models.tables import Case, EventRecord, FlowRun, HandoffRecord, Run
from models.told_history import Untold, untold_of
from models.trail import TrailFault, check_cases
from models.viewed import AlertView, HandoffRow, RunView
from models.views import alerts_in
from procedures.commands import Road
from procedures.errors import UnknownCase
from procedures.events import AnyEvent
from procedures.people import OPERATOR_PREFIX

OF_PROJECTIONS = frozenset({"case", "run", "handoff"})
"""Faults that are told here field by field instead, at the event that says otherwise."""


@dataclass(frozen=True)
class AuditedEvent:
    """One row of the three columns."""

    seq: int
    at: datetime | None
    """None, as are those below: this number is missing."""
    recorded: Recorded | None
    """The event without what is sealed; None also where it is no event any more."""
    kind: str
    actor: str
    road: str
    run_ref: str
    fields: Mapping[str, Any]
    sealed: bool
    """Whether a part of it is sealed, and not shown."""
    hash: str
    derived: bool
    """Whether the state could be derived up to and with it."""
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    faults: tuple[TrailFault, ...]
    tasks: tuple[FlowTaskNote, ...]
    untold: tuple[Untold, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with it in any of the columns."""
        return not (self.differences or self.faults or self.untold)


@dataclass(frozen=True)
class AuditedRun:
    """One pathway of the case as it is kept, and how Prefect tells it."""

    ref: str
    pathway: str
    content_hash: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    flow: FlowRunNote | None
    untold: tuple[Untold, ...]
    """What of it belongs to no event."""
    reports: tuple[Report, ...]
    tasks: int
    table: tuple[HandoffFacts, ...]
    """The rows of the table that Prefect keeps as the artifact of a run that is over, from what it is made of."""


@dataclass(frozen=True)
class AuditedCase:
    """All of it."""

    case_id: str
    code: str
    status: str
    drill: bool
    own_work: bool
    opened_at: datetime
    erased_at: datetime | None
    events: tuple[AuditedEvent, ...]
    runs: tuple[AuditedRun, ...]
    known_runs: tuple[RunView, ...]
    """As they follow from the trail, as far as it could be followed."""
    handoffs: tuple[HandoffRow, ...]
    """The same of the handoffs, in the order in which they were asked for."""
    alerts: tuple[AlertView, ...]
    faults: tuple[TrailFault, ...]
    """Those that belong to no event."""
    differences: tuple[Difference, ...]
    """Those that belong to no event."""

    @property
    def wrong(self) -> int:
        """How many things do not hold."""
        of_events = sum(len(one.faults) + len(one.differences) + len(one.untold) for one in self.events)
        return of_events + len(self.faults) + len(self.differences) + sum(len(one.untold) for one in self.runs)


def hidden_codes(house: House, codes: Collection[str], by: str) -> frozenset[str]:
    """Of these cases the codes that the auditor `by` is not shown, for she is excluded from them.

    It opens the state of each, for an auditor who is tied to a person of the network; else it reads nothing.
    """
    directory, asked = directory_for(house, by), sorted({code for code in codes if code})
    with house.database.read() as connection:
        who = account_of(connection, by.removeprefix(OPERATOR_PREFIX))
        if not who.person:
            return frozenset()
        ids = {code: connection.execute(select(Case.case_id).where(Case.code == code)).scalar() for code in asked}
        return frozenset(
            code for code, case_id in ids.items() if case_id and is_away(house, connection, directory, who, case_id)
        )


def auditable_id(house: House, code: str, by: str) -> str:
    """The id of the case with this code, which the auditor `by` may look at.

    Whoever is excluded from a case is shown nothing of it, whatever her role (decision 44).

    Raises:
        UnknownCase: there is none, or she is excluded from it.
    """
    directory = directory_for(house, by)
    with house.database.read() as connection:
        case_id: str | None = connection.execute(select(Case.case_id).where(Case.code == code)).scalar()
        who = account_of(connection, by.removeprefix(OPERATOR_PREFIX))
        if case_id is None or is_away(house, connection, directory, who, case_id):
            raise UnknownCase
    return case_id


def audited_case(house: House, code: str, by: str) -> AuditedCase:
    """The case with this code, for the auditor who is the actor `by`, once it is noted that she reads its trail.

    Raises:
        UnknownCase: there is none, or she is excluded from it.
        StoreBusy, StoreFailed: it cannot be read, or not be noted.
    """
    db, keyring = house.database, house.keyring
    case_id = auditable_id(house, code, by)
    note_reads(db, [case_id], by, ReadKind.TRAIL, house.clock.now())
    with db.read() as connection:
        case = connection.execute(select(Case.__table__).where(Case.case_id == case_id)).one()
        columns = ASKED[EventRecord]
        mine = EventRecord.__table__.c.case_id == case.case_id
        query = select(*columns).where(mine).order_by(EventRecord.__table__.c.seq)
        rows = connection.execute(query).all()
        faults = check_cases(connection, keyring, [case.case_id]).faults
        runs = connection.execute(select(Run.__table__).where(Run.case_id == case.case_id)).all()
        flows = _flows(connection, [run.run_id for run in runs])
        kept = _kept(connection, case, runs)
        alerts = _alerts(connection, case.case_id, rows)
    readable = case.erased_at is None
    derived = Derived(rows if readable else (), keyring)
    differences = tuple(derived.differences(kept)) if derived.whole and readable else ()
    untold = {run.run_id: untold_of(db, run.run_id, flows.get(run.run_id)) for run in runs}
    tasks = {run.run_id: flow_tasks_of(db, run.run_id) for run in runs}
    shown = [fault for fault in faults if not (derived.whole and fault.code in OF_PROJECTIONS)]
    about = _About(derived, shown, differences, _Told(runs, tasks, untold), readable)
    events = _events(rows, about)
    at_events = {one.seq for one in events}
    return AuditedCase(
        case_id=case.case_id,
        code=case.code,
        status=case.status,
        drill=case.drill,
        own_work=case.own_work,
        opened_at=case.opened_at,
        erased_at=case.erased_at,
        events=tuple(events),
        runs=_runs(db, about.told, flows, at_events),
        known_runs=tuple(run_view(derived.state, run) for run in derived.state.runs.values()),
        handoffs=tuple(handoff_view(derived.state, one) for one in derived.state.handoffs.values()),
        alerts=alerts,
        faults=tuple(fault for fault in shown if fault.seq not in at_events),
        differences=tuple(one for one in differences if one.seq not in at_events),
    )


def _runs(
    db: Database, told: "_Told", flows: Mapping[str, FlowRunNote], at_events: Collection[int]
) -> tuple[AuditedRun, ...]:
    """The runs in the order in which they began, without what stands beside an event already."""
    reports = reports_of_runs(db, [run.run_id for run in told.runs])
    return tuple(
        AuditedRun(
            *(run.ref, run.pathway, run.content_hash, run.state, run.started_at, run.ended_at),
            flows.get(run.run_id),
            tuple(one for one in told.untold[run.run_id] if one.seq not in at_events),
            tuple(one for one in reports if one.run_id == run.run_id),
            len(told.tasks[run.run_id]),
            tuple(handoffs_of_run(db, run.run_id)) if run.ended_at and run.run_id in flows else (),
        )
        for run in sorted(told.runs, key=lambda run: (run.started_at, run.run_id))
    )


@dataclass(frozen=True)
class _Told:
    """What Prefect was told, by pathway run."""

    runs: Sequence[Row[Any]]
    tasks: Mapping[str, Sequence[FlowTaskNote]]
    untold: Mapping[str, Sequence[Untold]]

    def ref(self, run_id: str | None) -> str:
        return next((run.ref for run in self.runs if run.run_id == run_id), "")

    def tasks_of(self, seq: int) -> tuple[FlowTaskNote, ...]:
        return tuple(one for some in self.tasks.values() for one in some if one.seq == seq)

    def untold_of(self, seq: int) -> tuple[Untold, ...]:
        return tuple(one for some in self.untold.values() for one in some if one.seq == seq)


def _kept(connection: Connection, case: Row[Any], runs: Sequence[Row[Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The same as it stands in the tables."""
    table = HandoffRecord.__table__
    handoffs = connection.execute(select(table).where(table.c.case_id == case.case_id)).all()
    found = {("case", case.code): dict(case._mapping)}  # noqa: SLF001  # the public way to a row's names
    found |= {("run", row.ref): dict(row._mapping) for row in runs}  # noqa: SLF001  # as above
    return found | {("handoff", row.ref): dict(row._mapping) for row in handoffs}  # noqa: SLF001  # as above


def _flows(connection: Connection, run_ids: Sequence[str]) -> dict[str, FlowRunNote]:
    table = FlowRun.__table__
    rows = connection.execute(select(table).where(table.c.run_id.in_(run_ids)))
    return {row.run_id: FlowRunNote(**row._mapping) for row in rows}  # noqa: SLF001  # the public way to a row's names


@dataclass(frozen=True)
class _About:
    """What is known of the events, by their numbers."""

    derived: Derived
    faults: Sequence[TrailFault]
    differences: Sequence[Difference]
    told: _Told
    readable: bool


def _events(rows: Sequence[Row[Any]], about: _About) -> list[AuditedEvent]:
    """The rows of the columns, with one for each number that is missing."""
    by_seq = {row.seq: row for row in rows}
    missing = {fault.seq for fault in about.faults if fault.seq is not None and fault.code == "chain"}
    return [_event(seq, by_seq.get(seq), about) for seq in sorted(by_seq.keys() | missing)]


def _event(seq: int, row: Row[Any] | None, about: _About) -> AuditedEvent:
    payload = _payload(row) if about.readable else {}
    changes = about.derived.changes
    return AuditedEvent(
        seq=seq,
        at=_moment(row),
        recorded=_recorded(row) if about.readable else None,
        kind=row.kind if row else "",
        actor=row.actor if row else "",
        road=row.road if row else "",
        run_ref=about.told.ref(row.run_id) if row else "",
        fields={name: value for name, value in payload.items() if name not in {"kind", "at"}},
        sealed=row is not None and not (row.sealed_routing is None and row.sealed_identity is None),
        hash=row.hash if row else "",
        derived=seq in changes,
        changes=changes.get(seq, ()),
        differences=tuple(one for one in about.differences if one.seq == seq),
        faults=tuple(fault for fault in about.faults if fault.seq == seq),
        tasks=about.told.tasks_of(seq),
        untold=about.told.untold_of(seq),
    )


def _alerts(connection: Connection, case_id: str, rows: Sequence[Row[Any]]) -> tuple[AlertView, ...]:
    """The messages; none where somebody wrote a state there that is none."""
    recorded = [one for one in map(_recorded, rows) if one is not None]
    with suppress(ValueError):
        return tuple(alerts_in(connection, case_id, recorded).values())
    return ()


def _payload(row: Row[Any] | None) -> Mapping[str, Any]:
    try:
        read = json.loads(row.payload) if row is not None else {}
    except (TypeError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _moment(row: Row[Any] | None) -> datetime | None:
    event = _clear_event(row)
    return None if event is None else event.at


def _clear_event(row: Row[Any] | None) -> AnyEvent | None:
    """The event of what is in clear; None where that is no event any more."""
    try:
        return None if row is None else join(row.payload, None, None)
    except ValueError:
        return None


def _recorded(row: Row[Any] | None) -> Recorded | None:
    event = _clear_event(row)
    if row is None or event is None or row.road not in set(Road):
        return None
    return Recorded(row.seq, event, row.command_id, row.actor, Road(row.road))
