"""The chain of the network's own acts about its procedures, and the check of it.

It is kept like the trail of a case: each act is chained to the one before it by SHA-256, and the number and hash of the
last stand in a row of their own, since a chain cannot see its own missing tail.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Row, bindparam, select

from models.act_tables import ActHead, ActRecord
from models.chains import ActFault, Chain, followed
from models.encoding import canonical
from models.prepared import Asked, Prepared
from models.tables import PathwayText, Run
from procedures.editions import Act, ActKind, Editions, after, editions_of

CHAIN = Chain("acts", ActRecord, ("seq", "kind", "actor", "pathway", "edition", "content_hash", "payload"))
HEAD_SEQ = Prepared(select(ActHead.seq).where(ActHead.name == bindparam("asked")))
"""On the way of every command: whether an edition came into force since."""


def ask_last_act(connection: Connection) -> Asked:
    """Ask for the number of the last act, together with whatever else is asked."""
    return HEAD_SEQ.ask(connection, asked=CHAIN.name)


def last_act(connection: Connection) -> int:
    """The number of the last act; 0 before the first."""
    return int(ask_last_act(connection).first().seq)


def read_acts(connection: Connection) -> Sequence[Act]:
    """Every act, in order."""
    return [_act(row) for row in CHAIN.rows(connection)]


def editions_in(connection: Connection) -> Editions:
    """The editions as the acts made them."""
    return editions_of(read_acts(connection))


def take_turn(connection: Connection) -> Editions:
    """Be the only one who adds acts until the transaction ends; the editions as they are now."""
    CHAIN.take_turn(connection)
    return editions_in(connection)


def append(connection: Connection, known: Editions, act: Act) -> Editions:
    """Chain an act on, if it can be done; the editions after it. Only after `take_turn`.

    Raises:
        Refused: it cannot be done; nothing was kept.
    """
    made = after(known, act)
    payload = canonical({"warnings": act.warnings, "file": act.file})
    names = {"pathway": act.pathway, "edition": act.edition, "content_hash": act.content_hash}
    CHAIN.add(connection, {"at": act.at, "kind": act.kind.value, "actor": act.actor, **names, "payload": payload})
    return made


def check_acts(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain, in their order, and in the texts they name."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_order(rows), *_texts(connection)]


def _order(rows: Sequence[Row[tuple[object, ...]]]) -> Iterator[ActFault]:
    """Each act must have been possible after those before it: nobody adopts alone, and nothing twice."""
    first: Editions = {}
    _, impossible = followed(rows, first, lambda known, row: after(known, _act(row)))
    if impossible is not None:
        yield impossible


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
