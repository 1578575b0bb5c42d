"""What carriers said, from their word until the rules have been told of it.

Telling the rules costs as much as sending a message. While others wait to be sent, the words of carriers that took
theirs are only noted in the outbox, which is cheap and durable; the rules are told when it is quiet again.
"""

import math
import time
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

from flows.delivering import LEASE_SECONDS
from flows.journal import Journal, error_code
from models.composition import House
from models.outbox import SettledDelivery, SettledResult
from models.store_errors import StoreBusy, StoreFailed

TOGETHER_SECONDS = 0.02
"""What ends within this time of one another is kept in one commit."""
MOST_UNKEPT = 8
CROWD_TOGETHER_SECONDS = 0.2
MOST_UNKEPT_IN_A_CROWD = 24
"""While more wait to be sent than there are places, sending goes first. Whoever dies then leaves so many messages in
doubt at most, and the trail says so of each."""
TELL_TOGETHER = 8
"""So many in one commit: some 20 ms, in which nothing is sent."""
TELL_WITHIN_SECONDS = 15.0
"""However crowded it is. A lease lasts four times as long: whoever dies before leaves what is noted to the next."""


class Words:
    """The words of one dispatcher's carriers."""

    def __init__(self, house: House, journal: Journal) -> None:
        """Nothing was said yet."""
        self._house = house
        self._journal = journal
        self.unkept: list[SettledDelivery] = []
        """What no commit has kept yet: a busy database must not make anybody send it again."""
        self.untold: deque[tuple[SettledDelivery, float]] = deque()
        """What is noted in the outbox, and the monotonic second by which the rules are to be told of it."""
        self._keep_by = 0.0

    def add(self, word: SettledDelivery, *, crowd: bool) -> None:
        """One more. The first of them says by when all must be kept."""
        if not self.unkept:
            self._keep_by = time.monotonic() + (CROWD_TOGETHER_SECONDS if crowd else TOGETHER_SECONDS)
        self.unkept.append(word)

    def seconds_left(self, *, crowd: bool) -> float:
        """How long what is unkept may still wait."""
        if len(self.unkept) >= (MOST_UNKEPT_IN_A_CROWD if crowd else MOST_UNKEPT):
            return 0.0
        return max(0.0, self._keep_by - time.monotonic()) if self.unkept else math.inf

    @property
    def is_late(self) -> bool:
        """Whether the rules have to be told now, whoever else waits."""
        return bool(self.untold) and self.untold[0][1] <= time.monotonic()

    def keep(self, *, sending: bool) -> None:
        """Keep every word that came back. While others are being sent, or many came at once, take note of them alone.

        Raises:
            StoreBusy, StoreFailed: they stay here until they can be kept there.
        """
        if sending or len(self.unkept) >= MOST_UNKEPT:
            self._note()
        if self.unkept:
            self._settle(self.unkept)
            self.unkept.clear()

    def tell(self) -> None:
        """Tell the rules of the oldest that are only noted.

        Raises:
            StoreBusy, StoreFailed: they stay here.
        """
        some = [self.untold[number][0] for number in range(min(TELL_TOGETHER, len(self.untold)))]
        if some:
            self._settle(some)
        for _ in some:
            self.untold.popleft()

    def _note(self) -> None:
        """Of those that were taken; what was refused goes another way at once."""
        taken = [word for word in self.unkept if word.result is SettledResult.ACCEPTED]
        if taken:
            clock = self._house.clock
            self._house.handling.note_taken(taken, until=clock.now() + timedelta(seconds=LEASE_SECONDS * clock.speed))
            by = time.monotonic() + TELL_WITHIN_SECONDS
            self.untold.extend((word, by) for word in taken)
            self.unkept = [word for word in self.unkept if word.result is not SettledResult.ACCEPTED]

    def _settle(self, words: Sequence[SettledDelivery]) -> None:
        """All in one commit.

        Short statements on a local file: a thread for each would cost more than it saves (measured).
        """
        try:
            for stuck in self._house.handling.settle(words):
                self._journal.error("case-stuck", case_id=stuck.case_id, error=stuck.error)
        except (StoreBusy, StoreFailed):
            raise
        except Exception as error:  # noqa: BLE001 - what comes next must not wait for it; leases lapse
            self._journal.error("settling-stumbled", error=error_code(error), count=len(words))
