"""The board of the desk: its first lines by least time left, read in the order of an index however many cases are open.

A case stands where its most pressing open handoff stands: those overdue before the coordinator first, then by the time
left, then those without a deadline; last the cases in which nothing runs. Each of these is a stretch of its own, read
by one statement, and a page ends in the middle of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from models.database import Database
from models.narrowing import EVERY, Narrow, of_case, of_handoff
from models.prepared import Prepared
from models.reach import EVERYTHING, Reach
from models.tables import Case, HandoffRecord, Run
from procedures.case import CaseStatus, PartyKind

LINES = 50
"""How many cases a page holds."""
Place = tuple[int, datetime, str]
"""Behind which line a page begins: its stretch, its time, its key."""
Earlier = aliased(HandoffRecord)
Other = aliased(HandoffRecord)
RUNNING = ((True, True), (True, False), (False, True), (False, False))
"""The stretches in which something runs: whether it is overdue before the coordinator, and whether it has a time."""
NOTHING_RUNS = len(RUNNING)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One open case, with its most pressing handoff."""

    case_id: str
    code: str
    drill: bool
    territory: str
    open_handoffs: int
    content_hash: str | None
    """None, as everything below: nothing runs, so the case waits for her consent."""
    step: str | None
    ref: str | None
    owner_kind: PartyKind | None
    owner_id: str | None
    due_at: datetime | None
    overdue: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Board:
    """One page of it."""

    lines: Sequence[BoardLine]
    more: bool
    """Whether another page follows, behind the `place` of the last line."""
    total: int
    """How many cases are open."""
    meant: int
    """How many of them are meant by what it was narrowed to."""


def board(
    db: Database,
    *,
    after: Place | None = None,
    most: int = LINES,
    reach: Reach = EVERYTHING,
    narrow: Narrow = EVERY,
) -> Board:
    """At most `most` open cases, those with least time left first, from behind `after` on; within `reach` alone.

    Where it is narrowed to something that handoffs say, a case stands where the most pressing of those stands.
    """
    found: list[BoardLine] = []
    with db.read() as connection:
        total = _total(connection, reach)
        for stretch in range(after[0] if after else 0, NOTHING_RUNS + 1):
            if narrow.of_running if stretch == NOTHING_RUNS else narrow.of_still:
                continue
            wanted = most + 1 - len(found)
            behind = after if after and stretch == after[0] else None
            rows = _rows(connection, _Asked(reach, narrow), stretch, behind, wanted)
            found += [_line(stretch, row) for row in rows]
            if len(found) > most:
                break
        meant = total if narrow.is_empty else _meant(connection, reach, narrow)
    return Board(found[:most], len(found) > most, total, meant)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks, for what."""

    reach: Reach
    narrow: Narrow


def _meant(connection: Connection, reach: Reach, narrow: Narrow) -> int:
    """How many cases are meant."""
    ours = HandoffRecord
    query = select(func.count()).where(
        Case.status == CaseStatus.OPEN.value, ~Case.own_work, of_case(narrow, connection)
    )
    running = exists().where(ours.case_id == Case.case_id, ours.ended_at.is_(None), of_handoff(narrow, ours))
    if narrow.of_running:
        query = query.where(running)
    if narrow.of_still:
        query = query.where(~running)
    return int(connection.execute(reach.within(query)).scalar_one())


def _total(connection: Connection, reach: Reach) -> int:
    if reach.condition is None:
        return int(COUNTED.first(connection).total - OWN_WORK.first(connection).total)
    return int(connection.execute(reach.within(OPEN.where(~Case.own_work))).scalar_one())


def _rows(connection: Connection, asked: _Asked, stretch: int, behind: Place | None, most: int) -> Sequence[Any]:
    """At most so many lines of a stretch. Only whoever asks for every case asks what is prepared."""
    values = {"most": most, **(_behind(behind) if behind else {})}
    reach, narrow = asked.reach, asked.narrow
    if not narrow.is_empty:
        query = _stretch(stretch, behind=behind is not None, narrow=narrow).where(of_case(narrow, connection))
        return connection.execute(reach.within(query), values).all()
    if reach.condition is None:
        return (BEHIND if behind else FIRST)[stretch].read(connection, **values)
    query = (BEHIND_QUERIES if behind else FIRST_QUERIES)[stretch]
    return connection.execute(reach.within(query), values).all()


def _behind(place: Place) -> dict[str, Any]:
    stretch, at, key = place
    return {"key": key} if stretch in {1, 3} else {"at": at, "key": key}


def _line(stretch: int, row: Any) -> BoardLine:
    runs = stretch != NOTHING_RUNS
    return BoardLine(
        case_id=row.case_id,
        code=row.code,
        drill=row.drill,
        territory=row.territory,
        open_handoffs=row.waiting if runs else 0,
        content_hash=row.content_hash if runs else None,
        step=row.step if runs else None,
        ref=row.ref if runs else None,
        owner_kind=PartyKind(row.owner_kind) if runs else None,
        owner_id=row.owner_id if runs else None,
        due_at=row.due_at if runs else None,
        overdue=row.overdue if runs else False,
        place=(stretch, (row.due_at or row.requested_at) if runs else row.opened_at, row.ref if runs else row.case_id),
    )


def _running(*, overdue: bool, due: bool, behind: bool, narrow: Narrow = EVERY) -> Select[Any]:
    """The cases whose most pressing handoff is of this stretch."""
    ours = HandoffRecord
    has_due = ours.due_at.is_not(None) if due else ours.due_at.is_(None)
    waiting = select(func.count()).where(Other.case_id == ours.case_id, Other.ended_at.is_(None)).scalar_subquery()
    query = (
        select(
            Case.case_id,
            Case.code,
            Case.drill,
            Case.territory,
            waiting.label("waiting"),
            Run.content_hash,
            ours.step,
            ours.owner_kind,
            ours.owner_id,
            ours.due_at,
            ours.overdue,
            ours.requested_at,
            ours.ref,
        )
        .join(Case, Case.case_id == ours.case_id)
        .join(Run, Run.run_id == ours.run_id)
        .where(ours.ended_at.is_(None), ours.overdue == overdue, has_due)
        .where(~_more_pressing(narrow, overdue=overdue, due=due))
        .where(Case.status == CaseStatus.OPEN.value, ~Case.own_work)
    )
    if not narrow.is_empty:
        query = query.where(of_handoff(narrow, ours))
    at, key = bindparam("at", type_=ours.due_at.type, required=True), bindparam("key", type_=String(), required=True)
    if behind and due:
        query = query.where(ours.due_at >= at, or_(ours.due_at > at, ours.ref > key))
    elif behind:
        query = query.where(ours.ref > key)
    return query.order_by(*((ours.due_at, ours.ref) if due else (ours.ref,))).limit(bindparam("most", required=True))


def _more_pressing(narrow: Narrow, *, overdue: bool, due: bool) -> ColumnElement[bool]:
    """Whether another open handoff of the same case that is meant stands before this one."""
    ours = HandoffRecord
    if due:
        here = and_(Earlier.due_at <= ours.due_at, or_(Earlier.due_at < ours.due_at, Earlier.ref < ours.ref))
    else:
        here = or_(Earlier.due_at.is_not(None), Earlier.ref < ours.ref)
    same = and_(Earlier.overdue == overdue, here)
    before = same if overdue else or_(Earlier.overdue == True, same)  # noqa: E712  # SQL, and PostgreSQL's index
    found = exists().where(Earlier.case_id == ours.case_id, Earlier.ended_at.is_(None), before)
    return found if narrow.is_empty else found.where(of_handoff(narrow, Earlier))


def _still(*, behind: bool) -> Select[*tuple[Any, ...]]:
    """The cases in which nothing runs, the one that was opened first first."""
    runs = exists().where(HandoffRecord.case_id == Case.case_id, HandoffRecord.ended_at.is_(None))
    query = select(Case.code, Case.drill, Case.territory, Case.opened_at, Case.case_id)
    query = query.where(Case.status == CaseStatus.OPEN.value, ~Case.own_work, ~runs)
    if behind:
        at = bindparam("at", type_=Case.opened_at.type, required=True)
        key = bindparam("key", type_=String(), required=True)
        query = query.where(Case.opened_at >= at, or_(Case.opened_at > at, Case.case_id > key))
    return query.order_by(Case.opened_at, Case.case_id).limit(bindparam("most", required=True))


def _stretch(stretch: int, *, behind: bool, narrow: Narrow = EVERY) -> Select[Any]:
    if stretch == NOTHING_RUNS:
        return _still(behind=behind)
    overdue, due = RUNNING[stretch]
    return _running(overdue=overdue, due=due, behind=behind, narrow=narrow)


def _stretches(*, behind: bool) -> tuple[Select[Any], ...]:
    return tuple(_stretch(stretch, behind=behind) for stretch in range(NOTHING_RUNS + 1))


FIRST_QUERIES = _stretches(behind=False)
BEHIND_QUERIES = _stretches(behind=True)
FIRST = tuple(map(Prepared, FIRST_QUERIES))
BEHIND = tuple(map(Prepared, BEHIND_QUERIES))
OPEN = select(func.count().label("total")).where(Case.status == CaseStatus.OPEN.value)
COUNTED, OWN_WORK = Prepared(OPEN), Prepared(OPEN.where(Case.own_work))
"""Counted apart: an index alone tells how many are open, and of its own work a network has little."""
