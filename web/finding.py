"""`/find`: a case by the telephone of the person whom it is about. The number never stands in an address."""

from starlette.responses import Response

from models.finding import find_by_telephone
from procedures.errors import Refused
from web.doorkeeper import AtCases
from web.ended import ended_row
from web.forms import Form, word
from web.refusals import status_of, told
from web.rooms import rooms

router = rooms()


@router.api_route("/find", methods=["GET", "HEAD"])
def ask(visit: AtCases) -> Response:
    """The form."""
    return visit.page("find.html", "find", {"rows": None, "fault": ""})


@router.post("/find")
def find(form: Form, visit: AtCases) -> Response:
    """What was found. The number is not shown again."""
    try:
        found = find_by_telephone(visit.desk.house, word(form, "telephone"), visit.operator.actor)
    except Refused as refusal:
        values = {"rows": None, "fault": told(refusal, visit.names)}
        return visit.page("find.html", "find", values, status=status_of(refusal))
    rows = [ended_row(row, visit.names) for row in found]
    return visit.page("find.html", "find", {"rows": rows, "fault": ""})
