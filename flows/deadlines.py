"""Deadlines are rows: sleep until the next one, then tell the rules that time went by. What follows, they decide."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from flows.journal import Journal, error_code
from flows.process import Backoff
from models import wakeups
from models.composition import House
from models.haste import Haste
from models.points import reach
from models.recorded import Handled
from models.store_errors import CaseInHand, StoreBusy, StoreFailed
from procedures.commands import PassDeadline, Road
from procedures.errors import StaffettaError
from procedures.timing import next_due

NET_SECONDS = 2.0
"""Real seconds between two looks at most, should nobody say that something changed."""
STUMBLING_SECONDS = 0.2
TOGETHER = 8
"""So many cases in one commit: some 30 ms, in which no message leaves."""
IN_HAND_SECONDS = 0.02
SHARE_OF_SENDING = 2.0
"""While many are due, sending has up to twice the time that passing them took: a conversation takes some ten turns."""
CROWD = 100
"""So many are looked up at a time; where there are as many, it matters who goes first."""
MANY = 10_000


class NothingCameDue(StaffettaError):
    """A case said that something was due, and the rules found nothing: looking again at once would never end."""

    template = "A case is due, but nothing in it is. Run `staffetta audit verify`."


class Deadlines:
    """Passes each deadline when its time has come, to a few milliseconds; one case never keeps another waiting."""

    def __init__(self, house: House, journal: Journal, haste: Haste | None = None) -> None:
        """Nothing is due yet. `haste` tells who goes first where many are due."""
        self._house = house
        self._haste = haste or Haste(house.database, house.keyring)
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
        """Pass whatever is due now, longest overdue first; how many cases that were.

        In a crowd some of them, those of imminent risk before all others.
        """
        due = wakeups.due_cases(self._house.database, self._house.clock.now(), besides=self._left_alone())
        if len(due) >= CROWD:
            due = await self._first_of_all()
        in_hand = 0
        for first in range(0, len(due), TOGETHER):
            began = time.monotonic()
            in_hand += self._pass(due[first : first + TOGETHER])
            await self._let_send(SHARE_OF_SENDING * (time.monotonic() - began) if len(due) > TOGETHER else 0.0)
        if in_hand and in_hand == len(due):
            await asyncio.sleep(IN_HAND_SECONDS)
        return len(due)

    async def _let_send(self, most: float) -> None:
        """Alerts of these cases go out before the next are looked at: until they have, at most so many seconds."""
        if not most:
            await asyncio.sleep(0)
            return
        self._nudged.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(most):
                await self._nudged.wait()

    async def _first_of_all(self) -> Sequence[str]:
        """Of all that are due, the next that go."""
        due = wakeups.due_cases(self._house.database, self._house.clock.now(), MANY, besides=self._left_alone())
        while self._haste.look(due):  # noqa: ASYNC110  # it works: what waits to be sent goes on in between
            await asyncio.sleep(0)
        return sorted(due, key=lambda case_id: not self._haste.goes_first(case_id))[:CROWD]

    def _left_alone(self) -> list[str]:
        """Cases that failed a moment ago: a hundred of them must not hide one that is due behind them."""
        now = time.monotonic()
        return [case_id for case_id, (_, until) in self._stumbling.items() if until > now]

    def _pass(self, case_ids: Sequence[str]) -> int:
        """Pass these, in one commit where that goes well; how many of them somebody else has in hand."""
        reach("deadline-due")
        try:
            passed = self._house.handling.handle_all([pass_command(self._house, case_id) for case_id in case_ids])
        except (StoreBusy, StoreFailed):
            raise  # the database's trouble, not a case's
        except Exception as error:  # noqa: BLE001 - one case must not keep the others waiting
            if len(case_ids) > 1:
                return sum(self._pass([case_id]) for case_id in case_ids)
            passed = [error]
        reach("deadline-passed")
        return sum(self._is_in_hand(case_id, one) for case_id, one in zip(case_ids, passed, strict=True))

    def _is_in_hand(self, case_id: str, passed: Handled | Exception) -> bool:
        """Note what became of one case; whether another machine passes it, or somebody answers: the next look tells."""
        if isinstance(passed, CaseInHand):
            return True
        if isinstance(passed, Exception):
            self._let_be(case_id, passed)
        elif is_still_due(passed):
            self._let_be(case_id, NothingCameDue())
        else:
            self._stumbling.pop(case_id, None)
        return False

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
                # Not `wait_for`: on Python 3.11 it swallows being told to stop at the moment of a nudge.
                async with asyncio.timeout(seconds):
                    await self._nudged.wait()
        elif not await self.pass_due():
            # All that is due failed before, and is let be for a while.
            await asyncio.sleep(STUMBLING_SECONDS)


def pass_command(house: House, case_id: str) -> PassDeadline:
    """Do whatever is due in this case now."""
    return PassDeadline(id=house.ids.new_id(), case_id=case_id, actor="clock", road=Road.CLOCK)


def pass_deadline(house: House, case_id: str) -> None:
    """Do it, for one case alone.

    Raises:
        CaseInHand: somebody else is deciding on it at this moment.
        NothingCameDue: the rules found nothing to do, and something is due all the same.
    """
    if is_still_due(house.handling.handle(pass_command(house, case_id))):
        raise NothingCameDue


def is_still_due(passed: Handled) -> bool:
    """Whether the rules found nothing to do, and something is due all the same.

    Another dispatcher may have done it since it was looked up: then nothing is due any more. What comes due
    after the rules looked is the next look's; a clock read here would call it a fault.
    """
    due = next_due(passed.state)
    return not passed.events and due is not None and due <= passed.at
