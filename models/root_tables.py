"""The tables of the roots over every chain, and of what was told of them outside."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from models.columns import Base, operational


class RootRecord(Base):
    """One signed root over the heads of all chains: never changed, never deleted (triggers refuse it)."""

    __tablename__ = "roots"
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    chains: Mapped[int] = operational()
    """How many leaves its tree has."""
    entries: Mapped[int] = operational()
    """How many rows all these chains have together."""
    merkle: Mapped[str] = operational()
    """The root of the tree (RFC 6962, 2.1)."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()
    """Over everything above: this is what is signed and told outside."""
    signature: Mapped[str] = operational()


class RootHead(Base):
    """The end of one chain as a root found it, where it had moved since: never changed, never deleted."""

    __tablename__ = "root_heads"
    __table_args__ = (Index("ix_root_heads_chain", "chain", "seq", unique=True), {"sqlite_with_rowid": False})
    root: Mapped[int] = operational(ForeignKey("roots.seq"), primary_key=True)
    leaf: Mapped[int] = operational(primary_key=True)
    """The place of the chain in the tree, from 0; it keeps it for ever."""
    chain: Mapped[str] = operational()
    """The id of the case, or `house:` and the name of a chain of the house."""
    seq: Mapped[int] = operational()
    hash: Mapped[str] = operational()


class AnchorWish(Base):
    """Somebody asked that a root be told outside at once: never changed, never deleted (triggers refuse it)."""

    __tablename__ = "anchor_wishes"
    wish_id: Mapped[str] = operational(primary_key=True)
    at: Mapped[datetime] = operational(index=True)
    why: Mapped[str] = operational()
    """A word of ours: `export`, `break-glass`, `erasure`."""


class AnchorRecord(Base):
    """One attempt at telling a root outside: never changed, never deleted (triggers refuse it)."""

    __tablename__ = "anchors"
    __table_args__ = (Index("ix_anchors_place", "place", "at"),)
    anchor_id: Mapped[str] = operational(primary_key=True)
    root: Mapped[int] = operational(ForeignKey("roots.seq"))
    place: Mapped[str] = operational()
    """`first_mailbox`, `second_mailbox`, `stamp`: the name of the setting."""
    at: Mapped[datetime] = operational()
    taken: Mapped[bool] = operational()
    """Whether whoever is there said that he took it."""
    code: Mapped[str | None] = operational()
    """Why not, in a word of ours or a number of the protocol."""
    stamp: Mapped[bytes | None] = operational()
    """The answer of a time stamp server, as it came (RFC 3161)."""
