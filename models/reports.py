"""What in Prefect's record did not agree with the trail: kept from the first look that saw it, read by people.

Whoever may press a button in Prefect's page must not be able to do it unseen, even though no handoff changes by it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from models.database import Database
from models.tables import HistoryReport, Run
from models.upserting import insert


@dataclass(frozen=True, slots=True)
class Report:
    """One disagreement. `run_ref` and `pathway` are None where Prefect has a run that follows from no trail."""

    run_id: str
    """Of the pathway run; of Prefect's own flow run where the trail knows none."""
    run_ref: str | None
    pathway: str | None
    kind: str
    """`cancelled`, `resumed`, `deleted`, `rebuilt`, `unknown_run`, `unknown_task` …: see `flows.comparing`."""
    first_seen_at: datetime
    last_seen_at: datetime
    seen: int
    """How many looks saw it."""
    mended_at: datetime | None
    """When Prefect's record agreed with the trail again."""


def note_report(db: Database, run_id: str, kind: str, *, now: datetime) -> None:
    """Somebody saw this: a new report, or one more sight of the one that is open."""
    key = (HistoryReport.run_id == run_id, HistoryReport.kind == kind)
    again = update(HistoryReport).where(*key, HistoryReport.mended_at.is_(None))
    with db.write() as connection:
        if connection.execute(again.values(last_seen_at=now, seen=HistoryReport.seen + 1)).rowcount:
            return
        new = {"run_id": run_id, "kind": kind, "first_seen_at": now, "last_seen_at": now, "seen": 1, "mended_at": None}
        connection.execute(insert(HistoryReport).values(new).on_conflict_do_nothing())


def mend_reports(db: Database, run_id: str, *, now: datetime) -> None:
    """Prefect's record of this run agrees with the trail again."""
    still_open = (HistoryReport.run_id == run_id, HistoryReport.mended_at.is_(None))
    with db.read() as connection:
        if connection.execute(select(HistoryReport.kind).where(*still_open).limit(1)).first() is None:
            return  # without taking the database's one pen, at every entry
    with db.write() as connection:
        connection.execute(update(HistoryReport).where(*still_open).values(mended_at=now))


def reports(db: Database, *, limit: int = 200, still_open: bool = False) -> Sequence[Report]:
    """The latest reports, newest first."""
    query = _reports().order_by(HistoryReport.last_seen_at.desc(), HistoryReport.run_id).limit(limit)
    return _read(db, query.where(HistoryReport.mended_at.is_(None)) if still_open else query)


def reports_of_runs(db: Database, run_ids: Collection[str]) -> Sequence[Report]:
    """Every report of these pathway runs, oldest first: for the page of a case."""
    return _read(db, _reports().where(HistoryReport.run_id.in_(run_ids)).order_by(HistoryReport.first_seen_at))


def count_open_reports(db: Database, run_id: str) -> int:
    """How many reports of this run were not mended yet."""
    query = select(func.count()).select_from(HistoryReport)
    with db.read() as connection:
        return connection.execute(
            query.where(HistoryReport.run_id == run_id, HistoryReport.mended_at.is_(None))
        ).scalar_one()


def _reports() -> Any:
    columns = (
        HistoryReport.run_id,
        Run.ref,
        Run.pathway,
        HistoryReport.kind,
        HistoryReport.first_seen_at,
        HistoryReport.last_seen_at,
        HistoryReport.seen,
        HistoryReport.mended_at,
    )
    return select(*columns).outerjoin(Run, Run.run_id == HistoryReport.run_id)


def _read(db: Database, query: Any) -> Sequence[Report]:
    with db.read() as connection:
        return [Report(*row) for row in connection.execute(query)]
