"""`/inbox`: what is asked of the services of whoever is signed in, made for a telephone; no script is needed.

`answer` says what is done with a handoff: `accept` (with `proof`, where she is asked for it), `decline` (with
`reason`), `first_sign`, `extend` or `complete` (with `result` and `evidence.FIELD`); before it is answered `ask_back`
or `colleague` (with `colleague`). A handoff that is not hers, or not any more, is what an unknown one is.
"""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.handling import Handled
from models.inbox import Asked, asked_of, inbox_of, still_asked
from procedures.case import HandoffState
from procedures.commands import (
    AcceptHandoff,
    AnyCommand,
    AskBack,
    CompleteHandoff,
    DeclineHandoff,
    DeclineReason,
    ExtendLimit,
    GiveToColleague,
    NoteFirstSign,
    Road,
)
from procedures.errors import Refused, UnknownHandoff
from procedures.events import AnswerCameLate
from procedures.membership import Part
from procedures.persons import PERSON
from web.channellines import channel_lines
from web.doorkeeper import OfAService, Visit
from web.forms import Form, FormNotUnderstood, Typed, command_id, under, word, words
from web.inboxlines import card, needed, taken_by
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import DECLINE_REASONS, N_
from web.spans import hour
from web.stepping import PROOF, freshly_proven

router = rooms()
DONE: Mapping[str, str] = {
    "decline": N_("Thank you for saying so at once: somebody else is being asked now."),
    "complete": N_("Thank you: the result is recorded, and whoever passed it to you is told."),
}
"""What the list says after an answer that ended her service's part."""


@router.api_route("/inbox", methods=["GET", "HEAD"])
def read(visit: OfAService, done: str = "") -> Response:
    """Everything that is asked of her services, least time left first."""
    house, names = visit.desk.house, visit.names
    found = inbox_of(house, visit.operator.actor)
    values = {
        "tied": bool(found.person),
        "cards": [card(one, names, visit.desk.now) for one in found.asked],
        "more": found.more,
        "reasons": _reasons(visit),
        "channels": channel_lines(visit, found.person),
        "away_until": names.directory.away_until(found.person, visit.desk.now),
        "said": say(visit.language, DONE[done]) if done in DONE else "",
    }
    return visit.page("inbox.html", "inbox", values)


@router.api_route("/inbox/{ref}", methods=["GET", "HEAD"])
def read_one(ref: str, visit: OfAService) -> Response:
    """Its card; once her service has taken it, what the step needs. Raises UnknownHandoff."""
    return _page(visit, _asked(visit, ref))


@router.post("/inbox/{ref}")
def answer(ref: str, form: Form, visit: OfAService) -> Response:
    """An answer for her service. It is recorded before this page says so. Raises UnknownHandoff, FormNotUnderstood."""
    asked, kind = _asked(visit, ref), word(form, "answer")
    if kind == "decline" and word(form, "reason") not in list(DeclineReason):
        return _page(visit, asked, fault=say(visit.language, N_("Choose a reason from the list.")), status=422)
    proven = _is_proven(visit, form) if kind == "accept" else False
    try:
        handled = _handle(visit, asked, form, kind, proven=proven)
    except UnknownHandoff:
        raise
    except Refused as refusal:
        return _page(visit, asked, fault=told(refusal, visit.names), typed=words(form), status=status_of(refusal))
    if any(isinstance(recorded.event, AnswerCameLate) for recorded in handled.events):
        return _came_late(visit, ref)
    answered = handled.state.handoffs[asked.row.ref]
    over = kind in DONE and answered.state is not HandoffState.ACCEPTED and not answered.waits_to_be_confirmed
    return RedirectResponse(f"/inbox?done={kind}" if over else f"/inbox/{asked.row.ref}", status_code=303)


def _asked(visit: Visit, ref: str) -> Asked:
    return asked_of(visit.desk.house, visit.operator.actor, ref.upper())


def _is_proven(visit: Visit, form: FormData) -> bool:
    """Whether she showed her second factor in the last five minutes, or does with this form.

    In imminent danger an acceptance without counts once a coordinator confirmed it, as one without a PIN does by a link
    (docs/decisions/0056). It is asked of nobody before: who is asked does not learn how dangerous it is.
    """
    if not word(form, PROOF):
        return visit.desk.sessions.is_fresh(visit.operator)
    freshly_proven(visit, form)
    return True


def _handle(visit: Visit, asked: Asked, form: FormData, kind: str, *, proven: bool) -> Handled:
    about = {
        "id": command_id(form, f"{kind}-proven" if proven else kind),
        "case_id": asked.row.case_id,
        "actor": f"{PERSON}{asked.person}",
        "road": Road.INBOX,
        "ref": asked.row.ref,
    }
    command: AnyCommand
    match kind:
        case "accept":
            command = AcceptHandoff.model_validate({**about, "proven": proven})
        case "ask_back":
            command = AskBack.model_validate(about)
        case "colleague":
            command = GiveToColleague.model_validate({**about, "colleague": word(form, "colleague")})
        case "decline":
            command = DeclineHandoff.model_validate({**about, "reason": word(form, "reason")})
        case "first_sign":
            command = NoteFirstSign.model_validate(about)
        case "extend":
            command = ExtendLimit.model_validate(about)
        case "complete":
            given = {"result": word(form, "result"), "evidence": under(form, "evidence")}
            command = CompleteHandoff.model_validate({**about, **given})
        case _:
            raise FormNotUnderstood
    house = visit.desk.house
    return house.handling.handle_while(command, still_asked(house, visit.operator.actor, asked, command.id))


def _came_late(visit: Visit, ref: str) -> Response:
    """Somebody answered before. Raises UnknownHandoff where her service's part has ended with that."""
    asked = _asked(visit, ref)
    at = asked.state.handoffs[asked.row.ref].accepted_at
    fault = say(visit.language, N_("Already taken by %(actor)s at %(time)s: this was recorded and changes nothing."))
    who = {"actor": taken_by(asked, visit.names), "time": hour(at, visit.language) if at else ""}
    return _page(visit, asked, fault=fault % who, status=409)


def _reasons(visit: Visit) -> list[tuple[str, str]]:
    return [(str(reason), say(visit.language, text)) for reason, text in DECLINE_REASONS.items()]


def _page(visit: Visit, asked: Asked, *, fault: str = "", typed: Typed | None = None, status: int = 200) -> Response:
    values = {
        "card": card(asked, visit.names, visit.desk.now),
        "needed": needed(visit.desk.house, asked, visit.names) if asked.part is Part.HELD else None,
        "reasons": _reasons(visit),
        "fault": fault,
        "typed": typed or {},
    }
    return visit.page("inbox_handoff.html", "inbox", values, status=status)
