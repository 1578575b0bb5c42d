"""The chain of the network's own acts about its procedures, and the check of it.

It is kept like the trail of a case: each act is chained to the one before it by SHA-256, and the number and hash of the
last stand in a row of their own, since a chain cannot see its own missing tail.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from models.act_tables import ActHead, ActRecord
from models.encoding import canonical, chained
from models.prepared import Asked, Prepared
from models.tables import PathwayText, Run
from procedures.editions import Act, ActKind, Editions, after, editions_of
from procedures.errors import Refused

CHAIN = "acts"
HEAD_SEQ = Prepared(select(ActHead.seq).where(ActHead.name == bindparam("asked")))
"""On the way of every command: whether an edition came into force since."""


@dataclass(frozen=True, slots=True)
class ActFault:
    """One thing that is wrong in the chain or in what hangs on it."""

    seq: int | None
    code: str
    """`chain`, `hash`, `tail`, `act`, `text`."""
    message: str


def ask_last_act(connection: Connection) -> Asked:
    """Ask for the number of the last act, together with whatever else is asked."""
    return HEAD_SEQ.ask(connection, asked=CHAIN)


def last_act(connection: Connection) -> int:
    """The number of the last act; 0 before the first."""
    return int(ask_last_act(connection).first().seq)


def read_acts(connection: Connection) -> Sequence[Act]:
    """Every act, in order."""
    return [_act(row) for row in connection.execute(select(ActRecord.__table__).order_by(ActRecord.seq))]


def editions_in(connection: Connection) -> Editions:
    """The editions as the acts made them."""
    return editions_of(read_acts(connection))


def take_turn(connection: Connection) -> Editions:
    """Be the only one who adds acts until the transaction ends; the editions as they are now."""
    connection.execute(select(ActHead.seq).where(ActHead.name == CHAIN).with_for_update())
    return editions_in(connection)


def append(connection: Connection, known: Editions, act: Act) -> Editions:
    """Chain an act on, if it can be done; the editions after it. Only after `take_turn`.

    Raises:
        Refused: it cannot be done; nothing was kept.
    """
    made = after(known, act)
    head = connection.execute(select(ActHead.seq, ActHead.hash).where(ActHead.name == CHAIN)).one()
    row = {
        "seq": head.seq + 1,
        "at": act.at,
        "kind": act.kind.value,
        "actor": act.actor,
        "pathway": act.pathway,
        "edition": act.edition,
        "content_hash": act.content_hash,
        "payload": canonical({"warnings": act.warnings, "file": act.file}),
        "prev_hash": head.hash,
    }
    row["hash"] = chained(head.hash, _hashed(row))
    connection.execute(insert(ActRecord), [row])
    ending = update(ActHead).where(ActHead.name == CHAIN)
    connection.execute(ending.values(seq=row["seq"], hash=row["hash"]))
    return made


def check_acts(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain, in their order, and in the texts they name."""
    rows = connection.execute(select(ActRecord.__table__).order_by(ActRecord.seq)).all()
    head = connection.execute(select(ActHead.seq, ActHead.hash).where(ActHead.name == CHAIN)).one_or_none()
    faults = [*_chain(rows, head), *_order(rows), *_texts(connection)]
    return len(rows), faults


def _chain(rows: Sequence[Row[tuple[object, ...]]], head: Row[int, str] | None) -> Iterator[ActFault]:
    before, expected = "0" * 64, 1
    for row in rows:
        if row.seq != expected:
            yield ActFault(expected, "chain", "is missing")
        elif row.prev_hash != before:
            yield ActFault(row.seq, "chain", "is not chained to the act before it")
        if chained(row.prev_hash, _hashed(dict(row._mapping))) != row.hash:  # noqa: SLF001  # the public way to a row's names
            yield ActFault(row.seq, "hash", "was altered")
        before, expected = row.hash, row.seq + 1
    if head is None or (expected - 1, before) != (head.seq, head.hash):
        yield ActFault(expected, "tail", "the end of the acts is missing, or its row was altered")


def _order(rows: Sequence[Row[tuple[object, ...]]]) -> Iterator[ActFault]:
    """Each act must have been possible after those before it: nobody adopts alone, and nothing twice."""
    known: Editions = {}
    for row in rows:
        try:
            known = after(known, _act(row))
        except (Refused, ValueError) as failure:
            why = failure.code if isinstance(failure, Refused) else "unreadable"
            yield ActFault(row.seq, "act", f"could not be done then ({why})")
            return


def _texts(connection: Connection) -> Iterator[ActFault]:
    """Every kept text has the hash that it is kept under, and every pathway run has its text."""
    texts = connection.execute(select(PathwayText.content_hash, PathwayText.name, PathwayText.text)).all()
    for text in texts:
        if hashlib.sha256(text.text.encode()).hexdigest() != text.content_hash:
            yield ActFault(None, "text", f"the kept text of {text.name} was altered")
    known = {text.content_hash for text in texts}
    for run in connection.execute(select(Run.ref, Run.content_hash)):
        if run.content_hash not in known:
            yield ActFault(None, "text", f"the text of the run {run.ref} is missing")


def _hashed(row: "dict[str, object]") -> Sequence[object]:
    at = row["at"]
    assert isinstance(at, datetime)
    names = ("seq", "kind", "actor", "pathway", "edition", "content_hash", "payload")
    return [*(row[name] for name in names), at.astimezone(UTC).isoformat(timespec="microseconds")]


def _act(row: Row[tuple[object, ...]]) -> Act:
    more = json.loads(row.payload)
    return Act(
        kind=ActKind(row.kind),
        at=row.at,
        actor=row.actor,
        pathway=row.pathway,
        edition=row.edition,
        content_hash=row.content_hash,
        warnings=more["warnings"],
        file=more["file"],
    )
