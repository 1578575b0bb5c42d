"""Messages to one person that waited at the same time leave as one, which says how many they are.

Each keeps its own link, its own lease and its own outcome in the trail; that they went out together is kept before the
first byte leaves, so that what comes back of the one comes back of all.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, select, update

from models.database import Database
from models.deliveries import Delivery, DeliveryState, SettledDelivery
from models.outbox import DUE, OF_ENDED, UNDER_WAY, WANTED, delivery_of
from models.tables import DeliveryRecord
from models.tried import NOT_TRIED
from procedures.directory import ContactKind
from procedures.events import AlertPurpose, LinkUse

FOLDED = frozenset({AlertPurpose.REQUEST, AlertPurpose.REMINDER, AlertPurpose.DEPUTY})
"""What asks somebody something. News asks nothing, and says all it has to say in its subject."""
MOST_TOGETHER = 10
"""In one message: more is a list that nobody reads to its end."""


def waited(delivery: Delivery) -> bool:
    """Whether it asks something by mail, and was kept waiting since its carrier could be given nothing.

    An SMS has room for one link alone. What may have arrived goes again as it was.
    """
    asks = delivery.purpose in FOLDED and delivery.link_use is LinkUse.ANSWER
    return asks and delivery.channel == ContactKind.EMAIL.value and delivery.code in NOT_TRIED


def alike(delivery: Delivery) -> tuple[str, str, str, bool]:
    """What all that leave as one have in common."""
    return delivery.person, delivery.address, delivery.language, delivery.drill


def waiting_beside(db: Database, first: Delivery) -> Sequence[tuple[str, str]]:
    """What waits for the same person at the same address: ids of deliveries and of their cases, oldest first."""
    row = DeliveryRecord
    query = select(row.delivery_id, row.case_id).where(_beside(first)).order_by(row.queued_at).limit(MOST_TOGETHER)
    with db.look() as connection:
        return [(one.delivery_id, one.case_id) for one in connection.execute(query)]


def fold(
    db: Database,
    together: Sequence[Delivery],
    besides: Collection[str],
    *,
    worker: str,
    now: datetime,
    lease_seconds: float,
) -> Sequence[Delivery]:
    """Take what still waits of `besides`, to go out with those that `worker` has claimed; all of them, first one first.

    Raises:
        StoreBusy, StoreFailed: nothing was taken.
    """
    row, first = DeliveryRecord, together[0]
    taking = {
        "state": DeliveryState.SENDING.value,
        "attempt": row.attempt + 1,
        "sending_at": now,
        "next_at": None,
        "lease_until": now + timedelta(seconds=lease_seconds),
        "worker": worker,
        "folded_into": first.delivery_id,
    }
    wanted = and_(row.delivery_id.in_(list(besides)), _beside(first))
    mine = and_(row.delivery_id.in_([one.delivery_id for one in together]), row.worker == worker, UNDER_WAY)
    with db.write() as connection:
        taken = connection.execute(update(row).where(wanted).values(taking).returning(*WANTED)).all()
        if taken or len(together) > 1:
            connection.execute(update(row).where(mine).values(folded_into=first.delivery_id))
    more = sorted((delivery_of(one) for one in taken), key=lambda one: (one.queued_at, one.delivery_id))
    return [*together, *more]


def _beside(first: Delivery) -> ColumnElement[bool]:
    row = DeliveryRecord
    return and_(
        DUE,
        ~OF_ENDED,
        row.code.in_(sorted(NOT_TRIED)),
        row.purpose.in_(sorted(FOLDED)),
        row.link_use == LinkUse.ANSWER.value,
        row.lapses == 0,
        row.channel == first.channel,
        row.person == first.person,
        row.address == first.address,
        row.language == first.language,
        row.drill.is_(first.drill),
    )


def words_of_all(connection: Connection, words: Sequence[SettledDelivery]) -> Sequence[SettledDelivery]:
    """These words; and of each message that came back, the same of those that had gone out with it."""
    row, found = DeliveryRecord, []
    for word in words:
        found.append(word)
        if word.returned:
            query = select(row.delivery_id).where(row.folded_into == word.delivery_id)
            rest = connection.execute(query.where(row.delivery_id != word.delivery_id)).scalars()
            found += [replace(word, delivery_id=one) for one in rest]
    return found
