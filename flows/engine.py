"""The process that brings every pathway run into Prefect's history: claim a wake-up, enter the run, leave it at rest.

Run it with `python -m flows.engine --data DIR`. Alerts do not wait for it. While Prefect is away it waits, quietly: the
wake-ups stay where they are, and the history is caught up from the trail. Beside it, and without Prefect, the engine
stands in for a dispatcher that is away.
"""

import asyncio
import os
import time
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from flows.delivering import Sender, carriers_of
from flows.environment import PrefectHouse, prefect_environment
from flows.journal import Journal, error_code
from flows.process import Backoff, alone, ask_which_house, run_until_told
from flows.recording import Recording
from flows.standing_in import WORKER as STAND_IN
from flows.standing_in import StandIn
from flows.verifying import Verifier, verify_when_overdue
from models import runwakes
from models.bells import Bell
from models.composition import House, open_house
from models.history import flow_run_of, run_facts
from models.leases import free_leases
from models.runwakes import Wake
from models.settings import load_settings

WORKER = "engine"
AT_ONCE = 3
"""While one waits for the server, the others compute; whichever is done makes room for the next.

Where Prefect keeps its record in a file, they take turns at the server (`flows.history.take_turns`)."""
LOOK_EVERY = 0.1
LEASE_SECONDS = 120.0
ENTER_WITHIN = 30.0
NET_SECONDS = 2.0
COMPARE_EVERY = 60.0
COMPARE_AT_START = timedelta(days=1)
FIRST_RETRY = 0.5
LONGEST_RETRY = 60.0


class Historian(Protocol):
    """Whoever keeps the history: `flows.history.Historian`."""

    async def is_there(self) -> bool:
        """Whether the history can be written now."""
        ...

    async def bring_in(self, recording: Recording) -> None:
        """Tell what happened in one run. Raises where it could not be told."""
        ...

    async def compare(self, since: datetime) -> int:
        """Compare the history with the trail; how many runs did not agree."""
        ...

    def rebuild_some(self) -> int:
        """Have a few of the runs that the history lost told anew; how many."""
        ...


class Engine:
    """Brings due runs in, up to `AT_ONCE` at a time."""

    def __init__(self, house: House, carriers: Sender, journal: Journal) -> None:
        """Nothing is claimed yet."""
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._compared: float | None = None
        self._away = False

    async def run(self, bell: Bell, connect: Callable[[], AbstractAsyncContextManager[Historian]]) -> None:
        """Work for ever. Prefect away, or a fault of its own: wait longer each time, and go on."""
        backoff = Backoff(FIRST_RETRY)
        while True:
            try:
                async with connect() as historian:
                    while await historian.is_there():
                        self._note_away(away=False)
                        backoff.reset()
                        await self._work(bell, historian)
            except Exception as error:  # noqa: BLE001 - whatever it was, the history must go on
                self._journal.error("engine-stumbled", error=error_code(error))
            else:
                self._note_away(away=True)
            await asyncio.sleep(backoff.next())

    def _note_away(self, *, away: bool) -> None:
        """Write down that Prefect went or came, once each."""
        if away is not self._away:
            self._away = away
            self._journal.info("prefect-is-away" if away else "prefect-is-back")

    async def _work(self, bell: Bell, historian: Historian) -> None:
        """Bring in what is due, until an entry fails: then Prefect has to be looked at again."""
        under_way: set[asyncio.Task[bool]] = set()
        went_well = True
        try:
            while went_well:
                if self._is_time_to_compare():
                    if not await _all_well(under_way):  # a run that is being told agrees with nothing
                        return
                    under_way = set()
                    await self._compare(historian)
                wakes = self._claim(AT_ONCE - len(under_way))
                under_way |= {asyncio.create_task(self._bring_in(historian, wake)) for wake in wakes}
                if under_way:
                    # Where there are places free, another may fall due before one of these is done.
                    limit = None if len(under_way) == AT_ONCE else LOOK_EVERY
                    done, under_way = await asyncio.wait(under_way, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
                    went_well &= await _all_well(done)
                elif not historian.rebuild_some():
                    await bell.wait(self._seconds_to_wait())
            await _all_well(under_way)
        except Exception:  # raised again; the others are let finish first
            await asyncio.gather(*under_way, return_exceptions=True)  # what is half told would be told anew
            raise
        except BaseException:  # told to stop: raised again, and no task is left behind
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            raise

    async def _bring_in(self, historian: Historian, wake: Wake) -> bool:
        """One run; whether it went well."""
        database = self._house.database
        run = run_facts(database, wake.run_id)
        if run is None:
            runwakes.settle_wake(database, wake, done_seq=wake.wanted_seq)
            return True
        recording = Recording(self._house, self._carriers, self._house.worker(WORKER), run)
        try:
            if self._is_news(recording):
                async with asyncio.timeout(ENTER_WITHIN):
                    await historian.bring_in(recording)
        except Exception as error:  # noqa: BLE001 - one run must not keep the others waiting
            self._give_up(wake, run.ref, error)
            return False
        done_seq, again_at = recording.done()
        runwakes.settle_wake(database, wake, done_seq=done_seq, again_at=again_at)
        return True

    def _is_news(self, recording: Recording) -> bool:
        """Whether entering the run would change anything: most words of a carrier come while it is being told."""
        story = recording.read()
        mirror = flow_run_of(self._house.database, recording.run.run_id)
        if story.tellings or recording.silent(story.unsettled):
            return True
        return mirror is None or mirror.state_name != story.rest.name

    def _give_up(self, wake: Wake, run_ref: str, error: Exception) -> None:
        delay = min(FIRST_RETRY * 2.0 ** (wake.tries - 1), LONGEST_RETRY)
        again_at = self._house.clock.now() + timedelta(seconds=delay * self._house.clock.speed)
        runwakes.give_up_wake(self._house.database, wake, again_at=again_at)
        self._journal.warning("run-not-brought-in", run_ref=run_ref, error=error_code(error), delay_s=delay)

    def _claim(self, places: int) -> list[Wake]:
        clock = self._house.clock
        due = runwakes.next_wake(self._house.database, clock.now())
        if due is None or due > clock.now():
            return []  # without taking the database's one pen
        return runwakes.claim_wakes(
            self._house.database,
            worker=self._house.worker(WORKER),
            now=clock.now(),
            lease=timedelta(seconds=LEASE_SECONDS * clock.speed),
            limit=places,
        )

    def _is_time_to_compare(self) -> bool:
        """Each minute, however much there is to do."""
        return self._compared is None or time.monotonic() - self._compared >= COMPARE_EVERY

    async def _compare(self, historian: Historian) -> None:
        span = timedelta(seconds=2 * COMPARE_EVERY * self._house.clock.speed)
        since = self._house.clock.now() - (COMPARE_AT_START if self._compared is None else span)
        self._compared = time.monotonic()
        if differing := await historian.compare(since):
            self._journal.info("history-differed", count=differing)

    def _seconds_to_wait(self) -> float:
        due = runwakes.next_wake(self._house.database, self._house.clock.now())
        return NET_SECONDS if due is None else min(NET_SECONDS, self._house.clock.real_seconds(due))


async def _all_well(entries: Collection[asyncio.Task[bool]]) -> bool:
    """Wait for these; whether all of them went well."""
    return all(await asyncio.gather(*entries))


async def bring_in_for_ever(data: Path, config: Path | None, journal: Journal) -> None:
    """Bring runs in until told to stop."""
    from flows.history import historian  # noqa: PLC0415 - Prefect reads its environment when it is imported
    from flows.pathway import calm_the_log  # noqa: PLC0415

    calm_the_log()
    house = open_house(data, with_vault=False, config=config)
    carriers = carriers_of(house)
    try:
        async with (
            alone(house.settings.run_folder, WORKER, journal),
            house.bells.listen("engine") as bell,
            asyncio.TaskGroup() as together,
        ):
            for worker in (WORKER, STAND_IN):
                free_leases(house.database, house.worker(worker), house.clock.now())
            verifier = Verifier(house, config)
            together.create_task(StandIn(house, carriers, journal).run())
            together.create_task(verify_when_overdue(verifier, journal))
            connect = lambda: historian(house, verifier, journal)  # noqa: E731  # handed on once
            together.create_task(Engine(house, carriers, journal).run(bell, connect))
    finally:
        await carriers.aclose()
        house.close()


def prefect_house(data: Path, config: Path | None) -> PrefectHouse:
    """Where Prefect lives, by the settings of the house."""
    settings = load_settings(data, config)
    prefect = settings.prefect
    return PrefectHouse(settings.data, prefect.port, ui=prefect.ui, database_url=prefect.database_url)


if __name__ == "__main__":
    arguments = ask_which_house("engine")
    os.environ.update(prefect_environment(prefect_house(arguments.data, arguments.config)))
    work = lambda journal: bring_in_for_ever(arguments.data, arguments.config, journal)  # noqa: E731
    raise SystemExit(run_until_told("engine", work))
