"""Which messages go first while more wait than there are places to send them."""

import time
from collections.abc import Collection, Sequence

from models import outbox
from models.composition import House
from models.haste import Haste

LOOK_EVERY = 0.1
"""Seconds between two looks at all that waits."""
SHARE = 10
"""A look that takes long is taken more seldom: a tenth of the time at most goes to looking."""
MANY = 10_000


class Imminent:
    """Looks over what waits, now and then, for the messages of cases of imminent risk."""

    def __init__(self, house: House, haste: Haste) -> None:
        self._house = house
        self._haste = haste
        self._waiting: list[tuple[str, str]] = []
        """Those that go first and were not handed out yet: delivery and channel, oldest first."""
        self._look_at = 0.0

    def of_those_waiting(self, most: int, besides: Collection[str]) -> Sequence[str]:
        """The next deliveries that go before all others, `most` at most, none of them over the channels `besides`."""
        if time.monotonic() >= self._look_at:
            self._look()
        chosen = [one for one in self._waiting if one[1] not in besides][: min(most, outbox.MOST_FIRST)]
        self._waiting = [one for one in self._waiting if one not in chosen]
        return [delivery_id for delivery_id, _ in chosen]

    def _look(self) -> None:
        started = time.monotonic()
        rows = outbox.waiting(self._house.database, self._house.clock.now(), MANY)
        self._haste.look([row.case_id for row in rows])
        self._waiting = [(row.delivery_id, row.channel) for row in rows if self._haste.goes_first(row.case_id)]
        self._look_at = time.monotonic() + max(LOOK_EVERY, SHARE * (time.monotonic() - started))
