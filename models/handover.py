"""What one shift hands to the next: every promise that is open, by time left, and the cases in which nothing runs.

Read from the projections, within her reach; each case that stands on it is noted as looked at, for it leaves on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from models.board import NOTHING_RUNS, BoardLine, board
from models.composition import House
from models.reach import Reach
from models.reads import ReadKind, note_reads
from models.tables import Case, HandoffRecord
from models.viewed import HandoffRow
from models.views import HANDOFFS, handoffs_in
from procedures.case import CaseStatus

MOST = 200
"""Lines of a sheet: more are no handover."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One sheet."""

    promises: Sequence[HandoffRow]
    """Those with least time left."""
    in_all: int
    still: Sequence[BoardLine]
    """Cases in which nothing runs: something waits for her consent."""


def handover(house: House, actor: str, reach: Reach) -> Handover:
    """The sheet of `actor` at this moment, once it is noted that she looks. Raises StoreBusy, StoreFailed."""
    ours = _open()
    counted: Select[Any] = select(func.count()).select_from(HandoffRecord)
    counted = counted.join(Case, Case.case_id == HandoffRecord.case_id).where(*ours)
    query = HANDOFFS.where(*ours).limit(MOST)
    with house.database.read() as connection:
        promises = handoffs_in(connection, reach.within(query))
        in_all = int(connection.execute(reach.within(counted)).scalar_one())
    still = board(house.database, after=(NOTHING_RUNS, datetime.fromtimestamp(0, UTC), ""), reach=reach).lines
    seen = {row.case_id for row in promises} | {line.place[2] for line in still}
    note_reads(house.database, sorted(seen), actor, ReadKind.SHEET, house.clock.now())
    return Handover(promises, in_all, still)


def _open() -> tuple[ColumnElement[bool], ...]:
    """The network's own work has no hour in which somebody must take it over."""
    return HandoffRecord.ended_at.is_(None), Case.status == CaseStatus.OPEN.value, ~Case.own_work
