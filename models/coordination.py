"""What a coordinator has before her: what is late, the load of each service, steps that were declined again and again.

Read from the projections alone, by their indexes: no case is opened. Within her reach, as her board is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from models.database import Database
from models.reach import Reach
from models.standing_tables import RevokedChannel
from models.tables import Case, HandoffRecord, Run
from models.viewed import HandoffRow
from models.views import HANDOFFS, handoffs_in
from procedures.case import UNANSWERED_STATES, CaseStatus, HandoffState
from procedures.figures import median_shown

LATELY = timedelta(days=30)
"""The time whose answers count for the figures of a service."""
MOST = 50
UNANSWERED = tuple(sorted(state.value for state in UNANSWERED_STATES))


@dataclass(frozen=True, slots=True)
class Load:
    """What a service has now, and how it answered lately."""

    service: str
    asked: int
    """Not answered yet, and in time."""
    silent: int
    """Not answered, and their time is over or it stands before the coordinator."""
    taken: int
    late: int
    """Of those taken, how many whose result is overdue."""
    answers: int
    """How many were taken lately."""
    median: float | None
    """Seconds from being asked to taking it; None where there are too few answers."""

    @property
    def open(self) -> int:
        """All that stands with it now."""
        return self.asked + self.silent + self.taken


@dataclass(frozen=True, slots=True)
class Declined:
    """A step that several services declined, and that is open still."""

    code: str
    drill: bool
    step: str
    content_hash: str
    times: int


@dataclass(frozen=True)
class Coordination:
    """All of it."""

    late: Sequence[HandoffRow]
    """The first of them."""
    late_in_all: int
    loads: Sequence[Load]
    declined: Sequence[Declined]
    own_work: int
    """How many pieces of the network's own work are open: meetings, tests of channels."""
    shut_channels: int
    """How many channels of the network's people get no message, because somebody shut them."""


def coordination(db: Database, now: datetime, reach: Reach) -> Coordination:
    """What stands before whoever sees this, at this moment."""
    with db.read() as connection:
        return Coordination(
            late=_late(connection, now, reach),
            late_in_all=_late_in_all(connection, now, reach),
            loads=_loads(connection, now, reach),
            declined=_declined(connection, reach),
            own_work=_own_work(connection, reach),
            shut_channels=connection.execute(select(func.count()).select_from(RevokedChannel)).scalar_one(),
        )


def within(db: Database, case_ids: Collection[str], reach: Reach) -> frozenset[str]:
    """Those of these cases that are within her reach."""
    if reach.condition is None:
        return frozenset(case_ids)
    query: Select[*tuple[Any, ...]] = select(Case.case_id).where(Case.case_id.in_(case_ids))
    with db.read() as connection:
        return frozenset(connection.execute(reach.within(query)).scalars())


def _is_late(now: datetime) -> Any:
    return and_(
        HandoffRecord.ended_at.is_(None),
        or_(HandoffRecord.overdue.is_(True), HandoffRecord.due_at <= now),
    )


def _late(connection: Connection, now: datetime, reach: Reach) -> Sequence[HandoffRow]:
    query: Select[*tuple[Any, ...]] = HANDOFFS.where(_is_late(now)).limit(MOST)
    return handoffs_in(connection, reach.within(query))


def _late_in_all(connection: Connection, now: datetime, reach: Reach) -> int:
    query: Select[*tuple[Any, ...]] = select(func.count()).select_from(HandoffRecord)
    if reach.condition is not None:
        query = reach.within(query.join(Case, Case.case_id == HandoffRecord.case_id))
    return int(connection.execute(query.where(_is_late(now))).scalar_one())


def _loads(connection: Connection, now: datetime, reach: Reach) -> Sequence[Load]:
    """Of real cases alone: a drill is no load."""
    table = HandoffRecord
    waits = table.state.in_(UNANSWERED)
    over = or_(table.overdue.is_(True), table.accept_by <= now)
    taken = table.state == HandoffState.ACCEPTED.value
    counted: Select[*tuple[Any, ...]] = (
        select(
            table.service,
            func.sum(case((and_(waits, ~func.coalesce(over, False)), 1), else_=0)).label("asked"),
            func.sum(case((and_(waits, func.coalesce(over, False)), 1), else_=0)).label("silent"),
            func.sum(case((taken, 1), else_=0)).label("taken"),
            func.sum(case((and_(taken, table.due_at <= now), 1), else_=0)).label("late"),
        )
        .join(Case, Case.case_id == table.case_id)
        .where(table.ended_at.is_(None), table.service.is_not(None), ~Case.drill)
        .group_by(table.service)
    )
    open_now = {row.service: row for row in connection.execute(reach.within(counted))}
    answers = _answers(connection, now, reach)
    made = []
    for service in sorted(open_now.keys() | answers.keys()):
        row, seconds = open_now.get(service), answers.get(service, [])
        asked, silent, taken_, late = (row.asked, row.silent, row.taken, row.late) if row else (0, 0, 0, 0)
        made.append(Load(service, asked, silent, taken_, late, len(seconds), median_shown(seconds)))
    return sorted(made, key=lambda one: (-one.silent, -one.open, one.service))


def _answers(connection: Connection, now: datetime, reach: Reach) -> dict[str, list[float]]:
    """How many seconds each answer took that was a yes, of the last days."""
    table = HandoffRecord
    query: Select[*tuple[Any, ...]] = (
        select(table.service, table.requested_at, table.accepted_at)
        .join(Case, Case.case_id == table.case_id)
        .where(table.accepted_at >= now - LATELY, table.service.is_not(None), ~Case.drill)
    )
    found: dict[str, list[float]] = {}
    for service, requested_at, accepted_at in connection.execute(reach.within(query)):
        found.setdefault(service, []).append((accepted_at - requested_at).total_seconds())
    return found


def _declined(connection: Connection, reach: Reach) -> Sequence[Declined]:
    """Steps that are open and were declined at least twice."""
    open_ones = select(HandoffRecord.run_id, HandoffRecord.step).where(HandoffRecord.ended_at.is_(None)).subquery()
    table = HandoffRecord
    query: Select[*tuple[Any, ...]] = (
        select(Case.code, Case.drill, table.step, Run.content_hash, func.count(table.ref.distinct()).label("times"))
        .join(open_ones, and_(open_ones.c.run_id == table.run_id, open_ones.c.step == table.step))
        .join(Case, Case.case_id == table.case_id)
        .join(Run, Run.run_id == table.run_id)
        .where(table.state == HandoffState.DECLINED.value)
        .group_by(Case.code, Case.drill, table.step, Run.content_hash, table.run_id)
        .having(func.count(table.ref.distinct()) > 1)
        .order_by(func.count(table.ref.distinct()).desc(), Case.code)
        .limit(MOST)
    )
    return [Declined(*row) for row in connection.execute(reach.within(query))]


def _own_work(connection: Connection, reach: Reach) -> int:
    query: Select[*tuple[Any, ...]] = select(func.count()).select_from(Case)
    query = query.where(Case.own_work, Case.status == CaseStatus.OPEN.value)
    return int(connection.execute(reach.within(query)).scalar_one())
