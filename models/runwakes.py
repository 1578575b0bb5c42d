"""Which pathway runs the engine must bring into their history, claimed with a lease so that no two engines enter one.

`handling` raises `wanted_seq` and `wake_at` in the transaction of the events; here they are claimed and settled.
A lease that lapsed belongs to an engine that died: the wake-up is due again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Update, case, func, or_, select, update

from models.asking_again import asked_again
from models.database import Database
from models.points import reach
from models.tables import RunWake


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
    due = (
        select(RunWake.run_id)
        .where(RunWake.wanted_seq > RunWake.done_seq, RunWake.wake_at <= now, _free(now))
        .where(RunWake.run_id.not_in(besides))
        .order_by(RunWake.wake_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        update(RunWake)
        .where(RunWake.run_id.in_(select(due.c.run_id)))
        .values(lease_until=now + lease, worker=worker, tries=RunWake.tries + 1)
        .returning(RunWake.run_id, RunWake.wanted_seq, RunWake.tries)
    )
    mine = select(RunWake.run_id, RunWake.wanted_seq, RunWake.tries).where(
        RunWake.worker == worker, RunWake.lease_until == now + lease, RunWake.run_id.not_in(besides)
    )
    asked = count()

    def work() -> list[Wake]:
        with db.write() as session:
            # Where the line was cut, this very claim may have been committed.
            found = session.execute(mine).all() if next(asked) else ()
            return [Wake(run_id, wanted, tries, worker) for run_id, wanted, tries in found or session.execute(taken)]

    wakes = asked_again(db, work)
    reach("wake-claimed")
    return wakes


def settle_wake(db: Database, wake: Wake, *, done_seq: int, again_at: datetime | None = None) -> None:
    """The run's history holds everything up to `done_seq`; `again_at` where something still waits for its outcome."""
    values: dict[str, Any] = {"done_seq": done_seq, "lease_until": None, "worker": None, "tries": 0}
    if again_at is not None:
        values["wake_at"] = _sooner(wake, again_at)
    asked_again(db, lambda: _change(db, update(RunWake).where(*_mine(wake)).values(values)))
    reach("wake-settled")


def give_up_wake(db: Database, wake: Wake, *, again_at: datetime) -> None:
    """It could not be done now: nobody holds it, and it is due again at `again_at`."""
    freed = update(RunWake).where(*_mine(wake)).values(wake_at=again_at, lease_until=None, worker=None)
    asked_again(db, lambda: _change(db, freed))


def wake_run(db: Database, run_id: str, *, now: datetime) -> None:
    """Have a run's history told anew from its first event (its flow run was lost, or differs from the trail)."""
    _change(db, update(RunWake).where(RunWake.run_id == run_id).values(done_seq=0, wake_at=now))


def next_wake(db: Database, now: datetime) -> datetime | None:
    """When the next wake-up is due that nobody holds, or when the first lease lapses."""
    waiting = select(func.min(RunWake.wake_at)).where(RunWake.wanted_seq > RunWake.done_seq, _free(now))
    held = select(func.min(RunWake.lease_until)).where(RunWake.wanted_seq > RunWake.done_seq, RunWake.lease_until > now)
    with db.read() as session:
        found = [at for at in (session.scalar(waiting), session.scalar(held)) if at is not None]
    return min(found, default=None)


def _change(db: Database, change: Update) -> None:
    with db.write() as session:
        session.execute(change)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(RunWake.lease_until.is_(None), RunWake.lease_until <= now)


def _mine(wake: Wake) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return RunWake.run_id == wake.run_id, RunWake.worker == wake.worker


def _sooner(wake: Wake, again_at: datetime) -> object:
    """`again_at`, unless something new asked for an earlier time since the claim."""
    return case((RunWake.wanted_seq > wake.wanted_seq, RunWake.wake_at), else_=again_at)
