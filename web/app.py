"""The desk as an application: routes, and a page in plain words for whatever goes wrong."""

from collections.abc import Mapping
from pathlib import Path

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response

from models.changing import Changes
from models.composition import House
from models.links import find_link
from notifiers.language import said
from procedures.errors import StaffettaError
from web import (
    account,
    anew,
    auditcase,
    auditing,
    auditlanes,
    behalf,
    board,
    by_provider,
    calendar,
    casepage,
    channels,
    coordinating,
    editions,
    ended,
    erasing,
    finding,
    glass,
    handover,
    health,
    heartbeat,
    inbox,
    joining,
    looks,
    metrics,
    moving,
    network,
    news,
    onetap,
    opening,
    ownwork,
    people,
    pins,
    procedures,
    proposals,
    proving,
    related,
    reviews,
    rotas,
    sampling,
    screening,
    signalling,
    signing,
    sms_words,
    status,
    staying,
    steering,
    turns,
    tying,
    verifying,
    voice_keys,
    ways,
)
from web.api.service import Api, broke
from web.desk import Desk, chosen_language, make_desk
from web.doorkeeper import NotSignedIn, PasskeyFirst
from web.forms import FormNotUnderstood
from web.guard import FormTooLarge, Guard
from web.lanes import Lanes
from web.linkwords import NOT_OURS, NOT_SAVED, UNKNOWN, Words
from web.log import desk_log
from web.pages import has_vendor, page, say
from web.readiness import Readiness
from web.refusals import status_of
from web.saying import N_
from web.stepping import Renewing

STATIC = Path(__file__).parent / "static"

HEADINGS: Mapping[int, Words] = {
    400: (N_("This form was not understood"), N_("Go back, load the page again, and fill it in once more.")),
    403: (N_("Not from here"), N_("This form did not come from a page of this desk, so nothing was done.")),
    404: (N_("Nothing here"), N_("There is no such page, or it is not for you. Look at the open cases.")),
    405: (N_("Nothing here"), N_("There is no such page, or it is not for you. Look at the open cases.")),
    409: (N_("This cannot be done now"), N_("Look at the case: something changed meanwhile.")),
    413: (N_("Too much at once"), N_("A form may hold 64 KiB. Shorten what you wrote and send it again.")),
    422: (N_("This form was not understood"), N_("Go back, load the page again, and fill it in once more.")),
    500: (N_("Something broke here"), N_("It may not be saved. If it is urgent, telephone.")),
    503: (N_("Not saved"), N_("Try again; if it is urgent, telephone.")),
}
LINK_WORDS: Mapping[int, Words] = {403: NOT_OURS, 404: UNKNOWN}


# `/cases/new` stands before `/cases/{code}`.
AT_CASES = (
    *(opening, screening, news, finding, handover, casepage),
    *(ways, behalf, steering, anew, signalling, related, glass),
)
OF_THE_NETWORK = (
    *(ownwork, inbox, editions, moving, procedures, reviews, erasing),
    *(people, pins, auditing, auditcase, auditlanes, verifying, sampling, looks, coordinating, account, tying),
    *(network, rotas, proposals, channels, turns, staying),
)
OF_THE_HOUSE = (
    *(health, heartbeat, status, metrics, onetap, signing, by_provider, proving, joining, board, ended, voice_keys),
    sms_words,
    calendar,
)
ROOMS = (*AT_CASES, *OF_THE_HOUSE, *OF_THE_NETWORK)
"""Every room of the desk; what is not here is not served. They are looked through in this order: an alert waits."""


def create_app(
    house: House, *, log: structlog.typing.FilteringBoundLogger | None = None, port: int | None = None
) -> FastAPI:
    """The desk of that house.

    Args:
        house: whose desk it is.
        log: takes one line per answer; standard error where none is given.
        port: where it listens, if not where the settings say.
    """
    # No slash is mended by a redirect: its address would be built from whatever `Host` the request says.
    app = FastAPI(title="Staffetta", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    desk = make_desk(house, vendor=has_vendor(), port=port)
    app.state.desk = desk
    log = log or desk_log()
    app.state.log = log
    app.state.news = news.make_news(Changes(house.database))
    app.state.readiness = Readiness(house)
    # First: rooms are looked through one by one, and none of them has an address below it.
    app.mount("/api/v1", Api(desk))
    for room in ROOMS:
        app.include_router(room.router)
    # Only files are packed: a page that holds a token must not betray its length.
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)))
    _answer_failures(app)
    app.add_middleware(Renewing, desk=desk)
    app.add_middleware(
        Lanes,
        full=lambda path: failure_page(desk, 503, path),
        carried=lambda one: _carried(desk, one),
        cookie=desk.origins.session_cookie,
    )
    app.add_middleware(
        Guard,
        origins=desk.origins,
        log=log,
        failure_page=lambda status, reference, path: failure_page(desk, status, path, reference=reference),
    )
    return app


def _carried(desk: Desk, token: str) -> bool:
    """Whether a message carried this token; where nobody can look, it is taken for one."""
    try:
        return find_link(desk.house.database, token, desk.now) is not None
    except StaffettaError:
        return True


def failure_page(
    desk: Desk, status: int, path: str, *, reference: str = "", language: str = "", text: str = ""
) -> Response:
    """A page that says what went wrong and what to do; on a link, with whom to call."""
    if path.startswith("/api/"):
        return broke(desk, status, reference)
    if path.startswith("/h/"):
        return onetap.stranger(desk, LINK_WORDS.get(status, NOT_SAVED), status)
    spoken = language or desk.house.settings.desk.language
    heading, sentence = HEADINGS.get(status, HEADINGS[404])
    values = {
        "vendor": desk.vendor,
        "operator": None,
        "here": "",
        "heading": say(spoken, heading),
        "text": text or say(spoken, sentence),
        "reference": reference,
    }
    return page("message.html", spoken, values, status=status)


def _answer_failures(app: FastAPI) -> None:
    """What was asked for is never repeated in the answer: it may hold what was typed."""

    def not_signed_in(request: Request, _: Exception) -> Response:
        desk: Desk = request.app.state.desk
        at = request.headers.get("hx-current-url", "") if request.headers.get("hx-request") else request.url.path
        if request.method == "GET" and request.url.path != "/board/news":
            staying.left_from(desk, request.cookies.get(desk.origins.session_cookie, ""), at)
        if request.headers.get("hx-request"):
            return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
        return RedirectResponse("/sign-in", status_code=303)

    def passkey_first(request: Request, _: Exception) -> Response:
        if request.headers.get("hx-request"):
            return Response(status_code=403, headers={"HX-Redirect": "/account"})
        return RedirectResponse("/account", status_code=303)

    def failed(request: Request, failure: Exception) -> Response:
        desk: Desk = request.app.state.desk
        language = chosen_language(request)
        status, text = _told(failure, language)
        return failure_page(desk, status, request.url.path, language=language, text=text)

    app.add_exception_handler(NotSignedIn, not_signed_in)
    app.add_exception_handler(PasskeyFirst, passkey_first)
    for kind in (StaffettaError, FormNotUnderstood, FormTooLarge, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, failed)


def _told(failure: Exception, language: str) -> tuple[int, str]:
    match failure:
        case StaffettaError():
            status = status_of(failure)
            return status, "" if status == 404 else said(failure, language)  # noqa: PLR2004
        case FormNotUnderstood():
            return 400, ""
        case FormTooLarge():
            return 413, ""
        case RequestValidationError():
            return 422, ""
        case HTTPException():
            return failure.status_code, ""
        case _:
            return 500, ""
