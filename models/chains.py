"""Rows that are chained by SHA-256, one after the other, with the end of each chain in a row of its own.

The trail of a case is kept apart (`models/trail.py`), for each case has a chain. These are the house's own: what was
done with its procedures, and with its accounts. A chain cannot see its own missing tail, so number and hash of its last
row stand in `act_heads`.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, insert, select, update

from models.act_tables import ActHead
from models.columns import Base
from models.encoding import chained
from procedures.errors import Refused

FIRST = "0" * 64
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class ActFault:
    """One thing that is wrong in a chain or in what hangs on it."""

    seq: int | None
    code: str
    """`chain`, `hash`, `tail`, `act`, `text`, `account`, `erased`."""
    message: str


def followed(
    rows: Sequence[Row[Any]], known: State, after: Callable[[State, Row[Any]], State]
) -> tuple[State, ActFault | None]:
    """What the rows lead to, from `known` on, and the first that could not be done after those before it."""
    for row in rows:
        try:
            known = after(known, row)
        except (Refused, ValueError) as failure:
            why = failure.code if isinstance(failure, Refused) else "unreadable"
            return known, ActFault(row.seq, "act", f"could not be done then ({why})")
    return known, None


@dataclass(frozen=True)
class Chain:
    """One chain: its name among the heads, its table, and which columns go into a row's hash, in this order."""

    name: str
    table: type[Base]
    hashed: Sequence[str]

    def take_turn(self, connection: Connection) -> None:
        """Be the only one who adds to it until the transaction ends."""
        connection.execute(select(ActHead.seq).where(ActHead.name == self.name).with_for_update())

    def add(self, connection: Connection, values: Mapping[str, object]) -> None:
        """Chain a row on; `values` without number and hashes. Only after `take_turn`."""
        head = connection.execute(select(ActHead.seq, ActHead.hash).where(ActHead.name == self.name)).one()
        row = {**values, "seq": head.seq + 1, "prev_hash": head.hash}
        row["hash"] = chained(head.hash, self.digested(row))
        connection.execute(insert(self.table), [row])
        ending = update(ActHead).where(ActHead.name == self.name)
        connection.execute(ending.values(seq=row["seq"], hash=row["hash"]))

    def rows(self, connection: Connection) -> Sequence[Row[Any]]:
        """Every row, in order."""
        columns = self.table.__table__
        return connection.execute(select(columns).order_by(columns.c.seq)).all()

    def faults(self, connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
        """Whatever does not hold in the chain itself."""
        head = connection.execute(select(ActHead.seq, ActHead.hash).where(ActHead.name == self.name)).one_or_none()
        before, expected = FIRST, 1
        for row in rows:
            if row.seq != expected:
                yield ActFault(expected, "chain", "is missing")
            elif row.prev_hash != before:
                yield ActFault(row.seq, "chain", "is not chained to the act before it")
            if chained(row.prev_hash, self.digested(dict(row._mapping))) != row.hash:  # noqa: SLF001  # the public way to a row's names
                yield ActFault(row.seq, "hash", "was altered")
            before, expected = row.hash, row.seq + 1
        if head is None or (expected - 1, before) != (head.seq, head.hash):
            yield ActFault(expected, "tail", "the end of the acts is missing, or its row was altered")

    def digested(self, row: Mapping[str, object]) -> Sequence[object]:
        """What of a row goes into its hash: those columns, then its moment."""
        at = row["at"]
        assert isinstance(at, datetime)
        return [*(_said(row[name]) for name in self.hashed), at.astimezone(UTC).isoformat(timespec="microseconds")]


def _said(value: object) -> object:
    """As canonical JSON can say it. Of what is sealed its hash: others check without it (decision 47)."""
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
