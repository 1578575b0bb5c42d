"""The table of mails that were read: what each led to, and the mail that its sender is told so with."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from models.columns import Base, operational


class MailRead(Base):
    """One mail of the answering box. Nothing of its text is kept."""

    __tablename__ = "mails_read"
    mail_key: Mapped[str] = operational(primary_key=True)
    """SHA-256 of its sender and its Message-ID: the same mail twice is one."""
    read_at: Mapped[datetime] = operational(index=True)
    kind: Mapped[str] = operational()
    """What it was: `answer`, `unclear`, `automatic`, `bounce`, `unreadable`."""
    outcome: Mapped[str] = operational()
    """What it led to, in a word of ours."""
    delivery_id: Mapped[str | None] = operational()
    """The message that it answers, where that is certain."""
    person: Mapped[str | None] = operational(index=True)
    echo: Mapped[str | None] = operational()
    """What its sender is told; None: nothing."""
    echo_tried_at: Mapped[datetime | None] = operational()
    echo_ended_at: Mapped[datetime | None] = operational()
    echo_code: Mapped[str | None] = operational()
    """Why that was given up, in a word of ours or a number of the protocol."""
