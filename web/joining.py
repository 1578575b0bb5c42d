"""`/join/TOKEN`: somebody who was invited sets a password of her own. Opening the link does nothing."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from models.invitations import InvitationOver, Invited, invited, join
from notifiers.language import said
from procedures.errors import Refused
from web.desk import Desk, Language, OurDesk
from web.forms import Form
from web.pages import page, say
from web.saying import N_

router = APIRouter()
DIFFERENT = N_("The two are not the same. Type the password twice.")


@router.api_route("/join/{invitation}", methods=["GET", "HEAD"])
def read(invitation: str, desk: OurDesk, language: Language) -> Response:
    """The form. Raises InvitationOver."""
    return _page(desk, language, invited(desk.house.database, invitation, desk.now))


@router.post("/join/{invitation}")
def choose(invitation: str, form: Form, desk: OurDesk, language: Language) -> Response:
    """Keep the password, and go where one signs in. Raises InvitationOver."""
    password, again = str(form.get("password", "")), str(form.get("again", ""))
    who = invited(desk.house.database, invitation, desk.now)
    if password != again:
        return _page(desk, language, who, fault=say(language, DIFFERENT), status=422)
    try:
        join(desk.house.database, invitation, password, desk.now)
    except InvitationOver:
        raise
    except Refused as refusal:
        return _page(desk, language, who, fault=said(refusal, language), status=422)
    return RedirectResponse("/sign-in", status_code=303)


def _page(desk: Desk, language: str, who: Invited, *, fault: str = "", status: int = 200) -> Response:
    values = {"vendor": desk.vendor, "operator": None, "here": "join", "fault": fault, "name": who.name}
    return page("join.html", language, values, status=status)
