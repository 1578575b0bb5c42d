"""`/cases`: cases that are over, the one that ended last first, so that their pages can still be found."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from models.views import CaseRow, ended_cases
from web.doorkeeper import AtCases
from web.naming import Names
from web.rooms import rooms
from web.saying import CASE_STATUSES

router = rooms()
MOST = 100


@dataclass(frozen=True)
class EndedRow:
    """One line, ready to be shown."""

    code: str
    drill: bool
    status: str
    status_said: str
    territory: str
    opened_at: datetime
    ended_at: datetime | None
    erased_at: datetime | None
    """It has no page any more."""


@router.api_route("/cases", methods=["GET", "HEAD"])
def ended(visit: AtCases) -> Response:
    """The page."""
    rows = [ended_row(row, visit.names) for row in ended_cases(visit.desk.house.database, MOST, visit.reach.within)]
    return visit.page("ended.html", "ended", {"rows": rows, "most": MOST})


def ended_row(row: CaseRow, names: Names) -> EndedRow:
    """The line of a case."""
    return EndedRow(
        code=row.code,
        drill=row.drill,
        status=row.status,
        status_said=names.words.gettext(CASE_STATUSES[row.status]),
        territory=names.territory(row.territory),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        erased_at=row.erased_at,
    )
