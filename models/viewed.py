"""What desk and command line read: plain frozen records, without a row or a connection in them."""

from dataclasses import dataclass
from datetime import datetime

from models.outbox import DeliveryState
from models.recorded import Recorded
from procedures.case import CaseState, CaseStatus, HandoffMode, HandoffState, PartyKind, RunState
from procedures.commands import Person
from procedures.events import AlertPurpose, LinkUse


@dataclass(frozen=True)
class HandoffRow:
    """One handoff on a board. Its title is looked up in the library: `by_hash[content_hash].steps[step].title`."""

    ref: str
    case_id: str
    case_code: str
    territory: str
    drill: bool
    run_id: str
    pathway: str
    content_hash: str
    step: str
    mode: HandoffMode
    service: str | None
    owner_kind: PartyKind
    owner_id: str
    state: HandoffState
    overdue: bool
    requested_at: datetime
    accept_by: datetime | None
    complete_by: datetime | None
    due_at: datetime | None
    """The next promise to be kept; in the past where it was broken."""
    acknowledged_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    result: str | None
    reason: str | None
    giver_kind: PartyKind
    giver_id: str
    giver_ref: str


@dataclass(frozen=True)
class CaseRow:
    """One case on the board."""

    case_id: str
    code: str
    status: CaseStatus
    territory: str
    drill: bool
    opened_at: datetime
    ended_at: datetime | None
    version: int
    open_handoffs: int
    overdue_handoffs: int
    next: HandoffRow | None
    """The open handoff that stands overdue before the coordinator, else the one with least time left."""
    erased_at: datetime | None = None
    """When its keys were destroyed: its page can be read no more."""


@dataclass(frozen=True)
class WorkRow:
    """One piece of the network's own work, with the pathway it began with."""

    row: CaseRow
    pathway: str
    content_hash: str


@dataclass(frozen=True)
class RunView:
    """One pathway of a case."""

    run_id: str
    ref: str
    pathway: str
    content_hash: str
    state: RunState
    parent_run: str | None
    outcome: str | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class DeliveryView:
    """One message over one channel. The address is not shown."""

    delivery_id: str
    channel: str
    state: DeliveryState
    attempt: int
    queued_at: datetime
    sending_at: datetime | None
    settled_at: datetime | None
    delay: float | None
    """Seconds from being queued to its outcome."""
    code: str | None
    next_at: datetime | None


@dataclass(frozen=True)
class AlertView:
    """One alert with what became of it."""

    alert_id: str
    purpose: AlertPurpose
    about: str | None
    run_id: str
    step: str | None
    to_kind: PartyKind
    to_id: str
    person: str
    link_use: LinkUse
    again: bool
    queued_at: datetime
    answer_by: datetime | None
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True)
class TimelineEntry:
    """One event, for the page to put into words; an alert comes with its deliveries."""

    seq: int
    at: datetime
    kind: str
    recorded: Recorded
    alert: AlertView | None


@dataclass(frozen=True)
class AwaitedConsent:
    """A step that waits until she was asked."""

    run_id: str
    pathway: str
    step: str
    consent: str


@dataclass(frozen=True)
class CaseView:
    """Everything of one case."""

    row: CaseRow
    state: CaseState
    """Facts, consents, exclusions and steps as the rules see them."""
    person: Person | None
    """None without the vault key, or where nothing was told."""
    runs: tuple[RunView, ...]
    handoffs: tuple[HandoffRow, ...]
    alerts: tuple[AlertView, ...]
    timeline: tuple[TimelineEntry, ...]
    awaited_consents: tuple[AwaitedConsent, ...]
