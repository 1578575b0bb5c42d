"""`/network-work`: what the network does for itself, and the form that starts it. It concerns no survivor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from models.own_work import own_work
from models.viewed import WorkRow
from procedures.case import CaseStatus
from procedures.errors import Refused
from web.doorkeeper import AtCases, Visit
from web.forms import Form, words
from web.naming import Names
from web.opening import CHANGED, TOO_LONG, known, opening
from web.openingform import asked_facts, pathway_options, territory_options
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import CASE_STATUSES
from web.uncarried import uncarried
from web.watching import channel_lines, coming_lines

router = rooms()
MOST_ENDED = 50


@dataclass(frozen=True)
class WorkLine:
    """One piece of work, ready to be shown."""

    code: str
    drill: bool
    is_open: bool
    status: str
    status_said: str
    title: str
    waiting_for: str
    due_at: datetime | None
    overdue: bool
    territory: str
    opened_at: datetime
    ended_at: datetime | None


@router.api_route("/network-work", methods=["GET", "HEAD"])
def read(visit: AtCases) -> Response:
    """The page."""
    return _page(visit, {})


@router.post("/network-work")
def start(form: Form, visit: AtCases) -> Response:
    """Start it, then show who is being asked."""
    try:
        command = opening(visit, form, own_work=True)
        if not known(visit, command):
            return _page(visit, words(form), fault=say(visit.language, CHANGED), status=422)
        handled = visit.desk.house.handling.handle(command)
    except ValidationError:
        return _page(visit, words(form), fault=say(visit.language, TOO_LONG), status=422)
    except Refused as refusal:
        return _page(visit, words(form), fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse(f"/cases/{handled.state.code}", status_code=303)


def _page(visit: Visit, typed: Mapping[str, str], *, fault: str = "", status: int = 200) -> Response:
    house, names = visit.desk.house, visit.names
    library, directory = house.procedures.library(), house.procedures.directory()
    values = {
        "rows": [_line(work, names) for work in own_work(house.database, ended=MOST_ENDED, within=visit.reach.within)],
        "coming": coming_lines(visit),
        "channels": channel_lines(visit),
        "pathways": pathway_options(library, names, no_case=True),
        "territories": territory_options(directory, names),
        "facts": asked_facts(library, names, no_case=True),
        "typed": {"pathway": "", **typed},
        "command_id": typed.get("command") or house.ids.seed(),
        "fault": fault,
        "only_drills": house.clock.speed != 1,
        "uncarried": uncarried(visit),
    }
    return visit.page("own_work.html", "own_work", values, status=status)


def _line(work: WorkRow, names: Names) -> WorkLine:
    row, waiting = work.row, work.row.next
    return WorkLine(
        code=row.code,
        drill=row.drill,
        is_open=row.status is CaseStatus.OPEN,
        status=row.status,
        status_said=names.words.gettext(CASE_STATUSES[row.status]),
        title=names.pathway(work.content_hash, work.pathway),
        waiting_for=names.step(waiting.content_hash, waiting.step) if waiting else "",
        due_at=waiting.due_at if waiting else None,
        overdue=bool(row.overdue_handoffs),
        territory=names.territory(row.territory),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
    )
