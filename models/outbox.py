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

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, literal_column, or_, select, update

from models.addressing import ASKING
from models.columns import UtcDateTime
from models.database import Database
from models.points import reach
from models.prepared import Prepared
from models.tables import DeliveryRecord, HandoffRecord
from procedures.events import AlertPurpose, LinkUse

DUE: ColumnElement[bool] = literal_column("state IN ('queued', 'temporary')")
"""As the partial index says it: with bound values SQLite would not use the index."""
UNDER_WAY: ColumnElement[bool] = literal_column("state = 'sending'")
ASKED: ColumnElement[bool] = literal_column(f"purpose IN ({', '.join(repr(one.value) for one in sorted(ASKING))})")
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


NOW = bindparam("now", type_=UtcDateTime)
CLAIMABLE = or_(
    and_(DUE, DeliveryRecord.next_at <= NOW),
    and_(UNDER_WAY, DeliveryRecord.lease_until <= NOW, DeliveryRecord.lapses == 0),
)
OLDEST = (
    select(DeliveryRecord.delivery_id)
    .where(CLAIMABLE)
    .order_by(DeliveryRecord.queued_at)
    .limit(bindparam("most", type_=Integer))
)
THIS_ONE = and_(DeliveryRecord.delivery_id == bindparam("this_one"), CLAIMABLE)
ANY_CLAIMABLE = Prepared(select(DeliveryRecord.delivery_id).where(CLAIMABLE).limit(1))
THIS_CLAIMABLE = Prepared(select(DeliveryRecord.delivery_id).where(THIS_ONE))
NEXT_SENDING = Prepared(select(func.min(DeliveryRecord.next_at).label("at")).where(DUE))
NEXT_LAPSE = Prepared(select(func.min(DeliveryRecord.lease_until).label("at")).where(UNDER_WAY))
WITHDRAWING_ENDED = Prepared(
    update(DeliveryRecord)
    .where(
        DUE,
        ASKED,
        DeliveryRecord.about.in_(select(HandoffRecord.ref).where(HandoffRecord.ended_at.is_not(None))),
    )
    .values(state=DeliveryState.WITHDRAWN.value, withdrawn=True, next_at=None, settled_at=NOW)
)


def _taking(chosen: ColumnElement[bool]) -> Prepared:
    lapsed = DeliveryRecord.state == DeliveryState.SENDING.value
    return Prepared(
        update(DeliveryRecord)
        .where(chosen)
        .values(
            lapses=case((lapsed, 1), else_=DeliveryRecord.lapses),
            code=case((lapsed, LAPSED), else_=DeliveryRecord.code),
            state=DeliveryState.SENDING.value,
            attempt=DeliveryRecord.attempt + 1,
            sending_at=NOW,
            next_at=None,
            lease_until=bindparam("leased_until"),
            worker=bindparam("taken_by"),
        )
        .returning(*(getattr(DeliveryRecord, field.name) for field in fields(Delivery)))
    )


TAKING = _taking(DeliveryRecord.delivery_id.in_(OLDEST))
TAKING_THIS = _taking(THIS_ONE)


def claim(db: Database, *, worker: str, now: datetime, lease_seconds: float, limit: int = 8) -> Sequence[Delivery]:
    """Take up to `limit` due deliveries, oldest first; they are `sending` and leased when this returns.

    `lease_seconds` are seconds of the clock that `now` is from: multiply by `clock.speed`.

    Raises:
        StoreBusy: nothing was claimed.
    """
    with db.read() as connection:
        if ANY_CLAIMABLE.first(connection, now=now) is None:
            return ()
    until = now + timedelta(seconds=lease_seconds)
    with db.write() as connection:
        WITHDRAWING_ENDED.run(connection, [{"now": now}])
        taken = TAKING.read(connection, now=now, leased_until=until, taken_by=worker, most=limit)
    reach("claim-committed")
    return sorted((_delivery(row) for row in taken), key=lambda one: (one.queued_at, one.delivery_id))


def claim_one(db: Database, delivery_id: str, *, worker: str, now: datetime, lease_seconds: float) -> Delivery | None:
    """Take this one if it is due; None where it was sent, settled, withdrawn or taken by another.

    Raises:
        StoreBusy: nothing was claimed.
    """
    with db.read() as connection:
        if THIS_CLAIMABLE.first(connection, now=now, this_one=delivery_id) is None:
            return None
    until = now + timedelta(seconds=lease_seconds)
    with db.write() as connection:
        WITHDRAWING_ENDED.run(connection, [{"now": now}])
        taken = TAKING_THIS.first(connection, now=now, leased_until=until, taken_by=worker, this_one=delivery_id)
    reach("claim-committed")
    return None if taken is None else _delivery(taken)


def next_send_at(db: Database) -> datetime | None:
    """When the outbox next has something to do: a message, a retry, a lapsed lease; None while nothing waits.

    A lease that lapses for the second time is `Handling.settle_lapsed`'s.
    """
    with db.read() as connection:
        moments = [statement.first(connection).at for statement in (NEXT_SENDING, NEXT_LAPSE)]
    return min((moment for moment in moments if moment is not None), default=None)


def _delivery(row: Any) -> Delivery:
    values = dict(row._asdict())
    values |= {"purpose": AlertPurpose(row.purpose), "link_use": LinkUse(row.link_use)}
    return Delivery(**values)
