"""One delivery: what a sender needs of it, where it stands, and what a carrier said of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from procedures.events import AlertPurpose, LinkUse

LAPSED = "lease-lapsed"
"""The code of a delivery whose sender did not come back."""


class DeliveryState(StrEnum):
    """Where one delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    """Committed before the first byte left."""
    ACCEPTED = "accepted"
    """A carrier took it."""
    PERMANENT = "permanent"
    """Refused for good: the next channel is tried."""
    TEMPORARY = "temporary"
    """To be tried again at `next_at`."""
    UNCERTAIN = "uncertain"
    """It may have arrived; nobody can say."""
    WITHDRAWN = "withdrawn"
    """Answered meanwhile: not sent any more."""


@dataclass(frozen=True)
class Delivery:
    """What a sender needs of one claimed delivery."""

    delivery_id: str
    alert_id: str
    case_id: str
    run_id: str
    step: str | None
    ref: str
    """The reference that the message shows."""
    about: str | None
    """The handoff it concerns."""
    purpose: AlertPurpose
    to_kind: str
    to_id: str
    person: str
    channel: str
    """`email` or `sms`. There may be no carrier for it: that is a permanent refusal, code `no-carrier`."""
    address: str
    language: str
    drill: bool
    again: bool
    link_use: LinkUse
    answer_by: datetime | None
    link_until: datetime | None
    send_before: datetime | None
    attempt: int
    """1 for the first sending."""
    queued_at: datetime
    sending_at: datetime
    message_id: str
    """With its angle brackets, the same on every repeat."""
    code: str | None = None
    """What came of the attempt before, where there was one."""


class SettledResult(StrEnum):
    """The four outcomes (notifications.md)."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class SettledDelivery:
    """A carrier's word on one delivery, for `Handling.settle`."""

    delivery_id: str
    result: SettledResult
    at: datetime
    """The true time of it, aware UTC, by the house's clock."""
    code: str | None = None
    """A code of ours or of the carrier's protocol, never its text."""
    provider_id: str | None = None
    retry_after: float | None = None
    """Seconds the carrier asked to wait, for `temporary`."""
    returned: bool = False
    """Whether its carrier took it before, and it came back since: `permanent`, but no answer to an attempt."""
    attempt: int | None = None
    """The attempt that it is the outcome of; None where it is the outbox's own word on whatever is under way."""
    said_at: datetime | None = None
    """When it came back, by the clock of whoever says so."""
    evidence: str = ""
    """SHA-256 of what that was said with, where it is kept."""
