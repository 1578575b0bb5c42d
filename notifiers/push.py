"""A line on the lock screen of whoever is signed in (RFC 8030): sealed for her browser, given to its push service.

What the service learns is that this house wrote to this browser now, and how long that is worth waiting for. The text
is filled up to one length and says no more than a reference; no link of its own stands in it.
"""

import hmac
import json
import time
from collections.abc import Collection
from hashlib import sha256

import httpx2

from notifiers.accounts import Account
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent
from notifiers.patience import Patience
from notifiers.sms import SmsCarrier, retry_after
from notifiers.subscriptions import NotASubscription, Subscription, read_subscription, sealed
from notifiers.vapid import PushKey, encoded

GONE = frozenset({"404", "410"})
"""The browser ended it, or was never there: nothing is written to it any more (RFC 8030, 7.3)."""
UNTIL_NOBODY_ASKED = 24 * 3600
"""Seconds for which a message without a deadline is worth keeping."""
TOPIC_LETTERS = 32
"""As many as a topic may have (RFC 8030, 5.4)."""


class PushCarrier(SmsCarrier):
    """Writes to browsers through whatever push service each of them named. One carrier serves one event loop."""

    def __init__(self, account: Account, *, patience: Patience) -> None:
        """Open nothing yet: the first message does."""
        super().__init__(account, patience=patience)
        assert account.push is not None, "read_account makes no such account without its key"
        self._key: PushKey = account.push
        self._services: Collection[str] = account.services

    def _takes(self, address: str) -> bool:
        try:
            self._browser(address)
        except NotASubscription:
            return False
        return True

    def _browser(self, address: str) -> Subscription:
        parts = address.split(" ")
        if len(parts) != 3:  # noqa: PLR2004 - where, and two keys
            raise NotASubscription
        return read_subscription(parts[0], parts[1], parts[2], self._services)

    def _request(self, message: Message) -> tuple[httpx2.Request, tuple[str, str] | None]:
        browser = self._browser(message.address)
        lasts = UNTIL_NOBODY_ASKED if message.lasts is None else max(0, int(message.lasts))
        headers = {
            "Accept-Encoding": "identity",
            "Authorization": self._key.authorization(browser.origin, time.time()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(lasts),
            "Urgency": "high",
            # A reminder takes the place of the request that was not shown yet.
            "Topic": self._topic(message),
        }
        content = sealed(browser, json.dumps(self._asked(message)).encode())
        return self._client.build_request("POST", browser.endpoint, content=content, headers=headers), None

    def _asked(self, message: Message) -> dict[str, object]:
        return {"ref": message.ref, "text": message.body, "language": message.language}

    def _topic(self, message: Message) -> str:
        """One name for all messages about one reference, from which nobody finds the reference."""
        secret = self._key.key.private_numbers().private_value.to_bytes(32, "big")
        told = message.ref or message.delivery_id
        return encoded(hmac.digest(secret, f"{message.address} {told}".encode(), sha256))[:TOPIC_LETTERS]

    def _outcome(self, response: httpx2.Response, body: bytes) -> Outcome:  # noqa: ARG002 - nothing of it is believed
        status = response.status_code
        if response.is_success:
            return Accepted()
        if response.is_redirect:
            return RejectedPermanent("redirect")
        if status == httpx2.codes.TOO_MANY_REQUESTS or response.is_server_error:
            # Twice does no harm here: the second one takes the place of the first on the screen.
            return FailedTemporary(str(status), retry_after(response))
        # Also 401 and 403: this browser was subscribed for another key than ours.
        return RejectedPermanent(str(status))
