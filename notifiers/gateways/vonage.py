"""Vonage, SMS API (servers in Europe). It answers 200 to everything: what became of a message is a number inside."""

from typing import TYPE_CHECKING

from notifiers.gateways.form import Answered, Asked, Gateway, digits, is_gsm
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain

if TYPE_CHECKING:
    from notifiers.accounts import Account

OK = 200
TAKEN, BROKE = "0", "5"
"""5 is an error of theirs with the message in hand: it may have gone out."""
OF_THE_ACCOUNT = {"1": "429", "4": "sign-in", "8": "sign-in", "9": "402", "10": "429", "11": "sign-in", "14": "sign-in"}
"""Too fast; wrong, barred or empty account; too many at once: nothing of it says anything of the recipient."""
OF_THE_MESSAGE = frozenset({"2", "3", "6", "7", "12", "15", "22", "29", "33"})
"""Refused for what it is: a number that is none or is barred, a sender that may not be used, a text too long."""


def _asks(account: "Account", message: Message) -> Asked:
    return Asked(
        "/sms/json",
        fields={
            "api_key": account.user or "",
            "api_secret": account.password or "",
            "from": digits(account.sender),
            "to": digits(message.address),
            "text": message.body,
            "type": "text" if is_gsm(message.body) else "unicode",
            "client-ref": message.delivery_id,
        },
    )


def _reads(status: int, answer: Answered) -> Outcome | None:
    parts = answer.get("messages")
    if status != OK or not isinstance(parts, list) or not parts or not all(isinstance(one, dict) for one in parts):
        return None
    said = [one.get("status") for one in parts]
    name = parts[0].get("message-id")
    if all(one == TAKEN for one in said):
        return Accepted(name) if isinstance(name, str) and name else None
    first = next(one for one in said if one != TAKEN)
    if TAKEN in said or not isinstance(first, str) or first == BROKE:
        return Uncertain("500")  # a part of it went out, or nobody can say
    if first in OF_THE_ACCOUNT:
        return FailedTemporary(OF_THE_ACCOUNT[first])
    return RejectedPermanent(f"status {first}") if first in OF_THE_MESSAGE else Uncertain("500")


VONAGE = Gateway(
    company="Vonage",
    page="https://developer.vonage.com/en/messaging/sms/overview",
    secrets="api_key:api_secret",
    has_user=True,
    asks=_asks,
    reads=_reads,
)
