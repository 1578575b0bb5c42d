"""The time of the database, which every machine that works on it shares; this machine's own wall is never looked at.

Asked at the start and each minute, it goes on with boot time in between, so that asking for the time costs nothing. A
database whose wall is set back or forward while the house runs moves no deadline (trust.md, trusted clock).
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.clock import boot_seconds
from models.database import Database
from procedures.errors import StaffettaError

ASK_EVERY = 60.0
TRIES = 5
"""The quickest answer of these counts: it is wrong by half its journey at most."""
LARGEST_STEP = timedelta(seconds=5)
"""Between two looks no good clock goes astray so far: somebody set it."""
NOW = select(func.clock_timestamp())


def asking(db: Database) -> Callable[[], datetime]:
    """How to ask this database for its time."""

    def ask() -> datetime:
        with db.read() as connection:
            found: datetime = connection.execute(NOW).scalar_one()
        return found

    return ask


class DatabaseClock:
    """The database's time at the last look, and elapsed time from there; never behind what it said before."""

    def __init__(
        self,
        ask: Callable[[], datetime],
        speed: float = 1.0,
        origin: datetime | None = None,
        *,
        every: float = ASK_EVERY,
    ) -> None:
        """`ask` gives the database's time; `origin` is the real moment at which a fast time began."""
        self.speed = speed
        self.astray = timedelta()
        """How far the database's wall stood from this clock at the last look, where that was too far to follow."""
        self._ask = ask
        self._base = self._look()
        self._latest = self._base[1]
        self._origin = origin or self._latest
        self._ended = threading.Event()
        threading.Thread(target=self._keep_looking, args=(every,), name="database-clock", daemon=True).start()

    def now(self) -> datetime:
        """The moment it is, aware UTC."""
        real = self._real()
        return real if self.speed == 1 else self._origin + (real - self._origin) * self.speed

    def real_seconds(self, until: datetime) -> float:
        """Real seconds until this clock shows `until`, never below 0."""
        return max(0.0, (until - self.now()).total_seconds() / self.speed)

    def look_again(self) -> None:
        """Follow the database, unless its wall was set meanwhile.

        Raises:
            StaffettaError: it does not answer.
        """
        base = self._look()
        step = base[1] - self._at(base[0])
        self.astray = timedelta() if abs(step) <= LARGEST_STEP else step
        if not self.astray:
            self._base = base

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()

    def _real(self) -> datetime:
        self._latest = max(self._latest, self._at(boot_seconds()))
        return self._latest

    def _at(self, boot: float) -> datetime:
        seconds, then = self._base
        return then + timedelta(seconds=boot - seconds)

    def _look(self) -> tuple[float, datetime]:
        looks = []
        for _ in range(TRIES):
            before = boot_seconds()
            then = self._ask()
            after = boot_seconds()
            looks.append((after - before, (before + after) / 2, then))
        _, seconds, then = min(looks)
        return seconds, then

    def _keep_looking(self, every: float) -> None:
        while not self._ended.wait(every):
            try:
                self.look_again()
            except StaffettaError:
                continue  # boot time goes on; the next look is a minute away
