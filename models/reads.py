"""Who looked at which case: noted before the page is sent, in a chain of its own (trust.md, who sees what).

Where it cannot be noted there is no page. Somebody who looks at the same case again within ten minutes is noted once: a
page that refreshes itself says nothing new, and each note costs a commit.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, select

from models.act_tables import ReadRecord
from models.chains import ActFault, Chain
from models.composition import House
from models.database import Database
from models.relations import OpenTo, directory_for, open_to
from models.tables import Case
from models.views import CaseView, case_id_of, case_view
from procedures.commands import AlarmCoordination, Road
from procedures.errors import UnknownCase
from procedures.events import AlertPurpose
from procedures.marking import N_
from procedures.people import OPERATOR_PREFIX

CHAIN = Chain("reads", ReadRecord, ("seq", "kind", "actor", "case_id"))
AGAIN_AFTER = timedelta(minutes=10)
ALARM_AFTER, ALARM_WITHIN = 30, timedelta(hours=1)
"""So many tries at what is not open to her, within that (trust.md, curious operator)."""


class ReadKind(StrEnum):
    """What was looked at."""

    CASE = "case"
    """The page of the case, or one of those that show a part of it."""
    TRAIL = "trail"
    RISK = "risk"
    """Shown in a list of cases of one risk: what is sealed of it was looked at."""
    FOUND = "found"
    """Found by telephone, and what was found was looked at."""
    EXPORT = "export"
    """Handed out: noted each time."""
    TRIED = "tried"
    """Asked for a case that is not open to her, or that is not there: nobody tells her which."""
    ALARM = "alarm"
    """She did so thirty times within an hour, and the coordination was told."""
    CARD = "card"
    """What a service of hers is asked: no more than a message says."""
    HELD = "held"
    """What a step needs that her service has taken."""
    GATHERED = "gathered"
    """All that is held of her, for her: noted each time."""
    CONTACT = "contact"
    """An address under which she is reached: noted each time."""
    SHEET = "sheet"
    """A line of it stood on a handover sheet, which may leave on paper."""


EACH_TIME = frozenset({ReadKind.EXPORT, ReadKind.GATHERED, ReadKind.CONTACT, ReadKind.TRIED, ReadKind.ALARM})
"""Noted whenever it happens."""
READS: dict[ReadKind, str] = {
    ReadKind.CASE: N_("looked at the case"),
    ReadKind.TRAIL: N_("read its trail"),
    ReadKind.RISK: N_("was shown it in a list of cases of one risk"),
    ReadKind.FOUND: N_("found it by telephone number"),
    ReadKind.EXPORT: N_("had its trail handed out"),
    ReadKind.TRIED: N_("asked for it without a relation"),
    ReadKind.ALARM: N_("asked for many cases without a relation, and the coordination was told"),
    ReadKind.CARD: N_("looked at what her service is asked"),
    ReadKind.HELD: N_("looked at what the step needs that her service has taken"),
    ReadKind.GATHERED: N_("gathered all that is held of her, for her"),
    ReadKind.CONTACT: N_("looked at an address under which she is reached"),
    ReadKind.SHEET: N_("had it on a handover sheet"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody looked."""

    at: datetime
    actor: str
    case_code: str
    """Empty where there is no such case: she asked for what is not there."""
    kind: ReadKind


def seen_case(house: House, code: str, by: str, kind: ReadKind = ReadKind.CASE, *, watching: bool = False) -> CaseView:
    """Everything of the case with this code, once it is noted that `by` (the actor) looks.

    Whoever has an account needs a live relation, looked at before it is noted and again where the case is read. A page
    that is `watching`, left open when the relation ended, asks again every few seconds: that is no try of hers.

    Raises:
        UnknownCase: there is none, or it is not open to her.
        StoreBusy, StoreFailed: it could not be noted.
    """
    if not by.startswith(OPERATOR_PREFIX):
        note_reads(house.database, [case_id_of(house.database, code)], by, kind, house.clock.now())
        return case_view(house.database, house.keyring, code)
    note_reads(house.database, [opened_to(house, code, by, watching=watching).case_id], by, kind, house.clock.now())
    directory = directory_for(house, by)

    def still_open(connection: Connection) -> None:
        if open_to(house, connection, directory, code, by) is None:
            raise UnknownCase

    return case_view(house.database, house.keyring, code, check=still_open)


def opened_to(house: House, code: str, by: str, *, watching: bool = False) -> OpenTo:
    """Why the case with this code is open to the account of the actor `by`; that it is not is noted.

    Raises:
        UnknownCase: there is none, or it is not open to her.
        StoreBusy, StoreFailed: her try could not be noted.
    """
    directory = directory_for(house, by)
    with house.database.read() as connection:
        found = open_to(house, connection, directory, code, by)
    if found is None:
        if not watching:
            note_try(house, code, by)
        raise UnknownCase
    return found


def note_try(house: House, code: str, by: str) -> None:
    """Note that `by` (the actor) asked for what is not open to her, whether there is such a case or not.

    What is not there is noted under a keyed hash of what was asked for, so that it costs what a case does.
    """
    digest = hmac.new(house.keyring.command_key, b"asked for " + code.encode(), hashlib.sha256).hexdigest()[:32]
    with house.database.read() as connection:
        case_id = connection.execute(select(Case.case_id).where(Case.code == code)).scalar() or digest
    now = house.clock.now()
    note_reads(house.database, [case_id], by, ReadKind.TRIED, now)
    _alarm(house, by, now)


def _alarm(house: House, by: str, now: datetime) -> None:
    """After thirty tries within an hour tell the coordination, once an hour: of the last of them that is a case."""
    table, since = ReadRecord, now - ALARM_WITHIN
    lately = (table.actor == by, table.at > since)
    tries = select(func.count()).where(*lately, table.kind == ReadKind.TRIED)
    alarms = select(func.count()).where(*lately, table.kind == ReadKind.ALARM)
    last = (
        select(Case.case_id)
        .join(table, table.case_id == Case.case_id)
        .where(*lately, table.kind == ReadKind.TRIED)
        .order_by(table.seq.desc())
        .limit(1)
    )
    with house.database.read() as connection:
        if connection.execute(tries).scalar_one() < ALARM_AFTER or connection.execute(alarms).scalar_one():
            return
        case_id = connection.execute(last).scalar()
    if case_id is not None:
        about = {"id": house.ids.new_id(), "case_id": case_id, "actor": by, "road": Road.DESK}
        house.handling.handle(AlarmCoordination.model_validate({**about, "purpose": AlertPurpose.MANY_TRIES}))
    note_reads(house.database, [case_id or ""], by, ReadKind.ALARM, now)


def note_reads(db: Database, case_ids: Sequence[str], by: str, kind: ReadKind, now: datetime) -> None:
    """Note that `by` (the actor) looks at these cases. Raises StoreBusy, StoreFailed: not noted."""
    if kind not in EACH_TIME:
        with db.read() as connection:
            known = set(_since(connection, by, kind, now - AGAIN_AFTER))
        case_ids = [one for one in case_ids if one not in known]
    if not case_ids:
        return
    with db.write() as connection:
        CHAIN.take_turn(connection)
        for case_id in case_ids:
            CHAIN.add(connection, {"at": now, "kind": kind.value, "actor": by, "case_id": case_id})


def reads(db: Database, code: str | None = None, *, limit: int = 200) -> Sequence[Read]:
    """Who looked, the latest first; at one case, or at any."""
    query = (
        select(ReadRecord.at, ReadRecord.actor, Case.code, ReadRecord.kind)
        .outerjoin(Case, Case.case_id == ReadRecord.case_id)
        .order_by(ReadRecord.seq.desc())
        .limit(limit)
    )
    with db.read() as connection:
        found = connection.execute(query if code is None else query.where(Case.code == code)).all()
    return [Read(row.at, row.actor, row.code or "", ReadKind(row.kind)) for row in found]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which looks are asked for; what is empty asks for all."""

    code: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0
    """Behind this number, going back in time; 0 for the latest."""


def reads_asked(db: Database, asked: Asked, most: int) -> Sequence[tuple[int, Read]]:
    """At most so many looks, each with its number in the chain, the latest first."""
    table = ReadRecord
    query = (
        select(table.seq, table.at, table.actor, Case.code, table.kind)
        .outerjoin(Case, Case.case_id == table.case_id)
        .order_by(table.seq.desc())
        .limit(most)
    )
    if asked.code:
        query = query.where(Case.code == asked.code)
    if asked.actor:
        query = query.where(table.actor == asked.actor)
    if asked.since is not None:
        query = query.where(table.at >= asked.since)
    if asked.until is not None:
        query = query.where(table.at < asked.until)
    if asked.before:
        query = query.where(table.seq < asked.before)
    with db.read() as connection:
        found = connection.execute(query).all()
    return [(row.seq, Read(row.at, row.actor, row.code or "", ReadKind(row.kind))) for row in found]


def check_reads(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many there are, and whatever is wrong in their chain."""
    rows = CHAIN.rows(connection)
    return len(rows), list(CHAIN.faults(connection, rows))


def _since(connection: Connection, by: str, kind: ReadKind, since: datetime) -> Iterator[str]:
    query = (
        select(ReadRecord.case_id)
        .where(ReadRecord.actor == by, ReadRecord.at > since, ReadRecord.kind == kind.value)
        .distinct()
    )
    yield from connection.execute(query).scalars()
