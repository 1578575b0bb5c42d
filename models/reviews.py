"""What was done without her consent and waits to be reviewed, in any case, that which waits longest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from models.columns import UtcDateTime
from models.database import Database
from models.prepared import Prepared
from models.reach import EVERYTHING, Reach
from models.tables import Case, Run
from procedures.reviewing import REVIEW_SECONDS

OVER = bindparam("over", type_=UtcDateTime, required=True)
COUNTED: Select[*tuple[Any, ...]] = (
    select(func.count().label("pathways"), func.count().filter(Run.review_since <= OVER).label("late"))
    .select_from(Run)
    .join(Case, Case.case_id == Run.case_id)
    .where(Run.review_since.is_not(None), Case.erased_at.is_(None), Case.drill.is_(False))
)
ALL_COUNTED = Prepared(COUNTED)
"""Of whoever sees every case, on the way of the board."""


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """One pathway of a case in which something waits to be reviewed."""

    code: str
    drill: bool
    run_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits."""

    pathways: int
    late: int
    """Of them, those whose time is over."""


def waiting_runs(db: Database, *, most: int, reach: Reach = EVERYTHING) -> Sequence[WaitingRun]:
    """They, the longest waiting first; within `reach` alone."""
    query: Select[*tuple[Any, ...]] = (
        select(Case.code, Case.drill, Run.run_id, Run.review_since)
        .join(Case, Case.case_id == Run.case_id)
        .where(Run.review_since.is_not(None), Case.erased_at.is_(None))
        .order_by(Run.review_since, Run.run_id)
        .limit(most)
    )
    with db.read() as connection:
        return [
            WaitingRun(row.code, row.drill, row.run_id, row.review_since)
            for row in connection.execute(reach.within(query))
        ]


def waiting(db: Database, now: datetime, reach: Reach = EVERYTHING) -> Waiting:
    """How many wait, and how many of them for too long; drills count for nothing. Within `reach` alone."""
    over = now - timedelta(seconds=REVIEW_SECONDS)
    with db.look() as connection:
        if reach.condition is None:
            row = ALL_COUNTED.first(connection, over=over)
        else:
            row = connection.execute(reach.within(COUNTED), {"over": over}).one()
    return Waiting(row.pathways, row.late)
