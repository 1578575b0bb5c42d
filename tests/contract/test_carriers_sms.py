"""SMS: what each answer of a gateway means."""

from typing import Any

import pytest

from cli.demo.gateway import Answer, SmsGateway
from notifiers.carriers import Carriers
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from tests.contract.carrier_worlds import UNHURRIED, message


async def outcome_of(answer: Answer) -> Outcome:
    with SmsGateway.start() as gateway:
        gateway.misbehave(answer)
        async with Carriers({"sms": gateway.url}, patience=UNHURRIED) as carriers:
            return await carriers.send(message("sms"))


@pytest.mark.parametrize(("status", "code"), [(401, "sign-in"), (403, "sign-in"), (407, "sign-in"), (402, "402")])
async def test_a_gateway_that_does_not_let_us_in_says_nothing_of_the_recipient(status: int, code: str) -> None:
    assert await outcome_of(Answer(status=status)) == FailedTemporary(code)


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_a_client_error_will_not_get_better(status: int) -> None:
    assert await outcome_of(Answer(status=status)) == RejectedPermanent(str(status))


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_gateway_says_when_to_come_back(status: int) -> None:
    assert await outcome_of(Answer(status=status, headers={"Retry-After": "7"})) == FailedTemporary(str(status), 7.0)


async def test_a_date_in_the_past_means_at_once() -> None:
    busy = Answer(status=429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert await outcome_of(busy) == FailedTemporary("429", 0.0)


@pytest.mark.parametrize("said", ["soon", "-1", "", "Wed, 21 Oct 2015 07:28:00"])
async def test_an_unreadable_date_means_nothing(said: str) -> None:
    assert await outcome_of(Answer(status=429, headers={"Retry-After": said})) == FailedTemporary("429", None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(status: int) -> None:
    with SmsGateway.start() as gateway:
        gateway.misbehave(Answer(status=status, headers={"Location": f"http://127.0.0.1:{gateway.port}/messages"}))
        async with Carriers({"sms": gateway.url}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("sms")) == RejectedPermanent("redirect")
        assert gateway.requests == 1


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_gateway_that_breaks_with_the_message_in_hand_is_uncertain(status: int) -> None:
    assert await outcome_of(Answer(status=status)) == Uncertain(str(status))


@pytest.mark.parametrize(
    "body",
    [None, {}, [], "yes", {"id": 7}, {"id": ""}, {"id": "a b"}, {"id": "x", "error": "no credit"}, {"id": "x" * 70000}],
)
async def test_a_yes_without_a_name_for_the_message_is_uncertain(body: Any) -> None:
    assert await outcome_of(Answer(status=200, body=body)) == Uncertain("no-id")


async def test_the_same_delivery_twice_is_one_sms() -> None:
    with SmsGateway.start() as gateway:
        async with Carriers({"sms": gateway.url}) as carriers:
            first = await carriers.send(message("sms"))
            second = await carriers.send(message("sms"))
        assert first == second == Accepted("sms-000001")
        assert gateway.requests == 2
        assert len(gateway.received()) == 1


async def test_the_request_holds_four_fields_and_a_key() -> None:
    with SmsGateway.start() as gateway:
        async with Carriers({"sms": gateway.url}) as carriers:
            await carriers.send(message("sms"))
        (sms,) = gateway.received()
        (asked,) = gateway.asked()

    assert asked == {
        "to": "+393331234567",
        "from": "Staffetta",
        "text": message("sms").body,
        "id": "0192-alert.1",
    }
    assert sms.idempotency_key == "0192-alert.1"
