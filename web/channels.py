"""`/channels`: how the network reaches whoever is signed in, and a test of each of her channels.

`answer` is `test` (a real message leaves at once) or `code` (with `code`, as the message shows it), of a `channel`;
`browser` (with what hers gave: `endpoint`, `p256dh`, `auth`), or `browser-gone` (of a `browser`).
"""

from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.browsers import take_browser
from models.own_account import person_of
from models.verifying_channels import ask_test, type_code
from notifiers.language import said
from notifiers.subscriptions import NotASubscription
from procedures.errors import Refused
from web.browsers import add_browser, browser_values
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
    """Test a channel, show that the test was read, or let alerts come to a browser. Raises FormNotUnderstood."""
    house, by = visit.desk.house, visit.operator.actor
    person, channel = person_of(house.database, visit.operator.operator_id), word(form, "channel")
    try:
        match word(form, "answer"):
            case "test":
                ask_test(house, person, channel, by)
            case "code":
                type_code(house, person, channel, word(form, "code"), by)
            case "browser":
                add_browser(visit, form)
            case "browser-gone":
                take_browser(house, visit.operator.operator_id, word(form, "browser"))
            case _:
                raise FormNotUnderstood
    except Refused as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    except NotASubscription as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=422)
    return RedirectResponse("/channels", status_code=303)


def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    values = {"fault": fault, **_values(visit), **browser_values(visit)}
    return visit.page("channels.html", "channels", values, status=status)


def _values(visit: Visit) -> dict[str, object]:
    person = person_of(visit.desk.house.database, visit.operator.operator_id)
    lines = channel_lines(visit, person)
    return {
        "tied": bool(person),
        "channels": lines,
        "waits": any(one.state == "waits" for one in lines),
        "now": visit.desk.now,
    }
