"""Loads a case and saves what a decision made of it, within one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from models.encoding import pack_state, unpack_state
from models.projecting import case_row, handoff_row, run_row
from models.recording import Head
from models.tables import Case, EventRecord, HandoffRecord, Run
from models.vault import Keyring
from procedures.case import EMPTY, CaseState


@dataclass(frozen=True)
class Loaded:
    """A case as it was before the command."""

    state: CaseState
    head: Head
    last_at: datetime | None
    """When its last event was decided: time never goes back behind it."""
    next_due_at: datetime | None


LAST = and_(EventRecord.case_id == Case.case_id, EventRecord.seq == Case.version)
LOADING = (
    select(Case.version, Case.head_hash, Case.sealed_state, Case.next_due_at, EventRecord.at)
    .join(EventRecord, LAST, isouter=True)
    .where(Case.case_id == bindparam("loaded_id"))
)
NEW_CASE = insert(Case)
NEW_EVENTS = insert(EventRecord)
NOTHING = Loaded(EMPTY, Head(), None, None)


def load(connection: Connection, keyring: Keyring, case_id: str) -> Loaded:
    """The case, or `NOTHING` where there is none.

    Raises:
        SealBroken: the snapshot was altered.
        CaseKeyMissing: its key is gone.
    """
    row = connection.execute(LOADING, {"loaded_id": case_id}).first()
    if row is None:
        return NOTHING
    state = open_state(keyring, case_id, row.version, row.sealed_state)
    return Loaded(state, Head(row.version, row.head_hash), row.at, row.next_due_at)


def seal_state(keyring: Keyring, state: CaseState) -> bytes:
    """The snapshot as it is kept, bound to its version: an older one put back does not open."""
    return keyring.seal("route", pack_state(state), **_place(state.case_id, state.version))


def open_state(keyring: Keyring, case_id: str, version: int, sealed: bytes) -> CaseState:
    """The snapshot that was kept.

    Raises:
        SealBroken: altered, or of another version.
    """
    packed = keyring.unseal("route", sealed, **_place(case_id, version))
    assert packed is not None, "every process holds the route key"
    return unpack_state(packed)


def _place(case_id: str, version: int) -> dict[str, str]:
    return {"table": "cases", "case_id": case_id, "row": str(version), "field": "state"}


def save(
    connection: Connection,
    keyring: Keyring,
    before: Loaded,
    state: CaseState,
    *,
    rows: Sequence[Mapping[str, Any]],
    touched: Mapping[str, int],
) -> None:
    """Save the events, the state and its projections. `touched` names the last event of each run touched."""
    values = {**case_row(state), "sealed_state": seal_state(keyring, state), "head_hash": rows[-1]["hash"]}
    if before.head.seq == 0:
        connection.execute(NEW_CASE, [values])
    else:
        connection.execute(update(Case).where(Case.case_id == state.case_id).values(**values))
    connection.execute(NEW_EVENTS, [dict(row) for row in rows])
    _save_runs(connection, before.state, state, touched)
    _save_handoffs(connection, before.state, state)


def keep_next_due(connection: Connection, case_id: str, due: datetime | None) -> None:
    """Where time went by and nothing was due: look again then, not at once."""
    connection.execute(update(Case).where(Case.case_id == case_id).values(next_due_at=due))


def _save_runs(connection: Connection, before: CaseState, state: CaseState, touched: Mapping[str, int]) -> None:
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for run_id, last_seq in touched.items():
        row = {**run_row(state, state.runs[run_id]), "last_seq": last_seq}
        (changed if run_id in before.runs else new).append(row)
    _write(connection, Run, "run_id", new, changed)


def _save_handoffs(connection: Connection, before: CaseState, state: CaseState) -> None:
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for ref, handoff in state.handoffs.items():
        known = before.handoffs.get(ref)
        if known is None:
            new.append(handoff_row(state, handoff))
        elif known is not handoff:
            changed.append(handoff_row(state, handoff))
    _write(connection, HandoffRecord, "ref", new, changed)


def _write(
    connection: Connection,
    table: type[Run | HandoffRecord],
    key: str,
    new: list[dict[str, Any]],
    changed: list[dict[str, Any]],
) -> None:
    if new:
        connection.execute(insert(table), new)
    if changed:
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changed[0] if name != key}
        changing = update(table).where(getattr(table, key) == bindparam(f"new_{key}")).values(columns)
        connection.execute(changing, [{f"new_{name}": value for name, value in row.items()} for row in changed])
