"""The process that sends what was committed, at once. It knows nothing of Prefect, and needs nothing but the database.

Run it with `python -m flows.dispatcher --data DIR`. A bell wakes it; a look now and then is only the net below it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from flows.account_news import AccountNews
from flows.anchoring import Anchoring
from flows.carrier_watch import CarrierWatch
from flows.clockwatch import watch_clock
from flows.crowding import Imminent
from flows.deadlines import Deadlines
from flows.delivering import LEASE_SECONDS, Sender, carriers_of, deliver
from flows.folding import send_together, side_by_side
from flows.head_start import HeadStart
from flows.journal import Journal, error_code
from flows.keeping import Words
from flows.own_letters import OwnLetters
from flows.process import Backoff, alone, ask_which_house, run_until_told
from flows.scheduling import Schedules
from models import outbox
from models.bells import Bell
from models.collecting import collect_seldom
from models.composition import House, open_house
from models.folding import waited
from models.haste import Haste
from models.heartbeat import DISPATCHER, Marks
from models.leases import free_leases
from models.outbox import Delivery, SettledDelivery, SettledResult
from models.store_errors import StoreBusy, StoreFailed, StoreUnreachable
from notifiers.leaving import Leave, MayNotLeave, at_once
from notifiers.places import EACH_CARRIER
from procedures.events import LinkUse

Sending = Coroutine[object, object, Sequence[SettledDelivery]]
WORKER = "dispatcher"
EACH_CHANNEL = EACH_CARRIER
"""So many under way over one channel at most, and as many again where it has a second carrier: a carrier that hangs
holds up nobody else's."""
AT_A_TIME = 8
"""A channel takes more when so many places are free: some eight messages a commit, not one."""
NET_SECONDS = 2.0
"""Below the bell, which rings with each commit."""
LAPSED_SECONDS = 0.1
LAST_SENDINGS_SECONDS = 8.0
CLAIM_EVERY_SECONDS = 0.025
"""While something is being sent: what is opened meanwhile is claimed together, since each claim waits for the disk and
holds the pen that those who open cases need. Where nothing is being sent, nothing waits."""
QUIET_SECONDS = 0.25
"""When nothing was to be sent for so long, the rules are told what was only noted."""


class Dispatcher:
    """Claims deliveries while their channel has places free, sends them side by side, and keeps each word soon.

    No channel waits for another, and no message for the others that were claimed with it.
    """

    def __init__(
        self,
        house: House,
        carriers: Sender,
        journal: Journal,
        *,
        nudge: Callable[[], None],
        haste: Haste | None = None,
    ) -> None:
        """`nudge` is called now and then: others may have something new to look at, too.

        `haste` tells who goes first in a crowd; whoever passes the deadlines remembers with it.
        """
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._nudge = nudge
        self._under_way: dict[asyncio.Task[Sequence[SettledDelivery]], str] = {}
        """What is being sent, and over which channel."""
        self._words = Words(house, journal)
        self._marks = Marks(house.settings.run_folder)
        self._claimed_at = 0.0
        self._crowd = False
        """Whether more was due than there were places free."""
        self._first = Imminent(house, haste or Haste(house.database, house.keyring))
        self._called = False
        """Whether the bell rang, or something fell due, since nothing was left to do."""

    async def run(self, bell: Bell) -> None:
        """Send for ever. A fault of its own is written down and tried again, later each time."""
        backoff = Backoff()
        try:
            while True:
                try:
                    await self._step(bell)
                except Exception as error:  # noqa: BLE001 - whatever it was, alerts must go on
                    delay = backoff.next()
                    self._journal.error("dispatcher-stumbled", error=error_code(error), delay_s=delay)
                    await asyncio.sleep(delay)
                else:
                    self._marks.mark(DISPATCHER)
                    backoff.reset()
        finally:
            await self._finish()

    async def _step(self, bell: Bell) -> None:
        """Send what is due, keep what came back, and wait until there is something to do."""
        self._collect()
        if not self._words.seconds_left(crowd=self._crowd):
            self._words.keep(sending=bool(self._under_way))
        if self._words.is_late:
            self._words.tell()
        if self._under_way and (wait := self._claimed_at + CLAIM_EVERY_SECONDS - time.monotonic()) > 0:
            await asyncio.wait(self._under_way, timeout=wait)  # all done before: no reason to wait on
        elif await self._send_due(bell):
            await asyncio.sleep(0)  # the first bytes of these leave before more are looked for
        elif self._words.unkept:
            if not self._under_way or not await bell.wait(self._words.seconds_left(crowd=self._crowd)):
                self._words.keep(sending=bool(self._under_way))
        elif self._words.untold and not self._under_way:
            self._nudge()
            await self._tell_when_quiet(bell)
        elif not self._under_way:
            self._nudge()
            await self._rest(bell)
        else:
            # Nothing is looked at meanwhile: the conversations go first.
            if not await bell.wait(LAPSED_SECONDS):
                self._house.handling.settle_lapsed()
            self._nudge()

    async def _tell_when_quiet(self, bell: Bell) -> None:
        """Tell the rules what was only noted, bit by bit, as long as nobody rings."""
        quiet = QUIET_SECONDS
        while self._words.untold and not await bell.wait(quiet):
            self._words.tell()
            quiet = 0.0

    def _collect(self) -> None:
        """Take the words of those that ended."""
        for task in self._done():
            del self._under_way[task]
            for word in task.result():
                self._words.add(word, crowd=self._crowd)

    def _done(self) -> list[asyncio.Task[Sequence[SettledDelivery]]]:
        return [task for task in self._under_way if task.done()]

    async def _send_due(self, bell: Bell) -> bool:
        """Begin to send what is due over channels with places free; whether there was any."""
        taken = Counter(self._under_way.values())
        free = {channel: self._places_of(channel) - count for channel, count in taken.items()}
        full = frozenset(channel for channel, places in free.items() if places < AT_A_TIME)
        most = min([EACH_CHANNEL, *(places for channel, places in free.items() if channel not in full)])
        self._claimed_at = time.monotonic()
        claimed = await self._claim_and_send(bell, self._how_to_claim(most, full))
        if claimed or not full:
            self._crowd = claimed == most
        return bool(claimed)

    def _places_of(self, channel: str) -> int:
        carrier = self._house.settings.carriers.get(channel)
        return EACH_CHANNEL if carrier is None or carrier.second is None else 2 * EACH_CHANNEL

    def _how_to_claim(self, most: int, full: frozenset[str]) -> outbox.Wanted:
        clock = self._house.clock
        called, self._called = self._called, False
        return {
            "worker": self._house.worker(WORKER),
            "now": clock.now(),
            "lease_seconds": LEASE_SECONDS * clock.speed,
            "limit": most,
            "besides": full,
            "look": not called,
            "first": self._first.of_those_waiting(most, full) if self._crowd else (),
        }

    async def _claim_and_send(self, bell: Bell, how: outbox.Wanted) -> int:
        """Claim and begin to send; how many. While the claim is being committed, what it took is made ready."""
        try:
            with ExitStack() as open_:
                taken = open_.enter_context(outbox.claiming(self._house.database, **how))
                if taken:
                    loop = asyncio.get_running_loop()
                    committed = loop.run_in_executor(None, open_.pop_all().close)
                    self._begin(bell, taken, partial(_once, committed))
                    await asyncio.wait({committed})
                    committed.result()
        except (StoreBusy, StoreUnreachable):
            if not self._house.database.shared:
                raise
            taken = outbox.claim(self._house.database, again=True, **how)
            self._begin(bell, taken, at_once)
        return len(taken)

    def _begin(self, bell: Bell, taken: Sequence[Delivery], leave: Leave) -> None:
        """Who is to answer goes before who is told; in a crowd all go at once, since nothing is gained there."""
        messages = side_by_side(self._house, taken)
        asked = [one for one in messages if one[0].link_use is LinkUse.ANSWER]
        head_start = HeadStart(0 if self._crowd else len(asked))
        for one in asked:
            self._begin_one(bell, one, self._send(one, head_start.one(leave)))
        for one in messages:
            if one[0].link_use is not LinkUse.ANSWER:
                self._begin_one(bell, one, self._send_after(head_start, one, leave))

    def _begin_one(self, bell: Bell, together: Sequence[Delivery], sending: Sending) -> None:
        task = asyncio.ensure_future(sending)
        task.add_done_callback(lambda _task: bell.rung())
        self._under_way[task] = together[0].channel

    async def _send_after(
        self, head_start: HeadStart, together: Sequence[Delivery], leave: Leave
    ) -> Sequence[SettledDelivery]:
        await head_start.wait()
        return await self._send(together, leave)

    async def _send(self, together: Sequence[Delivery], leave: Leave) -> Sequence[SettledDelivery]:
        """What came of it; nothing where it did not leave, since it could not be kept that it does."""
        try:
            if len(together) > 1 or waited(together[0]):
                await leave()
                return await send_together(self._house, self._carriers, together, self._house.worker(WORKER))
            word = await deliver(self._house, self._carriers, together[0], leave)
            await leave()  # refused, maybe, before it was to leave
        except MayNotLeave:
            return ()
        except Exception as error:  # noqa: BLE001 - one delivery must not take the others with it
            name, now = together[0].delivery_id, self._house.clock.now()
            self._journal.error("delivery-stumbled", delivery_id=name, error=error_code(error))
            fault = partial(SettledDelivery, result=SettledResult.UNCERTAIN, at=now, code="internal-fault")
            return [fault(one.delivery_id, attempt=one.attempt) for one in together]
        return [word]

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
            self._marks.mark(DISPATCHER)
            if due is not None and due <= self._house.clock.now():
                break
        self._called = True

    def _seconds_until(self, due: datetime | None) -> float:
        return NET_SECONDS if due is None else min(NET_SECONDS, self._house.clock.real_seconds(due))

    async def _finish(self) -> None:
        """Let what was begun come to its end even when this process is told to stop: half a mail helps nobody."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_SENDINGS_SECONDS)
        for task in self._under_way:
            task.cancel()
        left = [task for task in self._under_way if not task.done()]
        await asyncio.gather(*left, return_exceptions=True)
        for task in left:
            del self._under_way[task]  # its lease lapses, or is given back at the next start
        self._collect()
        try:
            self._words.keep(sending=False)
            until = time.monotonic() + LAST_SENDINGS_SECONDS
            while self._words.untold and time.monotonic() < until:
                self._words.tell()
        except (StoreBusy, StoreFailed) as error:
            self._journal.error("dispatcher-stumbled", error=error_code(error), count=len(self._words.unkept))


async def _once(committed: asyncio.Future[None]) -> None:
    """Wait until the claim is committed. Raises MayNotLeave where it could not be."""
    await asyncio.wait({committed})
    if committed.exception() is not None:
        raise MayNotLeave


def lengthen_logs(house: House, journal: Journal) -> None:
    """Make the logs of both databases long before an alert waits for that. Where it cannot be, they grow as they go."""
    for database in (house.database, house.keyring.store):
        try:
            database.lengthen_log()
        except (StoreBusy, StoreFailed, OSError) as error:
            journal.error("log-not-lengthened", error=error_code(error))


async def dispatch(data: Path, config: Path | None, journal: Journal) -> None:
    """Send and watch the deadlines until told to stop."""
    house = open_house(data, with_vault=False, config=config)
    carriers = carriers_of(house)
    try:
        async with (
            alone(house.settings.run_folder, WORKER, journal),
            house.bells.listen("dispatcher") as bell,
            asyncio.TaskGroup() as together,
        ):
            free_leases(house.database, house.worker(WORKER), house.clock.now())
            collect_seldom()
            haste = Haste(house.database, house.keyring)
            deadlines = Deadlines(house, journal, haste)
            letters = OwnLetters(house, carriers, journal)

            def nudge() -> None:
                deadlines.nudge()
                letters.nudge()

            dispatcher = Dispatcher(house, carriers, journal, nudge=nudge, haste=haste)
            together.create_task(dispatcher.run(bell))
            together.create_task(deadlines.run())
            together.create_task(Schedules(house, journal).run())
            together.create_task(watch_clock(house, journal))
            together.create_task(Anchoring(house, carriers, journal).run())
            together.create_task(AccountNews(house, carriers, journal).run())
            watch = CarrierWatch(house, carriers, journal)
            together.create_task(watch.run())
            together.create_task(watch.keep_ready())
            together.create_task(letters.run())
            together.create_task(asyncio.to_thread(lengthen_logs, house, journal))
    finally:
        await carriers.aclose()
        house.close()


if __name__ == "__main__":
    arguments = ask_which_house("dispatcher")
    raise SystemExit(run_until_told("dispatcher", lambda journal: dispatch(arguments.data, arguments.config, journal)))
