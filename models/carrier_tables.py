"""The table of carriers in trouble."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from models.columns import Base, operational


class CarrierTroubleRecord(Base):
    """One carrier that let its latest messages down, as one machine of the house sees it."""

    __tablename__ = "carrier_troubles"
    place: Mapped[str] = operational(primary_key=True)
    """The machine that sends; empty for a house that has its database alone."""
    carrier: Mapped[str] = operational(primary_key=True)
    """`email`, `email.second`."""
    trouble_id: Mapped[str] = operational()
    """The Message-ID of what is said about it follows from it."""
    code: Mapped[str] = operational()
    in_a_row: Mapped[int] = operational()
    since: Mapped[datetime] = operational()
    told_at: Mapped[datetime | None] = operational()
    """When somebody who runs the house was told."""
    over_at: Mapped[datetime | None] = operational()
    """When it worked again; the line goes once that is told, too."""
