"""What became of one attempt to send: four outcomes, and none of them means that a person has read anything.

Codes and reasons are words of ours or numbers of the protocol, never a server's text: that may repeat an address.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took it."""

    provider_id: str | None = None
    """The carrier's own name for the message, where it gave one."""


@dataclass(frozen=True, slots=True)
class RejectedPermanent:
    """It will never go this way: try the next channel at once."""

    code: str


@dataclass(frozen=True, slots=True)
class FailedTemporary:
    """It certainly did not arrive, and may do so later."""

    code: str
    retry_after: float | None = None
    """Seconds that the carrier asked us to wait."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """It may have arrived: a repeat carries the same Message-ID and idempotency key."""

    why: str


Outcome = Accepted | RejectedPermanent | FailedTemporary | Uncertain
