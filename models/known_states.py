"""The states that this process saved or opened last, so that the next command on a case need not unpack it again.

A state is known by its very ciphertext: what was altered, moved or put back in the database is not what is known here,
and is opened, or refused, like any other. Only what its process may open anyway is kept, in memory alone.
"""

import threading
from collections import OrderedDict

from procedures.case import CaseState

MOST = 256
"""Some 20 to 40 kB each."""


class KnownStates:
    """By case, the last one only; the case that nobody asked for longest gives way."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[str, tuple[bytes, CaseState]] = OrderedDict()
        self._turn = threading.Lock()

    def keep(self, case_id: str, sealed: bytes, state: CaseState) -> None:
        """Remember the state that was sealed so. Whether that is ever committed does not matter."""
        with self._turn:
            self._known[case_id] = (sealed, state)
            self._known.move_to_end(case_id)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def find(self, case_id: str, sealed: bytes) -> CaseState | None:
        """The state of exactly this ciphertext."""
        with self._turn:
            known = self._known.get(case_id)
            if known is None or known[0] != sealed:
                return None
            self._known.move_to_end(case_id)
            return known[1]

    def forget(self, case_id: str) -> None:
        """Know nothing of this case any more."""
        with self._turn:
            self._known.pop(case_id, None)
