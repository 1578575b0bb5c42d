"""The network's own work that begins by itself: looked for now and then, begun once, whichever machine looks."""

import asyncio
from datetime import datetime

from flows.journal import Journal, error_code
from flows.process import Backoff
from models.composition import House
from models.scheduled import begin, coming_work, due_work
from models.store_errors import CommandIdReused
from procedures.scheduling import Coming

NET_SECONDS = 20.0
"""Real seconds between two looks at most: the network's file, or an edition, may have come meanwhile."""
FIRST_DELAY, LONGEST_DELAY = 1.0, 300.0
"""Real seconds after a fault: what cannot begin waits for a person, and must not fill the log meanwhile."""


class Schedules:
    """Begins what is due. It needs no key of the vault: own work concerns nobody."""

    def __init__(self, house: House, journal: Journal) -> None:
        """Nothing is looked at yet."""
        self._house = house
        self._journal = journal

    async def run(self) -> None:
        """Watch for ever. A fault is written down and tried again, later each time."""
        backoff = Backoff(FIRST_DELAY, LONGEST_DELAY)
        while True:
            try:
                failed = self.begin_due()
                seconds = backoff.next() if failed else self._seconds_left()
            except Exception as error:  # noqa: BLE001 - whatever it was, the schedule must go on
                seconds, failed = backoff.next(), True
                self._journal.error("schedules-stumbled", error=error_code(error), delay_s=seconds)
            if not failed:
                backoff.reset()
            await asyncio.sleep(seconds)

    def begin_due(self) -> bool:
        """Begin whatever is due; whether some of it could not be. One that cannot keeps no other waiting."""
        failed = [one for one in due_work(self._house) if not self._begin(one)]
        return bool(failed)

    def _begin(self, due: Coming) -> bool:
        try:
            begin(self._house, due)
        except CommandIdReused:
            return True  # another machine began it, as a drill or with other words
        except Exception as error:  # noqa: BLE001 - what is wrong with one is no reason to leave the others
            self._journal.error("schedule-stumbled", error=error_code(error))
            return False
        return True

    def _seconds_left(self) -> float:
        moments: list[datetime] = [one.due_at for one in coming_work(self._house) if one.due_at is not None]
        left = min((self._house.clock.real_seconds(at) for at in moments), default=NET_SECONDS)
        return max(0.0, min(NET_SECONDS, left))
