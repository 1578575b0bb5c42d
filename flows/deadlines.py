"""Deadlines are rows: sleep until the next one, then tell the rules that time went by. What follows, they decide."""

import asyncio
import time
from contextlib import suppress

from flows.journal import Journal, error_code
from flows.process import Backoff
from models import wakeups
from models.composition import House
from models.points import reach
from procedures.commands import PassDeadline, Road
from procedures.errors import StaffettaError

NET_SECONDS = 2.0
"""Real seconds between two looks at most, should nobody say that something changed."""
STUMBLING_SECONDS = 0.2


class NothingCameDue(StaffettaError):
    """A case said that something was due, and the rules found nothing: looking again at once would never end."""

    template = "A case is due, but nothing in it is. Run `staffetta audit verify`."


class Deadlines:
    """Passes each deadline when its time has come, to a few milliseconds; one case never keeps another waiting."""

    def __init__(self, house: House, journal: Journal) -> None:
        """Nothing is due yet."""
        self._house = house
        self._journal = journal
        self._nudged = asyncio.Event()
        self._stumbling: dict[str, tuple[Backoff, float]] = {}
        """Cases that failed: how long to wait next time, and the monotonic second before which they are let be."""

    async def run(self) -> None:
        """Watch for ever. A fault of its own is written down and tried again, later each time."""
        backoff = Backoff()
        while True:
            try:
                await self._step()
            except Exception as error:  # noqa: BLE001 - whatever it was, deadlines must go on
                delay = backoff.next()
                self._journal.error("deadlines-stumbled", error=error_code(error), delay_s=delay)
                await asyncio.sleep(delay)
            else:
                backoff.reset()

    def nudge(self) -> None:
        """Something changed: the next deadline may be another one."""
        self._nudged.set()

    async def pass_due(self) -> int:
        """Pass whatever is due now; how many cases that were."""
        due = [
            case_id
            for case_id in wakeups.due_cases(self._house.database, self._house.clock.now())
            if self._may(case_id)
        ]
        for case_id in due:
            try:
                reach("deadline-due")
                pass_deadline(self._house, case_id)
                reach("deadline-passed")
            except Exception as error:  # noqa: BLE001 - one case must not keep the others waiting
                self._let_be(case_id, error)
            else:
                self._stumbling.pop(case_id, None)
            await asyncio.sleep(0)  # alerts of this case go out before the next case is looked at
        return len(due)

    def _may(self, case_id: str) -> bool:
        return case_id not in self._stumbling or self._stumbling[case_id][1] <= time.monotonic()

    def _let_be(self, case_id: str, error: Exception) -> None:
        backoff, _until = self._stumbling.get(case_id, (Backoff(), 0.0))
        delay = backoff.next()
        self._stumbling[case_id] = (backoff, time.monotonic() + delay)
        self._journal.error("deadline-stumbled", case_id=case_id, error=error_code(error), delay_s=delay)

    async def _step(self) -> None:
        due = wakeups.next_deadline(self._house.database)
        seconds = NET_SECONDS if due is None else min(NET_SECONDS, self._house.clock.real_seconds(due))
        if seconds > 0:
            self._nudged.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), seconds)
        elif not await self.pass_due():
            # All that is due failed before, and is let be for a while.
            await asyncio.sleep(STUMBLING_SECONDS)


def pass_deadline(house: House, case_id: str) -> None:
    """Do whatever is due in this case now.

    Raises:
        NothingCameDue: the rules found nothing to do.
    """
    command = PassDeadline(id=house.ids.new_id(), case_id=case_id, actor="clock", road=Road.CLOCK)
    if not house.handling.handle(command).events:
        raise NothingCameDue
