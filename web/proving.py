"""`/sign-in/code`: the second factor, after the password: a passkey or a code; whoever has none yet sets one here."""

import segno
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from models.factors import FactorRests, NotOnTheWay, OnTheWay, Proved
from models.failures import KNOWN_FOR
from models.own_account import note_device
from notifiers.language import said
from procedures.errors import Refused
from web.desk import Desk, Language, OurDesk
from web.devices import called
from web.forms import Form, word
from web.pages import page
from web.staying import back
from web.stepping import give_cookie

router = APIRouter()
SCALE = 5
"""Pixels of one square of the QR code."""


@router.api_route("/sign-in/code", methods=["GET", "HEAD"])
def read(request: Request, desk: OurDesk, language: Language) -> Response:
    """The form; the sign-in page for whoever comes without a password."""
    try:
        token = _token(request, desk)
        return _page(desk, language, desk.sessions.on_the_way(token), token)
    except NotOnTheWay:
        return RedirectResponse("/sign-in", status_code=303)


@router.post("/sign-in/code")
def show(request: Request, form: Form, desk: OurDesk, language: Language) -> Response:
    """Let in whoever shows the right code; where that set the factor, her recovery codes are shown once."""
    token = _token(request, desk)
    try:
        proved = _proved(desk, token, form)
    except NotOnTheWay:
        return RedirectResponse("/sign-in", status_code=303)
    except Refused as refusal:
        status = 429 if isinstance(refusal, FactorRests) else 422
        asked = desk.sessions.on_the_way(token)
        return _page(desk, language, asked, token, fault=said(refusal, language), status=status)
    note_device(desk.house.database, proved.token, called(request.headers.get("user-agent", "")))
    if proved.recovery:
        values = {"vendor": desk.vendor, "operator": None, "here": "sign-in", "codes": proved.recovery}
        answer: Response = page("recovery.html", language, values)
    else:
        answer = RedirectResponse(back(desk, proved.token), status_code=303)
    give_cookie(answer, desk, proved.token)
    _know_device(answer, request, desk, proved.token)
    return answer


def _proved(desk: Desk, token: str, form: Form) -> Proved:
    """By a first passkey, or else by what stands where the code does."""
    answer = word(form, "passkey")
    if answer:
        return desk.sessions.set_first(token, answer, word(form, "label"))
    return desk.sessions.prove(token, word(form, "code"))


def _know_device(answer: Response, request: Request, desk: Desk, token: str) -> None:
    """Whoever signed in whole here once is not kept out by what others type elsewhere."""
    name = desk.origins.device_cookie
    known = desk.sessions.know_device(token, request.cookies.get(name, ""))
    answer.set_cookie(
        name,
        known,
        max_age=round(KNOWN_FOR.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=desk.origins.secure,
        path="/",
    )


def _token(request: Request, desk: Desk) -> str:
    return request.cookies.get(desk.origins.session_cookie, "")


def _page(desk: Desk, language: str, asked: OnTheWay, token: str, *, fault: str = "", status: int = 200) -> Response:
    told = desk.sessions.to_prove if asked.secret is None else desk.sessions.to_set
    drawing = None if asked.secret is None else segno.make(asked.uri, error="m").svg_data_uri(scale=SCALE)
    values = {
        "vendor": desk.vendor,
        "operator": None,
        "here": "sign-in",
        "fault": fault,
        "secret": asked.secret,
        "drawing": drawing,
        "options": told(asked.operator_id, asked.name, token),
    }
    return page("second_factor.html", language, values, status=status)
