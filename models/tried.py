"""Where an alert has been already: which addresses it need not be sent to again."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, select

from models.deliveries import DeliveryState
from models.prepared import Prepared
from models.tables import DeliveryRecord

CARRIER_RESTS = "rests"
"""The code of a message that was not tried since its carrier is in trouble (`notifiers.breaker.RESTS`)."""
CARRIER_PACED = "paced"
"""The code of a message that was not tried since its carrier had its share of the minute (`notifiers.pace.PACED`)."""
NOT_TRIED = frozenset({CARRIER_RESTS, CARRIER_PACED})
TRIED = Prepared(
    select(DeliveryRecord.channel, DeliveryRecord.address, DeliveryRecord.state, DeliveryRecord.code).where(
        DeliveryRecord.alert_id == bindparam("asked")
    )
)


def been_to(connection: Connection, alert_id: str) -> Collection[tuple[str, str]]:
    """The addresses that this alert has been to. One whose carrier was not tried was not, and is asked once more.

    Twice is enough: where every carrier of a person rests, the last channel waits instead of going round.
    """
    rows = TRIED.read(connection, asked=alert_id)
    left_out = Counter((row.channel, row.address) for row in rows if _not_tried(row))
    return {place for place, many in left_out.items() if many > 1} | {
        (row.channel, row.address) for row in rows if not _not_tried(row)
    }


def _not_tried(row: Any) -> bool:
    return bool(row.state == DeliveryState.PERMANENT and row.code in NOT_TRIED)
