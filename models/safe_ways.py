"""How she is reached safely: kept in the vault, shown to whoever asked her again today, and each look noted.

What leaves for her leaves from the desk alone (`web/ways.py`): the outbox, the dispatcher and Prefect know nothing of
it. What is kept before a text leaves, and its outcome, are two acts: a stop in between is an uncertain text.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from models.composition import House
from models.encoding import canonical
from models.reads import ReadKind, note_reads, seen_case
from models.relations import directory_for, open_to
from models.settings_values import MAILBOX
from models.telephones import numbers_in
from models.viewed import CaseView
from models.way_chain import CHAIN, act_of, chain_on, rows_about, ways_in
from procedures.case import is_own_work
from procedures.directory import Directory
from procedures.errors import Refused, UnknownCase
from procedures.people import OPERATOR_PREFIX
from procedures.safe_ways import (
    OPENING,
    WRITABLE,
    KnownWay,
    NoDesksCarrier,
    NotWished,
    NotWritable,
    Outcome,
    Text,
    UnknownWay,
    Way,
    WayAct,
    WayActKind,
    WayKind,
    Ways,
    check_use,
)

BY_HAND = frozenset({WayActKind.ENDED, WayActKind.ASKED, WayActKind.OPENED, WayActKind.WISHED, WayActKind.WISH_ENDED})


class NotAnAddress(Refused):
    """Nobody could be reached under it. It is not repeated."""

    template = "That is no address of this kind: for an SMS write one telephone number, for an e-mail one address."


@dataclass(frozen=True, slots=True)
class HeldWay:
    """One way, with what it is."""

    way_id: str
    way: Way
    known: KnownWay


@dataclass(frozen=True, slots=True)
class Reached:
    """All that is known of how she is reached."""

    case_id: str
    opened_at: datetime
    ways: Sequence[HeldWay]
    """Those that are safe, oldest first."""
    texts: Sequence[Text]
    """What was written to her, the latest first."""
    acts: Sequence[WayAct]
    """What was done, the latest first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text to her that somebody wants to send."""

    sentence: str
    command_id: str
    channels: Collection[str]
    """For which the desk has a carrier of its own."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A text to her that may leave now, once."""

    case_id: str
    way: str
    text: str
    channel: str
    address: str

    def __repr__(self) -> str:
        """Without the address."""
        return f"Begun({self.text})"


def ways_of(house: House, code: str, by: str) -> Reached:
    """How she is reached, once it is noted that `by` (the actor) looks at the case.

    Raises:
        UnknownCase: there is none, it is not open to her, or it is about nobody.
        StoreBusy, StoreFailed: it could not be noted.
    """
    view = _seen(house, code, by)
    return reached(house, view)


def reached(house: House, view: CaseView) -> Reached:
    """The same, of a case that somebody looks at already."""
    with house.database.read() as connection:
        rows = rows_about(connection, view.row.case_id)
    known = ways_in(rows)
    held = _held(house, view, known, rows)
    texts = sorted(known.texts.values(), key=lambda one: one.at, reverse=True)
    acts = [act_of(row) for row in reversed(rows)]
    return Reached(view.row.case_id, view.row.opened_at, held, texts, acts)


def name_way(house: House, code: str, by: str, way: Way, command_id: str) -> None:
    """Keep a way that she named. The same command twice keeps one.

    Raises:
        UnknownCase: it is not open to `by` (the actor).
        NotAnAddress: nobody could be reached under it.
        StoreBusy, StoreFailed: nothing was saved.
    """
    case_id = _seen(house, code, by).row.case_id
    way_id = _id_from(command_id)
    sealed = _sealed(house, case_id, way_id, "way", _kept(_checked(way)))
    directory = directory_for(house, by)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        _still_open(house, connection, directory, code, by)
        if way_id in ways_in(rows_about(connection, case_id)).ways:
            return
        chain_on(connection, WayAct(WayActKind.NAMED, house.clock.now(), by, case_id, way_id), sealed)


def act_on_way(house: House, code: str, by: str, kind: WayActKind, way_id: str, *, reason: str = "") -> None:
    """Do one of `BY_HAND` about a way; `reason` is why nobody asked her again, in words.

    Raises:
        UnknownCase: it is not open to `by` (the actor).
        UnknownWay, NotWritable, NotWished: it cannot be done.
        StoreBusy, StoreFailed: nothing was saved.
    """
    assert kind in BY_HAND, "the others have functions of their own"
    view = _seen(house, code, by)
    case_id = view.row.case_id
    if kind is WayActKind.WISHED and _one(reached(house, view), way_id).way.kind not in WRITABLE:
        raise NotWritable
    mark = house.ids.seed() if reason else ""
    sealed = _sealed(house, case_id, mark, "reason", reason) if reason else None
    directory = directory_for(house, by)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        _still_open(house, connection, directory, code, by)
        chain_on(connection, WayAct(kind, house.clock.now(), by, case_id, way_id, mark), sealed)


def show_way(house: House, code: str, by: str, way_id: str) -> HeldWay:
    """The way whole, once it is noted that `by` (the actor) looks at this address.

    Raises:
        UnknownCase, UnknownWay: it is not there for her.
        AskHerAgain, WayIsOver: nobody asked her again; see `act_on_way`.
        StoreBusy, StoreFailed: the look could not be noted.
    """
    found = ways_of(house, code, by)
    one = _one(found, way_id)
    now = house.clock.now()
    check_use(one.known, one.way, by, found.opened_at, now)
    note_reads(house.database, [found.case_id], by, ReadKind.CONTACT, now)
    return one


def begin_text(house: House, code: str, by: str, way_id: str, wanted: Wanted) -> Begun | Text:
    """Keep that a text leaves for her now; what became of it, where the same command came before.

    Raises:
        UnknownCase, UnknownWay: it is not there for `by` (the actor).
        NotWritable, NoDesksCarrier, NotWished, AskHerAgain, WayIsOver: nothing may leave.
        StoreBusy, StoreFailed: it could not be kept, so nothing may leave.
    """
    view = _seen(house, code, by)
    case_id, text = view.row.case_id, _id_from(wanted.command_id)
    directory = directory_for(house, by)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        _still_open(house, connection, directory, code, by)
        rows = rows_about(connection, case_id)
        known = ways_in(rows)
        if text in known.texts:
            return known.texts[text]
        one = _one_of(_held(house, view, known, rows), way_id)
        now = house.clock.now()
        if one.way.kind not in WRITABLE:
            raise NotWritable
        if one.way.kind.value not in wanted.channels:
            raise NoDesksCarrier
        if one.known.wished_at is None:
            raise NotWished
        check_use(one.known, one.way, by, view.row.opened_at, now)
        chain_on(connection, WayAct(WayActKind.WRITING, now, by, case_id, way_id, text, wanted.sentence))
    return Begun(case_id, way_id, text, one.way.kind.value, one.way.address)


def settle_text(house: House, begun: Begun, by: str, outcome: Outcome) -> None:
    """Keep what became of it. Raises StoreBusy, StoreFailed: it stays uncertain."""
    kind, now = WayActKind.WRITTEN, house.clock.now()
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        act = WayAct(kind, now, by, begun.case_id, begun.way, begun.text, outcome=outcome.value)
        chain_on(connection, act)


def _seen(house: House, code: str, by: str) -> CaseView:
    if is_own_work(code):
        raise UnknownCase
    return seen_case(house, code, by)


def _still_open(house: House, connection: Connection, directory: Directory | None, code: str, by: str) -> None:
    if by.startswith(OPERATOR_PREFIX) and open_to(house, connection, directory, code, by) is None:
        raise UnknownCase


def _one(found: Reached, way_id: str) -> HeldWay:
    return _one_of(found.ways, way_id)


def _one_of(ways: Sequence[HeldWay], way_id: str) -> HeldWay:
    found = next((one for one in ways if one.way_id == way_id), None)
    if found is None:
        raise UnknownWay
    return found


def _held(house: House, view: CaseView, known: Ways, rows: Sequence[Row[Any]]) -> Sequence[HeldWay]:
    sealed = {row.way: row.sealed for row in rows if row.kind == WayActKind.NAMED.value}
    case_id = view.row.case_id
    found = [
        HeldWay(way_id, _read(house, case_id, way_id, sealed[way_id]), one)
        for way_id, one in known.ways.items()
        if way_id in sealed and not one.ended
    ]
    noted = view.person.safe_contact if view.person else None
    if not noted or known.ways[OPENING].ended:
        return found
    return [HeldWay(OPENING, Way(WayKind.NOTED, noted), known.ways[OPENING]), *found]


def _checked(way: Way) -> Way:
    """With an address to which a carrier can give a text."""
    if way.kind is WayKind.EMAIL and not MAILBOX.fullmatch(way.address):
        raise NotAnAddress
    if way.kind is WayKind.SMS:
        numbers = numbers_in(way.address)
        if len(numbers) != 1:
            raise NotAnAddress
        return Way(way.kind, min(numbers), way.when, way.may_leave_word, way.may_say, way.until)
    return way


def _kept(way: Way) -> str:
    until = None if way.until is None else way.until.isoformat()
    kept = {"kind": way.kind.value, "address": way.address, "when": way.when, "may_say": way.may_say}
    return canonical({**kept, "may_leave_word": way.may_leave_word, "until": until})


def _read(house: House, case_id: str, way_id: str, sealed: bytes) -> Way:
    text = house.keyring.unseal("vault", sealed, **_place(case_id, way_id, "way"))
    kept = json.loads(text or b"{}")
    until = None if kept["until"] is None else date.fromisoformat(kept["until"])
    kind = WayKind(kept["kind"])
    return Way(kind, kept["address"], kept["when"], kept["may_leave_word"], kept["may_say"], until)


def _sealed(house: House, case_id: str, row: str, field: str, text: str) -> bytes:
    return house.keyring.seal("vault", text.encode(), **_place(case_id, row, field))


def _place(case_id: str, row: str, field: str) -> Mapping[str, str]:
    return {"table": "way_acts", "case_id": case_id, "row": row, "field": field}


def _id_from(command_id: str) -> str:
    return hashlib.sha256(command_id.encode()).hexdigest()[:32]
