"""The tables of what the house holds of each person of the network: acts, PINs, channels, wrong tries."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from models.columns import Base, operational


class StandingActRecord(Base):
    """What was done about a person: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "standing_acts"
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    person: Mapped[str] = operational()
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class PinRecord(Base):
    """The PIN of a person of the network, as argon2id keeps it; the acts hold its digest."""

    __tablename__ = "pins"
    person: Mapped[str] = operational(primary_key=True)
    pin_hash: Mapped[str] = operational()
    issued_at: Mapped[datetime] = operational()


class RevokedChannel(Base):
    """A channel that gets no message until it is proven again."""

    __tablename__ = "revoked_channels"
    person: Mapped[str] = operational(primary_key=True)
    mark: Mapped[str] = operational(primary_key=True)
    """A keyed digest of kind and address: a new address of the person is another channel."""
    channel: Mapped[str] = operational()
    revoked_at: Mapped[datetime] = operational()


class PinTries(Base):
    """How often a wrong PIN was typed for one handoff as one person."""

    __tablename__ = "pin_tries"
    ref: Mapped[str] = operational(primary_key=True)
    person: Mapped[str] = operational(primary_key=True)
    wrong: Mapped[int] = operational()
