"""How the house is, in counts and times of its own tables: for monitors and `/status`. No reference, no code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.carrier_troubles import LASTING
from models.checks import Check
from models.database import Database
from models.outbox import DUE, UNDER_WAY, DeliveryState
from models.reach import Reach
from models.tables import Case, CheckDone, DeliveryRecord, HandoffRecord, HistoryReport, RunWake
from procedures.case import CaseStatus, HandoffState


@dataclass(frozen=True)
class Late:
    """What should have been done by now; None where nothing waits."""

    message: datetime | None
    """Since when the oldest message that is due, or whose sender did not come back, waits."""
    deadline: datetime | None
    """When the oldest deadline fell due that nobody has passed on yet."""


@dataclass(frozen=True)
class Pulse:
    """Everything at one moment."""

    late: Late
    open_cases: int
    handoffs: Mapping[HandoffState, int]
    """The open ones, by state."""
    overdue: int
    """Handoffs that stand overdue before a coordinator."""
    queued: int
    sending: int
    uncertain: int
    """Messages of open cases that may or may not have arrived."""
    history_waiting: int
    """Pathway runs whose history does not hold all of their events yet."""
    history_since: datetime | None
    """Since when the first of them waits."""
    history_reports: int
    """What in Prefect's record does not agree with the trail and was not mended yet."""
    checks: tuple[Check, ...]
    """The latest of each kind."""
    troubled_carriers: frozenset[str]
    """Those whose latest messages did not leave: `email`, `email.second`."""


def what_is_late(db: Database, now: datetime) -> Late:
    """What should have been done by `now`, the house's time. Two looks at two indexes.

    Raises:
        StoreBusy, StoreFailed.
    """
    with db.read() as connection:
        return _late(connection, now)


def pulse(db: Database, now: datetime) -> Pulse:
    """How the house is at `now`.

    Raises:
        StoreBusy, StoreFailed.
    """
    with db.read() as connection:
        handoffs = connection.execute(
            select(HandoffRecord.state, func.count(), func.count().filter(HandoffRecord.overdue.is_(True)))
            .where(HandoffRecord.ended_at.is_(None))
            .group_by(HandoffRecord.state)
        ).all()
        behind = connection.execute(
            select(func.count(), func.min(RunWake.wake_at)).where(RunWake.wanted_seq > RunWake.done_seq)
        ).one()
        return Pulse(
            late=_late(connection, now),
            open_cases=connection.execute(
                select(func.count()).select_from(Case).where(Case.status == CaseStatus.OPEN.value, ~Case.own_work)
            ).scalar_one(),
            handoffs={HandoffState(state): many for state, many, _ in handoffs},
            overdue=sum(overdue for _, _, overdue in handoffs),
            queued=connection.execute(select(func.count()).select_from(DeliveryRecord).where(DUE)).scalar_one(),
            sending=connection.execute(select(func.count()).select_from(DeliveryRecord).where(UNDER_WAY)).scalar_one(),
            uncertain=_uncertain(connection),
            history_waiting=behind[0],
            history_since=behind[1],
            history_reports=connection.execute(
                select(func.count()).select_from(HistoryReport).where(HistoryReport.mended_at.is_(None))
            ).scalar_one(),
            checks=_checks(connection),
            troubled_carriers=frozenset(row.carrier for row in LASTING.read(connection)),
        )


def waits_for_people(db: Database, reach: Reach) -> tuple[int, int]:
    """Handoffs that stand overdue before a coordinator, and messages that may not have arrived, of those cases."""
    ours = reach.within(select(Case.case_id).where(Case.status == CaseStatus.OPEN.value))
    overdue = select(func.count()).select_from(HandoffRecord).where(HandoffRecord.case_id.in_(ours))
    uncertain = select(func.count()).select_from(DeliveryRecord).where(DeliveryRecord.case_id.in_(ours))
    with db.read() as connection:
        return (
            connection.execute(
                overdue.where(HandoffRecord.ended_at.is_(None), HandoffRecord.overdue.is_(True))
            ).scalar_one(),
            connection.execute(uncertain.where(DeliveryRecord.state == DeliveryState.UNCERTAIN.value)).scalar_one(),
        )


def _late(connection: Connection, now: datetime) -> Late:
    due = select(func.min(DeliveryRecord.next_at)).where(DUE, DeliveryRecord.next_at <= now)
    lapsed = select(func.min(DeliveryRecord.lease_until)).where(UNDER_WAY, DeliveryRecord.lease_until <= now)
    waiting = [at for at in (connection.execute(query).scalar() for query in (due, lapsed)) if at is not None]
    deadline = select(func.min(Case.next_due_at)).where(Case.next_due_at <= now)
    return Late(min(waiting, default=None), connection.execute(deadline).scalar())


def _uncertain(connection: Connection) -> int:
    of_open_cases = DeliveryRecord.case_id.in_(select(Case.case_id).where(Case.status == CaseStatus.OPEN.value))
    query = select(func.count()).select_from(DeliveryRecord)
    return connection.execute(
        query.where(of_open_cases, DeliveryRecord.state == DeliveryState.UNCERTAIN.value)
    ).scalar_one()


def _checks(connection: Connection) -> tuple[Check, ...]:
    latest = select(CheckDone.name, func.max(CheckDone.at).label("at")).group_by(CheckDone.name).subquery()
    query = select(CheckDone.name, CheckDone.at, CheckDone.tried, CheckDone.faults, CheckDone.note).join(
        latest, (latest.c.name == CheckDone.name) & (latest.c.at == CheckDone.at)
    )
    return tuple(Check(*row) for row in connection.execute(query.order_by(CheckDone.name)))
