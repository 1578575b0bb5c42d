"""Who is in imminent danger is called first, where more waits than can leave at once.

Her risk is sealed and stays so: no column in clear may tell it (trust.md). Whoever sends opens the states of the cases
that wait, in memory, and only while there is a crowd; without one everything leaves at once, and nothing is opened.
"""

import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import bindparam, select

from models.database import Database
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.prepared import Prepared
from models.store import open_packed
from models.store_errors import StoreBusy, StoreFailed
from models.tables import Case
from models.vault import Keyring
from procedures.haste import is_imminent

STATE = Prepared(
    select(Case.case_id, Case.version, Case.sealed_state).where(
        Case.case_id == bindparam("waiting_id"), Case.erased_at.is_(None)
    )
)
MOST_NEW = 250
"""So many states are opened at a time, some 30 ms: sending goes on in between."""
REMEMBERED = 20_000
STALE_SECONDS = 60.0
"""A risk that changes while a crowd waits counts from then on."""


class _Known(BaseModel):
    """Of a state, what is known of the case: reading all of it takes ten times as long."""

    facts: dict[str, Any]


class Haste:
    """Tells which cases go first. It remembers for a minute what it opened."""

    def __init__(self, database: Database, keyring: Keyring, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._keyring = keyring
        self._now = now
        self._looked_at: OrderedDict[str, tuple[bool, float]] = OrderedDict()

    def unknown(self, case_ids: Collection[str]) -> list[str]:
        """Those of these cases of which nothing is remembered."""
        fresh = self._now() - STALE_SECONDS
        nothing = (False, fresh - 1)
        return [case_id for case_id in case_ids if self._looked_at.get(case_id, nothing)[1] < fresh]

    def look(self, case_ids: Collection[str]) -> bool:
        """Open the first `MOST_NEW` of these cases of which nothing is remembered; whether more are left.

        Where the database cannot be read now, all go by their time: it is no reason to call nobody.
        """
        unknown = self.unknown(dict.fromkeys(case_ids))
        now = self._now()
        try:
            for case_id, imminent in self._opened(unknown[:MOST_NEW]):
                self._looked_at[case_id] = (imminent, now)
                self._looked_at.move_to_end(case_id)
        except (StoreBusy, StoreFailed):
            return False
        while len(self._looked_at) > REMEMBERED:
            self._looked_at.popitem(last=False)
        return len(unknown) > MOST_NEW

    def goes_first(self, case_id: str) -> bool:
        """Whether it does, as far as is known."""
        return self._looked_at.get(case_id, (False, 0.0))[0]

    def _opened(self, case_ids: list[str]) -> Iterator[tuple[str, bool]]:
        self._keyring.open_ahead("route", case_ids)
        with self._database.read() as connection:
            asked = [STATE.ask(connection, waiting_id=case_id) for case_id in case_ids]
            found = [row for one in asked for row in one.rows()]
        for row in found:
            yield row.case_id, self._is_imminent(row)

    def _is_imminent(self, row: Any) -> bool:
        """One that cannot be read may be: it goes first."""
        try:
            packed = open_packed(self._keyring, row.case_id, row.version, bytes(row.sealed_state))
            return is_imminent(_Known.model_validate_json(zlib.decompress(packed)).facts)
        except (SealBroken, CaseKeyMissing, zlib.error, ValidationError):
            return True
