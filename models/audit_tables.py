"""The tables of the auditors' room: what they did, and how far a check came that a page started."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from models.columns import Base, identity, operational


class AuditActRecord(Base):
    """What an auditor did: never changed, never deleted (triggers refuse it), chained by hash."""

    __tablename__ = "audit_acts"
    seq: Mapped[int] = operational(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    case_id: Mapped[str] = operational()
    """Empty where the act is about no single case."""
    payload: Mapped[str] = operational()
    """Canonical JSON of whatever else the act says."""
    sealed_note: Mapped[bytes | None] = identity()
    """What she wrote about the case: under its vault key, so that erasing the case erases it as well."""
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class VerifyJob(Base):
    """A check of the whole trail, done in slices: whoever goes on with it begins behind the last one."""

    __tablename__ = "verify_jobs"
    number: Mapped[int] = operational(primary_key=True, autoincrement=False)
    started_by: Mapped[str] = operational()
    started_at: Mapped[datetime] = operational()
    state: Mapped[str] = operational()
    after: Mapped[str] = operational()
    """The id of the last case that was looked at."""
    house_done: Mapped[bool] = operational()
    """Whether roots and the house's own chains were looked at."""
    cases: Mapped[int] = operational()
    events: Mapped[int] = operational()
    total: Mapped[int] = operational()
    """Cases, when it began."""
    fault_count: Mapped[int] = operational()
    faults: Mapped[str] = operational()
    """Canonical JSON of the first of them."""
    moved_at: Mapped[datetime] = operational()
    lease_until: Mapped[datetime | None] = operational()
    worker: Mapped[str | None] = operational()
