"""`/erasures`: one coordinator proposes to erase a case that is over, another confirms; and what is kept longer."""

from datetime import date

from starlette.responses import RedirectResponse, Response

from models.adding_accounts import operator_names
from models.erasing import Still, confirm_erasure, end_hold, hold_case, propose_erasure, withdraw_erasure
from models.erasures_ahead import erasures_ahead
from models.relations import still_open
from notifiers.language import translator
from procedures.erasures import HOLDS, REASONS, RETENTION
from procedures.errors import Refused, UnknownCase
from web.actors import who
from web.doorkeeper import Coordinating, CoordinatingProven, Visit
from web.forms import Form, FormNotUnderstood, Typed, word, words
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import N_

router = rooms()
NOT_SURE = N_("Type the code of the case once more to confirm. Nothing was erased.")
NO_DAY = N_("Write until when it is kept, as 2027-02-28.")
BY_ITSELF = N_("the calendar")


@router.api_route("/erasures", methods=["GET", "HEAD"])
def read(visit: Coordinating) -> Response:
    """What waits, and what is coming."""
    return _page(visit)


@router.post("/erasures")
def act(form: Form, visit: CoordinatingProven) -> Response:
    """Propose, confirm, withdraw, hold, or end a hold. Raises FormNotUnderstood."""
    code, kind = word(form, "code").upper(), word(form, "answer")
    if kind not in {"propose", "confirm", "withdraw", "hold", "end_hold"} or not code:
        raise FormNotUnderstood
    visit.case_id(code)
    fault = _fault(form, kind, code)
    if fault:
        return _page(visit, fault=say(visit.language, fault), typed=words(form), status=422)
    try:
        _do(visit, kind, code, word(form, "reason"), word(form, "until"))
    except UnknownCase:
        raise
    except Refused as refusal:
        return _page(visit, fault=told(refusal, visit.names), typed=words(form), status=status_of(refusal))
    return RedirectResponse("/erasures", status_code=303)


def _fault(form: Form, kind: str, code: str) -> str:
    if kind == "confirm" and word(form, "confirmation").upper() != code:
        return NOT_SURE
    return NO_DAY if kind == "hold" and _day(word(form, "until")) is None else ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _do(visit: Visit, kind: str, code: str, reason: str, until: str) -> None:
    house, by = visit.desk.house, visit.operator.actor
    still: Still = still_open(house, code, by)
    match kind:
        case "propose":
            propose_erasure(house, code, reason, by, still)
        case "confirm":
            confirm_erasure(house, code, by, still)
        case "withdraw":
            withdraw_erasure(house, code, by, still)
        case "hold":
            hold_case(house, code, by, (reason, date.fromisoformat(until)), still)
        case _:
            end_hold(house, code, by, still)


def _page(visit: Visit, *, fault: str = "", typed: Typed | None = None, status: int = 200) -> Response:
    house, own = visit.desk.house, visit.operator.actor
    names = operator_names(house.database)
    ahead = erasures_ahead(house, visit.reach)
    say_rule = translator(visit.language, "procedures").gettext
    proposed = [
        {
            "code": one.code,
            "by": say(visit.language, BY_ITSELF)
            if one.erasure.proposed_by == RETENTION
            else who(visit, names, one.erasure.proposed_by),
            "at": one.erasure.proposed_at,
            "reason": say_rule(REASONS[one.erasure.reason]),
            "own": one.erasure.proposed_by == own,
        }
        for one in ahead.proposed
    ]
    coming = [
        {
            "code": one.code,
            "ended_at": one.ended_at,
            "until": one.until,
            "held_until": one.hold.until.isoformat() if one.hold else "",
            "held_for": say_rule(HOLDS[one.hold.reason]) if one.hold else "",
        }
        for one in ahead.coming
    ]
    values = {
        "proposed": proposed,
        "coming": coming,
        "final_on": ahead.final_on.isoformat(),
        "reasons": [(value, say_rule(text)) for value, text in REASONS.items()],
        "holds": [(value, say_rule(text)) for value, text in HOLDS.items()],
        "fault": fault,
        "typed": {"code": "", "reason": "", **(typed or {})},
    }
    return visit.page("erasures.html", "erasures", values, status=status)
