"""Before a sign-in ends by itself she is warned and stays with one key; what she had typed, and where she was, is kept.

`/stay` keeps her signed in; `/drafts` keeps what stands in the forms of a page, sealed, and gives it back once.
"""

import re
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from models.drafts import LONGEST, Typed, come_back, keep_draft, leave, take_draft
from models.keyring_errors import CaseKeyMissing
from procedures.errors import StaffettaError
from web.desk import Desk
from web.doorkeeper import Oneself, Visit
from web.forms import Form, FormNotUnderstood, word
from web.rooms import rooms

router = rooms()
PLACE = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*)?", re.ASCII)
"""The path of a page of ours."""
LONGEST_PLACE = 200
OF_A_CASE = re.compile(r"/cases/(C-[0-9A-Z]{4}-[0-9A-Z]{4})(?:/.*)?", re.ASCII)
NOWHERE = ("/sign-in", "/sign-out", "/join", "/h/", "/api", "/static", "/board", "/drafts", "/stay", "/language")
"""What is no page that somebody goes on at."""


@router.post("/stay")
def stay(form: Form, visit: Oneself) -> Response:
    """She is there: what keeps a sign-in awake is what a person does. Says how many seconds are left now.

    Raises FormNotUnderstood.
    """
    if word(form, "answer") != "stay":
        raise FormNotUnderstood
    return JSONResponse({"left": visit.desk.seconds_left(visit.operator)})


@router.post("/drafts")
def draft(form: Form, visit: Oneself) -> Response:
    """Keep what was typed on a page (204), or give it back and keep it no longer. Raises FormNotUnderstood."""
    typed, said = _typed(visit, word(form, "place")), word(form, "said")
    house, answer = visit.desk.house, word(form, "answer")
    if answer == "take":
        found = take_draft(house.database, house.keyring, typed, house.clock.now())
        return JSONResponse({"said": found.decode() if found else ""})
    if answer != "keep" or not said or len(said.encode()) > LONGEST:
        raise FormNotUnderstood
    try:
        keep_draft(house.database, house.keyring, typed, said.encode(), house.clock.now())
    except CaseKeyMissing:
        raise FormNotUnderstood from None
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _typed(visit: Visit, place: str) -> Typed:
    """Raises FormNotUnderstood; UnknownCase where the case is not hers to see."""
    if not is_page(place):
        raise FormNotUnderstood
    of_case = OF_A_CASE.fullmatch(place)
    return Typed(visit.operator.operator_id, place, visit.case_id(of_case[1]) if of_case else None)


def is_page(place: str) -> bool:
    """Whether somebody may go on there."""
    return len(place) <= LONGEST_PLACE and bool(PLACE.fullmatch(place)) and not place.startswith(NOWHERE)


def left_from(desk: Desk, token: str, address: str) -> None:
    """Keep that whoever has this sign-in was at `address` (of a Referer, or of what was asked for), if it is a page.

    What cannot be kept is no reason to keep anybody from signing out.
    """
    parts = urlsplit(address)
    ours = not parts.netloc or f"{parts.scheme}://{parts.netloc}" in desk.origins.ours
    if not token or not ours or not is_page(parts.path):
        return
    try:
        leave(desk.house.database, token, parts.path, desk.sessions.now())
    except StaffettaError:
        return


def back(desk: Desk, token: str) -> str:
    """Where whoever signed in just now goes on: where she was, else where her work begins."""
    who = desk.sessions.who(token, acting=True)
    return (come_back(desk.house.database, who.operator_id, desk.sessions.now()) if who else "") or "/"
