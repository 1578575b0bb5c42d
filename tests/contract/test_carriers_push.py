"""Push: what a push service is given, what only the browser can read of it, and what each answer means."""

import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from notifiers.accounts import read_account
from notifiers.carriers import Carriers
from notifiers.errors import (
    BadCarrier,
    PushIncomplete,
    PushKeyReadableByOthers,
    PushKeyUnusable,
    SchemeElsewhere,
    UnknownArgument,
)
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from notifiers.probing import probe
from notifiers.subscriptions import KNOWN_SERVICES, NotASubscription, Subscription, encrypted, read_subscription, sealed
from tests.contract.carrier_worlds import UNHURRIED, unused_port
from tests.contract.push_service import (
    Browser,
    Fault,
    PushService,
    padded,
    push_key_file,
    push_service,
    said_in,
    unpadded,
)

REF = "K7QF-2M9T"
CANARY = "Zzcanaria"


@dataclass
class World:
    service: PushService
    browser: Browser
    carriers: Carriers
    key: Path

    def message(self, delivery: str = "0192-alert.01", **changes: Any) -> Message:
        values: dict[str, Any] = {
            "address": self.browser.address(self.service.endpoint),
            "subject": "",
            "body": f"Staffetta: una richiesta attende ({REF})",
            "ref": REF,
            "lasts": 900.5,
        } | changes
        name = message_id_of(delivery)
        return Message(delivery_id=delivery, message_id=name, channel="push", language="it", **values)

    async def outcome_of(self, fault: Fault) -> Outcome:
        self.service.faults.append(fault)
        return await self.carriers.send(self.message())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    key = push_key_file(tmp_path)
    async with push_service() as service:
        patience = replace(UNHURRIED, answering=0.5)
        async with Carriers({"push": service.url(key)}, patience=patience) as carriers:
            yield World(service, Browser(), carriers, key)


def test_the_published_example_comes_out_byte_for_byte() -> None:
    """RFC 8291, appendix A."""
    number = int.from_bytes(padded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    public = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    theirs = Subscription("", padded(public), padded("BTBZMqHH6r4Tts7J_aSIgg"))

    made = encrypted(
        theirs,
        b"When I grow up, I want to be a watermelon\x02",
        ec.derive_private_key(number, ec.SECP256R1()),
        padded("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert unpadded(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


async def test_only_the_browser_can_read_it(world: World) -> None:
    assert await world.carriers.send(world.message()) == Accepted(None)

    (body,) = world.service.bodies
    said = said_in(world.browser.opened(body))
    assert said == {"ref": REF, "text": f"Staffetta: una richiesta attende ({REF})", "language": "it"}
    for readable in (body, world.service.lines[0].encode(), str(world.service.headers[0]).encode()):
        assert REF.encode() not in readable
        assert b"richiesta" not in readable


async def test_the_service_is_told_who_writes_how_urgent_it_is_and_until_when(world: World) -> None:
    before = time.time()
    await world.carriers.send(world.message())

    (headers,) = world.service.headers
    told = {name: headers[name] for name in ("ttl", "urgency", "content-encoding", "content-type")}
    assert told == {
        "ttl": "900",
        "urgency": "high",
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
    }
    claims = world.service.claims()
    assert (claims["aud"], claims["sub"]) == (f"http://127.0.0.1:{world.service.port}", "mailto:admin@example.org")
    assert before < claims["exp"] < before + 24 * 3600
    assert world.service.lines == ["POST /push/AbC-123 HTTP/1.1"]


async def test_every_message_is_as_long_as_any_other_and_none_is_sealed_twice_alike(world: World) -> None:
    await world.carriers.send(world.message())
    await world.carriers.send(world.message())
    await world.carriers.send(world.message(body="Breve"))

    first, again, short = world.service.bodies
    assert len(first) == len(again) == len(short)
    assert first != again


async def test_a_reminder_takes_the_place_of_what_was_not_shown_yet(world: World) -> None:
    await world.carriers.send(world.message())
    await world.carriers.send(world.message("0192-other.01"))
    await world.carriers.send(world.message("0192-third.01", ref="AAAA-BBBB", lasts=None))

    topics = [headers["topic"] for headers in world.service.headers]
    assert topics[0] == topics[1]
    assert topics[2] != topics[0]
    assert all(len(topic) == 32 and REF not in topic for topic in topics)
    assert [headers["ttl"] for headers in world.service.headers] == ["900", "900", "86400"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
async def test_a_refusal_for_good_is_told_by_its_code(world: World, status: int) -> None:
    assert await world.outcome_of(Fault(status)) == RejectedPermanent(str(status))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_busy_service_says_when_to_come_back(world: World, status: int) -> None:
    assert await world.outcome_of(Fault(status, {"Retry-After": "7"})) == FailedTemporary(str(status), 7.0)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_whatever_says_yes_was_taken(world: World, status: int) -> None:
    assert await world.outcome_of(Fault(status, {"Location": "/message/1"})) == Accepted(None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(world: World, status: int) -> None:
    fault = Fault(status, {"Location": world.service.endpoint})
    assert await world.outcome_of(fault) == RejectedPermanent("redirect")
    assert len(world.service.lines) == 1


async def test_silence_after_the_message_left_is_uncertain_and_a_lost_line_too(world: World) -> None:
    assert await world.outcome_of(Fault(silent=True)) == Uncertain("timeout")
    assert await world.outcome_of(Fault(drops=True)) == Uncertain("dropped")
    assert len(world.service.bodies) == 2


async def test_where_nobody_listens_nothing_was_sent(tmp_path: Path) -> None:
    service = PushService(unused_port())
    async with Carriers({"push": service.url(push_key_file(tmp_path))}, patience=UNHURRIED) as carriers:
        message = World(service, Browser(), carriers, tmp_path).message()
        assert await carriers.send(message) == FailedTemporary("connect")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/push/1",  # known elsewhere, not in this house
        "https://127.0.0.1/push/1",
        "http://127.0.0.1:1/push/1",
        "http://localhost/push/1",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.7/push",
        "file:///etc/passwd",
        "nothing",
        "",
    ],
)
async def test_an_address_of_no_known_service_is_never_asked(world: World, endpoint: str) -> None:
    message = world.message(address=world.browser.address(endpoint))
    assert await world.carriers.send(message) == RejectedPermanent("address")
    assert world.service.lines == []


GOOD = "https://fcm.googleapis.com/fcm/send/abc:def"


@pytest.mark.parametrize(
    "endpoint",
    [
        GOOD,
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com/QGuQ",
        "https://wns2-par02p.notify.windows.com/w/?token=BQY",
    ],
)
def test_what_the_usual_browsers_give_is_taken(endpoint: str) -> None:
    browser = Browser()
    public, auth = unpadded(browser.public), unpadded(browser.auth)
    read = read_subscription(endpoint, public, auth, KNOWN_SERVICES)
    assert (read.endpoint, read.public, read.auth) == (endpoint, browser.public, browser.auth)
    assert endpoint not in repr(read)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.example.org/x",
        "https://fcm.googleapis.com@example.org/x",
        "https://user@fcm.googleapis.com/x",
        "https://example.org\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x#y",
        "https://evilpush.apple.com/x",
        "https://push.apple.com/x",
        "https://127.0.0.1:443/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://fcm.googleapis.com/x\r\nHost: y",
        "https://fcm.googleapis.com/" + "x" * 1024,
        "https://[fcm.googleapis.com/x",
        "https://fcm.googleapis.com:99999/x",
    ],
)
def test_what_leads_anywhere_else_is_none(endpoint: str) -> None:
    browser = Browser()
    with pytest.raises(NotASubscription):
        read_subscription(endpoint, unpadded(browser.public), unpadded(browser.auth), KNOWN_SERVICES)


@pytest.mark.parametrize(
    ("public", "auth"),
    [
        ("", ""),
        ("A" * 87, None),  # no point
        ("B" + "A" * 86, None),
        (None, "AAAA"),
        (None, "!" * 22),
        (None, "è" * 22),
        (None, "A"),
    ],
)
def test_keys_that_are_none_make_no_subscription(public: str | None, auth: str | None) -> None:
    browser = Browser()
    keys = (unpadded(browser.public) if public is None else public, unpadded(browser.auth) if auth is None else auth)
    with pytest.raises(NotASubscription):
        read_subscription(GOOD, *keys, KNOWN_SERVICES)


@pytest.mark.parametrize("length", [0, 1, 510, 511, 512, 1500])
def test_a_text_of_any_length_comes_out_as_it_went_in(length: int) -> None:
    browser = Browser()
    body = sealed(Subscription(GOOD, browser.public, browser.auth), b"x" * length)
    assert browser.opened(body) == b"x" * length
    assert (len(body) - 86 - 16) % 512 == 0


async def test_neither_browser_nor_text_is_ever_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("asyncio").debug("this is heard")
        for fault in (Fault(), Fault(410), Fault(drops=True), Fault(500)):
            world.service.faults.append(fault)
            await world.carriers.send(world.message(body=CANARY))

    assert "this is heard" in caplog.text
    for never in (CANARY, "/push/AbC-123", unpadded(world.browser.auth), unpadded(world.browser.public), REF):
        assert never not in caplog.text
        assert never not in repr(world.message(ref=""))


def url(arguments: str) -> str:
    return f"staffetta-push:///?{arguments}"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (url("from=a@b.org"), PushIncomplete),
        (url("from=a@b.org&vapid_key=push.pem"), PushIncomplete),
        (url("from=nobody&vapid_key=/push.pem"), PushIncomplete),
        (url("from=a@b.org&vapid_key=/push.pem&services="), PushIncomplete),
        (url("from=a@b.org&vapid_key=/push.pem&services=*"), PushIncomplete),
        (url("from=a@b.org&vapid_key=/push.pem&services=https://x.org/"), PushIncomplete),
        ("staffetta-push://host/?from=a@b.org&vapid_key=/push.pem", PushIncomplete),
        ("staffetta-push://[/?from=a@b.org&vapid_key=/push.pem", PushIncomplete),
        (url("from=a@b.org&vapid_key=/push.pem&tls=none"), UnknownArgument),
        (url("from=a@b.org&vapid_key=/nowhere/push.pem"), PushKeyUnusable),
        ("staffetta-sms://127.0.0.1/?from=Rete&tls=none", SchemeElsewhere),
    ],
)
def test_a_bad_url_is_refused_at_start(given: str, fault: type[BadCarrier]) -> None:
    with pytest.raises(fault):
        Carriers({"push": given})


def test_push_serves_no_other_kind(tmp_path: Path) -> None:
    with pytest.raises(SchemeElsewhere):
        Carriers({"sms": PushService().url(push_key_file(tmp_path))})


def test_a_key_that_others_can_read_says_nothing(tmp_path: Path) -> None:
    file = push_key_file(tmp_path)
    file.chmod(0o440)
    with pytest.raises(PushKeyReadableByOthers):
        read_account("push", PushService().url(file))


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)], ids=["curve", "rsa"]
)
def test_a_key_that_push_services_do_not_take_is_refused(tmp_path: Path, key: Any) -> None:
    with pytest.raises(PushKeyUnusable):
        read_account("push", PushService().url(push_key_file(tmp_path, key)))


def test_a_file_without_a_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "push.pem"
    file.write_text("nothing", encoding="utf-8")
    file.chmod(0o400)
    with pytest.raises(PushKeyUnusable):
        read_account("push", PushService().url(file))


def test_nobody_is_knocked_at_where_each_browser_names_its_own_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knocked: list[object] = []
    monkeypatch.setattr("notifiers.probing.socket.create_connection", lambda place, **_how: knocked.append(place))
    probe("push", PushService().url(push_key_file(tmp_path)))
    assert knocked == []
