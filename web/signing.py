"""Signing in and out, and the language of the desk."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from models.failures import DoorRests
from models.passwords import TooManySignIns
from notifiers.language import LANGUAGES, said
from web.desk import Desk, Language, OurDesk
from web.doorkeeper import somebody
from web.forms import Form, Typed, word, words
from web.pages import page, say
from web.saying import N_
from web.staying import left_from
from web.stepping import give_cookie

router = APIRouter()
YEAR = 365 * 24 * 3600


@router.api_route("/sign-in", methods=["GET", "HEAD"])
def sign_in_page(request: Request, desk: OurDesk, language: Language) -> Response:
    """The sign-in page; the board for somebody who is signed in already."""
    if somebody(request, desk, acting=True):
        return RedirectResponse("/", status_code=303)
    return _page(desk, language, {})


@router.post("/sign-in")
def sign_in(request: Request, form: Form, desk: OurDesk, language: Language) -> Response:
    """The name and the password of an account; then its second factor is asked for.

    Which of the two was wrong is told to nobody.
    """
    try:
        device = request.cookies.get(desk.origins.device_cookie, "")
        token = desk.sessions.sign_in(word(form, "name"), str(form.get("password", "")), device)
    except (TooManySignIns, DoorRests) as refusal:
        return _page(desk, language, words(form), fault=said(refusal, language), status=429)
    if token is None:
        return _page(
            desk, language, words(form), fault=say(language, N_("Account or password is not right.")), status=422
        )
    answer = RedirectResponse("/sign-in/code", status_code=303)
    give_cookie(answer, desk, token)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, desk: OurDesk) -> Response:
    """End the sign-in here and in the store, and leave nothing behind in the browser but that it is known."""
    token = request.cookies.get(desk.origins.session_cookie)
    if token:
        left_from(desk, token, request.headers.get("referer", ""))
        desk.sessions.sign_out(token)
    answer = RedirectResponse("/sign-in", status_code=303)
    for name in (desk.origins.session_cookie, desk.origins.board_cookie):
        answer.delete_cookie(name, httponly=True, samesite="strict", secure=desk.origins.secure, path="/")
    # Not `"*"`: that would also take the cookie by which this device is known, which opens nothing.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.post("/language")
def choose_language(request: Request, form: Form, desk: OurDesk) -> Response:
    """Keep the language that was chosen, and go back to the page."""
    chosen = word(form, "language")
    answer = RedirectResponse(_back(request, desk), status_code=303)
    if chosen in LANGUAGES:
        answer.set_cookie(
            desk.origins.language_cookie,
            chosen,
            max_age=YEAR,
            httponly=True,
            samesite="strict",
            secure=desk.origins.secure,
            path="/",
        )
    return answer


def _back(request: Request, desk: Desk) -> str:
    """The path of the page that was left, if it is ours; what a form only answered to cannot be gone back to."""
    parts = urlsplit(request.headers.get("referer", ""))
    ours = f"{parts.scheme}://{parts.netloc}" in desk.origins.ours
    return parts.path if ours and parts.path.startswith("/") and not parts.path.startswith("//") else "/"


def _page(desk: Desk, language: str, typed: Typed, *, fault: str = "", status: int = 200) -> Response:
    values = {
        "vendor": desk.vendor,
        "operator": None,
        "here": "sign-in",
        "fault": fault,
        "provider": desk.provider.called if desk.provider else "",
        "typed": {"name": "", **typed},
    }
    return page("sign_in.html", language, values, status=status)
