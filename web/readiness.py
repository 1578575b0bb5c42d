"""Whether this desk can work, and whether somebody sends and watches: by the database alone, never by Prefect."""

import asyncio
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from models.composition import House
from models.database import REVISION
from models.pulse import Late, what_is_late
from procedures.errors import StaffettaError

PATIENCE = timedelta(seconds=10)
"""How long what is due may wait, in real time, before nobody seems to be at work."""
LOOK_EVERY = 1.0
"""Seconds: however often monitors ask, the database is asked no oftener."""
SMALLEST_DISK = 16 * 1024 * 1024
"""Bytes that must be free in the data folder: less is soon a case that cannot be saved."""

NOT_WRITABLE, OLD_TABLES, DISK_FULL = "database", "migrations", "disk"
MESSAGES_LATE, DEADLINES_LATE = "messages-late", "deadlines-late"


class Readiness:
    """What keeps one house from its work, looked at now and then."""

    def __init__(self, house: House, seconds: Callable[[], float] = time.monotonic) -> None:
        self._house = house
        self._seconds = seconds
        self._looking = threading.Lock()
        self._eyes = ThreadPoolExecutor(1, "readiness")
        """Its own thread: monitors are answered also while all those that make pages wait."""
        self._looked_at: float | None = None
        self._found: tuple[str, ...] = ()

    def faults(self) -> tuple[str, ...]:
        """The names of what is wrong; nothing where all is well. Never raises.

        One looks at a time, and a look may wait for the right to write: whoever asks meanwhile is told what was found
        last. Only the very first look is waited for.
        """
        if not self._is_recent() and self._looking.acquire(blocking=self._looked_at is None):
            try:
                if not self._is_recent():
                    self._found = self._look()
                    self._looked_at = self._seconds()
            finally:
                self._looking.release()
        return self._found

    async def asked(self) -> tuple[str, ...]:
        """The same for monitors, from the event loop; takes none of the threads that make pages."""
        if self._is_recent() or (self._looked_at is not None and self._looking.locked()):
            return self._found
        return await asyncio.get_running_loop().run_in_executor(self._eyes, self.faults)

    def _is_recent(self) -> bool:
        return self._looked_at is not None and self._seconds() - self._looked_at < LOOK_EVERY

    def _look(self) -> tuple[str, ...]:
        house = self._house
        full = shutil.disk_usage(house.settings.data).free < SMALLEST_DISK
        found = [DISK_FULL] if full else []
        try:
            # A transaction that changes nothing still has to get the right to write.
            with house.database.write():
                pass
            if house.database.revision() != REVISION:
                found.append(OLD_TABLES)
            now = house.clock.now()
            found += late_ones(what_is_late(house.database, now), now, house.clock.speed)
        except StaffettaError:
            found.append(NOT_WRITABLE)
        return tuple(found)


def late_ones(late: Late, now: datetime, speed: float) -> list[str]:
    """What waits for longer than `PATIENCE` of real time, by name."""
    waiting = {MESSAGES_LATE: late.message, DEADLINES_LATE: late.deadline}
    return [name for name, since in waiting.items() if since is not None and (now - since) / speed > PATIENCE]
