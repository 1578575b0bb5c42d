"""Aruba SMS and Skebby (Italy): two houses, one interface, whose best quality of message has two names.

`user_key` and `access_token` are fetched once, with `GET /API/v1.0/REST/token` and the account's user and password, and
go on working; a session key would end after five minutes. An order is named by the provider: `order_id`.
"""

from functools import partial
from typing import TYPE_CHECKING

from notifiers.gateways.form import Answered, Asked, Gateway, is_gsm
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent

if TYPE_CHECKING:
    from notifiers.accounts import Account

PATH = "/API/v1.0/REST/sms"
SECRETS = "user_key:access_token"
NOT_KNOWN = 404
"""Said of a `user_key` that is none."""


def _asks(account: "Account", message: Message, *, quality: str) -> Asked:
    return Asked(
        PATH,
        json={
            "message_type": quality,
            "message": message.body,
            "recipient": [message.address],
            "sender": account.sender,
            "encoding": "gsm" if is_gsm(message.body) else "ucs2",
        },
        headers={"user_key": account.user or "", "Access_token": account.password or ""},
    )


def _reads(status: int, answer: Answered) -> Outcome | None:
    if status == NOT_KNOWN:
        return FailedTemporary("sign-in")
    if status not in {200, 201} or answer.get("result") != "OK":
        return None
    if answer.get("total_sent") == 0:
        # Taken, and sent to nobody: the number is none, or stands on their list of those who want nothing.
        return RejectedPermanent("address")
    order = answer.get("order_id")
    return Accepted(order) if isinstance(order, str) and order else None


ARUBA = Gateway(
    company="Aruba SMS",
    page="https://smspanel.aruba.it/API/v1.0/REST/doc/index.html",
    secrets=SECRETS,
    has_user=True,
    asks=partial(_asks, quality="N"),
    reads=_reads,
)
SKEBBY = Gateway(
    company="Skebby",
    page="https://www.skebby.it/business/index/third-parties/",
    secrets=SECRETS,
    has_user=True,
    asks=partial(_asks, quality="GP"),
    reads=_reads,
)
