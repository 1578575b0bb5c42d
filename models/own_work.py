"""What the network does for itself, as desk and command line list it."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, select

from models.database import Database
from models.tables import Case, Run
from models.viewed import WorkRow
from models.views import cases_of, most_pressing
from procedures.case import CaseStatus


def own_work(
    db: Database, *, ended: int = 0, within: Callable[[Select[Any]], Select[Any]] | None = None
) -> Sequence[WorkRow]:
    """What runs, with least time left first; then at most `ended` that are over, the one that ended last first.

    `within` leaves what somebody may see.
    """
    ours = select(Case.__table__).where(Case.own_work)
    ours = within(ours) if within else ours
    rows = sorted(cases_of(db, ours.where(Case.status == CaseStatus.OPEN.value)), key=most_pressing)
    if ended:
        over = ours.where(Case.status != CaseStatus.OPEN.value)
        rows += cases_of(db, over.order_by(Case.ended_at.desc(), Case.code).limit(ended))
    first = select(Run.case_id, Run.pathway, Run.content_hash).where(
        Run.case_id.in_([row.case_id for row in rows]), Run.parent_run.is_(None)
    )
    with db.read() as connection:
        begun = {run.case_id: run for run in connection.execute(first.order_by(Run.started_at.desc()))}
    return [WorkRow(row, begun[row.case_id].pathway, begun[row.case_id].content_hash) for row in rows]
