"""What is done when the database was busy, or went away: the same question again, which is never the same work twice.

For work that knows what it did: a command by its id, a carrier's word by the state it left, a claim by its time.
On SQLite nobody else's crash gets in between, and waiting for the pen was waiting long enough.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from models.database import Database
from models.store_errors import CaseInHand, StoreBusy, StoreUnreachable

T = TypeVar("T")
DELAYS = (0.01, 0.05, 0.1, 0.2, 0.4, 0.8, 0.8, 0.8, 0.8)
"""Seconds before each further try: a server that starts again is back within some of them."""
LONGEST = 4.0
"""No further try after so many seconds: who waited for a lock has waited enough."""


def asked_again(db: Database, work: Callable[[], T]) -> T:
    """What `work` gives, tried a few times where somebody else was quicker or the line was cut.

    Raises:
        CaseInHand: at once.
        StoreBusy: it stayed busy. Nothing was saved.
        StoreUnreachable: the database stayed away; what was asked may have been saved.
    """
    if not db.shared:
        return work()
    until = time.monotonic() + LONGEST
    for delay in DELAYS:
        try:
            return work()
        except CaseInHand:
            raise  # who has it in hand may be doing this very thing, or others would wait with us
        except (StoreBusy, StoreUnreachable):
            if time.monotonic() + delay > until:
                raise
        time.sleep(delay)
    return work()
