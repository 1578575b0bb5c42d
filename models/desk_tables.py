"""The tables of a desk's comforts: what an account named, typed or looked at last. No case depends on them."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.columns import Base, identity, operational

OPERATOR = "operators.operator_id"


class SavedView(Base):
    """A part of the board that an account gave a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("operator_id", "name"),)
    view_id: Mapped[str] = operational(primary_key=True)
    operator_id: Mapped[str] = operational(ForeignKey(OPERATOR))
    name: Mapped[str] = operational()
    query: Mapped[str] = operational()
    """What the board's address says, without any person in it."""
    made_at: Mapped[datetime] = operational()


class Draft(Base):
    """What an account typed into a form and has not sent. It goes once it is sent, or after a day."""

    __tablename__ = "drafts"
    operator_id: Mapped[str] = operational(ForeignKey(OPERATOR), primary_key=True)
    place: Mapped[str] = operational(primary_key=True)
    """The path of the page on which the form stands."""
    case_id: Mapped[str | None] = operational(index=True)
    """Whose key it is sealed with; None: that of the accounts, for no case is there yet."""
    sealed: Mapped[bytes] = identity()
    kept_at: Mapped[datetime] = operational(index=True)


class LeftPlace(Base):
    """The page that an account had before it when its sign-in ended: there it goes on."""

    __tablename__ = "left_places"
    operator_id: Mapped[str] = operational(ForeignKey(OPERATOR), primary_key=True)
    place: Mapped[str] = operational()
    left_at: Mapped[datetime] = operational()
