"""The drivers of SMS providers, against servers on loopback that follow what each has published."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from notifiers.accounts import read_account
from notifiers.carriers import Carriers
from notifiers.errors import MissingCredentials, UnknownArgument, UnknownGateway
from notifiers.gateways import GATEWAYS
from notifiers.language import said
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from tests.contract.carrier_worlds import UNHURRIED, message
from tests.contract.published_gateways import PUBLISHED, PublishedGateway, Said
from tests.contract.served import served

EVERY = tuple(PUBLISHED)
HASTY = replace(UNHURRIED, answering=0.3)


@pytest.fixture(params=EVERY)
def gateway(request: pytest.FixtureRequest) -> PublishedGateway:
    return PublishedGateway(PUBLISHED[request.param])


@asynccontextmanager
async def _carriers(gateway: PublishedGateway, secrets: str = "", sender: str = "Rete") -> AsyncIterator[Carriers]:
    user, name = secrets or gateway.published.secrets, gateway.published.name
    async with served(gateway.app) as port:
        url = f"staffetta-sms://{user}@127.0.0.1:{port}/?from={sender}&tls=none&gateway={name}"
        async with Carriers({"sms": url}, patience=HASTY) as carriers:
            yield carriers


async def outcome_of(gateway: PublishedGateway, answer: Said, **how: Any) -> Outcome:
    gateway.misbehave(answer, **how)
    async with _carriers(gateway) as carriers:
        return await carriers.send(message("sms"))


def test_each_driver_has_a_published_form_to_be_held_to() -> None:
    assert set(PUBLISHED) == set(GATEWAYS)


async def test_an_sms_is_taken_under_the_providers_own_name(gateway: PublishedGateway) -> None:
    async with _carriers(gateway) as carriers:
        outcome = await carriers.send(message("sms"))
    (sms,) = gateway.received
    assert outcome == Accepted(sms.name)
    assert (sms.recipient, sms.sender, sms.text) == ("+393331234567", "Rete", message("sms").body)


async def test_a_number_as_sender_arrives_as_the_provider_wants_it(gateway: PublishedGateway) -> None:
    async with _carriers(gateway, sender="+393399957000") as carriers:
        assert isinstance(await carriers.send(message("sms")), Accepted)
    assert gateway.received[0].sender.removeprefix("+") == "393399957000"


async def test_what_no_sms_alphabet_holds_is_asked_for_as_unicode(gateway: PublishedGateway) -> None:
    async with _carriers(gateway) as carriers:
        assert isinstance(await carriers.send(replace(message("sms"), body="Перезвоните")), Accepted)
    assert gateway.received[0].text == "Перезвоните"


async def test_a_refusal_in_its_own_words_will_not_get_better(gateway: PublishedGateway) -> None:
    assert isinstance(await outcome_of(gateway, gateway.published.refusal), RejectedPermanent)


async def test_an_empty_account_says_nothing_of_the_recipient(gateway: PublishedGateway) -> None:
    if gateway.published.name in {"aruba", "skebby"}:
        pytest.skip("its documentation has no word of its own for it")
    assert await outcome_of(gateway, gateway.published.no_credit) == FailedTemporary("402")


async def test_a_wrong_secret_is_ours_to_mend(gateway: PublishedGateway) -> None:
    wrong = gateway.published.secrets.replace("t0ken", "0ld").replace("s3cret", "0ld")
    async with _carriers(gateway, secrets=wrong) as carriers:
        assert await carriers.send(message("sms")) == FailedTemporary("sign-in")
    assert not gateway.received


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_one_that_breaks_with_the_message_in_hand_is_uncertain(gateway: PublishedGateway, status: int) -> None:
    assert await outcome_of(gateway, Said(status), keep=True) == Uncertain(str(status))
    assert len(gateway.received) == 1


async def test_one_that_is_too_fast_asked_says_when_to_come_back(gateway: PublishedGateway) -> None:
    assert await outcome_of(gateway, Said(429, headers={"Retry-After": "7"})) == FailedTemporary("429", 7.0)


async def test_a_redirect_is_not_followed(gateway: PublishedGateway) -> None:
    elsewhere = Said(302, headers={"Location": "http://127.0.0.1:9/"})
    assert await outcome_of(gateway, elsewhere) == RejectedPermanent("redirect")


async def test_taken_and_said_too_late_is_uncertain(gateway: PublishedGateway) -> None:
    assert await outcome_of(gateway, Said(200, {}), delay=1.0, keep=True) == Uncertain("timeout")
    assert len(gateway.received) == 1


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[" * 20_000,
        None,
        [],
        {},
        {"error": "no credit"},
        {"result": "OK"},
        {"result": "OK", "order_id": 7},
        {"ids": []},
        {"ids": [1, 2]},
        {"ids": [True]},
        {"ids": ["a b"]},
        {"id": ""},
        {"id": "a b"},
        {"messages": []},
        {"messages": ["0"]},
        {"messages": [{"status": "0"}]},
        {"messages": [{"status": 0, "message-id": "x"}]},
        {"messages": [{"status": "0", "message-id": "x"}, {"status": "6"}]},
        {"messages": [{"status": "777"}]},
        {"messages": [{"status": "5"}]},
    ],
)
def test_a_yes_that_names_nothing_shows_nothing(body: Any) -> None:
    for one in GATEWAYS.values():
        answer = body if isinstance(body, dict) else {}
        read = one.reads(200, answer)
        assert not isinstance(read, Accepted) or read.provider_id == "a b"


@pytest.mark.parametrize("body", ["<html>", [], {}, {"ids": ["a b"]}, {"id": "a b"}])
async def test_a_yes_that_cannot_be_read_is_uncertain(gateway: PublishedGateway, body: Any) -> None:
    assert await outcome_of(gateway, Said(200, body)) == Uncertain("no-id")


async def test_aruba_took_it_for_nobody() -> None:
    taken = Said(201, {"result": "OK", "order_id": "A1", "total_sent": 0})
    assert await outcome_of(PublishedGateway(PUBLISHED["aruba"]), taken) == RejectedPermanent("address")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("1", FailedTemporary("429")),
        ("8", FailedTemporary("sign-in")),
        ("10", FailedTemporary("429")),
        ("5", Uncertain("500")),
        ("7", RejectedPermanent("status 7")),
        ("15", RejectedPermanent("status 15")),
        ("999", Uncertain("500")),
    ],
)
async def test_vonage_says_inside_a_yes_what_became_of_it(status: str, outcome: Outcome) -> None:
    answer = Said(200, {"message-count": "1", "messages": [{"status": status, "error-text": "…"}]})
    assert await outcome_of(PublishedGateway(PUBLISHED["vonage"]), answer) == outcome


async def test_sinch_knows_no_such_plan() -> None:
    assert await outcome_of(PublishedGateway(PUBLISHED["sinch"]), Said(404)) == FailedTemporary("sign-in")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("staffetta-sms://u:s3cr3t@sms.example.org/?from=Rete&tls=required&gateway=s3cr3t", UnknownGateway),
        ("staffetta-sms://sms.example.org/?from=Rete&tls=required&gateway=aruba", MissingCredentials),
        ("staffetta-sms://s3cr3t@sms.example.org/?from=Rete&tls=required&gateway=vonage", MissingCredentials),
        ("staffetta-sms://u:s3cr3t@sms.example.org/?from=Rete&tls=required&gateway=gatewayapi", MissingCredentials),
        ("staffetta-voice://u:s3cr3t@c.example.org/?from=+390655501001&tls=required&gateway=aruba", UnknownArgument),
    ],
)
def test_a_gateway_that_cannot_be_used_is_refused_at_start(url: str, expected: type[Exception]) -> None:
    with pytest.raises(expected) as refused:
        Carriers({"voice" if "voice" in url else "sms": url})
    assert "s3cr3t" not in str(refused.value) + said(refused.value, "it")  # type: ignore[arg-type]  # a StaffettaError


@pytest.mark.parametrize("name", EVERY)
def test_no_secret_shows_in_what_is_asked(name: str) -> None:
    url = f"staffetta-sms://{PUBLISHED[name].secrets}@127.0.0.1/?from=Rete&tls=none&gateway={name}"
    account = read_account("sms", url)
    shown = repr(account) + repr(GATEWAYS[name].asks(account, message("sms")))
    assert "t0ken" not in shown
    assert "s3cret" not in shown
