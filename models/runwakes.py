"""Which pathway runs the engine must bring into their history, claimed with a lease so that no two engines enter one.

`handling` raises `wanted_seq` and `wake_at` in the transaction of the events; here they are claimed and settled.
A lease that lapsed belongs to an engine that died: the wake-up is due again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Integer, Update, bindparam, case, func, or_, select, update

from models.asking_again import asked_again
from models.columns import UtcDateTime
from models.database import Database
from models.points import reach
from models.prepared import Prepared
from models.tables import RunWake

NOW: ColumnElement[Any] = bindparam("now", type_=UtcDateTime)
UNTIL: ColumnElement[Any] = bindparam("until", type_=UtcDateTime)
FREE = or_(RunWake.lease_until.is_(None), RunWake.lease_until <= NOW)
UNTOLD = RunWake.wanted_seq > RunWake.done_seq
WAITING = Prepared(select(func.min(RunWake.wake_at).label("at")).where(UNTOLD, FREE))
HELD = Prepared(select(func.min(RunWake.lease_until).label("at")).where(UNTOLD, RunWake.lease_until > NOW))
MINE = (RunWake.run_id == bindparam("of_run"), RunWake.worker == bindparam("of_worker"))
DONE = {"done_seq": bindparam("done", type_=Integer), "lease_until": None, "worker": None, "tries": 0}
SETTLING = Prepared(update(RunWake).where(*MINE).values(DONE))
AGAIN_AT: ColumnElement[Any] = bindparam("again_at", type_=UtcDateTime)
SOONER = case((RunWake.wanted_seq > bindparam("wanted", type_=Integer), RunWake.wake_at), else_=AGAIN_AT)
"""The time at which to look again, unless something new asked for an earlier one since the claim."""
SETTLING_FOR_NOW = Prepared(update(RunWake).where(*MINE).values({**DONE, "wake_at": SOONER}))
CLAIMED = (RunWake.run_id, RunWake.wanted_seq, RunWake.tries)


@dataclass(frozen=True, slots=True)
class Wake:
    """One claimed wake-up."""

    run_id: str
    wanted_seq: int
    tries: int
    """How often it was claimed since it was last settled, this time included."""
    worker: str


def claim_wakes(
    db: Database, *, worker: str, now: datetime, lease: timedelta, limit: int, besides: Sequence[str] = ()
) -> list[Wake]:
    """Take up to `limit` due wake-ups but `besides`, oldest first, for `lease` (time of the house's clock)."""
    asked = count()
    taking, taken = _claiming(tuple(besides))
    how = {"worker": worker, "until": now + lease}

    def work() -> list[Wake]:
        with db.write() as session:
            # Where the line was cut, this very claim may have been committed.
            found = taken.read(session, **how) if next(asked) else ()
            rows = found or taking.read(session, **how, now=now, most=limit)
            return [Wake(row.run_id, row.wanted_seq, row.tries, worker) for row in rows]

    wakes = asked_again(db, work)
    reach("wake-claimed")
    return wakes


@lru_cache(maxsize=32)
def _claiming(besides: tuple[str, ...]) -> tuple[Prepared, Prepared]:
    """Claim due wake-ups but these, and look for what one was claimed that way; mostly there are none to let be."""
    others = [RunWake.run_id != run_id for run_id in besides]
    due = (
        select(RunWake.run_id)
        .where(UNTOLD, RunWake.wake_at <= NOW, FREE, *others)
        .order_by(RunWake.wake_at)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taking = (
        update(RunWake)
        .where(RunWake.run_id.in_(select(due.c.run_id)))
        .values(lease_until=UNTIL, worker=bindparam("worker"), tries=RunWake.tries + 1)
        .returning(*CLAIMED)
    )
    taken = select(*CLAIMED).where(RunWake.worker == bindparam("worker"), RunWake.lease_until == UNTIL, *others)
    return Prepared(taking), Prepared(taken)


def settle_wake(db: Database, wake: Wake, *, done_seq: int, again_at: datetime | None = None) -> None:
    """The run's history holds everything up to `done_seq`; `again_at` where something still waits for its outcome."""
    how = {"of_run": wake.run_id, "of_worker": wake.worker, "done": done_seq}
    statement = SETTLING
    if again_at is not None:
        statement, how = SETTLING_FOR_NOW, {**how, "again_at": again_at, "wanted": wake.wanted_seq}

    def work() -> None:
        with db.write() as session:
            statement.run(session, [how])

    asked_again(db, work)
    reach("wake-settled")


def give_up_wake(db: Database, wake: Wake, *, again_at: datetime) -> None:
    """It could not be done now: nobody holds it, and it is due again at `again_at`."""
    mine = (RunWake.run_id == wake.run_id, RunWake.worker == wake.worker)
    freed = update(RunWake).where(*mine).values(wake_at=again_at, lease_until=None, worker=None)
    asked_again(db, lambda: _change(db, freed))


def wake_run(db: Database, run_id: str, *, now: datetime) -> None:
    """Have a run's history told anew from its first event (its flow run was lost, or differs from the trail)."""
    _change(db, update(RunWake).where(RunWake.run_id == run_id).values(done_seq=0, wake_at=now))


def next_wake(db: Database, now: datetime) -> datetime | None:
    """When the next wake-up is due that nobody holds, or when the first lease lapses."""
    with db.read() as session:
        found = [at for at in (WAITING.first(session, now=now).at, HELD.first(session, now=now).at) if at is not None]
    return min(found, default=None)


def _change(db: Database, change: Update) -> None:
    with db.write() as session:
        session.execute(change)
