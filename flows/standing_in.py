"""Where the dispatcher is dead or stopped, the engine sends what is due and passes the deadlines, until it is back.

It needs no Prefect. The dispatcher claims within milliseconds of a commit, so whatever waits for seconds says that
nobody is there; each claim is one transaction, so that both being there doubles nothing.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from flows.deadlines import pass_deadline
from flows.delivering import LEASE_SECONDS, Sender, deliver
from flows.journal import Journal, error_code
from models import outbox, wakeups
from models.composition import House
from models.heartbeat import ENGINE, Marks
from models.outbox import Delivery, SettledDelivery, SettledResult
from models.pulse import what_is_late
from models.store_errors import CaseInHand

WORKER = "stand-in"
PATIENCE = 3.0
"""Real seconds that something may wait before the dispatcher counts as away."""
LOOK_EVERY = 0.5
STAND_IN_EVERY = 0.2
SOON = 0.01
DEADLINES_AT_ONCE = 20
"""Then the history has its turn, in the same process."""
GRACE = 0.3
"""While standing in: the dispatcher, once back, has had its chance by then."""
STAYS = 15.0
"""Real seconds without anything to do after which it leaves again."""
AT_ONCE = 8
LET_BE = 30.0


class StandIn:
    """Watches what waits, and steps in."""

    def __init__(
        self, house: House, carriers: Sender, journal: Journal, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is claimed yet."""
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._monotonic = now
        self._marks = Marks(house.settings.run_folder)
        self._stays_until = 0.0
        self._let_be: dict[str, float] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch for ever; a fault is written down and the next look comes."""
        try:
            while True:
                done = 0
                try:
                    done = self.look()
                    self._marks.mark(ENGINE)
                except Exception as error:  # noqa: BLE001 - whatever it was, alerts must go on
                    self._journal.error("stand-in-stumbled", error=error_code(error))
                await asyncio.sleep(SOON if done else STAND_IN_EVERY if self.stands_in else LOOK_EVERY)
        finally:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    @property
    def stands_in(self) -> bool:
        """Whether it is at work now."""
        return self._monotonic() < self._stays_until

    def look(self) -> int:
        """Do what waits for too long; how many messages and deadlines that were."""
        clock = self._house.clock
        now = clock.now()
        patience = GRACE if self.stands_in else PATIENCE
        late_since = now - timedelta(seconds=patience * clock.speed)
        late = what_is_late(self._house.database, now)
        done = 0
        if late.deadline is not None and late.deadline <= late_since:
            done += self._pass_deadlines()
        if late.message is not None and late.message <= late_since:
            done += self._send()
        if done:
            if not self.stands_in:
                self._journal.warning("standing-in")
            self._stays_until = self._monotonic() + STAYS
        return done

    def _pass_deadlines(self) -> int:
        passed = 0
        for case_id in wakeups.due_cases(self._house.database, self._house.clock.now(), DEADLINES_AT_ONCE):
            if self._let_be.get(case_id, 0.0) > self._monotonic():
                continue
            try:
                pass_deadline(self._house, case_id)
            except CaseInHand:
                continue  # somebody answers at this moment: the next look tells
            except Exception as error:  # noqa: BLE001 - one case must not keep the others waiting
                self._let_be[case_id] = self._monotonic() + LET_BE
                self._journal.error("deadline-stumbled", case_id=case_id, error=error_code(error))
            else:
                self._let_be.pop(case_id, None)
                passed += 1
        return passed

    def _send(self) -> int:
        clock = self._house.clock
        claimed = outbox.claim(
            self._house.database,
            worker=self._house.worker(WORKER),
            now=clock.now(),
            lease_seconds=LEASE_SECONDS * clock.speed,
            limit=max(0, AT_ONCE - len(self._under_way)),
        )
        if not claimed:
            self._house.handling.settle_lapsed()
        for delivery in claimed:
            task = asyncio.ensure_future(self._deliver(delivery))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(claimed)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            word = await deliver(self._house, self._carriers, delivery)
        except Exception as error:  # noqa: BLE001 - one delivery must not take the others with it
            self._journal.error("delivery-stumbled", delivery_id=delivery.delivery_id, error=error_code(error))
            now = self._house.clock.now()
            word = SettledDelivery(delivery.delivery_id, SettledResult.UNCERTAIN, now, code="internal-fault")
        try:
            self._house.handling.settle([word])
        except Exception as error:  # noqa: BLE001 - its lease lapses
            self._journal.error("settling-stumbled", delivery_id=delivery.delivery_id, error=error_code(error))
