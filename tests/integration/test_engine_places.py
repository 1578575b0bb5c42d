"""The engine tells a few runs at a time; one that takes long keeps its own place and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from io import StringIO

from flows.delivering import carrier_urls
from flows.engine import AT_ONCE, Engine
from flows.journal import open_journal
from flows.recording import Recording
from models.composition import House
from notifiers.carriers import Carriers
from tests.integration.relay import open_shelter


class Slow:
    """A history in which the first run is told only when all the others are."""

    def __init__(self, runs: int) -> None:
        self.all_told = asyncio.Event()
        self.begun: list[str] = []
        self.told: list[str] = []
        self.compared_while_telling = False
        self._runs = runs
        self._others = asyncio.Event()

    async def is_there(self) -> bool:
        return True

    async def bring_in(self, recording: Recording) -> None:
        self.begun.append(recording.run.ref)
        assert len(self.begun) - len(self.told) <= AT_ONCE
        if len(self.begun) == 1:
            await self._others.wait()
        else:
            await asyncio.sleep(0.01)
        self.told.append(recording.run.ref)
        if len(self.told) == self._runs - 1:
            self._others.set()
        if len(self.told) == self._runs:
            self.all_told.set()

    async def compare(self, since: datetime) -> int:  # noqa: ARG002  # of whenever
        self.compared_while_telling |= len(self.begun) > len(self.told)
        return 0

    def rebuild_some(self) -> int:
        return 0


async def test_a_run_that_takes_long_keeps_no_other_waiting(house: House) -> None:
    cases = 2 * AT_ONCE + 1
    for _ in range(cases):
        open_shelter(house)
    history = Slow(cases)

    @asynccontextmanager
    async def connect() -> AsyncIterator[Slow]:
        yield history

    async with Carriers(carrier_urls(house)) as carriers, house.bells.listen("engine") as bell:
        engine = Engine(house, carriers, open_journal("engine", StringIO()))
        working = asyncio.create_task(engine.run(bell, connect))
        try:
            async with asyncio.timeout(20):
                await history.all_told.wait()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    assert history.told[-1] == history.begun[0]
    assert not history.compared_while_telling
