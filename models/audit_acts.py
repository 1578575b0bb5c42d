"""The chain of what auditors did, and the check of it."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from models.act_tables import ActHead
from models.audit_tables import AuditActRecord
from models.chains import ActFault, Chain, followed
from models.database import Database
from models.encoding import canonical
from procedures.auditing import AuditAct, AuditActKind, Audits, after

CHAIN = Chain("audits", AuditActRecord, ("seq", "kind", "actor", "case_id", "payload", "sealed_note"))
PAYLOAD = ("seed", "size", "of", "sample", "finding", "what")


def append(connection: Connection, act: AuditAct, sealed_note: bytes | None = None) -> int:
    """Chain an act on; its number. Only after `CHAIN.take_turn`."""
    payload = canonical({name: getattr(act, name) for name in PAYLOAD if getattr(act, name)})
    row = {"at": act.at, "kind": act.kind.value, "actor": act.actor, "case_id": act.case_id}
    CHAIN.add(connection, {**row, "payload": payload, "sealed_note": sealed_note})
    head = select(ActHead.seq).where(ActHead.name == CHAIN.name)
    return int(connection.execute(head).scalar_one())


def note_export(db: Database, act: AuditAct) -> None:
    """Record what was handed out, before it is. Raises StoreBusy, StoreFailed: nothing may be handed out."""
    with db.write() as connection:
        CHAIN.take_turn(connection)
        append(connection, act)


def exports(db: Database, most: int) -> Sequence[AuditAct]:
    """What was handed out from the auditors' room, the latest first."""
    with db.read() as connection:
        rows = CHAIN.rows(connection)
    return [act_of(row) for row in reversed(rows) if row.kind == AuditActKind.EXPORTED.value][:most]


def check_audits(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain and in their order."""
    rows = CHAIN.rows(connection)
    first: Audits = {}
    _known, impossible = followed(rows, first, lambda known, row: after(known, row.seq, act_of(row)))
    return len(rows), [*CHAIN.faults(connection, rows), *([impossible] if impossible else [])]


def act_of(row: Row[Any]) -> AuditAct:
    """The act that a row keeps. Raises ValueError: it is none."""
    try:
        return AuditAct(AuditActKind(row.kind), row.at, row.actor, row.case_id, **json.loads(row.payload))
    except TypeError:
        raise ValueError(row.seq) from None


def audits_in(connection: Connection) -> Audits:
    """The samples. What cannot follow is for the check of the trail to tell; nothing after it counts."""
    first: Audits = {}
    return followed(CHAIN.rows(connection), first, lambda known, row: after(known, row.seq, act_of(row)))[0]
