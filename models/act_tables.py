"""The tables of the house's own acts: procedures, accounts, texts of consent, who may see a case, and who looked."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.columns import Base, identity, open_, operational


class ActRecord(Base):
    """What the network did with its procedures: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "acts"
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    pathway: Mapped[str] = open_()
    edition: Mapped[int] = open_()
    content_hash: Mapped[str] = open_(ForeignKey("pathway_texts.content_hash"))
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class PersonActRecord(Base):
    """What was done with accounts: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "person_acts"
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    account: Mapped[str] = operational()
    """The account's id: its name may be a person's, and is kept with the account alone."""
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class ReadRecord(Base):
    """That somebody looked at a case: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "reads"
    __table_args__ = (
        Index("ix_reads_actor", "actor", "at"),
        Index("ix_reads_case_id", "case_id"),
        Index("ix_reads_at", "at"),
    )
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    case_id: Mapped[str] = operational()
    """No foreign key: that somebody looked is known for longer than what she looked at."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class RelationActRecord(Base):
    """Who was given a case, or broke the glass: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "relation_acts"
    __table_args__ = (
        Index("ix_relation_acts_account", "account", "case_id"),
        Index("ix_relation_acts_case_id", "case_id"),
    )
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    case_id: Mapped[str] = operational()
    """No foreign key, as for looks."""
    account: Mapped[str] = operational()
    """Whose relation it is."""
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says."""
    sealed_reason: Mapped[bytes | None] = identity()
    """Why the glass was broken, in the words of whoever did: under the case's vault key."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class WayActRecord(Base):
    """What was done about how she is reached: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "way_acts"
    __table_args__ = (Index("ix_way_acts_case_id", "case_id"),)
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    case_id: Mapped[str] = operational()
    """No foreign key, as for looks."""
    way: Mapped[str] = operational()
    """A random id."""
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says: never a kind of way, an address, or a word of hers."""
    sealed: Mapped[bytes | None] = identity()
    """The way itself, or why nobody asked her again: under the case's vault key."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class ErasureActRecord(Base):
    """What was done about erasing cases: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "erasure_acts"
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    case_id: Mapped[str] = operational()
    """Empty where the act is about the rule."""
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class ConsentTextRecord(Base):
    """What she is read before she says yes or no: never changed, never deleted (triggers refuse it)."""

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("consent", "edition"),)
    hash: Mapped[str] = open_(primary_key=True)
    """SHA-256 of the canonical JSON of consent, edition and texts: it stands in the trail beside her word."""
    consent: Mapped[str] = open_()
    edition: Mapped[int] = open_()
    texts: Mapped[str] = open_()
    """Canonical JSON: a text by language."""
    at: Mapped[datetime] = operational()
    actor: Mapped[str] = operational()


class ActHead(Base):
    """The end of each of these chains, in one row: a chain cannot see its own missing tail."""

    __tablename__ = "act_heads"
    name: Mapped[str] = operational(primary_key=True)
    seq: Mapped[int] = operational()
    hash: Mapped[str] = operational()
