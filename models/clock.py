"""The time, injected at the edge so that rules and tests never look at the wall."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time of the house, in aware UTC."""

    @property
    def speed(self) -> float:
        """How many seconds of this clock go by in one real second; 1 everywhere but in drills and the demo."""
        ...

    def now(self) -> datetime:
        """The moment it is, aware UTC."""
        ...

    def real_seconds(self, until: datetime) -> float:
        """How many real seconds to wait until this clock shows `until`; 0 if it has passed."""
        ...


def wall_now() -> datetime:
    """What the machine's wall clock shows, aware UTC."""
    return datetime.now(UTC)


FAR_ASTRAY = timedelta(seconds=5)
"""From here on people are told (trust.md, trusted clock). No deadline moves."""


def far_astray(clock: Clock) -> timedelta | None:
    """How far the wall stands before this clock, where that is too far to be let be; None for a good one."""
    astray: timedelta = getattr(clock, "astray", timedelta())
    return astray if abs(astray) >= FAR_ASTRAY else None


def boot_seconds() -> float:
    """Seconds since the machine started, sleep included where the system can tell."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class SystemClock:
    """The wall's time at start and elapsed time from there, so that a wall set back buys no silence.

    Under another `speed`, all processes that share `origin` (the real moment at which the fast time began) show the
    same time: `origin + (real now - origin) * speed`.
    """

    def __init__(
        self, speed: float = 1.0, origin: datetime | None = None, *, wall_at_boot: datetime | None = None
    ) -> None:
        """`wall_at_boot` is what all processes of a house count from (`since_boot`); without it, from now."""
        self.speed = speed
        self._started_at = wall_now() if wall_at_boot is None else wall_at_boot
        self._started = boot_seconds() if wall_at_boot is None else 0.0
        self._origin = self._started_at if origin is None else origin.astimezone(UTC)

    @property
    def astray(self) -> timedelta:
        """How far the machine's wall clock stands before this one: somebody set it, or the machine was held up."""
        return wall_now() - self._real()

    def _real(self) -> datetime:
        return self._started_at + timedelta(seconds=boot_seconds() - self._started)

    def now(self) -> datetime:
        """The moment it is, aware UTC."""
        real = self._real()
        return real if self.speed == 1 else self._origin + (real - self._origin) * self.speed

    def real_seconds(self, until: datetime) -> float:
        """Real seconds until this clock shows `until`, never below 0."""
        return max(0.0, (until - self.now()).total_seconds() / self.speed)


class SetClock:
    """A clock that moves only when told to: for tests and for trying out procedures."""

    speed = 1.0

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at

    def pass_by(self, **elapsed: float) -> datetime:
        """Let time go by, in the words of `timedelta`; the new time."""
        self.at += timedelta(**elapsed)
        return self.at

    def real_seconds(self, until: datetime) -> float:
        """Seconds until `until`, as if the clock ran."""
        return max(0.0, (until - self.at).total_seconds())
