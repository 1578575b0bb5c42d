"""What both plugins share. Apprise answers only yes or no, so the typed outcome comes back in an envelope.

The envelope travels in a context variable: the address, different for each message, never becomes part of a URL.
"""

# Apprise types only part of itself.
# mypy: disable-error-code="no-untyped-call"

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar

from apprise import NotifyBase

from notifiers.accounts import Account
from notifiers.leaving import Leave, at_once
from notifiers.mail import MailCarrier
from notifiers.message import Message
from notifiers.outcomes import Accepted, Outcome
from notifiers.patience import Patience
from notifiers.sms import SmsCarrier


@dataclass(slots=True)
class Envelope:
    """One message on its way through Apprise, and what became of it."""

    message: Message
    leave: Leave = at_once
    outcome: Outcome | None = None
    failure: Exception | None = None
    """What Apprise would turn into a mere no."""


IN_HAND: ContextVar[Envelope] = ContextVar("staffetta_envelope")


class CarrierPlugin(NotifyBase):
    """Sends on the caller's event loop, not in Apprise's pool of threads, where hung sends starve the others."""

    app_id = "Staffetta"
    category = "custom"
    persistent_storage = False
    request_rate_per_sec = 0
    channel_type: ClassVar[type[MailCarrier | SmsCarrier]]

    def __init__(self, account: Account, patience: Patience, **kwargs: Any) -> None:
        """Make the carrier of that account."""
        super().__init__(**kwargs)
        self.channel = self.channel_type(account, patience=patience)

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:  # noqa: ARG002, FBT001, FBT002
        """Name the plugin in Apprise's results: never its host, user or password."""
        return f"{self.secure_protocol}://"

    async def async_notify(self, *args: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        """Send what is in hand, once."""
        envelope = IN_HAND.get()
        try:
            envelope.outcome = await self.channel.send(envelope.message, envelope.leave)
        except Exception as failure:  # noqa: BLE001 - raised again by `Carriers.send`, outside Apprise
            envelope.failure = failure
        return isinstance(envelope.outcome, Accepted)
