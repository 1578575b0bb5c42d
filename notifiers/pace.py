"""How many messages a carrier is given in a minute, where its contract limits that.

A bucket of tokens that fills evenly (the generic cell rate algorithm): a tenth of a minute's worth may go at once, the
rest one after another. What finds no token is promised a moment of its own, and comes back then: so none has to be
looked for, and nobody who comes later goes before. A quarter is kept for whoever is in imminent danger, who overtakes
all that wait; both together never exceed what the administrator allowed.
"""

import time
from collections.abc import Callable

PACED = "paced"
"""The code of a message that waits for its moment. Nothing of it left."""
RESERVED = 0.25
"""Of a minute's messages: for imminent danger alone."""
AT_ONCE = 0.1
"""Of a minute's messages: so many may go without a pause, one at least."""
FORGOTTEN_SECONDS = 300.0
"""After so long whoever did not come back does not come: it was withdrawn, or went another way."""
MINUTE = 60.0
NOTHING = 1e-6
"""Seconds that additions of fractions may be wrong by."""


class _Line:
    """Moments, an equal time apart."""

    def __init__(self, per_minute: float, at_once: int) -> None:
        self._apart = MINUTE / per_minute
        self._ahead = (at_once - 1) * self._apart
        """So far the next moment may lie before its time, in seconds."""
        self._next = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until the next moment; nothing where it is now."""
        seconds = self._next - self._ahead - now
        return seconds if seconds > NOTHING else 0.0

    def take(self, now: float) -> float:
        """Take the next moment; in how many seconds it is."""
        seconds = self.wait(now)
        self._next = max(self._next, now) + self._apart
        return seconds


class Pace:
    """Of one carrier, in one process. Without a limit everything may go."""

    def __init__(self, per_minute: int | None = None, now: Callable[[], float] = time.monotonic) -> None:
        """`now` counts seconds, those of the house's clock where it runs fast."""
        self._now = now
        self._limited = per_minute is not None
        a_minute = per_minute or 1
        at_once = max(1, int(a_minute * AT_ONCE))
        self._all = _Line(a_minute * (1 - RESERVED), at_once)
        self._urgent = _Line(a_minute * RESERVED, at_once)
        self._promised: dict[str, float] = {}
        """The moment of each message that waits, by the id of its delivery."""

    def take(self, name: str, *, first: bool = False) -> bool:
        """Whether this message may go now; then its token is spent. `first`: imminent danger."""
        if not self._limited:
            return True
        now = self._now()
        promised = self._promised.get(name)
        if promised is not None and promised - now <= NOTHING:
            del self._promised[name]
            return True
        if promised is None and not self._all.wait(now):
            self._all.take(now)
            return True
        if first and not self._urgent.wait(now):
            self._promised.pop(name, None)
            self._urgent.take(now)
            return True
        return False

    def promise(self, name: str, *, first: bool = False) -> float:
        """In how many seconds this message may go; the same one asked again keeps its moment."""
        now = self._now()
        if first and self._urgent.wait(now) < self._promised.get(name, now + self._all.wait(now)) - now:
            self._promised[name] = now + self._urgent.take(now)
        elif name not in self._promised:
            self._promised[name] = now + self._all.take(now)
            gone = [one for one, moment in self._promised.items() if moment < now - FORGOTTEN_SECONDS]
            for one in gone:
                del self._promised[one]
        return max(0.0, self._promised[name] - now)
