"""A house with a long trail, made quickly: cases that went a good part of their way, and signed roots over them.

A few cases go through handling itself. The others are these once more, under other ids, sealed under keys of their own
and chained anew: what the check reads of them is all there, and right.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from benchmarks.houses import Standing, accepting, completing, opening
from benchmarks.preparing import unsynced
from models import outbox
from models.clock import SetClock
from models.columns import Base
from models.composition import House
from models.outbox import SettledDelivery, SettledResult
from models.recorded import Handled
from models.recording import FIRST_HASH, event_hash
from models.rootkeys import root_key
from models.roots import RootMaker
from models.store import open_packed
from models.tables import Case, DeliveryRecord, EventRecord, HandoffRecord, Run
from procedures.events import HandoffRequested

ORIGINALS = 10
CASES_A_ROOT = 4
"""A minute in which more happens than a network ever saw: fewer would make roots cost more than events."""
AT_ONCE = 200
"""Cases in one transaction."""
MINUTE = timedelta(minutes=1)
IDS = ("case_id", "code", "seed", "run_id", "ref", "command_id", "alert_id")
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
OF_A_CASE: tuple[type[Base], ...] = (Run, HandoffRecord, DeliveryRecord)
SEALED = (("route", "sealed_routing", "routing"), ("vault", "sealed_identity", "identity"))
Fields = dict[str, Any]


@dataclass(frozen=True)
class Original:
    """A case as it is kept, opened, and every id in it."""

    case: Fields
    state: str
    events: tuple[Fields, ...]
    opened: tuple[Mapping[str, bytes], ...]
    """What was sealed of each event."""
    others: Mapping[type[Base], tuple[Fields, ...]]
    ids: re.Pattern[str]


def lengthen(place: Standing, events: int) -> int:
    """Cases until the trail has that many events at least; how many it has. No process may run."""
    clock = SetClock(datetime.now(UTC) - MINUTE * events)
    with unsynced(), place.opened(clock) as house:
        own = [_case(house) for _original in range(ORIGINALS)]
        with house.database.read() as connection:
            originals = [_original(house, connection, case_id) for case_id, _events in own]
        kept = sum(number for _case_id, number in own)
        maker = RootMaker(house.database, root_key(house.settings.key_folder, may_make=True))
        turn = 0
        while kept < events:
            some = originals[turn % ORIGINALS :] + originals[: turn % ORIGINALS]
            chosen = some[: min(CASES_A_ROOT, 1 + (events - kept) // len(some[0].events))]
            ids = [house.ids.new_id() for _one in chosen]
            house.keyring.make_case_keys(*ids)
            with house.database.write() as connection:
                for case_id, one in zip(ids, chosen, strict=True):
                    _copy(house, connection, one, case_id)
            kept += sum(len(one.events) for one in chosen)
            turn += len(chosen)
            clock.at += MINUTE
            maker.make(clock.at)
    return kept


def _case(house: House) -> tuple[str, int]:
    """She is heard, and whoever is asked next takes it; all mails arrive. Its id, and how many events that were."""
    opened = house.handling.handle(opening(house))
    case_id = opened.state.case_id
    (first,) = _asked(opened)
    sent = _sent(house)
    taken = house.handling.handle(accepting(house, case_id, first))
    sent += _sent(house)
    heard = house.handling.handle(completing(house, case_id, first))
    sent += _sent(house)
    last = [house.handling.handle(accepting(house, case_id, ref)) for ref in _asked(heard)]
    sent += _sent(house)
    return case_id, sent + sum(len(one.events) for one in (opened, taken, heard, *last))


def _asked(handled: Handled) -> list[str]:
    return [one.event.ref for one in handled.events if isinstance(one.event, HandoffRequested)]


def _sent(house: House) -> int:
    """Everything that waits is taken by its carrier; each leaves one event."""
    now = house.clock.now()
    taken = outbox.claim(house.database, worker="bench", now=now, lease_seconds=30, limit=AT_ONCE)
    house.handling.settle([SettledDelivery(one.delivery_id, SettledResult.ACCEPTED, now) for one in taken])
    return len(taken)


def _rows(connection: Connection, table: type[Base], case_id: str) -> tuple[Fields, ...]:
    columns = table.__table__
    query = select(columns).where(columns.c.case_id == case_id).order_by(*columns.primary_key)
    return tuple(dict(row._mapping) for row in connection.execute(query))  # noqa: SLF001  # the public way to its names


def _original(house: House, connection: Connection, case_id: str) -> Original:
    (case,) = _rows(connection, Case, case_id)
    events = _rows(connection, EventRecord, case_id)
    opened = tuple(dict(_opened(house, event)) for event in events)
    others = {table: _rows(connection, table, case_id) for table in OF_A_CASE}
    packed = open_packed(house.keyring, case_id, case["version"], bytes(case["sealed_state"]))
    every = [case, *events, *(row for rows in others.values() for row in rows)]
    ids = {row[name] for row in every for name in IDS if row.get(name)}
    return Original(case, zlib.decompress(packed).decode(), events, opened, others, re.compile("|".join(sorted(ids))))


def _opened(house: House, event: Fields) -> Iterator[tuple[str, bytes]]:
    where = {"table": "events", "case_id": event["case_id"], "row": str(event["seq"])}
    for kind, column, name in SEALED:
        if event[column] is not None:
            text = house.keyring.unseal(kind, event[column], field=name, **where)  # type: ignore[arg-type]  # a kind of SEALED
            assert text is not None
            yield column, text


def _copy(house: House, connection: Connection, one: Original, case_id: str) -> None:
    """The same case under other ids."""

    def other(found: re.Match[str]) -> str:
        return case_id if found[0] == one.case["case_id"] else _other_id(case_id, found[0])

    def renamed(row: Fields) -> Fields:
        return {name: one.ids.sub(other, value) if isinstance(value, str) else value for name, value in row.items()}

    events = []
    before = FIRST_HASH
    for row, opened in zip(one.events, one.opened, strict=True):
        event = renamed(row) | {"prev_hash": before}
        where = {"table": "events", "case_id": case_id, "row": str(event["seq"])}
        for kind, column, name in SEALED:
            if column in opened:
                event[column] = house.keyring.seal(kind, opened[column], field=name, **where)  # type: ignore[arg-type]  # a kind of SEALED
        before = event["hash"] = event_hash(event)
        events.append(event)
    state = zlib.compress(one.ids.sub(other, one.state).encode(), 1)
    place = {"table": "cases", "case_id": case_id, "row": str(one.case["version"]), "field": "state"}
    sealed = house.keyring.seal("route", state, **place)
    connection.execute(insert(Case), [renamed(one.case) | {"sealed_state": sealed, "head_hash": before}])
    connection.execute(insert(EventRecord), events)
    for table, rows in one.others.items():
        connection.execute(insert(table), [renamed(row) for row in rows])


def _other_id(case_id: str, known: str) -> str:
    """Made of the same kind of letters."""
    digest = hashlib.sha256((case_id + known).encode()).hexdigest()
    if known.islower() or known.isdecimal():
        drawn = iter(digest)
        return "".join(next(drawn) if letter.isalnum() else letter for letter in known)
    drawn = (LETTERS[int(digest[n : n + 2], 16) % len(LETTERS)] for n in range(0, len(digest), 2))
    # The first letter of a code says whether it is a case.
    return known[0] + "".join(next(drawn) if letter.isalnum() else letter for letter in known[1:])
