"""A carrier in trouble stands at the desk within seconds; whoever runs the house hears of it another way, once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from cli.demo.gateway import SmsGateway
from cli.demo.mailserver import MailServer
from flows.carrier_watch import CarrierWatch
from flows.delivering import carrier_urls, deliver
from flows.journal import open_journal
from models import outbox
from models.carrier_troubles import lasting_troubles, note_troubles
from notifiers.breaker import IN_A_ROW, LINE_AGAIN_SECONDS, REST_SECONDS, RESTS, Breaker
from notifiers.carriers import Carriers
from tests.contract.carrier_worlds import UNHURRIED, message, unused_port
from tests.houses import CANARY, Told

pytestmark = pytest.mark.slow


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with SmsGateway.start() as gateway:
        yield gateway


class Story:
    """A house whose mail server can be away, and what its dispatcher sees of that."""

    def __init__(self, folder: Path, gateway: SmsGateway, database: str) -> None:
        self.port = unused_port()
        settings = (
            f'[carriers.email]\nurl = "staffetta-mail://127.0.0.1:{self.port}?tls=none&from=staffetta@example.org"\n'
            f'[carriers.sms]\nurl = "{gateway.url}"\n{database}'
        )
        self.told = Told(folder, settings)
        self.gateway = gateway
        self.seconds = 0.0
        self.log = StringIO()
        self.carriers = Carriers(carrier_urls(self.told.house), patience=replace(UNHURRIED, connecting=1.0))
        self.carriers._breakers = {name: Breaker(lambda: self.seconds) for name in ("email", "sms")}
        self.watch = CarrierWatch(self.told.house, self.carriers, open_journal("dispatcher", self.log))

    async def looks_for_a_line(self, times: int = 1) -> None:
        for _look in range(times):
            await self.carriers.keep_ready()
        await self.watch.look()

    async def fails(self, times: int = 1) -> None:
        for number in range(times):
            await self.carriers.send(message("email", f"0192-alert.{number}"))
        await self.watch.look()

    def at_the_desk(self) -> list[tuple[str, int]]:
        return [(one.carrier, one.in_a_row) for one in lasting_troubles(self.told.house.database)]

    def told_by_sms(self) -> list[str]:
        return [one.body for one in self.gateway.received()]


@pytest.fixture
async def story(tmp_path: Path, gateway: SmsGateway, database_settings: str) -> AsyncIterator[Story]:
    story = Story(tmp_path / "data", gateway, database_settings)
    yield story
    await story.carriers.aclose()
    story.told.close()


async def test_the_first_failure_stands_at_the_desk_and_the_second_is_told_by_another_way_once(story: Story) -> None:
    await story.fails()
    assert story.at_the_desk() == [("email", 1)]
    assert not story.told_by_sms()
    await story.fails(4)
    await story.watch.look()
    assert story.at_the_desk() == [("email", IN_A_ROW)]
    told = story.told_by_sms()
    assert told
    assert all("posta elettronica" in one and "non partono" in one for one in told)
    await story.watch.look()
    assert story.told_by_sms() == told


async def test_that_it_works_again_is_told_once_too_and_nothing_stays_at_the_desk(story: Story) -> None:
    await story.fails(2)
    with MailServer.start(port=story.port) as server:
        await story.fails()
        await story.watch.look()
        assert not story.at_the_desk()
        told = [one for one in server.received() if "riparte" in one.subject]
        assert told
        assert len({one.recipient for one in told}) == len(told)
        await story.watch.look()
        assert len([one for one in server.received() if "riparte" in one.subject]) == len(told)


async def test_one_failure_that_passes_is_told_to_nobody(story: Story) -> None:
    await story.fails()
    with MailServer.start(port=story.port):
        await story.fails()
    assert not story.at_the_desk()
    assert not story.told_by_sms()


async def test_what_was_known_before_a_restart_stands_until_the_carrier_is_seen_to_work(story: Story) -> None:
    await story.fails(2)
    told = story.told_by_sms()
    again = Story.__new__(Story)
    again.__dict__ = story.__dict__ | {"carriers": Carriers(carrier_urls(story.told.house), patience=UNHURRIED)}
    again.watch = CarrierWatch(story.told.house, again.carriers, open_journal("dispatcher", story.log))
    await again.watch.look()
    assert story.at_the_desk() == [("email", 2)]
    assert story.told_by_sms() == told
    await again.carriers.aclose()


async def test_an_alert_behind_a_carrier_that_rests_goes_over_the_next_channel_at_once(story: Story) -> None:
    await story.fails(IN_A_ROW)
    story.told.opened()
    (claimed,) = outbox.claim(
        story.told.house.database, worker="test", now=story.told.house.clock.now(), lease_seconds=60.0
    )
    word = await deliver(story.told.house, story.carriers, claimed)
    assert word.code == RESTS
    story.told.house.handling.settle([word])
    (next_one,) = outbox.claim(
        story.told.house.database, worker="test", now=story.told.house.clock.now(), lease_seconds=60.0
    )
    assert (claimed.channel, next_one.channel) == ("email", "sms")
    assert next_one.alert_id == claimed.alert_id


async def test_after_its_rest_one_message_tries_it(story: Story) -> None:
    await story.fails(IN_A_ROW)
    story.seconds += REST_SECONDS
    with MailServer.start(port=story.port) as server:
        await asyncio.gather(*(story.carriers.send(message("email", f"0192-later.{n}")) for n in range(4)))
        await story.carriers.send(message("email", "0192-last.1"))
        assert {one.message_id.partition(".")[0] for one in server.received()} >= {"<0192-last"}
        assert len(server.received()) < 5


async def test_nothing_of_a_case_is_in_its_log_or_its_words(story: Story) -> None:
    story.told.opened()
    await story.fails(3)
    assert "carrier-in-trouble" in story.log.getvalue()
    assert CANARY not in story.log.getvalue()
    assert "127.0.0.1" not in story.log.getvalue()


async def test_a_carrier_that_was_taken_out_of_the_settings_is_in_no_trouble_any_more(story: Story) -> None:
    now = story.told.clock.now()
    note_troubles(story.told.house.database, story.told.house.place, {"email.second": ("connect", 3)}, (), now)
    await story.watch.look()
    assert story.at_the_desk() == []
    assert story.told_by_sms() == []


async def test_a_mail_server_that_is_away_stands_at_the_desk_before_an_alert_needs_it(story: Story) -> None:
    await story.looks_for_a_line()
    assert story.at_the_desk() == []
    await story.looks_for_a_line()
    assert story.at_the_desk() == [("email", 2)]
    assert len(story.told_by_sms()) == 1
    with MailServer.start(port=story.port):
        story.seconds += LINE_AGAIN_SECONDS
        await story.looks_for_a_line()
    assert story.at_the_desk() == []
