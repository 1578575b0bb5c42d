"""Which cases time has caught up with."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, select

from models.columns import UtcDateTime
from models.database import Database
from models.prepared import Prepared
from models.tables import Case

NEXT_DEADLINE = Prepared(select(func.min(Case.next_due_at).label("at")))
DUE = select(Case.case_id).where(Case.next_due_at <= bindparam("now", type_=UtcDateTime))
EVERY_DUE = Prepared(DUE.order_by(Case.next_due_at).limit(bindparam("most", type_=Integer)))


def due_cases(db: Database, now: datetime, limit: int = 100, *, besides: Collection[str] = ()) -> Sequence[str]:
    """Ids of the cases but `besides` for which `PassDeadline` has something to do, longest overdue first."""
    if not besides:
        with db.read() as connection:
            return [row.case_id for row in EVERY_DUE.read(connection, now=now, most=limit)]
    due = select(Case.case_id).where(Case.next_due_at <= now)
    query = due.where(Case.case_id.not_in(besides)).order_by(Case.next_due_at).limit(limit)
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def next_deadline(db: Database) -> datetime | None:
    """When the next one is due; None while nothing waits."""
    with db.read() as connection:
        found: datetime | None = NEXT_DEADLINE.first(connection).at
    return found
