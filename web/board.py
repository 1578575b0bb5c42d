"""The board: open cases, overdue ones first, then those with least time left; looked at again every few seconds."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.board import BoardLine, Place
from models.board import board as read_board
from models.reviews import waiting
from procedures.case import Party
from procedures.people import AT_CASES, Role
from web.doorkeeper import Anybody, Visit, WatchingCases
from web.forms import FormNotUnderstood
from web.naming import Names
from web.pages import draw
from web.rooms import rooms
from web.spans import ROME, span
from web.troubled import troubled
from web.uncarried import uncarried
from web.unreached import unproven, unreached

router = rooms()
PLACE = re.compile(r"([0-4])_(\d{1,10})\.(\d{6})_([A-Za-z0-9-]{1,64})", re.ASCII)
"""Behind which line a page begins, as its address says it."""


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


def _row(line: BoardLine, names: Names) -> BoardRow:
    runs = line.content_hash is not None and line.step is not None
    held = line.owner_kind is not None and line.owner_id is not None
    return BoardRow(
        code=line.code,
        drill=line.drill,
        territory=names.territory(line.territory),
        due_at=line.due_at,
        overdue=line.overdue,
        waiting_for=names.step(line.content_hash or "", line.step or "") if runs else None,
        holder=names.party(Party(kind=line.owner_kind, id=line.owner_id)) if held else None,
        more=max(0, line.open_handoffs - 1),
    )


def home(roles: frozenset[Role]) -> str:
    """Where somebody's work begins who has none with cases."""
    if Role.ADMINISTRATOR in roles:
        return "/people"
    if Role.AUDITOR in roles:
        return "/audit"
    return "/inbox" if Role.SERVICE_MEMBER in roles else "/procedures"


@router.api_route("/", methods=["GET", "HEAD"])
def board(visit: Anybody, after: str = "") -> Response:
    """The page; whose work is elsewhere is shown there. Raises FormNotUnderstood."""
    if not visit.operator.holds(AT_CASES):
        return RedirectResponse(home(visit.operator.roles), status_code=303)
    values, late = _values(visit, after), waiting(visit.desk.house.database, visit.desk.now, visit.reach).late
    seen_once = {"unreached": unreached(visit), "unproven": unproven(visit)}
    return visit.page(
        "board.html", "board", {**values, "uncarried": uncarried(visit), "late_reviews": late, **seen_once}
    )


@router.api_route("/board", methods=["GET", "HEAD"])
def fragment(visit: WatchingCases, seen: str = "", after: str = "") -> Response:
    """The lines alone; nothing (204) where they would look as they did. Raises FormNotUnderstood."""
    values = _values(visit, after)
    if values["seen"] == seen:
        return Response(status_code=204)
    return HTMLResponse(draw("board_rows.html", visit.language, values))


def _values(visit: Visit, after: str) -> dict[str, object]:
    found = read_board(visit.desk.house.database, after=_place(after), reach=visit.reach)
    now, names = visit.desk.now, visit.names
    rows = [_row(line, names) for line in found.lines]
    more = _said(found.lines[-1].place) if found.more else ""
    troubles = troubled(visit)
    day = now.astimezone(ROME).date()
    looks = (visit.language, day, found.total, more, [_looks(row, now) for row in rows], troubles)
    seen = hashlib.sha256(repr(looks).encode()).hexdigest()[:16]
    shown = {"rows": rows, "total": found.total, "more": more, "after": after, "now": now, "seen": seen}
    return {**shown, "troubles": troubles}


def _looks(row: BoardRow, now: datetime) -> tuple[object, ...]:
    """What is seen of a line, without drawing it."""
    left = None if row.due_at is None else (row.due_at <= now, span((row.due_at - now).total_seconds(), "en"))
    return (row, left)


def _said(place: Place) -> str:
    return f"{place[0]}_{int(place[1].timestamp())}.{place[1].microsecond:06}_{place[2]}"


def _place(said: str) -> Place | None:
    if not said:
        return None
    found = PLACE.fullmatch(said)
    if found is None:
        raise FormNotUnderstood
    at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(found[2]), microseconds=int(found[3]))
    return int(found[1]), at, found[4]


def fingerprint(template: str, language: str, values: dict[str, object]) -> str:
    """What a fragment looks like, in 16 hex digits."""
    return hashlib.sha256(draw(template, language, {**values, "seen": ""}).encode()).hexdigest()[:16]
