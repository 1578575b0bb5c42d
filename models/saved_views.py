"""Named parts of the board, each account's own. What a view means is the address of the board, as it stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from models.database import Database
from models.desk_tables import SavedView
from models.upserting import insert as upsert
from procedures.errors import Refused

MOST = 20
"""For each account."""
LONGEST_NAME = 40


class TooManyViews(Refused):
    """Twenty are enough to choose from."""

    template = "You have {most} views already. Delete one first."


class BadViewName(Refused):
    """Empty, or longer than a line. It is not repeated."""

    template = "Give the view a name of at most {most} letters."


@dataclass(frozen=True, slots=True)
class View:
    """One of them."""

    view_id: str
    name: str
    query: str


def views_of(db: Database, operator_id: str) -> Sequence[View]:
    """Hers, by name."""
    ours = select(SavedView.view_id, SavedView.name, SavedView.query).where(SavedView.operator_id == operator_id)
    with db.read() as connection:
        found = connection.execute(ours.order_by(SavedView.name)).all()
    return [View(row.view_id, row.name, row.query) for row in found]


def save_view(db: Database, operator_id: str, view: View, now: datetime) -> None:
    """Keep it under this name; another one of hers that has it gives way.

    Raises:
        BadViewName, TooManyViews: nothing was kept.
        StoreBusy, StoreFailed.
    """
    called, query = " ".join(view.name.split()), view.query
    if not 0 < len(called) <= LONGEST_NAME:
        raise BadViewName(most=LONGEST_NAME)
    row = {"view_id": view.view_id, "operator_id": operator_id, "name": called, "query": query, "made_at": now}
    hers = (SavedView.operator_id == operator_id, SavedView.name != called)
    with db.write() as connection:
        if connection.execute(select(func.count()).where(*hers)).scalar_one() >= MOST:
            raise TooManyViews(most=MOST)
        again = {"query": query, "made_at": now}
        key = [SavedView.operator_id, SavedView.name]
        connection.execute(upsert(SavedView).values(row).on_conflict_do_update(index_elements=key, set_=again))


def delete_view(db: Database, operator_id: str, view_id: str) -> None:
    """Delete it, if it is hers; where it is gone already nothing happens."""
    with db.write() as connection:
        connection.execute(delete(SavedView).where(SavedView.view_id == view_id, SavedView.operator_id == operator_id))
