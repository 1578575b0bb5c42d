"""Whether the roots of a house hold, whether chains still are what they bound, and whether they reach the anchors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, not_, or_, select

from models import acts, audit_acts, erasing, network_chain, people, reads, relations, standing, way_chain
from models.merkle import Tree
from models.root_tables import RootHead
from models.rootkeys import is_signed
from models.roots import CHAIN, OF_THE_HOUSE, Root, leaf, root_of
from models.tables import Case, EventRecord

OF_HOUSE = (
    *(acts.CHAIN, people.CHAIN, reads.CHAIN, relations.CHAIN, standing.CHAIN, way_chain.CHAIN, erasing.CHAIN),
    *(audit_acts.CHAIN, network_chain.CHAIN),
)
"""The chains of the house beside its roots, which are a chain themselves."""

AT_ONCE = 5000
"""Heads in memory."""
NO_MORE: tuple[None, Iterator[Row[Any]]] = (None, iter(()))
MISSING = "root: is missing, though what it bound is kept"


@dataclass(frozen=True, slots=True)
class RootFault:
    """One thing that is wrong in the roots, or in what they bound."""

    case_code: str
    seq: int | None
    code: str
    """`root`: the roots themselves; `rewritten`: not what a root bound; `anchor`: not what is kept outside."""
    message: str


@dataclass(frozen=True, slots=True)
class RootsChecked:
    """What was found."""

    roots: int
    faults: Sequence[RootFault]
    unchanged_until: datetime | None = None
    """The time of the last root that an anchor names and that is what it was; None without an anchor."""


def check_roots(connection: Connection, public: bytes | None, anchors: Sequence[Root] = ()) -> RootsChecked:
    """Check the roots with the public half of the house's key, every chain against them, and them against anchors."""
    rows = CHAIN.rows(connection)
    faults = [
        *(RootFault("", fault.seq, "root", f"root: {fault.message}") for fault in CHAIN.faults(connection, rows)),
        *_signatures(rows, public),
        *_trees(connection, rows),
        *_chains(connection),
        *_cases(connection),
    ]
    outside = list(_anchors(rows, public, anchors))
    wrong = {root.number for root, fault in outside if fault is not None}
    good = [root.at for root, fault in outside if fault is None and root.number not in wrong]
    faults += [fault for _root, fault in outside if fault is not None]
    return RootsChecked(len(rows), faults, max(good, default=None))


def _signatures(rows: Sequence[Row[Any]], public: bytes | None) -> Iterator[RootFault]:
    if public is None:
        if rows:
            yield RootFault("", None, "root", "the key that checks the roots, root.pub, is not there")
        return
    for root in map(root_of, rows):
        if not is_signed(public, root.signature, root.signed_text):
            yield RootFault("", root.number, "root", "root: was not signed by the key of this house")


def _trees(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[RootFault]:
    """Every root follows from the heads that it and those before it found. Of many heads some are in memory at once."""
    query = select(RootHead.__table__).order_by(RootHead.root, RootHead.leaf)
    heads = connection.execution_options(yield_per=AT_ONCE).execute(query)
    groups = groupby(heads, key=lambda head: head.root)
    number, some = next(groups, NO_MORE)
    tree = Tree()
    ends: dict[str, int] = {}
    entries = 0
    for row in rows:
        while number is not None and number < row.seq:
            yield RootFault("", number, "root", MISSING)
            number, some = next(groups, NO_MORE)
        found = list(some) if number == row.seq else []
        if found:
            number, some = next(groups, NO_MORE)
        try:
            tree.change({head.leaf: leaf(head.chain, head.seq, head.hash) for head in found})
        except ValueError:
            yield RootFault("", row.seq, "root", "root: what it bound is not whole")
            return
        for head in found:
            entries += head.seq - ends.get(head.chain, 0)
            ends[head.chain] = head.seq
        told = (row.merkle, row.chains, row.entries)
        if not found or told != (tree.root, len(tree), entries):
            yield RootFault("", row.seq, "root", "root: does not follow from what it bound")
            return
    while number is not None:
        yield RootFault("", number, "root", MISSING)
        number, some = next(groups, NO_MORE)


def _chains(connection: Connection) -> Iterator[RootFault]:
    for chain in OF_HOUSE:
        table = chain.table.__table__.c
        query = (
            select(RootHead.root, RootHead.seq, table.hash)
            .join(chain.table, table.seq == RootHead.seq, isouter=True)
            .where(RootHead.chain == OF_THE_HOUSE + chain.name, or_(table.hash.is_(None), table.hash != RootHead.hash))
        )
        for row in connection.execute(query.order_by(RootHead.seq).limit(1)):
            yield RootFault("", row.seq, "rewritten", f"{chain.name}: {_said(row)}")


def _cases(connection: Connection) -> Iterator[RootFault]:
    """The first end of each case that is not what a root bound."""
    query = _ends_of_cases().where(or_(EventRecord.hash.is_(None), EventRecord.hash != RootHead.hash))
    ordered = connection.execute(query.order_by(RootHead.chain, RootHead.seq))
    for case_id, some in groupby(ordered, key=lambda row: row.chain):
        row = next(some)
        if row.code is None:
            yield RootFault("", None, "rewritten", f"the case {case_id} is missing, though root {row.root} bound it")
        else:
            yield RootFault(row.code, row.seq, "rewritten", _said(row))


def _ends_of_cases() -> Select[*tuple[Any, ...]]:
    here = and_(EventRecord.case_id == RootHead.chain, EventRecord.seq == RootHead.seq)
    return (
        select(RootHead.chain, RootHead.root, RootHead.seq, EventRecord.hash, Case.code)
        .join(EventRecord, here, isouter=True)
        .join(Case, Case.case_id == RootHead.chain, isouter=True)
        .where(not_(RootHead.chain.startswith(OF_THE_HOUSE)))
    )


def _said(row: Row[Any]) -> str:
    if row.hash is None:
        return f"is missing, though root {row.root} bound it: the end was cut, or an older copy put back"
    return f"is not the one that root {row.root} bound: it was rewritten, here or before"


def _anchors(
    rows: Sequence[Row[Any]], public: bytes | None, anchors: Sequence[Root]
) -> Iterator[tuple[Root, RootFault | None]]:
    known = {row.seq: root_of(row) for row in rows}
    for root in anchors:
        kept = known.get(root.number)
        message = None
        if public is not None and not is_signed(public, root.signature, root.signed_text):
            message = "an anchor kept outside was signed by another key than that of this house now"
        elif kept is None:
            message = f"is missing, though it was told outside: the house ends at root {max(known, default=0)}, so "
            message += "an older copy was put back, or roots were removed"
        elif (kept.hash, kept.entries, kept.at) != (root.hash, root.entries, root.at):
            message = "is not the one that was told outside: the house was rewritten, here or before"
        yield root, None if message is None else RootFault("", root.number, "anchor", f"root: {message}")
