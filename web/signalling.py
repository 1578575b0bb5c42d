"""`/cases/CODE/signals`: an operator says that something has happened which a pathway waits for, or reckons with."""

from starlette.responses import RedirectResponse, Response

from procedures.commands import GiveSignal
from procedures.errors import Refused
from web.casepage import page
from web.doorkeeper import AtCases
from web.forms import Form, FormNotUnderstood, command_id, under, word, words
from web.refusals import status_of, told
from web.rooms import rooms

router = rooms()


@router.post("/cases/{code}/signals")
def signal(code: str, form: Form, visit: AtCases) -> Response:
    """Record it, then go back to the case."""
    about = visit.asked(command_id(form, "signal"), visit.case_id(code))
    given = {name: word(form, name) for name in ("signal", "run", "said_by")}
    if not all(given.values()):
        raise FormNotUnderstood
    try:
        visit.handle(code, GiveSignal.model_validate({**about, **given, "evidence": under(form, "evidence")}))
    except Refused as refusal:
        return page(visit, code, fault=told(refusal, visit.names), typed=words(form), status=status_of(refusal))
    return RedirectResponse(f"/cases/{code.upper()}", status_code=303)
