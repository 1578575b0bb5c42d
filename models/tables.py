"""Every table of the main database. Each column declares its data class; a test fails on one that does not.

Columns of class routing and identity hold ciphertext only. Times are aware UTC.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped

import models.account_tables  # its tables belong to the same metadata
import models.act_tables  # its tables belong to the same metadata
import models.audit_tables  # its tables belong to the same metadata
import models.carrier_tables  # its tables belong to the same metadata
import models.desk_tables  # its tables belong to the same metadata
import models.evidence_tables  # its tables belong to the same metadata
import models.own_tables  # its tables belong to the same metadata
import models.reply_tables  # its tables belong to the same metadata
import models.root_tables  # noqa: F401  # its tables belong to the same metadata
from models.columns import Base, identity, open_, operational, routing

CASE = "cases.case_id"
CLUSTERED = {"sqlite_with_rowid": False}
"""Kept in the order of its key: one page less to write per row. PostgreSQL has no such tables."""


def _partial_index(name: str, *columns: str, where: str) -> Index:
    """An index of the rows that somebody still looks for."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Case(Base):
    """One case: what is in clear of it, and the sealed snapshot of its state."""

    __tablename__ = "cases"
    case_id: Mapped[str] = operational(primary_key=True)
    code: Mapped[str] = operational(unique=True)
    status: Mapped[str] = operational(index=True)
    territory: Mapped[str] = operational()
    drill: Mapped[bool] = operational()
    own_work: Mapped[bool] = operational(server_default=false())
    """Whether it is no case but the network's own work: it stands among the cases nowhere, and is not counted."""
    opened_at: Mapped[datetime] = operational()
    ended_at: Mapped[datetime | None] = operational()
    version: Mapped[int] = operational()
    """How many events made the state; the `seq` of the last one."""
    sealed_state: Mapped[bytes] = routing()
    head_hash: Mapped[str] = operational()
    next_due_at: Mapped[datetime | None] = operational(index=True)
    """When `PassDeadline` has something to do."""
    erased_at: Mapped[datetime | None] = operational()
    """When its keys were destroyed: it follows from the acts about erasures, and stands here for whoever loads it."""
    __table_args__ = (
        _partial_index("ix_cases_erased_at", "erased_at", where="erased_at IS NOT NULL"),
        Index("ix_cases_opened_at", "opened_at", "case_id"),
        _partial_index("ix_cases_own_work", "opened_at", "case_id", where="own_work"),
    )


class EventRecord(Base):
    """The trail: never changed, never deleted (triggers refuse it), chained by hash within its case."""

    __tablename__ = "events"
    __table_args__ = (
        _partial_index("ix_events_opener", "actor", where="seq = 1"),
        _partial_index("ix_events_signals", "at", where="kind = 'signal_given'"),
        CLUSTERED,
    )
    case_id: Mapped[str] = operational(ForeignKey(CASE), primary_key=True)
    seq: Mapped[int] = operational(primary_key=True)
    """From 1, without gaps, per case."""
    at: Mapped[datetime] = operational()
    kind: Mapped[str] = operational()
    run_id: Mapped[str | None] = operational()
    """The pathway run it belongs to, where there is one."""
    command_id: Mapped[str] = operational()
    actor: Mapped[str] = operational()
    road: Mapped[str] = operational()
    payload: Mapped[str] = operational()
    """Canonical JSON of the open and operational fields."""
    sealed_routing: Mapped[bytes | None] = routing()
    sealed_identity: Mapped[bytes | None] = identity()
    prev_hash: Mapped[str] = operational()
    hash: Mapped[str] = operational()


class CommandRecord(Base):
    """Every command that was done, so that the same id twice does the thing once."""

    __tablename__ = "commands"
    __table_args__ = (CLUSTERED,)
    id: Mapped[str] = operational(primary_key=True)
    case_id: Mapped[str] = operational(ForeignKey(CASE))
    digest: Mapped[str] = operational()
    """Keyed hash of what was asked: another request under the same id is an error, not a repeat."""
    first_seq: Mapped[int] = operational()
    last_seq: Mapped[int] = operational()
    """Below `first_seq` where the command led to nothing."""
    at: Mapped[datetime] = operational()


class Run(Base):
    """One pathway of a case: a projection of its state."""

    __tablename__ = "runs"
    __table_args__ = (CLUSTERED,)
    run_id: Mapped[str] = operational(primary_key=True)
    case_id: Mapped[str] = operational(ForeignKey(CASE), index=True)
    ref: Mapped[str] = operational(unique=True)
    pathway: Mapped[str] = operational()
    content_hash: Mapped[str] = operational()
    state: Mapped[str] = operational()
    parent_run: Mapped[str | None] = operational()
    outcome: Mapped[str | None] = operational()
    started_at: Mapped[datetime] = operational()
    ended_at: Mapped[datetime | None] = operational()
    last_seq: Mapped[int] = operational()
    """The last event that touched it."""
    review_since: Mapped[datetime | None] = operational()
    """Since when something in it, done without her consent, waits to be reviewed."""


class HandoffRecord(Base):
    """One handoff: a projection of the state of its case."""

    __tablename__ = "handoffs"
    ref: Mapped[str] = operational(primary_key=True)
    case_id: Mapped[str] = operational(ForeignKey(CASE), index=True)
    run_id: Mapped[str] = operational(index=True)
    pathway: Mapped[str] = operational()
    step: Mapped[str] = operational()
    mode: Mapped[str] = operational()
    service: Mapped[str | None] = operational()
    owner_kind: Mapped[str] = operational()
    owner_id: Mapped[str] = operational()
    state: Mapped[str] = operational()
    overdue: Mapped[bool] = operational()
    requested_at: Mapped[datetime] = operational()
    accept_by: Mapped[datetime | None] = operational()
    complete_by: Mapped[datetime | None] = operational()
    due_at: Mapped[datetime | None] = operational()
    """The next promise that somebody has to keep: what boards sort by. In the past where it was broken."""
    acknowledged_at: Mapped[datetime | None] = operational()
    accepted_at: Mapped[datetime | None] = operational()
    ended_at: Mapped[datetime | None] = operational()
    result: Mapped[str | None] = operational()
    reason: Mapped[str | None] = operational()
    giver_kind: Mapped[str] = operational()
    giver_id: Mapped[str] = operational()
    giver_ref: Mapped[str] = operational()
    __table_args__ = (
        _partial_index("ix_handoffs_open", "overdue", "due_at", "ref", where="ended_at IS NULL"),
        _partial_index("ix_handoffs_accepted_at", "accepted_at", where="accepted_at IS NOT NULL"),
    )


class DeliveryRecord(Base):
    """The outbox: one attempt series of one alert over one channel. `delivery_id` is `<alert_id>.<n>`."""

    __tablename__ = "deliveries"
    delivery_id: Mapped[str] = operational(primary_key=True)
    alert_id: Mapped[str] = operational(index=True)
    case_id: Mapped[str] = operational(ForeignKey(CASE), index=True)
    run_id: Mapped[str] = operational(index=True)
    step: Mapped[str | None] = operational()
    ref: Mapped[str] = operational()
    about: Mapped[str | None] = operational()
    purpose: Mapped[str] = operational()
    to_kind: Mapped[str] = operational()
    to_id: Mapped[str] = operational()
    person: Mapped[str] = operational()
    channel: Mapped[str] = operational()
    address: Mapped[str] = operational()
    language: Mapped[str] = operational()
    drill: Mapped[bool] = operational()
    again: Mapped[bool] = operational()
    link_use: Mapped[str] = operational()
    answer_by: Mapped[datetime | None] = operational()
    link_until: Mapped[datetime | None] = operational()
    send_before: Mapped[datetime | None] = operational()
    state: Mapped[str] = operational()
    attempt: Mapped[int] = operational()
    lapses: Mapped[int] = operational()
    """How often nobody could say whether it left: once repeated, then given up."""
    withdrawn: Mapped[bool] = operational()
    """Answered meanwhile: not tried again, whatever comes of the sending under way."""
    next_at: Mapped[datetime | None] = operational()
    lease_until: Mapped[datetime | None] = operational()
    worker: Mapped[str | None] = operational()
    queued_at: Mapped[datetime] = operational()
    sending_at: Mapped[datetime | None] = operational()
    settled_at: Mapped[datetime | None] = operational()
    code: Mapped[str | None] = operational()
    provider_id: Mapped[str | None] = operational()
    message_id: Mapped[str] = operational()
    folded_into: Mapped[str | None] = operational()
    """The delivery as part of which it went out last, where several left as one; its own id where it is that one."""
    __table_args__ = (
        _partial_index("ix_deliveries_folded", "folded_into", where="folded_into IS NOT NULL"),
        _partial_index("ix_deliveries_due", "next_at", where="state IN ('queued', 'temporary')"),
        _partial_index("ix_deliveries_lease", "lease_until", where="state = 'sending'"),
    )


class LinkRecord(Base):
    """The hash of the token that one message carries, and what it may still do."""

    __tablename__ = "links"
    __table_args__ = (CLUSTERED,)
    token_hash: Mapped[str] = operational(primary_key=True)
    delivery_id: Mapped[str] = operational(ForeignKey("deliveries.delivery_id"), unique=True)
    alert_id: Mapped[str] = operational()
    about_ref: Mapped[str] = operational(index=True)
    case_id: Mapped[str] = operational(ForeignKey(CASE))
    person: Mapped[str] = operational()
    use: Mapped[str] = operational()
    expires_at: Mapped[datetime] = operational()
    closed_at: Mapped[datetime | None] = operational()
    closed_because: Mapped[str | None] = operational()
    wrong_codes: Mapped[int] = operational()


class PathwayText(Base):
    """The exact text that running pathways are pinned to."""

    __tablename__ = "pathway_texts"
    content_hash: Mapped[str] = open_(primary_key=True)
    name: Mapped[str] = open_()
    edition: Mapped[int] = open_()
    text: Mapped[str] = open_()
    kept_at: Mapped[datetime] = open_()


class Network(Base):
    """Every edition of the directory that was imported; the highest is in force."""

    __tablename__ = "networks"
    edition: Mapped[int] = operational(primary_key=True, autoincrement=True)
    imported_at: Mapped[datetime] = operational()
    document: Mapped[str] = operational()
    """The imported YAML, word for word."""
    __table_args__ = ({"sqlite_autoincrement": True},)


class RunWake(Base):
    """What the engine still has to bring into a run's history: `wanted_seq` above `done_seq`."""

    __tablename__ = "run_wakes"
    __table_args__ = (_partial_index("ix_run_wakes_due", "wake_at", where="wanted_seq > done_seq"), CLUSTERED)
    run_id: Mapped[str] = operational(primary_key=True)
    wanted_seq: Mapped[int] = operational()
    done_seq: Mapped[int] = operational()
    wake_at: Mapped[datetime | None] = operational()
    lease_until: Mapped[datetime | None] = operational()
    worker: Mapped[str | None] = operational()
    tries: Mapped[int] = operational()


class FlowRun(Base):
    """Which Prefect flow run tells the history of a pathway run: the mirror that our pages read."""

    __tablename__ = "flow_runs"
    run_id: Mapped[str] = operational(primary_key=True)
    flow_run_id: Mapped[str] = operational(unique=True)
    recorded_seq: Mapped[int] = operational()
    state_name: Mapped[str] = operational()
    updated_at: Mapped[datetime] = operational()
    rebuilt: Mapped[bool] = operational()


class FlowTask(Base):
    """Which Prefect task run tells one event of a pathway run."""

    __tablename__ = "flow_tasks"
    run_id: Mapped[str] = operational(primary_key=True)
    seq: Mapped[int] = operational(primary_key=True)
    task_run_id: Mapped[str | None] = operational()
    name: Mapped[str] = operational()
    state: Mapped[str] = operational()
    started_at: Mapped[datetime | None] = operational()
    ended_at: Mapped[datetime | None] = operational()
    note: Mapped[str | None] = operational()


class ApiKey(Base):
    """A program that may call the JSON API: the hash of its secret, and the operations it may do."""

    __tablename__ = "api_keys"
    key_id: Mapped[str] = operational(primary_key=True)
    name: Mapped[str] = operational(unique=True)
    secret_hash: Mapped[str] = operational(unique=True)
    operations: Mapped[str] = operational()
    """Names of operations, in order, with a space between."""
    body: Mapped[str | None] = operational()
    """The one body of the network it calls for; None for the coordination."""
    created_at: Mapped[datetime] = operational()
    created_by: Mapped[str] = operational()
    expires_at: Mapped[datetime] = operational()
    revoked_at: Mapped[datetime | None] = operational()


class HistoryReport(Base):
    """What in Prefect's record did not agree with the trail, from the first look that saw it to the mending."""

    __tablename__ = "history_reports"
    run_id: Mapped[str] = operational(primary_key=True)
    kind: Mapped[str] = operational(primary_key=True)
    """What was found: `cancelled`, `resumed`, `deleted`, `rebuilt` …"""
    first_seen_at: Mapped[datetime] = operational(primary_key=True)
    last_seen_at: Mapped[datetime] = operational()
    seen: Mapped[int] = operational()
    mended_at: Mapped[datetime | None] = operational()


class CheckDone(Base):
    """What a check of the house found: the nightly verification of the trail, the look for damage."""

    __tablename__ = "checks_done"
    name: Mapped[str] = operational(primary_key=True)
    at: Mapped[datetime] = operational(primary_key=True)
    tried: Mapped[int] = operational()
    faults: Mapped[int] = operational()
    note: Mapped[str | None] = operational()
    """A code of ours, never data."""
