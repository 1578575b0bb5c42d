"""`/sign-in/provider`: signing in elsewhere (OpenID Connect).

The desk sends the browser away by a plain link: a form may lead nowhere but here (`form-action 'self'`). What it brings
back is put into a form of ours, and counts when somebody sends that: opening an address does nothing, and the cookie of
the sign-in, which no other site may cause to be sent, comes with it.
"""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from models.identities import StateOver, identity_of, sign_in_by, use_state
from notifiers.language import said
from procedures.errors import Refused, StaffettaError
from web.desk import Desk, Language, OurDesk
from web.doorkeeper import Visit
from web.forms import Form, word
from web.pages import page, say
from web.provider_errors import ProviderAway, ProviderDenied, ProviderFailure, ProviderNotBelieved
from web.provider_ways import Way, forget_way, keep_way, new_way, way_back
from web.saying import N_
from web.stepping import give_cookie

if TYPE_CHECKING:
    from web.provider import Provider

router = APIRouter()
LONGEST = 4096
"""Of a code or a state no more is looked at."""
FAILED = N_("Not signed in")


@router.api_route("/sign-in/provider", methods=["GET", "HEAD"])
def leave(request: Request, desk: OurDesk, language: Language) -> Response:
    """Send the browser to the provider. Nothing is done but that it keeps the way it goes."""
    return sent(request, desk, language, "")


@router.api_route("/sign-in/provider/back", methods=["GET", "HEAD"])
def come_back(request: Request, desk: OurDesk, language: Language) -> Response:
    """A form with what the provider says, where this browser went that way; nothing is done yet."""
    _provider(desk)
    brought = {name: request.query_params.get(name, "")[: LONGEST + 1] for name in ("state", "code", "iss")}
    try:
        way = _way(request, desk, brought["state"])
        if "error" in request.query_params or not 0 < len(brought["code"]) <= LONGEST:
            raise ProviderDenied("denied")
    except StaffettaError as failure:
        return failed(request, desk, language, failure)
    values = {
        "vendor": desk.vendor,
        "operator": None,
        "here": "sign-in",
        "provider": _provider(desk).called,
        "brought": brought,
        "tying": bool(way.account),
    }
    return page("provider.html", language, values)


@router.post("/sign-in/provider")
def sign_in(request: Request, form: Form, desk: OurDesk, language: Language) -> Response:
    """Look who came back; then her second factor is asked for, as after a password."""
    try:
        token = sign_in_by(desk.house.database, identity(request, form, desk, ""), desk.sessions.now())
    except StaffettaError as failure:
        return failed(request, desk, language, failure)
    answer = RedirectResponse("/sign-in/code", status_code=303)
    give_cookie(answer, desk, token)
    forget_way(answer, desk.origins)
    return answer


def sent(request: Request, desk: Desk, language: str, account: str) -> Response:
    """Send the browser away, to come back for a sign-in or for that account."""
    way = new_way(desk.sessions.now(), account)
    try:
        answer = RedirectResponse(_provider(desk).address(way), status_code=303)
    except ProviderFailure as failure:
        return failed(request, desk, language, failure)
    keep_way(answer, desk.origins, desk.house.keyring, way)
    return answer


def _provider(desk: Desk) -> "Provider":
    """Raises HTTPException: there is none, and no such page."""
    if desk.provider is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return desk.provider


def _way(request: Request, desk: Desk, state: str) -> Way:
    kept = request.cookies.get(desk.origins.way_cookie, "")
    return way_back(kept, desk.house.keyring, state, desk.sessions.now())


def identity(request: Request, form: Form, desk: Desk, account: str) -> str:
    """The digest of who came back with what is in the form; the way is gone once by that, whatever came of it."""
    provider, keyring = _provider(desk), desk.house.keyring
    way = _way(request, desk, word(form, "state"))
    code = word(form, "code")
    if way.account != account or not 0 < len(code) <= LONGEST:
        raise StateOver
    use_state(desk.house.database, way.state, desk.sessions.now(), way.ends_at)
    return identity_of(keyring, provider.who(code, word(form, "iss"), way))


STATUS: Mapping[type[StaffettaError], int] = {
    ProviderAway: HTTPStatus.SERVICE_UNAVAILABLE,
    ProviderNotBelieved: HTTPStatus.BAD_GATEWAY,
}


def failed(
    request: Request, desk: Desk, language: str, failure: StaffettaError, visit: Visit | None = None
) -> Response:
    """One sentence and a reference; the log has the same reference and a word of ours, and nothing that came in."""
    reference = secrets.token_hex(4)
    where = failure.reason if isinstance(failure, ProviderFailure) else type(failure).__name__
    request.app.state.log.warning("provider", failure=type(failure).__name__, where=where, reference=reference)
    known = isinstance(failure, ProviderFailure | Refused)
    status = STATUS.get(type(failure), HTTPStatus.FORBIDDEN if known else HTTPStatus.SERVICE_UNAVAILABLE)
    values = {"heading": say(language, FAILED), "text": said(failure, language), "reference": reference}
    around = {"vendor": desk.vendor, "operator": None, "here": "sign-in"}
    answer: Response
    if visit is not None:
        answer = visit.page("message.html", "account", values, status=status)
    else:
        answer = page("message.html", language, {**around, **values}, status=status)
    if not isinstance(failure, StateOver):  # an address that others made up ends no way that was really gone
        forget_way(answer, desk.origins)
    return answer
