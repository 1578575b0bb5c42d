"""The statements with which a carrier's word is kept."""

from sqlalchemy import bindparam, or_, select, update

from models.addressing import COPIES
from models.columns import UtcDateTime
from models.deliveries import DeliveryState
from models.outbox import UNDER_WAY
from models.prepared import Prepared, updating
from models.tables import DeliveryRecord, LinkRecord

DELIVERY = Prepared(
    select(DeliveryRecord.__table__).where(DeliveryRecord.delivery_id == bindparam("asked")).with_for_update()
)
STATES = Prepared(
    # Without its copies: that one may arrive alerts nobody.
    select(DeliveryRecord.state, DeliveryRecord.queued_at).where(
        DeliveryRecord.alert_id == bindparam("asked"), *(DeliveryRecord.delivery_id.not_like(one) for one in COPIES)
    )
)
FORWARD = Prepared(
    update(DeliveryRecord)
    .where(DeliveryRecord.alert_id == bindparam("asked"), DeliveryRecord.state == DeliveryState.QUEUED.value)
    .values(next_at=bindparam("now", type_=UtcDateTime))
)
"""What was to follow later leaves now: the channel before it failed after all."""
LINK_CLOSED = Prepared(
    select(LinkRecord.delivery_id).where(
        LinkRecord.delivery_id == bindparam("asked"), LinkRecord.closed_at.is_not(None)
    )
)
CASE_OF = Prepared(
    select(DeliveryRecord.delivery_id, DeliveryRecord.case_id).where(DeliveryRecord.delivery_id == bindparam("asked"))
)
LAPSED_FOR_GOOD = Prepared(
    select(
        DeliveryRecord.delivery_id, DeliveryRecord.case_id, DeliveryRecord.settled_at, DeliveryRecord.provider_id
    ).where(
        UNDER_WAY,
        DeliveryRecord.lease_until <= bindparam("now", type_=UtcDateTime),
        or_(DeliveryRecord.lapses > 0, DeliveryRecord.withdrawn.is_(True), DeliveryRecord.settled_at.is_not(None)),
    )
)
NOTING = Prepared(
    update(DeliveryRecord)
    .where(
        UNDER_WAY,
        DeliveryRecord.delivery_id == bindparam("taken"),
        DeliveryRecord.attempt == bindparam("this_attempt"),
    )
    .values(
        settled_at=bindparam("taken_at", type_=UtcDateTime),
        provider_id=bindparam("called"),
        lease_until=bindparam("leased_until", type_=UtcDateTime),
    )
)
"""Still `sending`, for the rules have not been told; that it was settled at some time says that its carrier took it."""
WRITTEN = ("state", "next_at", "settled_at", "code", "provider_id", "lapses", "lease_until", "worker")
WRITING = updating(DeliveryRecord, "delivery_id", WRITTEN)
