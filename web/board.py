"""The board: open cases, overdue ones first, then those with least time left; drawn again every few seconds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from models.views import CaseRow, open_cases
from procedures.case import Party
from web.doorkeeper import AtWork, Visit, Watching
from web.naming import Names
from web.pages import draw
from web.uncarried import uncarried

router = APIRouter()


@dataclass(frozen=True)
class BoardRow:
    """One line of the board, ready to be shown."""

    code: str
    drill: bool
    territory: str
    due_at: datetime | None
    overdue: bool
    waiting_for: str | None
    """The step with least time left. None: nothing runs, so the case waits for her consent."""
    holder: str | None
    more: int


def board_rows(rows: Sequence[CaseRow], names: Names) -> list[BoardRow]:
    """The lines, in the order in which they came."""
    return [_row(row, names) for row in rows]


def _row(row: CaseRow, names: Names) -> BoardRow:
    first = row.next
    return BoardRow(
        code=row.code,
        drill=row.drill,
        territory=names.territory(row.territory),
        due_at=first.due_at if first else None,
        overdue=first.overdue if first else False,
        waiting_for=names.step(first.content_hash, first.step) if first else None,
        holder=names.party(Party(kind=first.owner_kind, id=first.owner_id)) if first else None,
        more=max(0, row.open_handoffs - 1),
    )


@router.api_route("/", methods=["GET", "HEAD"])
def board(visit: AtWork) -> Response:
    """The page."""
    values = _values(visit)
    seen = fingerprint("board_rows.html", visit.language, values)
    return visit.page("board.html", "board", {**values, "seen": seen, "uncarried": uncarried(visit)})


@router.api_route("/board", methods=["GET", "HEAD"])
def fragment(visit: Watching, seen: str = "") -> Response:
    """The lines alone; nothing (204) where they would look as they did."""
    values = _values(visit)
    fresh = fingerprint("board_rows.html", visit.language, values)
    if fresh == seen:
        return Response(status_code=204)
    return HTMLResponse(draw("board_rows.html", visit.language, {**values, "seen": fresh}))


def fingerprint(template: str, language: str, values: dict[str, object]) -> str:
    """What a fragment looks like, in 16 hex digits."""
    return hashlib.sha256(draw(template, language, {**values, "seen": ""}).encode()).hexdigest()[:16]


def _values(visit: Visit) -> dict[str, object]:
    rows = board_rows(open_cases(visit.desk.house.database), visit.names)
    return {"rows": rows, "now": visit.desk.now}
