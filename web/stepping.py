"""Before a dangerous act she proves once more that it is she: a second factor at most five minutes old.

A door asks for it (`Door.proven`), or a page itself by `freshly_proven`. Whoever was not asked lately gets her form
back with a field for the code in it, and what she had filled in goes on with it: nothing is kept here meanwhile.
"""

from starlette.datastructures import FormData, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.factors import FactorRests, NotOnTheWay
from notifiers.language import said
from procedures.errors import Refused
from web.desk import Desk
from web.doorkeeper import RENEWED, NotSignedIn, Visit, token_of
from web.forms import word, words

PROOF = "proof"
"""The field with the code."""


class ProofNeeded(Exception):
    """She has to prove herself first; the page that asks for it is the answer."""

    def __init__(self, visit: Visit, form: FormData, fault: str = "", status: int = 403) -> None:
        """Holds the form for that page alone; it is in no text of this."""
        super().__init__()
        self.visit, self.form, self.fault, self.status = visit, form, fault, status


def freshly_proven(visit: Visit, form: FormData) -> None:
    """Go on where she proved herself in the last five minutes, or does with this form, which renews her sign-in.

    Call it before anything is done. Only in a room (`web.rooms`), which answers with the page that asks.

    The proof is a code or a recovery code, or what a passkey signed; whoever has a passkey proves herself with that or
    with a recovery code.

    Raises:
        ProofNeeded: nothing, or nothing good, was shown.
        NotSignedIn: her sign-in ended meanwhile.
    """
    code = word(form, PROOF)
    if not code:
        if visit.desk.sessions.is_fresh(visit.operator):
            return
        raise ProofNeeded(visit, form)
    try:
        token = visit.desk.sessions.prove_again(token_of(visit.came, visit.desk), code)
    except NotOnTheWay:
        raise NotSignedIn from None
    except Refused as refusal:
        status = 429 if isinstance(refusal, FactorRests) else 422
        raise ProofNeeded(visit, form, said(refusal, visit.language), status) from None
    setattr(visit.came.state, RENEWED, token)


def asking(needed: ProofNeeded) -> Response:
    """The page that asks for the code, with her form in it; passwords are typed again."""
    visit = needed.visit
    kept = {name: value for name, value in words(needed.form).items() if name != PROOF}
    who, token = visit.operator, token_of(visit.came, visit.desk)
    options = visit.desk.sessions.to_prove(who.operator_id, who.name, token)
    values = {"path": visit.came.url.path, "kept": kept, "fault": needed.fault, "options": options}
    return visit.page("step_up.html", "", values, status=needed.status)


class Renewing:
    """Gives the browser the cookie of a sign-in that followed, whatever the answer is: the token before is over."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        """Around that application."""
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let everything through."""

        async def given(message: Message) -> None:
            if message["type"] == "http.response.start" and (token := scope.get("state", {}).get(RENEWED)):
                carrier = Response()
                give_cookie(carrier, self._desk, token)
                MutableHeaders(scope=message).append("set-cookie", carrier.headers["set-cookie"])
            await send(message)

        await self._app(scope, receive, given)


def give_cookie(answer: Response, desk: Desk, token: str) -> None:
    """Let the browser keep the token of its sign-in, out of reach of scripts and of other sites."""
    answer.set_cookie(
        desk.origins.session_cookie, token, httponly=True, samesite="strict", secure=desk.origins.secure, path="/"
    )
