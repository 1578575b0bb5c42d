"""Whether each receipt that the trail names is kept as it came: the check of the trail looks at every one."""

from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from models.keyring_errors import SealBroken
from models.vault import Keyring

TABLE, FIELD = "pec_receipts", "sealed"


def lost_evidence(keyring: Keyring, rows: Sequence[Row[Any]], named: Collection[str]) -> Iterator[tuple[str, str]]:
    """The hashes that the trail names, of which no receipt is kept or another one, each with what is wrong.

    `rows` are those of one case; one that no event names was kept before its event could be, and is no fault.
    """
    kept = {row.receipt_key: row for row in rows}
    for key in named:
        row = kept.get(key)
        if row is None:
            yield key, "its evidence is not kept"
            continue
        try:
            where = {"table": TABLE, "case_id": row.case_id, "row": key, "field": FIELD}
            original = keyring.unseal("route", row.sealed, **where)
        except SealBroken:
            yield key, "its evidence was altered"
            continue
        if original is not None and sha256(original).hexdigest() != key:
            yield key, "its evidence is another one"
