"""A carrier that hangs, or a database that is busy, costs nobody else a second and nobody a second copy."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cli.demo.gateway import SmsGateway
from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from flows.delivering import carrier_urls
from flows.dispatcher import EACH_CHANNEL, Dispatcher
from flows.journal import open_journal
from models import outbox
from models.composition import House
from models.outbox import Delivery, SettledDelivery
from models.store_errors import StoreBusy
from notifiers.carriers import Carriers
from tests.integration.relay import furnish, open_shelter, settings_text

HUNG = 50
NETWORK_BY_SMS = "UPDATE deliveries SET channel = 'sms', address = '+390655501013' WHERE case_id = ?"


def nothing_else() -> None:
    """No deadlines are watched here."""


async def at_work(house: House, carriers: Carriers, seconds: float) -> None:
    """A dispatcher in this process, for a while. What hangs at the end is let go."""
    journal = open_journal("dispatcher")
    async with house.bells.listen("dispatcher") as bell:
        task = asyncio.create_task(Dispatcher(house, carriers, journal, nudge=nothing_else).run(bell))
        try:
            await asyncio.sleep(seconds)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def over_sms(house: House) -> str:
    """A case whose first alert goes over the other channel; its reference."""
    opened = open_shelter(house)
    with house.database.write() as connection:
        connection.exec_driver_sql(NETWORK_BY_SMS, (opened.state.case_id,))
    (ref,) = opened.state.handoffs
    return ref


@pytest.mark.slow
async def test_a_healthy_channel_does_not_wait_for_a_hung_one(
    tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.dispatcher.LAST_SENDINGS_SECONDS", 0.1)
    mail.misbehave(*[Turn(Stage.EHLO, delay=60) for _each in range(HUNG)])
    with SmsGateway.start() as sms:
        house = furnish(tmp_path / "data", settings_text(mail.url, sms_url=sms.url))
        async with Carriers(carrier_urls(house)) as carriers:
            for _case in range(HUNG):
                open_shelter(house)
            working = asyncio.create_task(at_work(house, carriers, 50))
            await asyncio.sleep(1)
            ref = over_sms(house)
            arrived = await asyncio.to_thread(sms.wait_for, lambda message: ref in message.body, 40)
            assert arrived.code is not None
            working.cancel()
            await asyncio.wait([working])
        assert not mail.received()
        house.close()


@pytest.mark.slow
async def test_a_channel_takes_no_more_than_its_places(
    tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.dispatcher.LAST_SENDINGS_SECONDS", 0.1)
    mail.misbehave(*[Turn(Stage.EHLO, delay=60) for _each in range(HUNG)])
    house = furnish(tmp_path / "data", settings_text(mail.url))
    for _case in range(20):
        open_shelter(house)
    async with Carriers(carrier_urls(house)) as carriers:
        await at_work(house, carriers, 0.5)
    with house.database.read() as connection:
        under_way = connection.exec_driver_sql("SELECT count(*) FROM deliveries WHERE state = 'sending'").scalar()
    assert under_way == EACH_CHANNEL
    house.close()


@pytest.mark.slow
async def test_in_a_crowd_words_are_noted_first_and_the_rules_told_when_it_is_quiet(
    house: House, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, note, settle = [], house.handling.note_taken, house.handling.settle

    def noted(words: Sequence[SettledDelivery], until: datetime) -> None:
        order.extend(["noted"] * len(words))
        note(words, until)

    def told(words: Sequence[SettledDelivery]) -> Sequence[object]:
        order.append(f"told, {len(mail.received())} sent")
        return settle(words)

    monkeypatch.setattr(house.handling, "note_taken", noted)
    monkeypatch.setattr(house.handling, "settle", told)
    for _case in range(24):
        open_shelter(house)
    async with Carriers(carrier_urls(house)) as carriers:
        await at_work(house, carriers, 3)
    assert order[:8] == ["noted"] * 8
    assert {one for one in order if one != "noted"} == {"told, 24 sent"}
    with house.database.read() as connection:
        states = connection.exec_driver_sql("SELECT state, count(*) FROM deliveries GROUP BY state").all()
    assert [tuple(row) for row in states] == [("accepted", 24)]


@pytest.mark.slow
async def test_what_could_not_be_claimed_for_good_does_not_leave_and_is_claimed_again(
    house: House, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = outbox.claiming
    arrived: list[object] = []

    @contextmanager
    def claiming(*args: Any, **wanted: Any) -> Iterator[Sequence[Delivery]]:
        monkeypatch.setattr(outbox, "claiming", sound)
        with sound(*args, **wanted) as taken:
            yield taken
            time.sleep(0.3)  # a disk that takes its time, in the thread that commits
            arrived.extend(mail.received())
            raise StoreBusy

    monkeypatch.setattr(outbox, "claiming", claiming)
    open_shelter(house)
    async with Carriers(carrier_urls(house)) as carriers:
        await at_work(house, carriers, 1.5)
    assert not arrived
    assert len(mail.received()) == 1
    with house.database.read() as connection:
        states = connection.exec_driver_sql("SELECT state, attempt FROM deliveries").all()
    assert [tuple(row) for row in states] == [("accepted", 1)]


@pytest.mark.slow
async def test_a_word_that_could_not_be_kept_is_kept_later_and_the_mail_not_sent_again(
    house: House, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = [StoreBusy(), StoreBusy()]
    keep = house.handling.settle

    def settle(words: list[SettledDelivery]) -> None:
        if words and busy:
            raise busy.pop()
        keep(words)

    monkeypatch.setattr(house.handling, "settle", settle)
    open_shelter(house)
    async with Carriers(carrier_urls(house)) as carriers:
        await at_work(house, carriers, 1)
    with house.database.read() as connection:
        states = connection.exec_driver_sql("SELECT state, attempt FROM deliveries").all()
    assert not busy
    assert [tuple(row) for row in states] == [("accepted", 1)]
    assert len(mail.received()) == 1
