"""A thousand services answer at once: by the page behind the link, and by SMS, at a desk that really runs.

Each of a thousand cases has one request that waits. Eight of the answers are under way at a time. What counts is that
every one of them is taken without an error, and how long that takes; nobody's word is believed, the database is asked.
"""

import hashlib
import hmac
import http.client
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch
from urllib.parse import urlencode

from sqlalchemy import func, select, update

from benchmarks.backends import Backend
from benchmarks.figures import OURS, Figure, Row, row
from benchmarks.houses import Standing, opening, standing
from benchmarks.mails import Sink, mail_server
from models.composition import House
from models.links import link_code, link_token
from models.network import import_network, sample_network
from models.recorded import Handled
from models.tables import DeliveryRecord, HandoffRecord
from procedures.case import HandoffState
from procedures.events import AlertQueued

ANSWERS = 1000
TELEPHONES = 20
"""That fifty were asked at one number is as far as an answer is looked up."""
HANDS = 8
SENT_WITHIN = 120.0
SECRET = "only-for-figures-0123456789-0123456789"  # noqa: S105  # of a house that goes with the run
BY_PAGE = f"{ANSWERS} answers by the page behind the link"
BY_SMS = f"{ANSWERS} answers by SMS"
Ask = Callable[[http.client.HTTPConnection, "Asked"], int]


class NotTaken(Exception):
    """An answer was not taken."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that waits for its answer."""

    number: int
    delivery_id: str
    token: str
    code: str

    @property
    def telephone(self) -> str:
        """Invented."""
        return telephone(self.number % TELEPHONES)


def telephone(number: int) -> str:
    """One of the numbers of this network."""
    return f"+39065550{number:04}"


def network() -> str:
    """The invented network, whose people have a mailbox and many telephones."""
    ways = ["{email: answers@example.org}", *(f'{{sms: "{telephone(number)}"}}' for number in range(TELEPHONES))]
    return re.sub(r"contacts: \[.*?\]\}", f"contacts: [{', '.join(ways)}]}}", sample_network())


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """For each database and road: one answer's time, and all of them together."""
    for backend in backends:
        for name, road in ((BY_PAGE, by_page), (BY_SMS, by_sms)):
            each, whole = measure(backend, road)
            yield row(Figure(f"{name}: one of them", backend.name, OURS, each))
            yield row(Figure(f"{name}: all of them, {HANDS} at a time", backend.name, OURS, [whole], "s"))
            yield row(Figure(f"{name}: taken in a minute", backend.name, OURS, [ANSWERS / whole * 60], "1/min"))


def measure(backend: Backend, road: Ask) -> tuple[list[float], float]:
    """Milliseconds of each answer, and seconds of all. Raises NotTaken where one was not taken."""
    with ExitStack() as held:
        sink = held.enter_context(mail_server())
        held.enter_context(_sms_is_heard())
        place = held.enter_context(standing(backend, sink.url))
        held.enter_context(place.at_work("desk", "dispatcher"))
        house = held.enter_context(place.opened())
        import_network(house.database, network(), "network.yaml", house.clock.now())
        asked = prepared(house, sink)
        if road is by_sms:
            _by_telephone(house, asked)
        each, whole = answered(place, asked, road)
        found = accepted(house)
    if found != ANSWERS:
        raise NotTaken(f"{ANSWERS - found} of {ANSWERS}")
    return each, whole


@contextmanager
def _sms_is_heard() -> Iterator[None]:
    with patch.dict(os.environ, {"STAFFETTA__SMS__SECRET": SECRET, "STAFFETTA__SMS__ANSWERS": "true"}):
        yield


def prepared(house: House, sink: Sink) -> Sequence[Asked]:
    """As many cases, whose requests were sent."""
    found = [_asked(house, number, house.handling.handle(opening(house))) for number in range(ANSWERS)]
    sink.wait_until(ANSWERS, SENT_WITHIN)
    sink.wait_quiet()
    time.sleep(3.0)  # what came of the messages is kept, and told to the rules
    return found


def _asked(house: House, number: int, handled: Handled) -> Asked:
    alert = next(one.event for one in handled.events if isinstance(one.event, AlertQueued))
    delivery_id, key = f"{alert.alert_id}.1", house.keyring.token_key
    return Asked(number, delivery_id, link_token(key, delivery_id), link_code(key, delivery_id))


def _by_telephone(house: House, asked: Sequence[Asked]) -> None:
    """As if each of them had gone to a telephone of its own."""
    with house.database.write() as connection:
        for one in asked:
            change = update(DeliveryRecord).where(DeliveryRecord.delivery_id == one.delivery_id)
            connection.execute(change.values(channel="sms", address=one.telephone))


def answered(place: Standing, asked: Sequence[Asked], road: Ask) -> tuple[list[float], float]:
    """All answer, a few at a time, each hand over one kept connection."""
    began = time.monotonic()
    with ThreadPoolExecutor(HANDS) as hands:
        shares = list(hands.map(lambda hand: _one_hand(place, asked[hand::HANDS], road), range(HANDS)))
    return [took for share in shares for took in share], time.monotonic() - began


def _one_hand(place: Standing, asked: Sequence[Asked], road: Ask) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", place.ports.desk, timeout=30)
    took = []
    for one in asked:
        began = time.monotonic()
        status = road(connection, one)
        took.append((time.monotonic() - began) * 1000)
        if status != http.HTTPStatus.OK:
            raise NotTaken(status)
    connection.close()
    return took


def by_page(connection: http.client.HTTPConnection, asked: Asked) -> int:
    """Open the page, type the code, take it."""
    path, headers = f"/h/{asked.token}", {"Content-Type": "application/x-www-form-urlencoded"}
    _status(connection, "GET", path, b"", {})
    return _status(connection, "POST", path, urlencode({"code": asked.code, "answer": "accept"}).encode(), headers)


def by_sms(connection: http.client.HTTPConnection, asked: Asked) -> int:
    """Write *SI* and the code; the gateway signs what it passes on."""
    said = {"event": f"in-{asked.number}", "from": asked.telephone, "text": f"SI {asked.code}"}
    body, at = json.dumps(said).encode(), int(time.time())
    made = hmac.digest(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
    return _status(connection, "POST", "/api/sms", body, {"Staffetta-Signature": f"t={at},v1={made}"})


def _status(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: Mapping[str, str]
) -> int:
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    answer.read()
    return answer.status


def accepted(house: House) -> int:
    """How many handoffs the database holds as taken."""
    query = select(func.count()).where(HandoffRecord.state == HandoffState.ACCEPTED.value)
    with house.database.read() as connection:
        found: int = connection.execute(query).scalar_one()
    return found
