"""`/glass`: a case is opened in an emergency by somebody who has nothing to do with it, and looked at afterwards.

The form asks for code, category and reason at once, and the code is looked up last: what is missing is said without a
look at the code, so nobody learns whether there is such a case but by breaking its glass, of which everybody knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from models.adding_accounts import operator_names
from models.glass import BrokenGlass, break_glass, for_review, review_glass
from notifiers.language import translator
from procedures.errors import Refused, UnknownCase
from procedures.glass import CATEGORIES, FOUND, LONGEST_REASON, GlassCategory, SayWhyGlass, category_named, found_named
from procedures.people import OPERATOR_PREFIX, Role
from web.doorkeeper import AtCases, BreakingGlass, Coordinating, Visit
from web.forms import Form, FormNotUnderstood, Typed, command_id, word, words
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import N_

router = rooms()
NO_SUCH = N_("No case of this code can be opened. Look at the code again; if it is urgent, telephone.")


@dataclass(frozen=True)
class GlassLine:
    """A glass that waits for its review."""

    glass: str
    code: str
    at: datetime
    who: str
    category: str
    reason: str
    review_by: datetime
    late: bool


@router.api_route("/glass", methods=["GET", "HEAD"])
def read(visit: AtCases) -> Response:
    """The form, and for a coordinator what waits for her review."""
    return _page(visit, {})


@router.post("/glass")
def break_it(form: Form, visit: BreakingGlass) -> Response:
    """Open the case for an hour to somebody who proved herself lately, then show it. Raises FormNotUnderstood."""
    command, code = command_id(form, "glass"), word(form, "code").upper()
    category, reason = category_named(word(form, "category")), word(form, "reason")
    if category is None or not reason or len(reason) > LONGEST_REASON or not code:
        return _page(visit, words(form), fault=told(SayWhyGlass(), visit.names), status=422)
    try:
        break_glass(visit.desk.house, code, visit.operator.actor, (category, reason), command)
    except UnknownCase:
        return _page(visit, words(form), fault=say(visit.language, NO_SUCH), status=404)
    return RedirectResponse(f"/cases/{code}", status_code=303)


@router.post("/glass/{glass}")
def review(glass: str, form: Form, visit: Coordinating) -> Response:
    """Record what the review found. Raises FormNotUnderstood."""
    found = found_named(word(form, "found"))
    if found is None:
        raise FormNotUnderstood
    try:
        review_glass(visit.desk.house, glass, visit.operator.actor, found)
    except Refused as refusal:
        return _page(visit, {}, fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse("/glass", status_code=303)


def _page(visit: Visit, typed: Typed, *, fault: str = "", status: int = 200) -> Response:
    words_of = translator(visit.language, "procedures").gettext
    values = {
        "typed": {"code": "", "category": "", "reason": "", **typed},
        "command_id": typed.get("command") or visit.desk.house.ids.seed(),
        "categories": [(one.value, words_of(CATEGORIES[one])) for one in GlassCategory],
        "longest": LONGEST_REASON,
        "found": [(one.value, words_of(text)) for one, text in FOUND.items()],
        "waiting": _waiting(visit) if Role.COORDINATOR in visit.operator.roles else (),
        "lacks_passkey": visit.lacks_passkey,
        "fault": fault,
    }
    return visit.page("glass.html", "glass", values, status=status)


def _waiting(visit: Visit) -> Sequence[GlassLine]:
    house = visit.desk.house
    names = operator_names(house.database)
    waiting = for_review(house, visit.operator.actor)
    return [_line(visit, names.get(f"{OPERATOR_PREFIX}{one.broken.account}", ""), one, why) for one, why in waiting]


def _line(visit: Visit, name: str, one: BrokenGlass, reason: str) -> GlassLine:
    category = category_named(one.broken.category)
    said = translator(visit.language, "procedures").gettext(CATEGORIES[category]) if category else one.broken.category
    late = one.is_late(visit.desk.now)
    return GlassLine(one.glass, one.code, one.broken.broken_at, name, said, reason, one.review_by, late)
