"""Which open cases have a certain risk. It is sealed in their states (trust.md), and no column in clear may tell it.

So the states are opened, in memory, for whoever asks for a risk. What was opened is remembered in this process for as
long as the case stands as it did: the next question opens only what changed.
"""

import zlib
from collections.abc import MutableMapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, Select, select

from models.composition import House
from models.database import Database
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.reach import Reach
from models.store import open_packed
from models.tables import Case
from models.vault import Keyring
from procedures.case import CaseStatus
from procedures.haste import RISK

AT_ONCE = 250
"""So many states are read at a time."""
REMEMBERED = 20_000
NOT_TOLD = ""
"""The risk of a case of which none was told."""

Known = MutableMapping[str, tuple[int, str | None]]
KNOWN: WeakKeyDictionary[Database, Known] = WeakKeyDictionary()
"""Of each database of this process, by case: the version that was opened, and its risk; None: it cannot be read."""


class _Facts(BaseModel):
    """Of a state, what is known of the case: reading all of it takes ten times as long."""

    facts: dict[str, Any]


def cases_of_risk(house: House, risk: str, reach: Reach) -> frozenset[str]:
    """The ids of the open cases within `reach` that have this risk, and of those whose state cannot be read.

    Raises:
        StoreBusy, StoreFailed.
    """
    known = KNOWN.setdefault(house.database, {})
    versions: Select[*tuple[Any, ...]] = select(Case.case_id, Case.version)
    versions = versions.where(Case.status == CaseStatus.OPEN.value, ~Case.own_work, Case.erased_at.is_(None))
    with house.database.read() as connection:
        found = connection.execute(reach.within(versions)).all()
        changed = [row.case_id for row in found if known.get(row.case_id, (-1, None))[0] != row.version]
        for begin in range(0, len(changed), AT_ONCE):
            _open(connection, house.keyring, changed[begin : begin + AT_ONCE], known)
    meant = frozenset(row.case_id for row in found if known.get(row.case_id, (0, None))[1] in {risk, None})
    while len(known) > REMEMBERED:
        known.pop(next(iter(known)))
    return meant


def _open(connection: Connection, keyring: Keyring, case_ids: Sequence[str], known: Known) -> None:
    keyring.open_ahead("route", list(case_ids))
    states = select(Case.case_id, Case.version, Case.sealed_state).where(Case.case_id.in_(case_ids))
    for row in connection.execute(states):
        known[row.case_id] = row.version, _risk(keyring, row)


def _risk(keyring: Keyring, row: Any) -> str | None:
    try:
        packed = open_packed(keyring, row.case_id, row.version, bytes(row.sealed_state))
        facts = _Facts.model_validate_json(zlib.decompress(packed)).facts
    except (SealBroken, CaseKeyMissing, zlib.error, ValidationError):
        return None
    told = facts.get(RISK)
    return told if isinstance(told, str) else NOT_TOLD
