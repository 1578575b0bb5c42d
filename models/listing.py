"""What programs read, page by page, straight from the columns that are kept in clear: nothing here opens a seal."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from models.database import Database
from models.tables import Case, EventRecord, HandoffRecord, Run
from models.viewed import HandoffRow, RunView
from models.views import HANDOFFS
from procedures.case import CaseStatus, HandoffMode, HandoffState, PartyKind, RunState
from procedures.errors import UnknownCase

Place = tuple[datetime, str]
"""Where a page ended: the time and the key of its last row. Newer rows stand before it, so none moves across it."""


@dataclass(frozen=True)
class CaseLine:
    """One case in the list."""

    case_id: str
    code: str
    status: CaseStatus
    territory: str
    drill: bool
    opened_at: datetime
    ended_at: datetime | None
    version: int
    """How many events it has."""
    open_handoffs: int
    overdue_handoffs: int
    due_at: datetime | None
    """The next promise to be kept."""


@dataclass(frozen=True)
class AwaitingStep:
    """A step that waits until she was asked."""

    run_id: str
    step: str


@dataclass(frozen=True)
class OwedStep:
    """A step that was passed over, and is neither done nor decided."""

    run_id: str
    step: str
    begun: str
    """The step that was begun before it."""
    since: datetime


@dataclass(frozen=True)
class CaseCard:
    """One case as it stands."""

    line: CaseLine
    runs: tuple[RunView, ...]
    handoffs: tuple[HandoffRow, ...]
    awaiting: tuple[AwaitingStep, ...]
    owed: tuple[OwedStep, ...]
    no_contact_since: datetime | None = None


@dataclass(frozen=True)
class TrailLine:
    """One event, without what is sealed in it."""

    seq: int
    at: datetime
    kind: str
    run_ref: str | None
    """The reference of the pathway it belongs to."""
    actor: str
    road: str
    payload: Mapping[str, Any]


LINE = (
    Case.case_id,
    Case.code,
    Case.status,
    Case.territory,
    Case.drill,
    Case.opened_at,
    Case.ended_at,
    Case.version,
)
STEP_EVENTS = ("step_awaited_consent", "step_started", "step_skipped", "step_cancelled")
OWED_EVENTS = ("step_owed", "step_ended", "step_skipped", "step_cancelled")


def cases_page(
    db: Database,
    *,
    status: str | None,
    territory: str | None,
    before: Place | None,
    limit: int,
    own_work: bool = False,
) -> Sequence[CaseLine]:
    """At most `limit` cases, or pieces of the network's own work, the newest first, from behind `before` on."""
    query = select(*LINE).where(Case.own_work == own_work)
    if status is not None:
        query = query.where(Case.status == status)
    if territory is not None:
        query = query.where(Case.territory == territory)
    if before is not None:
        query = query.where(_behind(Case.opened_at, Case.case_id, before))
    query = query.order_by(Case.opened_at.desc(), Case.case_id.desc()).limit(limit)
    with db.read() as connection:
        return _lines(connection, query)


def case_card(db: Database, code: str) -> CaseCard:
    """The case with this code.

    Raises:
        UnknownCase: there is none.
    """
    with db.read() as connection:
        lines = _lines(connection, select(*LINE).where(Case.code == code))
        if not lines:
            raise UnknownCase
        ours = lines[0].case_id
        runs = connection.execute(
            select(Run.__table__).where(Run.case_id == ours).order_by(Run.started_at, Run.run_id)
        ).all()
        handoffs = connection.execute(
            HANDOFFS.where(HandoffRecord.case_id == ours).order_by(HandoffRecord.requested_at, HandoffRecord.ref)
        ).all()
        is_open = lines[0].status is CaseStatus.OPEN
        awaiting = _awaiting(connection, ours) if is_open else ()
        owed = _owed(connection, ours) if is_open else ()
        forbidden = _no_contact_since(connection, ours)
    return CaseCard(lines[0], tuple(map(_run, runs)), tuple(map(_handoff, handoffs)), awaiting, owed, forbidden)


def handoffs_page(
    db: Database, *, services: Collection[str] | None, state: str | None, before: Place | None, limit: int
) -> Sequence[HandoffRow]:
    """At most `limit` handoffs, the newest first; open ones unless `state` says otherwise; of `services` alone."""
    query = HANDOFFS.where(HandoffRecord.ended_at.is_(None)) if state is None else HANDOFFS
    if state is not None:
        query = query.where(HandoffRecord.state == state)
    if services is not None:
        query = query.where(HandoffRecord.service.in_(services))
    if before is not None:
        query = query.where(_behind(HandoffRecord.requested_at, HandoffRecord.ref, before))
    query = query.order_by(HandoffRecord.requested_at.desc(), HandoffRecord.ref.desc()).limit(limit)
    with db.read() as connection:
        return [_handoff(row) for row in connection.execute(query)]


def trail_page(db: Database, code: str, *, after: int, limit: int) -> Sequence[TrailLine]:
    """At most `limit` events of the case, in order, from behind number `after` on.

    Raises:
        UnknownCase: there is none.
    """
    table = EventRecord
    columns = (table.seq, table.at, table.kind, Run.ref, table.actor, table.road, table.payload)
    with db.read() as connection:
        case_id: str | None = connection.execute(select(Case.case_id).where(Case.code == code)).scalar()
        if case_id is None:
            raise UnknownCase
        query = select(*columns).join(Run, Run.run_id == table.run_id, isouter=True)
        query = query.where(table.case_id == case_id, table.seq > after).order_by(table.seq).limit(limit)
        return [TrailLine(*row[:-1], json.loads(row.payload)) for row in connection.execute(query)]


def _behind(at: Any, key: Any, place: Place) -> ColumnElement[bool]:
    return or_(at < place[0], and_(at == place[0], key < place[1]))


def _lines(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[CaseLine]:
    rows = connection.execute(query).all()
    waiting = _waiting(connection, [row.case_id for row in rows])
    return [
        CaseLine(
            case_id=row.case_id,
            code=row.code,
            status=CaseStatus(row.status),
            territory=row.territory,
            drill=row.drill,
            opened_at=row.opened_at,
            ended_at=row.ended_at,
            version=row.version,
            open_handoffs=waiting[row.case_id].many if row.case_id in waiting else 0,
            overdue_handoffs=waiting[row.case_id].overdue if row.case_id in waiting else 0,
            due_at=waiting[row.case_id].due_at if row.case_id in waiting else None,
        )
        for row in rows
    ]


def _waiting(connection: Connection, cases: Collection[str]) -> dict[str, Row[*tuple[Any, ...]]]:
    query = (
        select(
            HandoffRecord.case_id,
            func.count().label("many"),
            func.count().filter(HandoffRecord.overdue.is_(True)).label("overdue"),
            func.min(HandoffRecord.due_at).label("due_at"),
        )
        .where(HandoffRecord.case_id.in_(cases), HandoffRecord.ended_at.is_(None))
        .group_by(HandoffRecord.case_id)
    )
    return {row.case_id: row for row in connection.execute(query)}


def _awaiting(connection: Connection, case_id: str) -> tuple[AwaitingStep, ...]:
    """The steps whose latest word is that they wait for her consent."""
    query = (
        select(EventRecord.run_id, EventRecord.kind, EventRecord.payload)
        .where(EventRecord.case_id == case_id, EventRecord.kind.in_(STEP_EVENTS))
        .order_by(EventRecord.seq)
    )
    latest = {(row.run_id, json.loads(row.payload)["step"]): row.kind for row in connection.execute(query)}
    return tuple(AwaitingStep(run_id, step) for (run_id, step), kind in latest.items() if kind == STEP_EVENTS[0])


def _owed(connection: Connection, case_id: str) -> tuple[OwedStep, ...]:
    """The steps whose latest word is that they were passed over."""
    query = (
        select(EventRecord.run_id, EventRecord.kind, EventRecord.payload, EventRecord.at)
        .where(EventRecord.case_id == case_id, EventRecord.kind.in_(OWED_EVENTS))
        .order_by(EventRecord.seq)
    )
    latest: dict[tuple[str, str], OwedStep | None] = {}
    for row in connection.execute(query):
        told = json.loads(row.payload)
        owed = OwedStep(row.run_id, told["step"], told["begun"], row.at) if row.kind == OWED_EVENTS[0] else None
        latest[row.run_id, told["step"]] = owed
    return tuple(owed for owed in latest.values() if owed is not None)


def _no_contact_since(connection: Connection, case_id: str) -> datetime | None:
    """When she said so, unless she has said otherwise since."""
    query = select(EventRecord.kind, EventRecord.at).where(
        EventRecord.case_id == case_id, EventRecord.kind.in_(("contact_forbidden", "contact_allowed"))
    )
    latest = connection.execute(query.order_by(EventRecord.seq.desc()).limit(1)).first()
    return latest.at if latest is not None and latest.kind == "contact_forbidden" else None


def _run(row: Row[Any]) -> RunView:
    return RunView(
        run_id=row.run_id,
        ref=row.ref,
        pathway=row.pathway,
        content_hash=row.content_hash,
        state=RunState(row.state),
        parent_run=row.parent_run,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _handoff(row: Row[Any]) -> HandoffRow:
    kinds = {"owner_kind": PartyKind(row.owner_kind), "giver_kind": PartyKind(row.giver_kind)}
    states = {"mode": HandoffMode(row.mode), "state": HandoffState(row.state)}
    return HandoffRow(**{**dict(row._mapping), **kinds, **states})  # noqa: SLF001  # the public way to a row's names
