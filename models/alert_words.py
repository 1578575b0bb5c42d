"""What the rules have to be told of a message, as commands of the carrier, each under an id of its own: said once."""

from collections.abc import Sequence
from typing import Any

from models.deliveries import LAPSED, SettledDelivery
from procedures.commands import DeliveryResult, NoteReceipt, NoteUncertain, Receipt, Road, SettleAlert


def settled_alert(row: Any, word: SettledDelivery, result: DeliveryResult) -> SettleAlert:
    """What became of the whole alert."""
    return SettleAlert(
        id=f"settle:{row.delivery_id}:{result.value}",
        case_id=row.case_id,
        actor="carrier",
        road=Road.CARRIER,
        alert_id=row.alert_id,
        result=result,
        channel=row.channel,
        settled_at=word.at,
        detail=word.code or "",
    )


def doubt(row: Any, attempt: int, code: str | None) -> NoteUncertain:
    """For the trail: this attempt may have arrived, and nobody can say."""
    return NoteUncertain(
        id=f"uncertain:{row.delivery_id}:{attempt}",
        case_id=row.case_id,
        actor="carrier",
        road=Road.CARRIER,
        alert_id=row.alert_id,
        channel=row.channel,
        attempt=attempt,
        code=code or "",
    )


def returned(row: Any, word: SettledDelivery) -> NoteReceipt:
    """It came back, with what it was said with."""
    return NoteReceipt(
        id=f"receipt:{row.delivery_id}:{Receipt.RETURNED.value}",
        case_id=row.case_id,
        actor="carrier",
        road=Road.CARRIER,
        alert_id=row.alert_id,
        channel=row.channel,
        receipt=Receipt.RETURNED,
        code=word.code or "",
        said_at=word.said_at,
        evidence=word.evidence,
    )


def doubts_before(row: Any) -> Sequence[NoteUncertain]:
    """The attempt before this one, whose sender did not come back to say what became of it."""
    return [doubt(row, row.attempt - 1, LAPSED)] if row.attempt > 1 else []
