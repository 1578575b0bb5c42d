"""The quick way to an event's hash finds what the slow way finds, whatever stands in the row."""
# ruff: noqa: S608  # sentences of ours, about a table of ours

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Row, create_engine, insert, select

from models.encoding import join, split
from models.recording import FIRST_HASH, KEPT, earlier_hash, event_hash, is_hash_of_kept
from models.tables import EventRecord
from procedures.fact_events import FactChanged

NASTY = 'a "quoted" \\ word, a line\nend, a bell \x07, an è, a 🙂 and a \u2028'
EVENT: dict[str, Any] = {
    "case_id": "case",
    "seq": 1,
    "at": datetime(2026, 11, 24, 20, 0, 0, 5, UTC),
    "kind": "case_closed",
    "run_id": None,
    "command_id": "command",
    "actor": NASTY,
    "road": "desk",
    "payload": NASTY,
    "sealed_routing": b"\x00routing",
    "sealed_identity": None,
    "prev_hash": FIRST_HASH,
}
ALTERED: dict[str, Any] = {
    "case_id": "other",
    "seq": 2,
    "at": datetime(2026, 11, 24, 20, 0, 0, 6, UTC),
    "kind": "case_cancelled",
    "run_id": "run",
    "command_id": "other",
    "actor": NASTY + " ",
    "road": "link",
    "payload": NASTY + " ",
    "sealed_routing": b"\x01routing",
    "sealed_identity": b"",
    "prev_hash": "1" * 64,
    "hash": "2" * 64,
}


def kept(event: dict[str, Any], *statements: str) -> Row[Any]:
    """The row as the check reads it, after somebody was at work in the database."""
    engine = create_engine("sqlite://")
    EventRecord.__table__.create(engine)  # type: ignore[attr-defined]  # a table, though typed as any selectable
    with engine.begin() as connection:
        connection.execute(insert(EventRecord), [event])
        for statement in statements:
            connection.exec_driver_sql(statement)
        row = connection.execute(select(*KEPT)).one()
    engine.dispose()
    return row


@pytest.mark.parametrize("more", [{}, {"run_id": "run"}, {"sealed_identity": b"x"}, {"sealed_routing": None}])
@pytest.mark.parametrize("hashed", [event_hash, earlier_hash])
def test_what_was_hashed_is_found_right(more: dict[str, Any], hashed: Any) -> None:
    event = EVENT | more
    assert is_hash_of_kept(kept(event | {"hash": hashed(event)}))


@pytest.mark.parametrize("name", ALTERED)
def test_what_was_altered_is_found(name: str) -> None:
    event = EVENT | {"hash": event_hash(EVENT)}
    assert not is_hash_of_kept(kept(event | {name: ALTERED[name]}))


@pytest.mark.parametrize(
    "value", ["'yesterday'", "''", "'2026-11-24 20:00'", "x'00'", "'2026-11-24 20:00:00.000006'", "20261124"]
)
def test_what_is_no_moment_of_ours_is_altered(value: str) -> None:
    event = EVENT | {"hash": event_hash(EVENT)}
    assert not is_hash_of_kept(kept(event, f"UPDATE events SET at = {value}"))


@pytest.mark.parametrize("column", ["payload", "actor", "seq", "road"])
def test_bytes_where_a_text_was_are_altered(column: str) -> None:
    event = EVENT | {"hash": event_hash(EVENT)}
    assert not is_hash_of_kept(kept(event, f"UPDATE events SET {column} = x'41'"))


def test_parts_that_were_sealed_come_back_into_their_event() -> None:
    told = FactChanged(at=EVENT["at"], fact="risk", value=NASTY, by="operator", reason="corrected")
    parts = split(told)
    assert join(parts.payload, parts.routing, None) == told
    assert join(parts.payload, None, None) == told.model_copy(update={"fact": "", "value": None})


@pytest.mark.parametrize("part", [b"", b"[]", b"null", b'{"facts":', b"\xff"])
def test_what_is_no_part_of_an_event_is_refused(part: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each of its kinds: the check calls it unreadable
        join('{"at":"2026-11-24T20:00:00Z","kind":"case_closed"}', part, None)
