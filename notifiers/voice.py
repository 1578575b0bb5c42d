"""Calls through an HTTP gateway that reads a text aloud and takes a key: the same words of outcome as for an SMS.

What a gateway has to understand is one POST: `to`, `from`, `id`, `language`, `say`, the `keys` that mean something
(`9` says it again), and what to `say_before_pin` after a `1`. What somebody pressed comes back signed
(`web/voice_keys.py`). It is written for a bridge of one's own: no provider speaks it as it stands.
"""

from collections.abc import Mapping

from notifiers.message import Message
from notifiers.sms import SmsCarrier
from notifiers.spoken import ask_for_pin

SAY_AGAIN = "9"


class VoiceCarrier(SmsCarrier):
    """Has people called through one account. One carrier serves one event loop."""

    def _asked(self, message: Message) -> Mapping[str, object]:
        return {
            "to": message.address,
            "from": self._account.sender,
            "id": message.delivery_id,
            "language": message.language,
            "say": message.body,
            "say_before_pin": ask_for_pin(message.language) if message.by_key else "",
            "keys": ["1", "2", SAY_AGAIN] if message.by_key else [SAY_AGAIN],
        }
