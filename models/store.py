"""Loads a case and saves what a decision made of it, within one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select

from models.encoding import is_packed, pack_state, unpack_state
from models.known_states import KnownStates
from models.prepared import Asked, Prepared, changed, columns_of, inserting, updating
from models.projecting import case_row, handoff_row, run_row
from models.recording import Head
from models.tables import Case, EventRecord, HandoffRecord, Run
from models.vault import Keyring
from procedures.case import EMPTY, CaseState
from procedures.erasures import CaseErased


@dataclass(frozen=True)
class Loaded:
    """A case as it was before the command."""

    state: CaseState
    head: Head
    last_at: datetime | None
    """When its last event was decided: time never goes back behind it."""
    next_due_at: datetime | None


LAST = and_(EventRecord.case_id == Case.case_id, EventRecord.seq == Case.version)
LOADING = Prepared(
    select(Case.version, Case.head_hash, Case.sealed_state, Case.next_due_at, Case.erased_at, EventRecord.at)
    .join(EventRecord, LAST, isouter=True)
    .where(Case.case_id == bindparam("loaded_id"))
)
NEW_CASES = Prepared(insert(Case), [name for name in columns_of(Case) if name != "erased_at"])
CHANGED_CASES = updating(Case, "case_id", ["status", "ended_at", "version", "sealed_state", "head_hash", "next_due_at"])
NEXT_DUE = updating(Case, "case_id", ["next_due_at"])
NEW_EVENTS = inserting(EventRecord)
NEW_RUNS = inserting(Run)
CHANGED_RUNS = updating(Run, "run_id", ["state", "outcome", "ended_at", "last_seq", "content_hash", "review_since"])
NEW_HANDOFFS = inserting(HandoffRecord)
CHANGED_HANDOFFS = updating(
    HandoffRecord, "ref", [name for name in columns_of(HandoffRecord) if name not in {"ref", "case_id", "run_id"}]
)
NOTHING = Loaded(EMPTY, Head(), None, None)


def load(connection: Connection, keyring: Keyring, case_id: str, known: KnownStates | None = None) -> Loaded:
    """The case, or `NOTHING` where there is none. What is `known` already is not opened again.

    Raises:
        SealBroken: the snapshot was altered.
        CaseKeyMissing: its key is gone.
        CaseErased: two people wanted that.
    """
    return loaded(ask_for(connection, case_id), keyring, case_id, known)


def ask_for(connection: Connection, case_id: str) -> Asked:
    """The question for a case, whose answer `loaded` takes."""
    return LOADING.ask(connection, loaded_id=case_id)


def loaded(asked: Asked, keyring: Keyring, case_id: str, known: KnownStates | None = None) -> Loaded:
    """What `load` gives, of a case that was asked for.

    Raises:
        SealBroken, CaseKeyMissing, CaseErased.
    """
    row = asked.first()
    if row is None:
        return NOTHING
    if row.erased_at is not None:
        keyring.forget([case_id])
        if known is not None:
            known.forget(case_id)
        raise CaseErased(day=f"{row.erased_at:%Y-%m-%d}")
    sealed = bytes(row.sealed_state)
    state = None if known is None else known.find(case_id, sealed)
    if state is None:
        state = open_state(keyring, case_id, row.version, sealed)
        if known is not None:
            known.keep(case_id, sealed, state)
    return Loaded(state, Head(row.version, row.head_hash), row.at, row.next_due_at)


def seal_state(keyring: Keyring, state: CaseState) -> bytes:
    """The snapshot as it is kept, bound to its version: an older one put back does not open."""
    return keyring.seal("route", pack_state(state), **_place(state.case_id, state.version))


def open_state(keyring: Keyring, case_id: str, version: int, sealed: bytes) -> CaseState:
    """The snapshot that was kept.

    Raises:
        SealBroken: altered, or of another version.
    """
    return unpack_state(open_packed(keyring, case_id, version, sealed))


def is_state_kept(keyring: Keyring, case_id: str, version: int, sealed: bytes, state: CaseState) -> bool:
    """Whether this is the snapshot that was kept. Mostly it is so to the letter, and need not be read.

    Raises:
        SealBroken: altered, or of another version.
        ValueError: it is no snapshot.
    """
    packed = open_packed(keyring, case_id, version, sealed)
    return is_packed(packed, state) or unpack_state(packed) == state


def open_packed(keyring: Keyring, case_id: str, version: int, sealed: bytes) -> bytes:
    """The snapshot that was kept, as it was packed.

    Raises:
        SealBroken: altered, or of another version.
    """
    packed = keyring.unseal("route", sealed, **_place(case_id, version))
    assert packed is not None, "every process holds the route key"
    return packed


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
    known: KnownStates | None = None,
) -> None:
    """Save the events, the state and its projections. `touched` names the last event of each run touched."""
    sealed = seal_state(keyring, state)
    if known is not None:
        known.keep(state.case_id, sealed, state)
    values = {**case_row(state), "sealed_state": sealed, "head_hash": rows[-1]["hash"]}
    if before.head.seq == 0:
        NEW_CASES.run(connection, [values])
    else:
        CHANGED_CASES.run(connection, [changed("case_id", values)])
    NEW_EVENTS.run(connection, rows)
    _save_runs(connection, before.state, state, touched)
    _save_handoffs(connection, before.state, state)


def keep_next_due(connection: Connection, case_id: str, due: datetime | None) -> None:
    """Where time went by and nothing was due: look again then, not at once."""
    NEXT_DUE.run(connection, [changed("case_id", {"case_id": case_id, "next_due_at": due})])


def _save_runs(connection: Connection, before: CaseState, state: CaseState, touched: Mapping[str, int]) -> None:
    rows = [{**run_row(state, state.runs[run_id]), "last_seq": last_seq} for run_id, last_seq in touched.items()]
    NEW_RUNS.run(connection, [row for row in rows if row["run_id"] not in before.runs])
    CHANGED_RUNS.run(connection, [changed("run_id", row) for row in rows if row["run_id"] in before.runs])


def _save_handoffs(connection: Connection, before: CaseState, state: CaseState) -> None:
    new = [handoff for ref, handoff in state.handoffs.items() if ref not in before.handoffs]
    known = [state.handoffs[ref] for ref, handoff in before.handoffs.items() if state.handoffs[ref] is not handoff]
    NEW_HANDOFFS.run(connection, [handoff_row(state, handoff) for handoff in new])
    CHANGED_HANDOFFS.run(connection, [changed("ref", handoff_row(state, handoff)) for handoff in known])
