"""Two carriers for one channel: the second takes what the first certainly did not, and nothing else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from notifiers.breaker import IN_A_ROW, RESTS
from notifiers.carriers import Carriers
from notifiers.outcomes import Accepted, FailedTemporary, RejectedPermanent, Uncertain
from tests.contract.carrier_worlds import UNHURRIED, message, unused_port


@dataclass
class Two:
    """Two mail servers, and carriers that know both."""

    first: MailServer
    second: MailServer
    carriers: Carriers

    async def send(self, number: int = 1) -> object:
        return await self.carriers.send(message("email", f"0192-alert.{number}"))


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    with MailServer.start() as first, MailServer.start() as second:
        urls = {"email": first.url, "email.second": second.url}
        async with Carriers(urls, patience=replace(UNHURRIED, answering=0.5)) as carriers:
            yield Two(first, second, carriers)


async def test_as_long_as_the_first_works_the_second_gets_nothing(two: Two) -> None:
    for number in range(3):
        assert isinstance(await two.send(number), Accepted)
    assert len(two.first.received()) == 3
    assert not two.second.received()
    assert two.carriers.kinds == {"email"}


async def test_what_the_first_is_too_busy_for_the_second_takes_at_once(two: Two) -> None:
    two.first.misbehave(Turn(Stage.RCPT, reply="451 4.3.0 later"))
    assert isinstance(await two.send(), Accepted)
    (taken,) = two.second.received()
    assert taken.message_id == "<0192-alert.1@staffetta.invalid>"
    assert set(two.carriers.troubles) == {"email"}


async def test_what_may_have_arrived_is_never_given_to_the_second(two: Two) -> None:
    two.first.misbehave(Turn(Stage.TEXT, delay=2, keep=True))
    assert await two.send() == Uncertain("timeout")
    assert not two.second.received()


async def test_what_the_first_refuses_for_good_is_refused(two: Two) -> None:
    two.first.misbehave(Turn(Stage.RCPT, reply="550 5.1.1 nobody"))
    assert await two.send() == RejectedPermanent("550 5.1.1")
    assert not two.second.received()
    assert not two.carriers.troubles


async def test_while_the_first_rests_nothing_knocks_at_it() -> None:
    with MailServer.start() as second:
        urls = {
            "email": f"staffetta-mail://127.0.0.1:{unused_port()}?tls=none&from=a@example.org",
            "email.second": second.url,
        }
        async with Carriers(urls, patience=UNHURRIED) as carriers:
            for number in range(IN_A_ROW + 5):
                assert isinstance(await carriers.send(message("email", f"0192-alert.{number}")), Accepted)
            assert carriers.troubles["email"].in_a_row == IN_A_ROW
    assert len(second.received()) == IN_A_ROW + 5


async def test_where_there_is_no_second_a_carrier_that_rests_is_said_to_rest_and_nothing_left() -> None:
    url = f"staffetta-mail://127.0.0.1:{unused_port()}?tls=none&from=a@example.org"
    async with Carriers({"email": url}, patience=UNHURRIED) as carriers:
        for _ in range(IN_A_ROW):
            assert await carriers.send(message("email")) == FailedTemporary("connect")
        outcome = await carriers.send(message("email"))
    assert isinstance(outcome, FailedTemporary)
    assert outcome.code == RESTS
    assert outcome.retry_after is not None
    assert 1 <= outcome.retry_after <= 15
