"""Wrong codes by SMS: few from one number, few in all, then none is looked at for a while (trust.md, SMS answer).

A number can be forged, so what is counted for one is counted for all, too. In memory, for each process of the desk: a
restart gives a guesser some tries more of the seven hundred million codes. No link is shut by them: whoever forges a
number would shut its owner's.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

OF_A_NUMBER, WITHIN_AN_HOUR = 5, 3600.0
IN_ALL, WITHIN_TEN_MINUTES = 20, 600.0
MOST_NUMBERS = 1000
"""More than that are counted in all alone."""


class Guesses:
    """What was guessed lately."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing was. `now` counts real seconds."""
        self._now = now
        self._all: deque[float] = deque()
        self._of: dict[str, deque[float]] = {}
        self._lock = Lock()

    def rests(self, number: str) -> bool:
        """Whether a code from there is not even looked at."""
        with self._lock:
            return self._many(self._all, WITHIN_TEN_MINUTES) >= IN_ALL or (
                self._many(self._of.get(number, deque()), WITHIN_AN_HOUR) >= OF_A_NUMBER
            )

    def note(self, number: str) -> bool:
        """A code was wrong; whether that was the one after which codes rest for everybody."""
        with self._lock:
            now = self._now()
            self._all.append(now)
            for known in [known for known, times in self._of.items() if not self._many(times, WITHIN_AN_HOUR)]:
                del self._of[known]
            if number in self._of or len(self._of) < MOST_NUMBERS:
                self._of.setdefault(number, deque()).append(now)
            return self._many(self._all, WITHIN_TEN_MINUTES) == IN_ALL

    def _many(self, times: "deque[float]", within: float) -> int:
        while times and times[0] <= self._now() - within:
            times.popleft()
        return len(times)
