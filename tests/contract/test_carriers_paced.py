"""A carrier that may be given so many a minute, and two that hold each other up in nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from cli.demo.gateway import Answer, SmsGateway
from notifiers.carriers import Carriers
from notifiers.outcomes import Accepted, FailedTemporary, Uncertain
from notifiers.pace import PACED
from notifiers.places import EACH_CARRIER
from tests.contract.carrier_worlds import UNHURRIED, message


@dataclass
class Minute:
    """Seconds that pass when somebody says so."""

    seconds: float = field(default_factory=time.monotonic)

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Two:
    """Two gateways for one channel."""

    first: SmsGateway
    second: SmsGateway
    carriers: Carriers
    minute: Minute

    async def send(self, *numbers: int, first: bool = False) -> list[object]:
        asked = [replace(message("sms", f"0192-alert.{number}"), first=first) for number in numbers]
        return await asyncio.gather(*(self.carriers.send(one) for one in asked))


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    minute = Minute()
    with SmsGateway.start() as first, SmsGateway.start() as second:
        urls, limits = {"sms": first.url, "sms.second": second.url}, {"sms": 10, "sms.second": 10}
        patience = replace(UNHURRIED, answering=3.0)
        async with Carriers(urls, patience=patience, per_minute=limits, now=minute) as carriers:
            yield Two(first, second, carriers, minute)


async def test_what_the_first_may_not_be_given_the_second_takes_and_then_each_waits_its_turn(two: Two) -> None:
    assert all(isinstance(one, Accepted) for one in await two.send(1, 2))
    assert (len(two.first.received()), len(two.second.received())) == (1, 1)
    (waits,) = await two.send(3)
    assert isinstance(waits, FailedTemporary)
    assert waits.code == PACED
    assert waits.retry_after == pytest.approx(8.0)
    assert not two.carriers.troubles, "it is in no trouble"
    (urgent,) = await two.send(4, first=True)
    assert isinstance(urgent, Accepted)
    two.minute.seconds += 8.1
    (came_back,) = await two.send(3)
    assert isinstance(came_back, Accepted)


async def test_a_first_that_hangs_keeps_its_own_places_alone() -> None:
    with SmsGateway.start() as first, SmsGateway.start() as second:
        first.misbehave(*[Answer(delay=4.0)] * EACH_CARRIER)
        urls = {"sms": first.url, "sms.second": second.url}
        async with Carriers(urls, patience=replace(UNHURRIED, answering=2.5, queueing=2.5)) as carriers:
            hung = [asyncio.create_task(carriers.send(message("sms", f"0192-alert.{n}"))) for n in range(EACH_CARRIER)]
            await asyncio.sleep(0.1)
            started = time.monotonic()
            others = [carriers.send(message("sms", f"0193-alert.{n}")) for n in range(30)]
            assert all(isinstance(one, Accepted) for one in await asyncio.gather(*others))
            assert time.monotonic() - started < 2.0
            assert len(second.received()) == 30
            words = await asyncio.gather(*hung)
    doubtful = {f"0192-alert.{number}" for number, word in enumerate(words) if isinstance(word, Uncertain)}
    assert doubtful, "some hang with the message in hand"
    assert not doubtful & {one.idempotency_key for one in second.received()}, "what may have arrived goes nowhere else"
