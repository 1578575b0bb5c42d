"""The outbox: what a sender claims, and how it says what came of it. Nothing here sends.

A claim commits `sending` before the first byte leaves. Where a lease lapses, nobody can say whether it left: the same
delivery is claimed once more, with the same Message-ID; after a second lapse `Handling.settle_lapsed` gives it up and
goes on to the next channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, literal_column, or_, select, update

from models.addressing import ASKING
from models.database import Database
from models.tables import DeliveryRecord, HandoffRecord
from procedures.events import AlertPurpose, LinkUse

DUE: ColumnElement[bool] = literal_column("state IN ('queued', 'temporary')")
"""As the partial index says it: with bound values SQLite would not use the index."""
UNDER_WAY: ColumnElement[bool] = literal_column("state = 'sending'")
LAPSED = "lease-lapsed"
"""The code of a delivery whose sender did not come back."""


class DeliveryState(StrEnum):
    """Where one delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    """Committed before the first byte left."""
    ACCEPTED = "accepted"
    """A carrier took it."""
    PERMANENT = "permanent"
    """Refused for good: the next channel is tried."""
    TEMPORARY = "temporary"
    """To be tried again at `next_at`."""
    UNCERTAIN = "uncertain"
    """It may have arrived; nobody can say."""
    WITHDRAWN = "withdrawn"
    """Answered meanwhile: not sent any more."""


@dataclass(frozen=True)
class Delivery:
    """What a sender needs of one claimed delivery."""

    delivery_id: str
    alert_id: str
    case_id: str
    run_id: str
    step: str | None
    ref: str
    """The reference that the message shows."""
    about: str | None
    """The handoff it concerns."""
    purpose: AlertPurpose
    to_kind: str
    to_id: str
    person: str
    channel: str
    """`email` or `sms`. There may be no carrier for it: that is a permanent refusal, code `no-carrier`."""
    address: str
    language: str
    drill: bool
    again: bool
    link_use: LinkUse
    answer_by: datetime | None
    link_until: datetime | None
    send_before: datetime | None
    attempt: int
    """1 for the first sending."""
    queued_at: datetime
    sending_at: datetime
    message_id: str
    """With its angle brackets, the same on every repeat."""


class SettledResult(StrEnum):
    """The four outcomes (notifications.md)."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class SettledDelivery:
    """A carrier's word on one delivery, for `Handling.settle`."""

    delivery_id: str
    result: SettledResult
    at: datetime
    """The true time of it, aware UTC, by the house's clock."""
    code: str | None = None
    """A code of ours or of the carrier's protocol, never its text."""
    provider_id: str | None = None
    retry_after: float | None = None
    """Seconds the carrier asked to wait, for `temporary`."""


def claim(db: Database, *, worker: str, now: datetime, lease_seconds: float, limit: int = 8) -> Sequence[Delivery]:
    """Take up to `limit` due deliveries, oldest first; they are `sending` and leased when this returns.

    `lease_seconds` are seconds of the clock that `now` is from: multiply by `clock.speed`.

    Raises:
        StoreBusy: nothing was claimed.
    """
    with db.read() as connection:
        if connection.execute(select(1).where(_claimable(now)).limit(1)).first() is None:
            return ()
    with db.write() as connection:
        _withdraw_ended(connection, now)
        oldest = select(DeliveryRecord.delivery_id).where(_claimable(now)).order_by(DeliveryRecord.queued_at)
        chosen = DeliveryRecord.delivery_id.in_(oldest.limit(limit))
        return _take(connection, chosen, worker=worker, now=now, lease_seconds=lease_seconds)


def claim_one(db: Database, delivery_id: str, *, worker: str, now: datetime, lease_seconds: float) -> Delivery | None:
    """Take this one if it is due; None where it was sent, settled, withdrawn or taken by another.

    Raises:
        StoreBusy: nothing was claimed.
    """
    chosen = and_(DeliveryRecord.delivery_id == delivery_id, _claimable(now))
    with db.read() as connection:
        if connection.execute(select(1).where(chosen)).first() is None:
            return None
    with db.write() as connection:
        _withdraw_ended(connection, now)
        taken = _take(connection, chosen, worker=worker, now=now, lease_seconds=lease_seconds)
    return taken[0] if taken else None


def next_send_at(db: Database) -> datetime | None:
    """When the outbox next has something to do: a message, a retry, a lapsed lease; None while nothing waits.

    A lease that lapses for the second time is `Handling.settle_lapsed`'s.
    """
    with db.read() as connection:
        waiting = connection.execute(select(func.min(DeliveryRecord.next_at)).where(DUE)).scalar()
        lapsing = connection.execute(select(func.min(DeliveryRecord.lease_until)).where(UNDER_WAY)).scalar()
    return min((moment for moment in (waiting, lapsing) if moment is not None), default=None)


def _claimable(now: datetime) -> ColumnElement[bool]:
    waiting = and_(DUE, DeliveryRecord.next_at <= now)
    lapsed = and_(UNDER_WAY, DeliveryRecord.lease_until <= now, DeliveryRecord.lapses == 0)
    return or_(waiting, lapsed)


def _withdraw_ended(connection: Connection, now: datetime) -> None:
    """Nothing is asked of anybody for a handoff that has ended, whatever the rules said of the alert."""
    ended = select(HandoffRecord.ref).where(HandoffRecord.ended_at.is_not(None))
    connection.execute(
        update(DeliveryRecord)
        .where(DUE, DeliveryRecord.purpose.in_(ASKING), DeliveryRecord.about.in_(ended))
        .values(state=DeliveryState.WITHDRAWN.value, withdrawn=True, next_at=None, settled_at=now)
    )


def _take(
    connection: Connection, chosen: ColumnElement[bool], *, worker: str, now: datetime, lease_seconds: float
) -> Sequence[Delivery]:
    taking = (
        update(DeliveryRecord)
        .where(chosen)
        .values(
            lapses=case((DeliveryRecord.state == DeliveryState.SENDING.value, 1), else_=DeliveryRecord.lapses),
            code=case((DeliveryRecord.state == DeliveryState.SENDING.value, LAPSED), else_=DeliveryRecord.code),
            state=DeliveryState.SENDING.value,
            attempt=DeliveryRecord.attempt + 1,
            sending_at=now,
            next_at=None,
            lease_until=now + timedelta(seconds=lease_seconds),
            worker=worker,
        )
        .returning(*(getattr(DeliveryRecord, field.name) for field in fields(Delivery)))
    )
    taken = [_delivery(row) for row in connection.execute(taking)]
    return sorted(taken, key=lambda delivery: (delivery.queued_at, delivery.delivery_id))


def _delivery(row: Row[Any]) -> Delivery:
    values = dict(row._mapping)  # noqa: SLF001  # the public way to a row's names
    values |= {"purpose": AlertPurpose(row.purpose), "link_use": LinkUse(row.link_use)}
    return Delivery(**values)
