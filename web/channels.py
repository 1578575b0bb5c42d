"""`/channels`: how the network reaches whoever is signed in, and a test of each of her channels.

`answer` is `test` (a real message leaves at once) or `code` (with `code`, as the message shows it), of a `channel`.
"""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.own_account import person_of
from models.verifying_channels import ask_test, type_code
from notifiers.language import said
from procedures.errors import Refused
from web.channellines import channel_lines
from web.doorkeeper import Anybody, Visit, WatchingOneself
from web.forms import Form, FormNotUnderstood, word
from web.pages import draw
from web.refusals import status_of
from web.rooms import rooms

router = rooms()


@router.api_route("/channels", methods=["GET", "HEAD"])
def read(visit: Anybody) -> Response:
    """The page."""
    return _page(visit)


@router.api_route("/channels/live", methods=["GET", "HEAD"])
def live(visit: WatchingOneself) -> Response:
    """The part of it that changes while a test is under way."""
    return HTMLResponse(draw("channels_live.html", visit.language, _values(visit)))


@router.post("/channels")
def change(form: Form, visit: Anybody) -> Response:
    """Test a channel, or show that the test was read. Raises FormNotUnderstood."""
    house, by = visit.desk.house, visit.operator.actor
    person, channel = person_of(house.database, visit.operator.operator_id), word(form, "channel")
    try:
        match word(form, "answer"):
            case "test":
                ask_test(house, person, channel, by)
            case "code":
                type_code(house, person, channel, word(form, "code"), by)
            case _:
                raise FormNotUnderstood
    except Refused as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    return RedirectResponse("/channels", status_code=303)


def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    return visit.page("channels.html", "channels", {"fault": fault, **_values(visit)}, status=status)


def _values(visit: Visit) -> dict[str, object]:
    person = person_of(visit.desk.house.database, visit.operator.operator_id)
    lines = channel_lines(visit, person)
    return {
        "tied": bool(person),
        "channels": lines,
        "waits": any(one.state == "waits" for one in lines),
        "now": visit.desk.now,
    }
