"""T6: a gateway of SMS that refuses, is busy, breaks, hangs, takes and says nothing; and receipts of every kind."""

import asyncio
import hashlib
import hmac
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.testclient import TestClient

from cli.demo.gateway import Answer, SmsGateway
from models.composition import House
from tests.trust import trial
from tests.trust.checks import ENDED, Row, doubted_alerts, rows, trail_holds
from tests.trust.mail_faults import SIZES, SPEED, dispatching, furnished, met, never_resting
from tests.trust.plants import planting
from tests.trust.report import RowResult
from tests.trust.scene import opening
from web.app import create_app
from web.log import desk_log

ROW = "T6"
LONG = 1.5
"""Longer than the patience of these trials."""
SECRET = "only-for-this-trial-and-long-enough-0123456789"
BASE = "http://127.0.0.1:8480"
KINDS: Mapping[str, Answer] = {
    "429, in a second": Answer(429, headers={"Retry-After": "1"}),
    "500": Answer(500),
    "503, though it took it": Answer(503, keep=True),
    "302": Answer(302, headers={"Location": "http://127.0.0.1:9/"}),
    "400": Answer(400),
    "401": Answer(401),
    "402": Answer(402),
    "an error inside a 200": Answer(200, body={"error": "no credit"}),
    "no name for what it took": Answer(200, body={}, keep=True),
    "no JSON": Answer(200, body="<html>"),
    "hangs": Answer(delay=LONG),
    "takes it and says so late": Answer(delay=LONG, keep=True),
}


@dataclass
class Trial:
    """What the checks look at."""

    house: House
    gateway: SmsGateway


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Every kind of trouble, one after another, on one house; then receipts of what went out."""
    row, count = Row(ROW, size, seed), SIZES[size]
    end = time.monotonic() + budget_s
    random.seed(seed)
    with (
        tempfile.TemporaryDirectory(prefix="trust-") as folder,
        SmsGateway.start() as gateway,
        trial.in_force(),
        planting(planted),
        patch("flows.dispatcher.LAST_SENDINGS_SECONDS", 1.0),
    ):
        secret = Path(folder) / "sms.secret"
        secret.write_text(SECRET, encoding="ascii")
        secret.chmod(0o600)
        text = (
            f'[desk]\nbase_url = "{BASE}"\n[carriers.sms]\nurl = "{gateway.url}"\n[sms]\nsecret_file = "{secret}"\n'
            f"[clock]\nspeed = {SPEED}\norigin = {datetime.now(UTC).isoformat()}\n"
        )
        house = furnished(Path(folder) / "data", text)
        made = Trial(house, gateway)
        try:
            return [
                *asyncio.run(all_kinds(row, made, count, end)),
                *receipts(row, made, random.Random(seed)),  # noqa: S311  # a seed draws the same again
                *trail_holds(made, row),  # type: ignore[arg-type]  # the house is all that it looks at
            ]
        finally:
            house.close()


async def all_kinds(row: Row, made: Trial, count: int, end: float) -> list[RowResult]:
    """So many messages into each kind; the trouble ends, and then all must have come to an end."""
    house, gateway, kinds, taken = made.house, made.gateway, 0, 0
    async with dispatching(house), never_resting():
        for answer in KINDS.values():
            if time.monotonic() > end:
                break
            gateway.misbehave(*[answer] * count)
            for _case in range(count):
                house.handling.handle(opening(house))
            await met(lambda: not _waiting(made), 30)
            taken += count - len(gateway._answers)
            gateway._answers.clear()
            kinds += 1
    short = [f"only {kinds}"] if kinds < len(KINDS) else []
    return [
        row.result(f"kinds of trouble, {count} messages each", len(KINDS), short, f"{taken} troubles met"),
        *_once_or_doubted(row, made),
    ]


def _once_or_doubted(row: Row, made: Trial) -> list[RowResult]:
    kept = Counter(one.idempotency_key for one in made.gateway.received())
    outbox = found(made, "SELECT delivery_id, alert_id, state FROM deliveries WHERE channel = 'sms'")
    doubts = doubted_alerts(made)  # type: ignore[arg-type]  # the house is all that it looks at
    lost = [one.delivery_id for one in outbox if one.state == "accepted" and not kept[one.delivery_id]]
    stuck = [one.delivery_id for one in outbox if one.state not in ENDED]
    asked = Counter(str(one["id"]) for one in made.gateway.asked())
    again = [one for one in outbox if one.state == "accepted" and asked[one.delivery_id] > 1]
    went = Counter(one.rpartition(".")[0] for one in kept)
    unsaid = [alert for alert, many in went.items() if many > 1 and alert not in doubts]
    figures = f"{sum(kept.values())} SMS, {len(again)} asked for again under the same key"
    return [
        row.result("I3 nothing lost: what was taken is at the gateway", len(outbox), lost, figures),
        row.result("I3 nothing stuck in the outbox", len(outbox), stuck),
        row.result("I3 once for each request, or uncertain in the trail", len(went), unsaid),
    ]


def receipts(row: Row, made: Trial, draw: random.Random) -> list[RowResult]:
    """Doubled, late, out of order, forged and unknown ones, in a drawn order."""
    client = TestClient(create_app(made.house, log=desk_log(StringIO())), base_url=BASE)
    sent = [one.delivery_id for one in found(made, "SELECT delivery_id FROM deliveries WHERE state = 'accepted'")]
    said = [(one, "delivered") for one in sent for _twice in range(2)]
    draw.shuffle(said)
    failed = [state for one, state in said if _says(client, one, state) != 200]
    older = [(one, state) for one in sent for state in ("delayed", "undeliverable")]
    draw.shuffle(older)
    failed += [state for one, state in older if _says(client, one, state) != 200]
    before = _receipts(made)
    forged = [_says(client, one, "undeliverable", secret=SECRET[::-1]) for one in sent]
    forged += [_says(client, one, "delivered", ago=400) for one in sent]
    unknown = [_says(client, f"{draw.getrandbits(128):x}.1", "undeliverable") for _ in range(len(sent))]
    noted = Counter(one.state for one in found(made, _STATES))
    arrived = sum(before.values())
    return [
        row.result("every receipt is answered", len(said) + len(older), failed),
        row.result("delivered is noted once, and older words are no news", len(sent), [*_not_once(sent, before)]),
        row.result("forged and old receipts change nothing", len(forged), [one for one in forged if one != 404]),
        row.result("unknown ones neither", len(unknown), _changed(arrived, made), f"{noted['accepted']} accepted"),
    ]


_STATES = "SELECT state FROM deliveries"
_CAME = "SELECT payload FROM events WHERE kind = 'receipt_came'"


def _receipts(made: Trial) -> Counter[str]:
    """How many receipts the trail holds of each alert."""
    return Counter(str(json.loads(one.payload)["alert_id"]) for one in found(made, _CAME))


def _not_once(sent: list[str], noted: Counter[str]) -> list[str]:
    alerts = Counter(one.rpartition(".")[0] for one in sent)
    return [alert for alert, many in alerts.items() if noted[alert] != many]


def _changed(before: int, made: Trial) -> list[str]:
    after = sum(_receipts(made).values())
    return [] if after == before else [f"{after} receipts instead of {before}"]


def _says(client: TestClient, message: str, state: str, *, secret: str = SECRET, ago: int = 0) -> int:
    body = json.dumps({"event": f"{message}-{state}", "message": message, "state": state}).encode()
    at = int(time.time()) - ago
    made = hmac.digest(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
    headers = {"Staffetta-Signature": f"t={at},v1={made}"}
    return int(client.post("/api/sms", content=body, headers=headers).status_code)


def found(made: Trial, query: str) -> list[Any]:
    """What a query finds."""
    return rows(made, query)  # type: ignore[arg-type]  # the house is all that it looks at


def _waiting(made: Trial) -> int:
    query = "SELECT count(*) AS many FROM deliveries WHERE state IN ('queued', 'sending', 'temporary')"
    return int(found(made, query)[0].many)
