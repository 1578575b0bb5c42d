"""The board: open cases, overdue ones first, then those with least time left; looked at again every few seconds."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote, unquote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.board import LINES, BoardLine, Place
from models.board import board as read_board
from models.reads import ReadKind, note_reads
from models.reviews import waiting
from models.saved_views import View, delete_view, save_view, views_of
from procedures.case import Party
from procedures.errors import Refused
from procedures.people import AT_CASES, Role
from web.boardfilter import BoardFilter, choices, filter_of, found_by, kept_filter, narrowed
from web.bulk import ACTS, NO_REASON, NONE_TICKED, REASSIGN, TICKED, Outcome, Ticked, act_on
from web.doorkeeper import Anybody, AtCases, Visit, WatchingCases
from web.forms import Form, FormNotUnderstood, command_id, under, word, words
from web.naming import Names
from web.pages import draw, say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import DECLINE_REASONS, N_
from web.spans import ROME, span
from web.troubled import troubled
from web.uncarried import uncarried
from web.unreached import unreached

router = rooms()
PLACE = re.compile(r"([0-4])_(\d{1,10})\.(\d{6})_([A-Za-z0-9-]{1,64})", re.ASCII)
"""Behind which line a page begins, as its address says it."""

ALL = "all=yes"
"""The address of every open case, whatever the browser keeps."""
NOT_FOUND = N_(
    "No case, service or step of the network is called so. Type a part of a case's code, or words of a service or a "
    "step. A person is found by her telephone."
)
MOST_DRAWN = 64


@dataclass(frozen=True)
class _Drawn:
    """Lines that look so; two hundred boards that follow the same cases have them drawn once."""

    language: str
    seen: str
    query: str
    after: str


DRAWN: dict[_Drawn, str] = {}


@dataclass(frozen=True)
class BoardRow:
    """One line of the board, ready to be shown."""

    code: str
    ref: str
    """Its most pressing handoff, as the acts on several ask for it; empty where nothing runs."""
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
        ref=line.ref or "",
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
    cookie, asked = visit.desk.origins.board_cookie, visit.came.query_params
    kept = kept_filter(unquote(visit.came.cookies.get(cookie, "")), visit.names)
    if not asked and kept.query:
        return RedirectResponse(f"/?{kept.query}", status_code=303)
    chosen = filter_of(asked, visit.names)
    return _kept(visit, board_page(visit, chosen, after=after), chosen)


@router.post("/board/search")
def search(form: Form, visit: AtCases) -> Response:
    """Look for a case by its code, its service or its step. What is not known as one comes into no address."""
    chosen = filter_of(words(form), visit.names)
    found = found_by(chosen.q, visit.names) if chosen.q else None
    if found is not None and not (found.code or found.parties or found.steps):
        fault = say(visit.language, NOT_FOUND)
        return board_page(visit, replace(chosen, q=""), fault=fault, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/?{chosen.query or ALL}", status_code=303)


@router.post("/board/views")
def save(form: Form, visit: AtCases) -> Response:
    """Keep what the board shows under a name, and show it."""
    chosen, house = filter_of(words(form), visit.names), visit.desk.house
    try:
        view = View(house.ids.new_id(), word(form, "name"), chosen.query)
        save_view(house.database, visit.operator.operator_id, view, house.clock.now())
    except Refused as refusal:
        return board_page(visit, chosen, fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse(f"/?{chosen.query or ALL}", status_code=303)


@router.post("/board/views/{view}")
def drop(view: str, form: Form, visit: AtCases) -> Response:
    """Delete it from her list; the cases stay where they are."""
    if word(form, "answer") != "delete":
        raise FormNotUnderstood
    delete_view(visit.desk.house.database, visit.operator.operator_id, view)
    return RedirectResponse("/", status_code=303)


@router.post("/board/acts")
def act(form: Form, visit: AtCases) -> Response:
    """Do the same with several cases, one command each; say of each what became of it. Raises FormNotUnderstood."""
    chosen, after = filter_of(words(form), visit.names), word(form, "after")
    _place(after)
    answer, reason, ticked = word(form, "answer"), word(form, "reason"), under(form, TICKED)
    if answer not in ACTS or len(ticked) > LINES:
        raise FormNotUnderstood
    fault = NONE_TICKED if not ticked else NO_REASON if answer == REASSIGN and reason not in DECLINE_REASONS else ""
    if fault:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return board_page(visit, chosen, after=after, fault=say(visit.language, fault), status=status)
    command = command_id(form, answer)
    outcomes = [act_on(visit, Ticked(answer, reason, f"{command}.{code}"), code, ref) for code, ref in ticked.items()]
    return board_page(visit, chosen, after=after, outcomes=outcomes)


@router.api_route("/board", methods=["GET", "HEAD"])
def fragment(visit: WatchingCases, seen: str = "", after: str = "") -> Response:
    """The lines alone; nothing (204) where they would look as they did. Raises FormNotUnderstood."""
    values = _values(visit, filter_of(visit.came.query_params, visit.names), after)
    if values["seen"] == seen:
        return Response(status_code=204)
    drawn = _Drawn(visit.language, str(values["seen"]), str(values["query"]), after)
    html = DRAWN.get(drawn)
    if html is None:
        html = DRAWN[drawn] = draw("board_rows.html", visit.language, values)
        while len(DRAWN) > MOST_DRAWN:
            DRAWN.pop(next(iter(DRAWN)), None)
    return HTMLResponse(html)


def board_page(
    visit: Visit,
    chosen: BoardFilter,
    *,
    after: str = "",
    fault: str = "",
    outcomes: Sequence[Outcome] = (),
    status: int = HTTPStatus.OK,
) -> Response:
    """The page, narrowed to what was chosen; with what became of acts on several."""
    values, late = _values(visit, chosen, after), waiting(visit.desk.house.database, visit.desk.now, visit.reach).late
    seen_once = {
        "reach": unreached(visit),
        "uncarried": uncarried(visit),
        "late_reviews": late,
        "fault": fault,
    }
    views = views_of(visit.desk.house.database, visit.operator.operator_id)
    reasons = [(str(reason), say(visit.language, text)) for reason, text in DECLINE_REASONS.items()]
    seen_once |= {"outcomes": outcomes, "reasons": reasons}
    seen_once |= {"chosen": chosen, "choices": choices(visit, chosen), "views": views}
    return visit.page("board.html", "board", {**values, **seen_once}, status=status)


def _kept(visit: Visit, page: Response, chosen: BoardFilter) -> Response:
    """The page, whose filter the browser keeps: whoever comes back finds it as it was left.

    She who asks for every case leaves nothing of it, nor does whoever signs out.
    """
    origins = visit.desk.origins
    value = quote(chosen.query, safe="")
    if value or origins.board_cookie in visit.came.cookies:
        age = None if value else 0
        page.set_cookie(
            origins.board_cookie, value, age, httponly=True, samesite="strict", secure=origins.secure, path="/"
        )
    return page


def _values(visit: Visit, chosen: BoardFilter, after: str) -> dict[str, object]:
    narrow = narrowed(visit, chosen)
    found = read_board(visit.desk.house.database, after=_place(after), reach=visit.reach, narrow=narrow)
    if chosen.risk:
        house = visit.desk.house
        note_reads(
            house.database, [one.case_id for one in found.lines], visit.operator.actor, ReadKind.RISK, house.clock.now()
        )
    now, names = visit.desk.now, visit.names
    rows = [_row(line, names) for line in found.lines]
    more = _said(found.lines[-1].place) if found.more else ""
    troubles = troubled(visit)
    day = now.astimezone(ROME).date()
    looks = (visit.language, day, found.total, found.meant, more, [_looks(row, now) for row in rows], troubles)
    seen = hashlib.sha256(repr(looks).encode()).hexdigest()[:16]
    around = {"total": found.total, "meant": found.meant, "more": more, "after": after, "query": chosen.query}
    return {**around, "rows": rows, "now": now, "seen": seen, "troubles": troubles}


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
