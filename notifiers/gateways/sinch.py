"""Sinch (Sweden), through the servers of its region EU. Its `client_reference` comes back with each receipt."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from notifiers.gateways.form import Answered, Asked, Gateway
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome

if TYPE_CHECKING:
    from notifiers.accounts import Account

NOT_KNOWN = 404
"""Said of a service plan that is none: the path holds nothing of the recipient."""


def _asks(account: "Account", message: Message) -> Asked:
    return Asked(
        f"/xms/v1/{quote(account.user or '', safe='')}/batches",
        json={
            "from": account.sender,
            "to": [message.address],
            "body": message.body,
            "client_reference": message.delivery_id,
            "delivery_report": "per_recipient",
        },
        headers={"Authorization": f"Bearer {account.password}"},
    )


def _reads(status: int, answer: Answered) -> Outcome | None:
    if status == NOT_KNOWN:
        return FailedTemporary("sign-in")
    batch = answer.get("id")
    return Accepted(batch) if status in {200, 201} and isinstance(batch, str) and batch else None


SINCH = Gateway(
    company="Sinch",
    page="https://developers.sinch.com/docs/sms/api-reference/",
    secrets="service_plan_id:api_token",
    has_user=True,
    asks=_asks,
    reads=_reads,
)
