"""The table of receipts that were kept as evidence: the provider's own bytes, sealed, and what they say."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from models.columns import Base, operational, routing


class PecReceiptRecord(Base):
    """One receipt of certified mail."""

    __tablename__ = "pec_receipts"
    receipt_key: Mapped[str] = operational(primary_key=True)
    """SHA-256 of its bytes as they came: the same that its event in the trail names."""
    case_id: Mapped[str] = operational(ForeignKey("cases.case_id"), index=True)
    delivery_id: Mapped[str] = operational(index=True)
    kind: Mapped[str] = operational()
    """In the provider's word: `accettazione`, `avvenuta-consegna` …"""
    said_at: Mapped[datetime | None] = operational()
    """When it was, by the provider's clock."""
    kept_at: Mapped[datetime] = operational()
    sealed: Mapped[bytes] = routing()
    """The receipt, byte for byte, under the case's key."""
