"""What goes to one person over one channel: first as facts, then as text."""

from dataclasses import dataclass, field
from datetime import datetime

from procedures.events import AlertPurpose
from procedures.urgency import Urgency


@dataclass(frozen=True, slots=True)
class Notice:
    """All that a message may say; there is no field for more."""

    purpose: AlertPurpose
    ref: str
    """The reader's own reference of the handoff, never the case's code."""
    urgency: Urgency
    answer_by: datetime | None = None
    """Aware UTC."""
    drill: bool = False
    again: bool = False
    """Whether this person was alerted for this handoff before."""
    link: str | None = None
    code: str | None = None
    """What the page of the link asks for."""
    by_mail: bool = False
    """Whether an answer to the mail itself is read, too."""
    by_sms: bool = False
    """Whether an answer to the SMS itself is read, too."""
    by_key: bool = False
    """Whether a key that is pressed in the call is an answer."""
    telephone: str | None = None
    """Whom to telephone where an answer was nobody's: the coordination's office."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text for one address, ready for its carrier."""

    delivery_id: str
    """Idempotency key: the same on every repeat."""
    message_id: str
    """`<…@…>`, the same on every repeat."""
    channel: str
    """`email`, `sms`, `pec`, `voice`, `push`: the kind of the contact and the name of the carrier."""
    address: str = field(repr=False)
    subject: str = field(repr=False)
    """Empty where the channel knows none."""
    body: str = field(repr=False)
    language: str
    reply_to: str | None = field(default=None, repr=False)
    """Where an answer by mail goes; None where none is read."""
    by_key: bool = False
    """Whether a key that is pressed in the call is an answer."""
    pgp: str = ""
    """Fingerprint of the OpenPGP key that alone may open it; empty where it goes as it is."""
    first: bool = False
    """Whether danger is imminent, so that it goes before others where a carrier may be given no more."""
    ref: str = ""
    """The reader's own reference, for a channel that shows it beside the text."""
    lasts: float | None = None
    """Seconds for which it is worth showing; None where nothing is waited for."""
    by_hand: bool = False
    """Whether a person sends it now: then no header says that a machine did."""


def message_id_of(delivery_id: str, domain: str = "staffetta.invalid") -> str:
    """Derive the Message-ID from the delivery, so that a repeat carries the same (RFC 5322, 3.6.4)."""
    return f"<{delivery_id}@{domain}>"
