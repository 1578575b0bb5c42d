"""What is kept of some cases, read for the check: each table once, and compared with what follows from the trail."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, select

from models.columns import Base
from models.recording import KEPT
from models.tables import Case, DeliveryRecord, EventRecord

ASKED: Mapping[type[Base], Sequence[Any]] = {
    EventRecord: KEPT,
    DeliveryRecord: (DeliveryRecord.__table__.c.case_id, DeliveryRecord.__table__.c.alert_id),
}
"""The columns of a table that the check needs, where it does not need all."""


class Kept:
    """What is kept of some cases: each table is read once."""

    def __init__(self, connection: Connection, case_ids: Sequence[str]) -> None:
        """The cases themselves are read at once."""
        self.cases = connection.execute(select(Case.__table__).where(Case.case_id.in_(case_ids))).all()
        self._connection = connection
        self._case_ids = case_ids
        self._rows: dict[type[Base], dict[str, list[Row[Any]]]] = {}

    def of(self, table: type[Base], case_id: str) -> Sequence[Row[Any]]:
        """The rows of a case in this table, in the order of its key; of some tables, these columns alone."""
        if table not in self._rows:
            columns = table.__table__
            asked = ASKED.get(table, (columns,))
            query = select(*asked).where(columns.c.case_id.in_(self._case_ids)).order_by(*columns.primary_key)
            rows: Sequence[Any] = self._connection.execute(query).all()
            found = self._rows[table] = {case_id: [] for case_id in self._case_ids}
            for row in rows:
                found[row.case_id].append(row)
        return self._rows[table].get(case_id, ())


def differing(derived: Mapping[str, Any], kept: Row[Any]) -> str:
    """The names of what is not as it was derived, for a person to read; empty where all is."""
    if _at(kept._fields, tuple(derived))(kept) == tuple(derived.values()):
        return ""
    return ", ".join(name for name, value in derived.items() if getattr(kept, name) != value)


@lru_cache(maxsize=16)
def _at(fields: tuple[str, ...], names: tuple[str, ...]) -> Callable[[Row[Any]], tuple[Any, ...]]:
    """Takes these out of a row: by their places, which is quicker than by their names."""
    return itemgetter(*(fields.index(name) for name in names))
