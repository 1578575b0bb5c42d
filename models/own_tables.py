"""The table of what is sent to a person about her own channels: tests, and news of what was changed."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from models.columns import Base, operational


class OwnLetter(Base):
    """One message to one person over one channel of hers, kept before it leaves. No case hangs on it."""

    __tablename__ = "own_letters"
    letter_id: Mapped[str] = operational(primary_key=True)
    """The Message-ID and the code of a test follow from it."""
    kind: Mapped[str] = operational()
    """`test`, or what was changed (`StandingActKind`)."""
    person: Mapped[str] = operational(index=True)
    mark: Mapped[str] = operational()
    """Which channel, as the acts say it: its address stands in the network's file alone."""
    channel: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    """Who asked for it, or who changed it."""
    queued_at: Mapped[datetime] = operational()
    state: Mapped[str] = operational()
    """As of a delivery (`DeliveryState`)."""
    attempt: Mapped[int] = operational()
    next_at: Mapped[datetime | None] = operational()
    """When it leaves; while it is leaving, when nobody waits for it any more. None: it is over."""
    settled_at: Mapped[datetime | None] = operational()
    code: Mapped[str | None] = operational()
    """Why it was not taken: a code of ours or of the carrier's protocol."""
    provider_id: Mapped[str | None] = operational()
    typed: Mapped[int] = operational()
    """How many codes were typed for it."""
    proven_at: Mapped[datetime | None] = operational()
    """When the right one was."""
