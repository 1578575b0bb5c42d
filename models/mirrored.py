"""Which mirrors of flow runs are compared with Prefect, and which have to be built again there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from models.database import Database
from models.history import FlowRunNote
from models.tables import FlowRun, Run, RunWake

LOST = "lost-"
"""Prefect lost the flow run, and no new one was made yet: stands before the id of the pathway run."""
SETTLED = or_(RunWake.run_id.is_(None), RunWake.wanted_seq <= RunWake.done_seq)


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One mirror, and what the comparison has to know of its run."""

    note: FlowRunNote
    ref: str
    at_rest: bool
    """Whether the engine has nothing to bring in: whatever differs in Prefect is not its own work."""


def touched_since(db: Database, since: datetime) -> Sequence[Mirrored]:
    """The mirrors that changed since."""
    return _read(db, _mirrored().where(FlowRun.updated_at >= since).order_by(FlowRun.updated_at))


def open_after(db: Database, after: str, limit: int) -> Sequence[Mirrored]:
    """The next mirrors of open pathway runs, in the order of their ids."""
    open_runs = _mirrored().where(Run.ended_at.is_(None), Run.run_id > after)
    return _read(db, open_runs.order_by(Run.run_id).limit(limit))


def ended_after(db: Database, after: str, limit: int) -> Sequence[Mirrored]:
    """The next mirrors of ended pathway runs, in the order of their ids."""
    ended = _mirrored().where(Run.ended_at.is_not(None), Run.run_id > after)
    return _read(db, ended.order_by(Run.run_id).limit(limit))


def lost_at_rest(db: Database, limit: int) -> Sequence[str]:
    """Pathway runs whose flow run was lost and that nobody has woken yet: those of open runs first."""
    query = (
        select(FlowRun.run_id)
        .join(Run, Run.run_id == FlowRun.run_id)
        .outerjoin(RunWake, RunWake.run_id == FlowRun.run_id)
        .where(FlowRun.flow_run_id.startswith(LOST), SETTLED)
        .order_by(Run.ended_at.is_not(None), Run.started_at.desc())
        .limit(limit)
    )
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def known_flow_runs(db: Database, flow_run_ids: Collection[str]) -> set[str]:
    """Which of Prefect's flow runs some mirror knows."""
    with db.read() as connection:
        query = select(FlowRun.flow_run_id).where(FlowRun.flow_run_id.in_(flow_run_ids))
        return set(connection.execute(query).scalars())


def runs_being_made(db: Database, refs: Collection[str]) -> set[str]:
    """Which of these references are of runs whose flow run may be under way: the engine has them still to bring in."""
    query = select(Run.ref).join(RunWake, RunWake.run_id == Run.run_id)
    with db.read() as connection:
        return set(connection.execute(query.where(Run.ref.in_(refs), RunWake.wanted_seq > RunWake.done_seq)).scalars())


def _mirrored() -> Any:
    columns = (
        FlowRun.run_id,
        FlowRun.flow_run_id,
        FlowRun.recorded_seq,
        FlowRun.state_name,
        FlowRun.updated_at,
        FlowRun.rebuilt,
        Run.ref,
        SETTLED.label("settled"),
    )
    return (
        select(*columns)
        .join(Run, Run.run_id == FlowRun.run_id)
        .outerjoin(RunWake, RunWake.run_id == FlowRun.run_id)
        .where(FlowRun.flow_run_id.not_like(f"{LOST}%"))
    )


def _read(db: Database, query: Any) -> Sequence[Mirrored]:
    with db.read() as connection:
        return [Mirrored(FlowRunNote(*row[:6]), row.ref, bool(row.settled)) for row in connection.execute(query)]
