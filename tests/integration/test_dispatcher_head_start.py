"""Whoever is asked is alerted before whoever is only told: somebody's safety hangs on the one alone."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Any

import pytest

from flows.dispatcher import Dispatcher
from flows.head_start import HEAD_START_SECONDS
from flows.journal import open_journal
from models.composition import House
from models.network import import_network, remembered_directory
from models.outbox import claim
from notifiers.leaving import Leave, at_once
from notifiers.message import Message
from notifiers.outcomes import Accepted, Outcome
from procedures.commands import AcceptHandoff
from procedures.events import HandoffRequested
from tests.integration.relay import NETWORK, first, handle, open_shelter
from tests.integration.test_dispatcher_channels import nothing_else

Step = tuple[str, bool]
"""What was done with a message, and whether it asks for an answer."""


class Slow:
    """A carrier that speaks with its server for a while before the text may leave."""

    def __init__(self, asking: Collection[str], talk: Callable[[bool], float] = lambda _asks: 0.002) -> None:
        self.asking = asking
        self.talk = talk
        self.done: list[tuple[Step, float]] = []

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        asks = message.delivery_id in self.asking
        self.done.append((("begins", asks), time.monotonic()))
        await asyncio.sleep(self.talk(asks))  # a server that takes its time
        await leave()
        self.done.append((("leaves", asks), time.monotonic()))
        return Accepted()

    @property
    def steps(self) -> list[Step]:
        return [step for step, _at in self.done]


def told_and_asked(house: House) -> Collection[str]:
    """An answer whose echo waits already, then a new case: both are claimed together, the older one first.

    Which messages ask for an answer.
    """
    opened = open_shelter(house)
    ref = first(opened, HandoffRequested).ref
    for one in claim(house.database, worker="before", now=house.clock.now(), lease_seconds=3600):
        assert one.about == ref
    handle(house, opened.state.case_id, AcceptHandoff, ref=ref)
    open_shelter(house)
    asking = "SELECT delivery_id FROM deliveries WHERE state = 'queued' AND link_use = 'answer'"
    with house.database.read() as connection:
        return frozenset(connection.exec_driver_sql(asking).scalars())


async def dispatch(house: House, carrier: Slow, seconds: float = 1.0) -> list[Step]:
    journal = open_journal("dispatcher")
    async with house.bells.listen("dispatcher") as bell:
        sender: Any = carrier
        task = asyncio.create_task(Dispatcher(house, sender, journal, nudge=nothing_else).run(bell))
        await asyncio.sleep(seconds)  # it has nothing else to do
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return carrier.steps


@pytest.mark.slow
async def test_who_is_asked_has_the_text_before_the_others_are_begun(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.head_start.HEAD_START_SECONDS", 10.0)  # a disk that is slow is not what is asked here
    steps = await dispatch(house, Slow(told_and_asked(house)), 3.0)
    assert steps[:3] == [("begins", True), ("leaves", True), ("begins", False)]
    assert steps.count(("leaves", False)) == steps.count(("begins", False)) > 0


@pytest.mark.slow
async def test_a_carrier_that_hangs_over_the_one_holds_up_nobody_for_long(house: House) -> None:
    carrier = Slow(told_and_asked(house), talk=lambda asks: 1.0 if asks else 0)
    steps = await dispatch(house, carrier, 3.0)
    assert steps.index(("begins", False)) < steps.index(("leaves", True))
    moments = dict(reversed(carrier.done))
    waited = moments["begins", False] - moments["begins", True]
    assert HEAD_START_SECONDS * 0.9 <= waited < 0.9


def test_a_network_that_changed_is_read_anew_for_the_next_message(house: House) -> None:
    open_shelter(house)
    assert remembered_directory(house.database) is not None
    text = NETWORK.read_text(encoding="utf-8")
    import_network(house.database, f"{text}\n# another edition\n", str(NETWORK), house.clock.now())
    assert claim(house.database, worker="w", now=house.clock.now(), lease_seconds=60)
    assert remembered_directory(house.database) is None
    assert house.procedures.directory().people
    assert remembered_directory(house.database) is not None
