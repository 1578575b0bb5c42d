"""The chain of what was done about how she is reached, and its check. What a way is, is sealed beside its act."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from models.act_tables import WayActRecord
from models.chains import ActFault, Chain, followed
from models.encoding import canonical
from procedures.safe_ways import WayAct, WayActKind, Ways, after

CHAIN = Chain("ways", WayActRecord, ("seq", "kind", "actor", "case_id", "way", "payload", "sealed"))


def act_of(row: Row[Any]) -> WayAct:
    """The act that a row keeps."""
    more = json.loads(row.payload)
    said = (more.get("text", ""), more.get("sentence", ""), more.get("outcome", ""))
    return WayAct(WayActKind(row.kind), row.at, row.actor, row.case_id, row.way, *said)


def rows_about(connection: Connection, case_id: str) -> Sequence[Row[Any]]:
    """The acts about one case, in order."""
    table = WayActRecord
    return connection.execute(select(table.__table__).where(table.case_id == case_id).order_by(table.seq)).all()


def ways_in(rows: Sequence[Row[Any]]) -> Ways:
    """What they made. What cannot follow is for the check of the trail to tell; nothing after it counts."""
    return followed(rows, Ways(), lambda known, row: after(known, act_of(row)))[0]


def chain_on(connection: Connection, act: WayAct, sealed: bytes | None = None) -> None:
    """Chain an act on, if it can be done after those before it. Only after its turn was taken.

    Raises:
        Refused: it cannot be done; nothing was kept.
    """
    after(ways_in(rows_about(connection, act.case_id)), act)
    more = {"text": act.text, "sentence": act.sentence, "outcome": act.outcome}
    row = {
        "at": act.at,
        "kind": act.kind.value,
        "actor": act.actor,
        "case_id": act.case_id,
        "way": act.way,
        "payload": canonical({name: said for name, said in more.items() if said}),
        "sealed": sealed,
    }
    CHAIN.add(connection, row)


def check_ways(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain and in their order."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_follow(rows)]


def _follow(rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
    """Each act must have been possible after those about its case before it."""
    by_case: Mapping[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_case[row.case_id].append(row)
    for ours in by_case.values():
        _known, impossible = followed(ours, Ways(), lambda known, row: after(known, act_of(row)))
        if impossible is not None:
            yield impossible
