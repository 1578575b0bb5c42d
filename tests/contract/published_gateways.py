"""The HTTP interfaces of SMS providers as their public documentation describes them, each on loopback.

What is checked here is that our drivers keep to the published form; no live service was ever asked.
"""

import asyncio
import base64
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

NUMBERS = itertools.count(421_332_671)


@dataclass(frozen=True)
class Said:
    """One answer other than yes."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """One provider's side of the conversation."""

    name: str
    secrets: str
    path: str
    lets_in: Callable[[Request, Mapping[str, Any]], bool]
    understood: Callable[[Mapping[str, Any]], tuple[str, str, str]]
    """Recipient, sender and text of what was asked; KeyError where a field is missing."""
    taken: Callable[[str], Said]
    """The yes, for a name of the message."""
    names: Callable[[int], str]
    refusal: Said
    """One of its own words for a refusal that will not get better."""
    no_credit: Said
    shut: Said
    """What a wrong secret is answered with."""


def _aruba(name: str, quality: str) -> Published:
    def understood(asked: Mapping[str, Any]) -> tuple[str, str, str]:
        assert asked["message_type"] == quality
        assert asked["encoding"] in {"gsm", "ucs2"}
        (recipient,) = asked["recipient"]
        return recipient, asked["sender"], asked["message"]

    return Published(
        name=name,
        secrets="u5er:t0ken",
        path="/API/v1.0/REST/sms",
        lets_in=lambda request, _asked: (
            (request.headers.get("user_key"), request.headers.get("Access_token")) == ("u5er", "t0ken")
        ),
        understood=understood,
        taken=lambda order: Said(201, {"result": "OK", "order_id": order, "total_sent": 1}),
        names=lambda number: f"{number:X}",
        refusal=Said(400, {"result": "Invalid recipient"}),
        no_credit=Said(400, {"result": "Not enough credit"}),
        shut=Said(401, {"result": "KO"}),
    )


def _understood_by_gatewayapi(asked: Mapping[str, Any]) -> tuple[str, str, str]:
    (recipient,) = asked["recipients"]
    assert recipient["msisdn"].isdecimal()
    assert asked["userref"]
    assert asked["encoding"] in {"UTF8", "UCS2"}
    return "+" + recipient["msisdn"], asked["sender"], asked["message"]


def _understood_by_sinch(asked: Mapping[str, Any]) -> tuple[str, str, str]:
    (recipient,) = asked["to"]
    assert asked["client_reference"]
    assert asked["delivery_report"] == "per_recipient"
    return recipient, asked["from"], asked["body"]


def _understood_by_vonage(asked: Mapping[str, Any]) -> tuple[str, str, str]:
    assert asked["to"].isdecimal()
    assert asked["type"] in {"text", "unicode"}
    assert asked["client-ref"]
    return "+" + asked["to"], asked["from"], asked["text"]


def _one(status: str, **more: str) -> Said:
    return Said(200, {"message-count": "1", "messages": [{"status": status, **more}]})


BASIC = "Basic " + base64.b64encode(b"t0ken:").decode()
PUBLISHED = {
    one.name: one
    for one in (
        _aruba("aruba", "N"),
        _aruba("skebby", "GP"),
        Published(
            name="gatewayapi",
            secrets="t0ken",
            path="/rest/mtsms",
            lets_in=lambda request, _asked: request.headers.get("Authorization") == BASIC,
            understood=_understood_by_gatewayapi,
            taken=lambda number: Said(200, {"ids": [int(number)], "usage": {"currency": "EUR", "total_cost": 0.05}}),
            names=str,
            refusal=Said(400, {"code": "0x0215", "message": "MSISDN %1 blacklisted", "variables": ["…"]}),
            no_credit=Said(400, {"code": "0x0216", "message": "Insufficient credit"}),
            shut=Said(401, {"code": "0x0210", "message": "Invalid username: %1"}),
        ),
        Published(
            name="sinch",
            secrets="p1an:t0ken",
            path="/xms/v1/p1an/batches",
            lets_in=lambda request, _asked: request.headers.get("Authorization") == "Bearer t0ken",
            understood=_understood_by_sinch,
            taken=lambda batch: Said(201, {"id": batch, "to": ["…"], "canceled": False, "type": "mt_text"}),
            names=lambda number: f"01FC{number}",
            refusal=Said(400, {"code": "syntax_invalid_parameter_format", "text": "…"}),
            no_credit=Said(402),
            shut=Said(401),
        ),
        Published(
            name="vonage",
            secrets="k3y:s3cret",
            path="/sms/json",
            lets_in=lambda _request, asked: (asked.get("api_key"), asked.get("api_secret")) == ("k3y", "s3cret"),
            understood=_understood_by_vonage,
            taken=lambda name: _one("0", **{"message-id": name}),
            names=lambda number: f"0C00{number:X}",
            refusal=_one("6", **{"error-text": "…"}),
            no_credit=_one("9", **{"error-text": "…"}),
            shut=_one("4", **{"error-text": "…"}),
        ),
    )
}


@dataclass
class Asked:
    """One request as it arrived."""

    recipient: str
    sender: str
    text: str
    name: str


class PublishedGateway:
    """One of them, as an application; `answers` are given first, each once. `keeps` of them are sent all the same."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.answers: list[tuple[Said, float, bool]] = []
        self.received: list[Asked] = []
        self.app = Starlette(routes=[Route(published.path, self._take, methods=["POST"])])

    def misbehave(self, said: Said, *, delay: float = 0.0, keep: bool = False) -> None:
        self.answers.append((said, delay, keep))

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        is_form = request.headers["content-type"].startswith("application/x-www-form-urlencoded")
        asked: Mapping[str, Any] = dict(parse_qsl(body.decode())) if is_form else json.loads(body)
        said, delay, keep = self.answers.pop(0) if self.answers else (None, 0.0, True)
        if not self.published.lets_in(request, asked):
            said, keep = self.published.shut, False
        name = self.published.names(next(NUMBERS))
        if keep:
            recipient, sender, text = self.published.understood(asked)
            self.received.append(Asked(recipient, sender, text, name))
        await asyncio.sleep(delay)
        return _answer(said or self.published.taken(name))


def _answer(said: Said) -> Response:
    if isinstance(said.body, str):
        return Response(said.body, said.status, dict(said.headers))
    return JSONResponse(said.body, said.status, dict(said.headers))
