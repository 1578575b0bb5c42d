"""The tables of what was done about the network: duty turns that were changed, and editions that two people adopt."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from models.columns import Base, operational


class NetworkActRecord(Base):
    """What was done about the network: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "network_acts"
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    about: Mapped[str] = operational()
    """A service by id, or the hash of a proposed text."""
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class ProposedNetwork(Base):
    """A text of the network's file that somebody proposed, by its SHA-256."""

    __tablename__ = "proposed_networks"
    hash: Mapped[str] = operational(primary_key=True)
    document: Mapped[str] = operational()
