"""GatewayAPI (Denmark). Its `userref` comes back with each receipt; it makes no repeat harmless."""

from typing import TYPE_CHECKING

from notifiers.gateways.form import Answered, Asked, Gateway, digits, is_gsm
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome

if TYPE_CHECKING:
    from notifiers.accounts import Account

NO_CREDIT = "0x0216"
OK = 200


def _asks(account: "Account", message: Message) -> Asked:
    return Asked(
        "/rest/mtsms",
        json={
            "sender": digits(account.sender),
            "message": message.body,
            "recipients": [{"msisdn": digits(message.address)}],
            "userref": message.delivery_id,
            "encoding": "UTF8" if is_gsm(message.body) else "UCS2",
        },
        sign_in=(account.user or "", ""),
    )


def _reads(status: int, answer: Answered) -> Outcome | None:
    if status != OK:
        return FailedTemporary("402") if answer.get("code") == NO_CREDIT else None
    ids = answer.get("ids")
    if not isinstance(ids, list) or len(ids) != 1 or type(ids[0]) is not int:
        return None
    return Accepted(str(ids[0]))


GATEWAYAPI = Gateway(
    company="GatewayAPI",
    page="https://gatewayapi.com/docs/rest.html",
    secrets="token",
    has_user=False,
    asks=_asks,
    reads=_reads,
)
