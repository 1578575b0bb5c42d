"""Receipts of certified mail, kept as they came: sealed under the case's key, with a hash that the trail names too."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from models.composition import House
from models.evidence_tables import PecReceiptRecord
from models.replies import Sent
from models.upserting import insert

TABLE, FIELD = "pec_receipts", "sealed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One receipt."""

    key: str
    delivery_id: str
    kind: str
    said_at: datetime | None
    kept_at: datetime
    original: bytes = field(repr=False)


def keep_evidence(house: House, sent: Sent, *, key: str, kind: str, said_at: datetime | None, original: bytes) -> None:
    """Keep it. The same once more changes nothing.

    Raises:
        CaseKeyMissing: the case was erased.
        StoreBusy, StoreFailed: it is not certain to be saved.
    """
    sealed = house.keyring.seal("route", original, table=TABLE, case_id=sent.case_id, row=key, field=FIELD)
    row = {
        "receipt_key": key,
        "case_id": sent.case_id,
        "delivery_id": sent.delivery_id,
        "kind": kind,
        "said_at": said_at,
        "kept_at": house.clock.now(),
        "sealed": sealed,
    }
    with house.database.write() as connection:
        connection.execute(insert(PecReceiptRecord).values(row).on_conflict_do_nothing())


def evidence_of(house: House, case_id: str) -> list[Evidence]:
    """The receipts of a case, as they came, oldest first.

    Raises:
        SealBroken: one was altered.
    """
    table = PecReceiptRecord
    with house.database.read() as connection:
        query = select(table.__table__).where(table.case_id == case_id).order_by(table.kept_at, table.receipt_key)
        rows = connection.execute(query).all()
    found = []
    for row in rows:
        where = {"table": TABLE, "case_id": case_id, "row": row.receipt_key, "field": FIELD}
        original = house.keyring.unseal("route", row.sealed, **where) or b""
        found.append(Evidence(row.receipt_key, row.delivery_id, row.kind, row.said_at, row.kept_at, original))
    return found
