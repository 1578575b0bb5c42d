"""One suite for every channel, against real servers on loopback: what the port promises, whoever carries."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from cli.demo.gateway import Answer, SmsGateway
from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail, ReceivedSms
from notifiers.carriers import Carriers
from notifiers.leaving import MayNotLeave
from notifiers.mail import MailCarrier
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, FailedTemporary, RejectedPermanent, Uncertain
from notifiers.sms import SmsCarrier
from tests.contract.carrier_worlds import ADDRESSES, UNHURRIED, message, unused_port

CHANNELS = ("email", "sms", "pec", "voice")
BY_GATEWAY = {"sms", "voice"}


@dataclass
class World:
    """One channel, its server, and how that server is made to misbehave."""

    channel: str
    carriers: Carriers
    mail: MailServer
    gateway: SmsGateway

    def message(self, delivery: str = "0192-alert.1", **changes: str) -> Message:
        return message(self.channel, delivery, **changes)

    def received(self) -> tuple[ReceivedMail | ReceivedSms, ...]:
        return self.gateway.received() if self.channel in BY_GATEWAY else self.mail.received()

    def refuse(self, code: int) -> None:
        self.mail.misbehave(Turn(Stage.RCPT, reply=f"{code} 5.1.1 not here"))
        self.gateway.misbehave(Answer(status=code))

    def take_and_say_nothing(self) -> None:
        self.mail.misbehave(Turn(Stage.TEXT, delay=2, keep=True))
        self.gateway.misbehave(Answer(delay=2, keep=True))


def certified(url: str) -> str:
    return url.replace("staffetta-mail", "staffetta-pec")


def calling(url: str) -> str:
    return url.replace("staffetta-sms", "staffetta-voice").replace("from=Staffetta", "from=+390655501001")


def all_of(mail: MailServer, gateway: SmsGateway) -> dict[str, str]:
    return {"email": mail.url, "sms": gateway.url, "pec": certified(mail.url), "voice": calling(gateway.url)}


@pytest.fixture(params=CHANNELS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    with MailServer.start() as mail, SmsGateway.start() as gateway:
        patience = replace(UNHURRIED, answering=1.0)  # whoever says nothing here says nothing for two seconds
        urls = all_of(mail, gateway)
        async with Carriers(urls, patience=patience) as carriers:
            yield World(request.param, carriers, mail, gateway)


async def test_a_message_is_accepted_under_the_name_that_the_carrier_gave_it(world: World) -> None:
    outcome = await world.carriers.send(world.message())

    assert isinstance(outcome, Accepted)
    assert outcome.provider_id in {"DEMO000001", "sms-000001"}


async def test_what_arrives_is_what_was_written(world: World) -> None:
    await world.carriers.send(world.message())

    (arrived,) = world.received()
    assert arrived.recipient == ADDRESSES[world.channel]
    assert arrived.body == world.message().body
    assert arrived.link == "https://desk.example.org/h/AAAA"
    assert arrived.code == "7KM3PX"


async def test_no_text_leaves_before_it_may(world: World) -> None:
    kept, asked = asyncio.Event(), asyncio.Event()

    async def leave() -> None:
        asked.set()
        await kept.wait()

    sending = asyncio.ensure_future(world.carriers.send(world.message(), leave))
    await asked.wait()
    await asyncio.sleep(0.1)
    assert world.received() == ()
    kept.set()
    assert isinstance(await sending, Accepted)
    assert len(world.received()) == 1


async def test_what_may_not_leave_does_not_and_the_next_message_does(world: World) -> None:
    async def not_kept() -> None:
        raise MayNotLeave

    with pytest.raises(MayNotLeave):
        await world.carriers.send(world.message(), not_kept)
    assert isinstance(await world.carriers.send(world.message()), Accepted)
    assert len(world.received()) == 1


async def test_a_permanent_refusal_is_told_by_its_code(world: World) -> None:
    world.refuse(400 if world.channel in BY_GATEWAY else 550)

    outcome = await world.carriers.send(world.message())

    assert isinstance(outcome, RejectedPermanent)
    assert outcome.code in {"550 5.1.1", "400"}
    assert world.received() == ()


async def test_a_busy_carrier_is_a_temporary_failure(world: World) -> None:
    world.refuse(503 if world.channel in BY_GATEWAY else 451)

    assert isinstance(await world.carriers.send(world.message()), FailedTemporary)
    assert world.received() == ()


async def test_after_a_refusal_the_next_message_goes_through(world: World) -> None:
    world.refuse(400 if world.channel in BY_GATEWAY else 550)
    await world.carriers.send(world.message("first.1"))

    assert isinstance(await world.carriers.send(world.message("second.1")), Accepted)


async def test_silence_after_the_text_has_left_is_uncertain(world: World) -> None:
    world.take_and_say_nothing()

    assert await world.carriers.send(world.message()) == Uncertain("timeout")
    assert len(world.received()) == 1


async def test_a_repeat_carries_the_same_names_so_that_its_reader_can_tell(world: World) -> None:
    world.take_and_say_nothing()
    await world.carriers.send(world.message())
    assert isinstance(await world.carriers.send(world.message()), Accepted)

    names = {mail.message_id for mail in world.mail.received()} | {
        sms.idempotency_key for sms in world.gateway.received()
    }
    assert names <= {message_id_of("0192-alert.1"), "0192-alert.1"}
    assert len(names) == 1


async def test_where_nobody_listens_nothing_was_sent() -> None:
    port = unused_port()
    mail = f"staffetta-mail://127.0.0.1:{port}/?from=staffetta@example.org&tls=none"
    sms = f"staffetta-sms://127.0.0.1:{port}/?from=Staffetta&tls=none"
    async with Carriers(
        {"email": mail, "sms": sms, "pec": certified(mail), "voice": calling(sms)}, patience=UNHURRIED
    ) as carriers:
        for channel in CHANNELS:
            assert await carriers.send(message(channel)) == FailedTemporary("connect")


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d", "a b@c.org", "<a@b.org>", "06 1234", "+39 333"])
async def test_an_address_that_is_none_never_reaches_the_carrier(world: World, address: str) -> None:
    assert await world.carriers.send(world.message(address=address)) == RejectedPermanent("address")
    assert world.received() == ()


async def test_a_channel_without_a_carrier_is_a_permanent_refusal() -> None:
    async with Carriers({}) as carriers:
        assert await carriers.send(message("sms")) == RejectedPermanent("no-carrier")


async def test_fifty_at_once_arrive_once_each(world: World) -> None:
    # With the patience of the product: on a busy machine fifty take longer than one that hurries waits.
    urls = all_of(world.mail, world.gateway)
    async with Carriers(urls) as carriers:
        outcomes = await asyncio.gather(*(carriers.send(world.message(f"many-{n}.1")) for n in range(50)))

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(world.received()) == 50
    assert world.mail.connections <= 4


async def test_neither_address_nor_text_is_ever_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    stock = f"json://127.0.0.1:{world.gateway.port}/stock/{{address}}"
    ours = all_of(world.mail, world.gateway)
    for urls in (ours, *([] if world.channel in {"pec", "voice"} else [{world.channel: stock}])):
        async with Carriers(urls, patience=UNHURRIED) as carriers:
            with caplog.at_level(logging.DEBUG, logger="apprise"), caplog.at_level(logging.DEBUG):
                logging.getLogger("asyncio").debug("this is heard")
                world.refuse(400 if world.channel in BY_GATEWAY else 550)
                await carriers.send(world.message("first.1"))
                await carriers.send(world.message("second.1"))

    assert "this is heard" in caplog.text
    assert ADDRESSES[world.channel] not in caplog.text
    assert "7KM3PX" not in caplog.text


async def test_a_bug_of_ours_is_not_swallowed_on_its_way_through_apprise(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(MailCarrier, "send", broken)
    monkeypatch.setattr(SmsCarrier, "send", broken)

    with pytest.raises(ZeroDivisionError):
        await world.carriers.send(world.message())


async def test_a_service_of_apprises_own_is_known_only_as_taken_or_uncertain() -> None:
    with SmsGateway.start() as gateway:
        url = f"json://127.0.0.1:{gateway.port}/stock/{{address}}"
        async with Carriers({"sms": url}, patience=UNHURRIED) as carriers:
            assert carriers.kinds == {"sms"}
            assert await carriers.send(message("sms")) == Accepted(None)
            gateway.misbehave(Answer(status=500))
            assert await carriers.send(message("sms")) == Uncertain("apprise")
            gateway.misbehave(Answer(status=307, headers={"Location": "/stock/elsewhere"}))
            assert await carriers.send(message("sms")) == Uncertain("apprise")
