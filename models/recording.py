"""How events get into the trail, and out of it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, String, select, type_coerce

from models.encoding import chained, join, quoted, split
from models.recorded import Recorded
from models.tables import EventRecord
from models.vault import Keyring
from procedures.commands import AnyCommand, Road
from procedures.events import AnyEvent, Event

FIRST_HASH = "0" * 64
"""What the first event of a case is chained to."""
ROUTING = ("route", "sealed_routing", "routing")
IDENTITY = ("vault", "sealed_identity", "identity")


@dataclass(frozen=True)
class Head:
    """The end of a case's chain: how many events, and the hash of the last."""

    seq: int = 0
    hash: str = FIRST_HASH


HASHED = ("case_id", "seq", "kind", "run_id", "command_id", "actor", "road", "payload")
SEALED = ("sealed_routing", "sealed_identity")
ROADS = frozenset(Road)
_EVENTS = EventRecord.__table__.c
KEPT = (
    *(_EVENTS[name] for name in HASHED),
    type_coerce(_EVENTS.at, String).label("at"),
    *(_EVENTS[name] for name in (*SEALED, "prev_hash", "hash")),
)
"""The columns of events as `is_hash_of_kept` takes them: the time as the database gives it, SQLite as text."""


def event_hash(row: Mapping[str, Any]) -> str:
    """The hash of an event as it is kept."""
    return chained(row["prev_hash"], hashed_record(row))


def hashed_record(row: Mapping[str, Any]) -> list[str | int | None]:
    """What goes into the hash of an event. Of what is sealed its hash, so that others check without having it."""
    sealed = [None if row[name] is None else hashlib.sha256(row[name]).hexdigest() for name in SEALED]
    return [*_clear(row), *sealed]


def is_hash_of(hash_: str, row: Mapping[str, Any]) -> bool:
    """Whether an event has this hash, by today's rule or by that of before decision 47."""
    return hash_ == event_hash(row) or hash_ == earlier_hash(row)


def is_hash_of_kept(row: Row[Any]) -> bool:
    """The same of a row as `KEPT` reads it, in a third of the time: a long check is this a million times.

    The text that is hashed is put together here as `chained` does it. Where that is not what was hashed, the slow way
    decides.
    """
    try:
        if hashlib.sha256(_hashed_text(row).encode()).hexdigest() == row.hash:
            return True
        whole = dict(row._mapping)  # noqa: SLF001  # the public way to a row's names
        return is_hash_of(row.hash, whole | {"at": _as_moment(row.at)})
    except (ValueError, TypeError, AttributeError):
        return False  # something stands there that nobody of us wrote: a number, half a moment


def _hashed_text(row: Sequence[Any]) -> str:
    case_id, seq, kind, run_id, command_id, actor, road, payload, at, routing, identity, prev_hash, _hash = row
    moment = at.replace(" ", "T", 1) + "+00:00" if isinstance(at, str) else _written(at)
    run = "null" if run_id is None else quoted(run_id)
    sealed = "null,null" if routing is identity is None else f"{_digest(routing)},{_digest(identity)}"
    return (
        f"{prev_hash}[{quoted(case_id)},{seq:d},{quoted(kind)},{run},{quoted(command_id)},{quoted(actor)},"
        f"{quoted(road)},{quoted(payload)},{quoted(moment)},{sealed}]"
    )


def _digest(sealed: bytes | None) -> str:
    return "null" if sealed is None else f'"{hashlib.sha256(sealed).hexdigest()}"'


def _as_moment(at: str | datetime) -> datetime:
    """SQLite keeps no zone, and only UTC was put in. Raises ValueError: that is no moment."""
    return datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at


def earlier_hash(row: Mapping[str, Any]) -> str:
    """The hash of an event that was kept before decision 47: what is sealed went into it whole."""
    return chained(row["prev_hash"], [*_clear(row), *(row[name] and row[name].hex() for name in SEALED)])


def _clear(row: Mapping[str, Any]) -> list[str | int | None]:
    return [*(row[name] for name in HASHED), _written(row["at"])]


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def rows_for(
    events: Sequence[tuple[Event, str | None]], command: AnyCommand, case_id: str, head: Head, keyring: Keyring
) -> list[dict[str, Any]]:
    """The rows of these events (each with its run), sealed and chained on to `head`.

    Raises:
        NoVaultKey: identity was to be written by a process that may not.
    """
    rows: list[dict[str, Any]] = []
    for seq, (event, run_id) in enumerate(events, start=head.seq + 1):
        parts = split(event)
        where = {"table": "events", "case_id": case_id, "row": str(seq)}
        row: dict[str, Any] = {
            "case_id": case_id,
            "seq": seq,
            "at": event.at,
            "kind": event.kind,  # type: ignore[attr-defined]  # every kind of event declares its own
            "run_id": run_id,
            "command_id": command.id,
            "actor": command.actor,
            "road": command.road.value,
            "payload": parts.payload,
            "sealed_routing": parts.routing and keyring.seal("route", parts.routing, field="routing", **where),
            "sealed_identity": parts.identity and keyring.seal("vault", parts.identity, field="identity", **where),
            "prev_hash": rows[-1]["hash"] if rows else head.hash,
        }
        row["hash"] = event_hash(row)
        rows.append(row)
    return rows


def opened_event(row: Row[Any], keyring: Keyring) -> AnyEvent:
    """The event alone; identity stays empty without the vault key.

    Raises:
        SealBroken: it was altered or moved.
        CaseKeyMissing: the key of its case is gone.
        ValueError: it is no event.
    """
    if row.road not in ROADS:
        raise ValueError(row.seq)
    routing, identity = row.sealed_routing, row.sealed_identity
    if routing or identity:
        where = {"table": "events", "case_id": row.case_id, "row": str(row.seq)}
        routing = routing and keyring.unseal("route", routing, field="routing", **where)
        identity = identity and keyring.unseal("vault", identity, field="identity", **where)
    return join(row.payload, routing, identity)


def read_event(row: Row[Any], keyring: Keyring) -> Recorded:
    """An event as it was recorded; identity stays empty without the vault key.

    Raises:
        SealBroken: it was altered or moved.
    """
    return Recorded(
        seq=row.seq,
        event=opened_event(row, keyring),
        command_id=row.command_id,
        actor=row.actor,
        road=Road(row.road),
    )


def read_events(
    connection: Connection, keyring: Keyring, case_id: str, *, first: int = 1, last: int | None = None
) -> Iterable[Recorded]:
    """The events of a case from `first` to `last`, in order."""
    query = select(EventRecord.__table__).where(EventRecord.case_id == case_id, EventRecord.seq >= first)
    if last is not None:
        query = query.where(EventRecord.seq <= last)
    return [read_event(row, keyring) for row in connection.execute(query.order_by(EventRecord.seq))]
