"""A check of the whole trail that a page starts: in slices, with its place kept, so that it is left and gone on with.

One at a time in a house, whichever desk does it: whoever works on it holds a lease. Each slice is one look and one
small write, and looks at few cases, so that nobody's alert waits for it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, insert, or_, select, update

from models.audit_tables import VerifyJob
from models.checks import TRAIL, Check, keep_check
from models.composition import House
from models.database import Database
from models.encoding import canonical
from models.tables import Case
from models.trail import TrailFault, check_cases, verify
from procedures.errors import Refused

SLICE = 10
"""Cases of a slice: some 50 ms of a processor."""
KEPT_FAULTS = 200
"""Of the faults so many are kept to be shown; all are counted."""
LEASE = timedelta(seconds=60)


class VerifyState(StrEnum):
    """Where a check stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


class VerifyUnderWay(Refused):
    """One check at a time."""

    template = "A check is under way already, or was stopped. Go on with that one."


class NothingToVerify(Refused):
    """There is no check that could be stopped or gone on with."""

    template = "No check is under way. Start one."


@dataclass(frozen=True, slots=True)
class Job:
    """How far a check came."""

    number: int
    started_by: str
    started_at: datetime
    state: VerifyState
    cases: int
    events: int
    total: int
    house_done: bool
    fault_count: int
    faults: Sequence[TrailFault]
    moved_at: datetime
    working: bool
    """Whether somebody is at it now; where it runs and nobody is, the desk was started anew."""


def last_job(db: Database, now: datetime) -> Job | None:
    """The latest check that a page started."""
    table = VerifyJob.__table__
    with db.read() as connection:
        row = connection.execute(select(table).order_by(table.c.number.desc()).limit(1)).first()
    if row is None:
        return None
    return Job(
        number=row.number,
        started_by=row.started_by,
        started_at=row.started_at,
        state=VerifyState(row.state),
        cases=row.cases,
        events=row.events,
        total=row.total,
        house_done=row.house_done,
        fault_count=row.fault_count,
        faults=[TrailFault(**fault) for fault in json.loads(row.faults)],
        moved_at=row.moved_at,
        working=row.lease_until is not None and row.lease_until > now,
    )


def start_job(house: House, by: str) -> None:
    """Begin a check from the first case. Raises VerifyUnderWay."""
    now = house.clock.now()
    table = VerifyJob
    with house.database.write() as connection:
        last = connection.execute(select(table.number, table.state).order_by(table.number.desc()).limit(1)).first()
        if last is not None and last.state != VerifyState.DONE:
            raise VerifyUnderWay
        total = connection.execute(select(func.count()).select_from(Case)).scalar_one()
        counts = {"cases": 0, "events": 0, "total": total, "fault_count": 0, "faults": "[]"}
        place = {"state": VerifyState.RUNNING.value, "after": "", "house_done": False, "moved_at": now}
        row = {"number": (last.number if last else 0) + 1, "started_by": by, "started_at": now}
        connection.execute(insert(table), [{**row, **place, **counts, "lease_until": None, "worker": None}])


def stop_job(house: House) -> None:
    """Let it rest where it stands. Raises NothingToVerify."""
    _move(house, VerifyState.RUNNING, VerifyState.STOPPED)


def go_on_with_job(house: House) -> None:
    """Go on where it was stopped; also where it runs and the desk was started anew. Raises NothingToVerify."""
    job = last_job(house.database, house.clock.now())
    if job is None or job.state is not VerifyState.RUNNING:
        _move(house, VerifyState.STOPPED, VerifyState.RUNNING)


def _move(house: House, before: VerifyState, then: VerifyState) -> None:
    moving = update(VerifyJob).where(VerifyJob.state == before.value)
    with house.database.write() as connection:
        values = {"state": then.value, "lease_until": None, "worker": None}
        if not connection.execute(moving.values(values)).rowcount:
            raise NothingToVerify


def claim_job(house: House, worker: str) -> bool:
    """Whether `worker` is the one who goes on with a check that runs."""
    now, table = house.clock.now(), VerifyJob
    free = or_(table.lease_until.is_(None), table.lease_until <= now, table.worker == worker)
    mine = update(table).where(table.state == VerifyState.RUNNING.value, free)
    until = now + LEASE * house.clock.speed
    with house.database.write() as connection:
        return bool(connection.execute(mine.values(worker=worker, lease_until=until)).rowcount)


def do_slice(house: House, worker: str) -> bool:
    """Look at the next cases; whether there is more to do for `worker`. First at what belongs to no case.

    Raises:
        StoreBusy, StoreFailed: the slice is done again.
    """
    table = VerifyJob.__table__
    with house.database.read() as connection:
        mine = (table.c.worker == worker, table.c.state == VerifyState.RUNNING.value)
        row = connection.execute(select(table).where(*mine)).first()
        if row is None:
            return False
        ids = _next(connection, row.after) if row.house_done else ()
        found = check_cases(connection, house.keyring, ids) if ids else None
    faults: Sequence[TrailFault] = found.faults if found else ()
    done = row.house_done and not ids
    if not row.house_done:
        faults = verify(house.database, house.keyring, with_cases=False).faults
    now = house.clock.now()
    kept = [*json.loads(row.faults), *(asdict(fault) for fault in faults)][:KEPT_FAULTS]
    values = {
        "after": ids[-1] if ids else row.after,
        "house_done": True,
        "cases": row.cases + (found.cases if found else 0),
        "events": row.events + (found.events if found else 0),
        "fault_count": row.fault_count + len(faults),
        "faults": canonical(kept),
        "moved_at": now,
        "lease_until": None if done else now + LEASE * house.clock.speed,
        "state": VerifyState.DONE.value if done else VerifyState.RUNNING.value,
    }
    with house.database.write() as connection:
        moved = connection.execute(update(VerifyJob).where(table.c.number == row.number, *mine).values(values)).rowcount
    if moved and done:
        note = kept[0]["code"] if kept else None
        keep_check(house.database, Check(TRAIL, now, row.cases, row.fault_count, note))
    return bool(moved) and not done


def _next(connection: Connection, after: str) -> Sequence[str]:
    query = select(Case.case_id).where(Case.case_id > after).order_by(Case.case_id).limit(SLICE)
    return connection.execute(query).scalars().all()
