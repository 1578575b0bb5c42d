"""`/cases/new` and `/who-now`: one short form, asked either to open a case or who would be called if it were opened.

Facts only; no name is needed. What is typed travels in the body of the form, never in an address.
"""

import hashlib
from collections.abc import Mapping

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.ids import CROCKFORD
from procedures.case import OWN_WORK
from procedures.commands import OpenCase
from procedures.errors import Refused
from procedures.schema import OPERATOR
from procedures.whonow import who_now
from web.doorkeeper import AtCases, Visit
from web.forms import Form, FormNotUnderstood, command_id, under, word, words
from web.openingform import WhoLine, choices, screens_asked, who_lines
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import N_
from web.uncarried import uncarried

router = rooms()
IDENTITY = ("name", "safe_contact", "note")
CHANGED = N_("The network was changed meanwhile: choose the desk, and whom never to ask, once more.")
WHERE = N_("Choose the territory: it decides who is called.")
TOO_LONG = N_("A field holds more than it may. Shorten it and send the form again.")


@router.api_route("/cases/new", methods=["GET", "HEAD"])
def new_case(visit: AtCases) -> Response:
    """The empty form."""
    return form_page(visit, "new", {})


@router.api_route("/who-now", methods=["GET", "HEAD"])
def whoform_page(visit: AtCases) -> Response:
    """The same form, to ask who would be called."""
    return form_page(visit, "who", {})


@router.post("/cases/new")
def open_case(form: Form, visit: AtCases) -> Response:
    """Open the case, then show who is being alerted."""
    if not word(form, "territory"):
        return form_page(visit, "new", words(form), fault=say(visit.language, WHERE), status=422)
    try:
        command = opening(visit, form)
        if not known(visit, command):
            return form_page(visit, "new", words(form), fault=say(visit.language, CHANGED), status=422)
        handled = visit.desk.house.handling.handle(command)
    except ValidationError:
        return form_page(visit, "new", words(form), fault=say(visit.language, TOO_LONG), status=422)
    except Refused as refusal:
        return form_page(visit, "new", words(form), fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse(f"/cases/{handled.state.code}", status_code=303)


@router.post("/who-now")
def who(form: Form, visit: AtCases) -> Response:
    """Who would be called now, by the same function that decides; the form stays filled, ready to open the case."""
    procedures = visit.desk.house.procedures
    if not word(form, "territory"):
        return form_page(visit, "who", words(form), fault=say(visit.language, WHERE), status=422)
    try:
        command = opening(visit, form)
        if not known(visit, command):
            return form_page(visit, "who", words(form), fault=say(visit.language, CHANGED), status=422)
        rows = who_now(procedures.library(), procedures.directory(), command, visit.desk.now)
    except ValidationError:
        return form_page(visit, "who", words(form), fault=say(visit.language, TOO_LONG), status=422)
    except Refused as refusal:
        return form_page(visit, "who", words(form), fault=told(refusal, visit.names), status=status_of(refusal))
    return form_page(visit, "who", words(form), rows=who_lines(rows, visit.names, visit.desk.now))


def known(visit: Visit, command: OpenCase) -> bool:
    """Whether desk and exclusions are of this network: another desk gets no word, another exclusion protects nobody."""
    if command.desk is None and not command.exclusions:
        return True  # nothing to look up
    directory = visit.desk.house.procedures.directory()
    known = {*directory.bodies, *directory.services, *directory.people}
    return (command.desk is None or command.desk in directory.desks) and known.issuperset(command.exclusions)


def opening(visit: Visit, form: FormData, *, own_work: bool = False) -> OpenCase:
    """The command that the form asks for: a case, or the network's own work.

    Raises ValidationError where a field is too long, FormNotUnderstood.
    Ids, code and seed come out of the id that the page drew (128 random bits), so that sending the form twice asks for
    the very same case.
    """
    if word(form, "drill") not in {"", "yes"}:  # a drill with a slip of the pen would be a real case
        raise FormNotUnderstood
    asked = visit.asked(command_id(form, "open"), "")
    drawn = hashlib.sha256(f"open:{asked['id']}".encode()).digest()
    letters = "".join(CROCKFORD[byte & 31] for byte in drawn[:8])
    person = {name: word(form, name) for name in IDENTITY if word(form, name)}
    return OpenCase.model_validate(
        {
            **asked,
            "case_id": hashlib.sha256(drawn).hexdigest()[:32],
            "code": f"{OWN_WORK if own_work else 'C-'}{letters[:4]}-{letters[4:]}",
            "seed": drawn[8:24].hex(),
            "pathway": word(form, "pathway"),
            "territory": word(form, "territory"),
            "by": word(form, "by") or OPERATOR,
            "desk": word(form, "desk") or None,
            "drill": word(form, "drill") == "yes" or visit.desk.house.clock.speed != 1,
            "facts": under(form, "fact"),
            "consents": frozenset(under(form, "consent")),
            "exclusions": frozenset(under(form, "exclude")),
            "person": person or None,
        }
    )


def form_page(
    visit: Visit,
    here: str,
    typed: Mapping[str, str],
    *,
    fault: str = "",
    rows: tuple[WhoLine, ...] | None = None,
    screened: object = None,
    status: int = 200,
) -> Response:
    """The form, filled with what was typed; `screened`, what the screens of danger came to (`web.screening`)."""
    offered = choices(visit)
    values = {
        "choices": offered,
        "typed": {"pathway": offered.first_pathway, **dict.fromkeys(IDENTITY, ""), **typed},
        "command_id": typed.get("command") or visit.desk.house.ids.seed(),
        "fault": fault,
        "rows": rows,
        "screened": screened,
        "screens": screens_asked(visit),
        "also_open": any(typed.get(f"fact.{fact.name}") for fact in offered.asked_also),
        "only_drills": visit.desk.house.clock.speed != 1,
        "uncarried": uncarried(visit),
    }
    return visit.page("case_new.html", here, values, status=status)
