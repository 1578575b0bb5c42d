"""Signed roots over the heads of every chain of the house.

A chain cannot see its own missing tail, and whoever rewrites a chain whole leaves right hashes behind (trust.md, law
4). A root binds all chains as they stood at a moment: what was cut, rewritten, removed or put back shows against it.
Whoever has the key as well rewrites the roots: that shows against the anchors alone (`models/anchors.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, literal, select, union_all, update
from sqlalchemy.sql import Subquery

from models.act_tables import ActHead
from models.chains import Chain
from models.database import Database
from models.encoding import canonical, chained
from models.merkle import Tree
from models.root_tables import RootHead, RootRecord
from models.rootkeys import RootKey, StrangeRootKey, is_signed
from models.tables import Case

CHAIN = Chain("roots", RootRecord, ("seq", "chains", "entries", "merkle"))
OF_THE_HOUSE = "house:"
"""What the name of a chain of the house begins with among the heads; any other is the id of a case."""


@dataclass(frozen=True, slots=True)
class Root:
    """A root, as it is told outside."""

    number: int
    entries: int
    """How many rows all chains had together."""
    at: datetime
    hash: str
    signature: str

    @property
    def signed_text(self) -> str:
        """What the signature is over."""
        return signed_text(self.number, self.entries, self.at, self.hash)


def signed_text(number: int, entries: int, at: datetime, hash_: str) -> str:
    """What the signature of a root is over."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"staffetta root 1\n{number}\n{entries}\n{moment}\n{hash_}\n"


def leaf(chain: str, seq: int, hash_: str) -> bytes:
    """What stands for the end of a chain in the tree."""
    return canonical([chain, seq, hash_]).encode()


def root_of(row: Row[Any]) -> Root:
    """A row as a root."""
    return Root(row.seq, row.entries, row.at, row.hash, row.signature)


def last_root(connection: Connection) -> Root | None:
    """The newest; None before the first."""
    row = connection.execute(select(RootRecord.__table__).order_by(RootRecord.seq.desc()).limit(1)).first()
    return None if row is None else root_of(row)


def newest_root(db: Database) -> Root | None:
    """The same, in a look of its own."""
    with db.read() as connection:
        return last_root(connection)


class RootMaker:
    """Makes roots, each from what has moved since the one before. Several may try: one at a time makes one."""

    def __init__(self, db: Database, key: RootKey) -> None:
        """Nothing is read yet."""
        self._db = db
        self._key = key
        self._tree = Tree()
        self._leaves: dict[str, int] = {}
        self._entries = 0
        self._number = -1

    def make(self, now: datetime) -> Root | None:
        """Make a root, if any chain moved since the last one. None where none did, or another process was just at it.

        Raises:
            StrangeRootKey: the roots before were signed with another key.
            StoreBusy, StoreFailed: none was made.
        """
        with self._db.read() as connection:
            before = last_root(connection)
            self._follow(connection, before)
            moved = connection.execute(_moved()).all()
        if not moved:
            return None
        heads = self._heads(moved)
        with self._db.write() as connection:
            CHAIN.take_turn(connection)
            head = connection.execute(select(ActHead.seq, ActHead.hash).where(ActHead.name == CHAIN.name)).one()
            if head.seq != self._number:
                return None
            try:
                return self._keep(connection, head, heads, now if before is None else max(now, before.at))
            except BaseException:  # whatever it was, it goes up
                self._number = -1  # the tree may be ahead of what is kept
                raise

    def _follow(self, connection: Connection, last: Root | None) -> None:
        """Know the tree as the last root left it."""
        number = 0 if last is None else last.number
        if last is not None and not is_signed(self._key.public, last.signature, last.signed_text):
            raise StrangeRootKey(path="root.key")
        if number == self._number:
            return
        rows = connection.execute(_latest()).all()
        self._leaves = {row.chain: row.leaf for row in rows}
        self._tree = Tree()
        self._tree.change({row.leaf: leaf(row.chain, row.seq, row.hash) for row in rows})
        self._entries = sum(row.seq for row in rows)
        self._number = number

    def _heads(self, moved: Sequence[Row[Any]]) -> list[dict[str, Any]]:
        """Those of the house first, cases in the order of their ids; each chain keeps its place in the tree."""
        heads = []
        for row in sorted(moved, key=lambda row: (not row.chain.startswith(OF_THE_HOUSE), row.chain)):
            place = self._leaves.setdefault(row.chain, len(self._leaves))
            heads.append({"leaf": place, "chain": row.chain, "seq": row.seq, "hash": row.hash, "more": row.more})
        return heads

    def _keep(
        self, connection: Connection, head: Row[int, str], heads: Sequence[Mapping[str, Any]], at: datetime
    ) -> Root:
        self._tree.change({one["leaf"]: leaf(one["chain"], one["seq"], one["hash"]) for one in heads})
        self._entries += sum(one["more"] for one in heads)
        row: dict[str, Any] = {
            "seq": head.seq + 1,
            "at": at,
            "chains": len(self._tree),
            "entries": self._entries,
            "merkle": self._tree.root,
            "prev_hash": head.hash,
        }
        row["hash"] = chained(head.hash, CHAIN.digested(row))
        row["signature"] = self._key.sign(signed_text(row["seq"], row["entries"], at, row["hash"]))
        connection.execute(insert(RootRecord), [row])
        columns = ("leaf", "chain", "seq", "hash")
        kept = [{"root": row["seq"], **{name: one[name] for name in columns}} for one in heads]
        connection.execute(insert(RootHead), kept)
        ending = update(ActHead).where(ActHead.name == CHAIN.name)
        connection.execute(ending.values(seq=row["seq"], hash=row["hash"]))
        self._number = row["seq"]
        return Root(row["seq"], row["entries"], at, row["hash"], row["signature"])


def _ends() -> Subquery:
    """How far each chain was at its last root."""
    ends = select(RootHead.chain, func.max(RootHead.seq).label("seq")).group_by(RootHead.chain)
    return ends.subquery()


def _latest() -> Any:
    """The last head of each chain."""
    ends = _ends()
    here = and_(RootHead.chain == ends.c.chain, RootHead.seq == ends.c.seq)
    return select(RootHead.leaf, RootHead.chain, RootHead.seq, RootHead.hash).join(ends, here).order_by(RootHead.leaf)


def _moved() -> Any:
    """Each chain that went on since its last root. One whose end went back is no matter of a root, but of the check."""
    case = func.coalesce(select(func.max(RootHead.seq)).where(RootHead.chain == Case.case_id).scalar_subquery(), 0)
    name = literal(OF_THE_HOUSE).concat(ActHead.name)
    act = func.coalesce(select(func.max(RootHead.seq)).where(RootHead.chain == name).scalar_subquery(), 0)
    of_cases = select(
        Case.case_id.label("chain"),
        Case.version.label("seq"),
        Case.head_hash.label("hash"),
        (Case.version - case).label("more"),
    )
    of_acts = select(name.label("chain"), ActHead.seq, ActHead.hash, (ActHead.seq - act).label("more"))
    return union_all(of_cases.where(Case.version > case), of_acts.where(ActHead.seq > act, ActHead.name != CHAIN.name))
