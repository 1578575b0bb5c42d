"""`/cases/CODE/relations`: a case is given to a colleague, handed over, or taken back."""

from starlette.responses import RedirectResponse, Response

from models.passing import end_relation, give_case
from procedures.errors import Refused, UnknownCase
from web.casepage import page
from web.doorkeeper import AtCases
from web.forms import Form, FormNotUnderstood, word, words
from web.refusals import status_of, told
from web.rooms import rooms

router = rooms()


@router.post("/cases/{code}/relations")
def pass_on(code: str, form: Form, visit: AtCases) -> Response:
    """Give the case to a colleague, hand it over, or end somebody's relation. Raises FormNotUnderstood."""
    house, by, account = visit.desk.house, visit.operator.actor, word(form, "account")
    kind = word(form, "answer")
    visit.case_id(code)
    try:
        match kind:
            case "give" | "hand_over":
                give_case(house, code.upper(), account, by, keep=kind == "give")
            case "end":
                end_relation(house, code.upper(), account, by)
            case _:
                raise FormNotUnderstood
    except UnknownCase:
        raise
    except Refused as refusal:
        return page(visit, code, fault=told(refusal, visit.names), typed=words(form), status=status_of(refusal))
    still = kind != "hand_over" and account != visit.operator.operator_id
    return RedirectResponse(f"/cases/{code.upper()}" if still else "/", status_code=303)
