"""The process that sends what was committed, at once. It knows nothing of Prefect, and needs nothing but the database.

Run it with `python -m flows.dispatcher --data DIR`. A bell wakes it; a look now and then is only the net below it.
"""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path

from flows.deadlines import Deadlines
from flows.delivering import LEASE_SECONDS, Sender, carrier_urls, deliver
from flows.journal import Journal, error_code
from flows.process import Backoff, alone, ask_which_house, run_until_told
from models import outbox
from models.bells import Bell
from models.composition import House, open_house
from models.leases import free_leases
from models.outbox import Delivery, SettledDelivery, SettledResult
from notifiers.carriers import Carriers

WORKER = "dispatcher"
AT_ONCE = 8
NET_SECONDS = 2.0
"""Below the bell, which rings with each commit."""
LAPSED_SECONDS = 0.1
LAST_ROUND_SECONDS = 8.0


class Dispatcher:
    """Claims up to eight deliveries at a time, sends them side by side, and keeps what came of them in one commit."""

    def __init__(self, house: House, carriers: Sender, journal: Journal, *, nudge: Callable[[], None]) -> None:
        """`nudge` is called after each round: others may have something new to look at, too."""
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._nudge = nudge

    async def run(self, bell: Bell) -> None:
        """Send for ever. A fault of its own is written down and tried again, later each time."""
        backoff = Backoff()
        while True:
            try:
                while await self._to_the_end(self.send_some()):
                    pass
                self._nudge()  # not before: the first byte goes first
                await self._rest(bell)
            except Exception as error:  # noqa: BLE001 - whatever it was, alerts must go on
                delay = backoff.next()
                self._journal.error("dispatcher-stumbled", error=error_code(error), delay_s=delay)
                await asyncio.sleep(delay)
            else:
                backoff.reset()

    async def _rest(self, bell: Bell) -> None:
        """Until the bell rings, or something is due that was not when we began. One cheap look now and then."""
        due = outbox.next_send_at(self._house.database)
        if due is not None and due <= self._house.clock.now():
            # It could not be claimed: a second lease lapsed.
            self._house.handling.settle_lapsed()
            await bell.wait(LAPSED_SECONDS)
            return
        while not await bell.wait(self._seconds_until(due)):
            due = outbox.next_send_at(self._house.database)
            if due is not None and due <= self._house.clock.now():
                return

    def _seconds_until(self, due: datetime | None) -> float:
        return NET_SECONDS if due is None else min(NET_SECONDS, self._house.clock.real_seconds(due))

    async def send_some(self) -> int:
        """One round: claim, send, settle. How many deliveries there were."""
        claimed = self._claim()
        if claimed:
            # Short statements on a local file: a thread for each would cost more than it saves (measured).
            self._house.handling.settle(await asyncio.gather(*map(self._send, claimed)))
        return len(claimed)

    @staticmethod
    async def _to_the_end(sending: Coroutine[object, object, int]) -> int:
        """Let a round that began come to its end even when this process is told to stop: half a mail helps nobody."""
        round_ = asyncio.ensure_future(sending)
        try:
            return await asyncio.shield(round_)
        except asyncio.CancelledError:
            await asyncio.wait([round_], timeout=LAST_ROUND_SECONDS)
            raise

    def _claim(self) -> Sequence[Delivery]:
        clock = self._house.clock
        return outbox.claim(
            self._house.database,
            worker=WORKER,
            now=clock.now(),
            lease_seconds=LEASE_SECONDS * clock.speed,
            limit=AT_ONCE,
        )

    async def _send(self, delivery: Delivery) -> SettledDelivery:
        try:
            return await deliver(self._house, self._carriers, delivery)
        except Exception as error:  # noqa: BLE001 - one delivery must not take the other seven with it
            self._journal.error("delivery-stumbled", delivery_id=delivery.delivery_id, error=error_code(error))
            now = self._house.clock.now()
            return SettledDelivery(delivery.delivery_id, SettledResult.UNCERTAIN, now, code="internal-fault")


async def dispatch(data: Path, config: Path | None, journal: Journal) -> None:
    """Send and watch the deadlines until told to stop."""
    house = open_house(data, with_vault=False, config=config)
    carriers = Carriers(carrier_urls(house))
    try:
        async with (
            alone(house.settings.run_folder, WORKER, journal),
            house.bells.listen("dispatcher") as bell,
            asyncio.TaskGroup() as together,
        ):
            free_leases(house.database, WORKER, house.clock.now())
            gc.freeze()  # what was imported stays: looking through it again would delay an alert by milliseconds
            deadlines = Deadlines(house, journal)
            together.create_task(Dispatcher(house, carriers, journal, nudge=deadlines.nudge).run(bell))
            together.create_task(deadlines.run())
    finally:
        await carriers.aclose()
        house.close()


if __name__ == "__main__":
    arguments = ask_which_house("dispatcher")
    raise SystemExit(run_until_told("dispatcher", lambda journal: dispatch(arguments.data, arguments.config, journal)))
