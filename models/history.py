"""What the history of a pathway run is told from, and the mirror of how Prefect told it.

The engine reads the trail here and writes the mirror; desk and command line read the mirror and never ask Prefect.
Only open and operational fields are read: no key is needed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from models.addressing import COPIES
from models.database import Database
from models.prepared import Prepared, columns_of
from models.tables import DeliveryRecord, EventRecord, FlowRun, FlowTask, HandoffRecord, Run
from models.upserting import insert


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One pathway run, as projected from its case."""

    run_id: str
    ref: str
    case_id: str
    pathway: str
    state: str
    outcome: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One event of a run, without what is sealed in it."""

    seq: int
    at: datetime
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far one delivery of an alert has come."""

    delivery_id: str
    alert_id: str
    channel: str
    state: str
    code: str | None
    queued_at: datetime
    next_at: datetime | None
    sending_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandoffFacts:
    """One handoff of a run, without who it is with."""

    ref: str
    step: str
    state: str
    requested_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True)
class FlowRunNote:
    """The mirror of one flow run."""

    run_id: str
    flow_run_id: str
    recorded_seq: int
    state_name: str
    updated_at: datetime
    rebuilt: bool
    """Whether the first one was lost in Prefect, so that this one was told anew from the trail."""


@dataclass(frozen=True, slots=True)
class FlowTaskNote:
    """The mirror of one task run; `seq` is the event that it tells."""

    run_id: str
    seq: int
    task_run_id: str | None
    name: str
    state: str
    started_at: datetime | None
    """When what it tells began, by the trail: after an outage Prefect's own times are those of catching up."""
    ended_at: datetime | None
    note: str | None


_FLOW_RUN = (
    FlowRun.run_id,
    FlowRun.flow_run_id,
    FlowRun.recorded_seq,
    FlowRun.state_name,
    FlowRun.updated_at,
    FlowRun.rebuilt,
)
_FLOW_TASK = (
    FlowTask.run_id,
    FlowTask.seq,
    FlowTask.task_run_id,
    FlowTask.name,
    FlowTask.state,
    FlowTask.started_at,
    FlowTask.ended_at,
    FlowTask.note,
)
_RUN = select(Run.run_id, Run.ref, Run.case_id, Run.pathway, Run.state, Run.outcome, Run.ended_at)
RUN_BY_ID = Prepared(_RUN.where(Run.run_id == bindparam("asked")))
RUN_BY_REF = Prepared(_RUN.where(Run.ref == bindparam("asked")))
_STARTED = select(Run.run_id).where(Run.case_id == bindparam("of_case"), Run.parent_run == bindparam("of_run"))
_OF_CHILDREN = EventRecord.run_id.in_(_STARTED) & (EventRecord.kind == "pathway_started")
EVENTS_OF_RUN = Prepared(
    select(EventRecord.seq, EventRecord.at, EventRecord.kind, EventRecord.payload)
    .where(EventRecord.case_id == bindparam("of_case"), or_(EventRecord.run_id == bindparam("of_run"), _OF_CHILDREN))
    .order_by(EventRecord.seq)
)
ATTEMPTS_OF_RUN = Prepared(
    select(
        DeliveryRecord.delivery_id,
        DeliveryRecord.alert_id,
        DeliveryRecord.channel,
        DeliveryRecord.state,
        DeliveryRecord.code,
        DeliveryRecord.queued_at,
        DeliveryRecord.next_at,
        DeliveryRecord.sending_at,
        DeliveryRecord.settled_at,
    )
    # Without copies: nobody waits for them, the history least of all.
    .where(DeliveryRecord.run_id == bindparam("of_run"), *(DeliveryRecord.delivery_id.not_like(one) for one in COPIES))
    .order_by(DeliveryRecord.queued_at, DeliveryRecord.delivery_id)
)
FLOW_RUN_OF = Prepared(select(*_FLOW_RUN).where(FlowRun.run_id == bindparam("of_run")))
FLOW_TASKS_OF = Prepared(select(*_FLOW_TASK).where(FlowTask.run_id == bindparam("of_run")).order_by(FlowTask.seq))


def _keeping(table: type[FlowRun] | type[FlowTask], key: Sequence[str]) -> Prepared:
    """Write a mirror, or write it again."""
    columns = columns_of(table)
    put = insert(table)
    again = {name: put.excluded[name] for name in columns if name not in key}
    return Prepared(put.on_conflict_do_update(index_elements=key, set_=again), columns)


KEEPING_RUN = _keeping(FlowRun, ["run_id"])
KEEPING_TASK = _keeping(FlowTask, ["run_id", "seq"])


def run_facts(db: Database, run_id: str) -> RunFacts | None:
    """A pathway run by its id."""
    return _one_run(db, RUN_BY_ID, run_id)


def run_facts_by_ref(db: Database, ref: str) -> RunFacts | None:
    """A pathway run by its opaque reference."""
    return _one_run(db, RUN_BY_REF, ref)


def _one_run(db: Database, query: Prepared, asked: str) -> RunFacts | None:
    with db.read() as session:
        row = query.first(session, asked=asked)
    return None if row is None else RunFacts(*row)


def events_of_run(db: Database, run: RunFacts) -> list[TrailEvent]:
    """Everything that happened in this run, and the start of each pathway that it started, oldest first."""
    with db.read() as session:
        rows = EVENTS_OF_RUN.read(session, of_case=run.case_id, of_run=run.run_id)
    return [TrailEvent(seq, at, kind, json.loads(payload)) for seq, at, kind, payload in rows]


def attempts_of_run(db: Database, run_id: str) -> dict[str, list[Attempt]]:
    """The deliveries of each alert of a run, by alert id, in the order in which they were tried."""
    found: dict[str, list[Attempt]] = {}
    with db.read() as session:
        for row in ATTEMPTS_OF_RUN.read(session, of_run=run_id):
            attempt = Attempt(*row)
            found.setdefault(attempt.alert_id, []).append(attempt)
    return found


def handoffs_of_run(db: Database, run_id: str) -> list[HandoffFacts]:
    """The handoffs of a run, in the order in which they were requested."""
    table = HandoffRecord
    query = (
        select(table.ref, table.step, table.state, table.requested_at, table.accepted_at, table.ended_at, table.result)
        .where(table.run_id == run_id)
        .order_by(table.requested_at, table.ref)
    )
    with db.read() as session:
        return [HandoffFacts(*row) for row in session.execute(query)]


def flow_run_of(db: Database, run_id: str) -> FlowRunNote | None:
    """The mirror of the flow run that tells this pathway run."""
    with db.read() as session:
        row = FLOW_RUN_OF.first(session, of_run=run_id)
    return None if row is None else FlowRunNote(*row)


def flow_runs_of_case(db: Database, case_id: str) -> list[FlowRunNote]:
    """The mirrors of all flow runs of a case, in the order in which their pathways started."""
    query = (
        select(*_FLOW_RUN)
        .join(Run, Run.run_id == FlowRun.run_id)
        .where(Run.case_id == case_id)
        .order_by(Run.started_at, Run.run_id)
    )
    with db.read() as session:
        return [FlowRunNote(*row) for row in session.execute(query)]


def flow_runs_since(db: Database, since: datetime) -> list[FlowRunNote]:
    """The mirrors that are worth comparing with Prefect: of open pathway runs, and of those that changed since."""
    query = (
        select(*_FLOW_RUN)
        .join(Run, Run.run_id == FlowRun.run_id)
        .where(or_(Run.ended_at.is_(None), FlowRun.updated_at >= since))
        .order_by(FlowRun.updated_at)
    )
    with db.read() as session:
        return [FlowRunNote(*row) for row in session.execute(query)]


def keep_flow_run(db: Database, note: FlowRunNote) -> None:
    """Write the mirror of a flow run."""
    with db.write() as session:
        KEEPING_RUN.run(session, [{name: getattr(note, name) for name in columns_of(FlowRun)}])


def flow_tasks_of(db: Database, run_id: str) -> list[FlowTaskNote]:
    """The mirrors of the task runs of a pathway run, in the order of what they tell."""
    with db.read() as session:
        return [FlowTaskNote(*row) for row in FLOW_TASKS_OF.read(session, of_run=run_id)]


def keep_flow_tasks(db: Database, notes: Sequence[FlowTaskNote]) -> None:
    """Write the mirrors of task runs."""
    if not notes:
        return
    with db.write() as session:
        KEEPING_TASK.run(session, [{name: getattr(note, name) for name in columns_of(FlowTask)} for note in notes])


def forget_flow_tasks(db: Database, run_id: str, seqs: Sequence[int]) -> None:
    """These task runs are gone from Prefect: what they told will be told anew."""
    with db.write() as session:
        session.execute(delete(FlowTask).where(FlowTask.run_id == run_id, FlowTask.seq.in_(seqs)))


def forget_flow_run(db: Database, run_id: str, *, now: datetime) -> None:
    """The flow run is gone from Prefect: its tasks will be told anew, and the new flow run is marked as rebuilt."""
    with db.write() as session:
        session.execute(delete(FlowTask).where(FlowTask.run_id == run_id))
        session.execute(
            update(FlowRun)
            .where(FlowRun.run_id == run_id)
            .values(flow_run_id=f"lost-{run_id}", recorded_seq=0, state_name="Lost", updated_at=now, rebuilt=True)
        )
