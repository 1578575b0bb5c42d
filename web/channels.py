"""`/channels`: how the network reaches whoever is signed in; her tests, her own rules, her absences.

`answer` is `test` (a real message leaves at once) or `code` (with `code`, as the message shows it), of a `channel`;
`rules` (of each channel `place`, `after`, `since`, `until`, `off`) or `no-rules`; `away` (`since`, `until`) or `back`
(`number`), of a `person`: herself, where nobody is named; `browser` (with what hers gave: `endpoint`, `p256dh`, `auth`)
or `browser-gone` (of a `browser`).
"""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.browsers import take_browser
from models.own_account import person_of
from models.own_saying import end_away, say_away, set_rules
from models.tying import UnknownNetworkPerson
from models.verifying_channels import ask_test, type_code
from notifiers.language import said
from notifiers.subscriptions import NotASubscription
from procedures.errors import Refused
from web.browsers import add_browser, browser_lines, push_key
from web.channellines import channel_lines
from web.doorkeeper import Anybody, Visit, WatchingOneself
from web.forms import Form, FormNotUnderstood, Typed, word, words
from web.ownrules import own_rules, typed_rules, typed_span
from web.pages import draw
from web.refusals import status_of
from web.rooms import rooms

router = rooms()
MOST_DIGITS = 9
NOTHING: Typed = {}

WHERE: Mapping[str, str] = {
    "test": "",
    "code": "",
    "browser": "#browsers",
    "browser-gone": "#browsers",
    "rules": "#rules",
    "no-rules": "#rules",
    "away": "#away",
    "back": "#away",
}
"""The place on the page where what was done shows."""


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
    """Do it, or say why not. Raises FormNotUnderstood."""
    try:
        where = _done(visit, form)
    except (Refused, UnknownNetworkPerson) as refusal:
        fault = said(refusal, visit.language)
        return _page(visit, fault=fault, typed=words(form), status=status_of(refusal))
    except NotASubscription as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=422)
    return RedirectResponse(f"/channels{where}", status_code=303)


def _done(visit: Visit, form: FormData) -> str:
    """Do it; where on the page it shows. Raises Refused, UnknownNetworkPerson, FormNotUnderstood."""
    house, by = visit.desk.house, visit.operator.actor
    person, channel = person_of(house.database, visit.operator.operator_id), word(form, "channel")
    who = word(form, "person") or person
    match word(form, "answer"):
        case "test":
            ask_test(house, person, channel, by)
        case "code":
            type_code(house, person, channel, word(form, "code"), by)
        case "browser":
            add_browser(visit, form)
        case "browser-gone":
            take_browser(house, visit.operator.operator_id, word(form, "browser"))
        case "rules":
            set_rules(house, person, typed_rules(form, channel_lines(visit, person)), by)
        case "no-rules":
            set_rules(house, person, (), by)
        case "away":
            say_away(house, who, *typed_span(form), by)
        case "back":
            number = word(form, "number")
            if not (number.isascii() and number.isdecimal()):
                raise FormNotUnderstood
            end_away(house, who, int(number[:MOST_DIGITS]), by)
        case _:
            raise FormNotUnderstood
    return WHERE[word(form, "answer")]


def _page(visit: Visit, *, fault: str = "", typed: Typed = NOTHING, status: int = 200) -> Response:
    values = _values(visit)
    person = person_of(visit.desk.house.database, visit.operator.operator_id)
    values |= {
        "fault": fault,
        "push_key": push_key(visit),
        "typed": typed,
        "own": own_rules(visit, person, channel_lines(visit, person)),
    }
    return visit.page("channels.html", "channels", values, status=status)


def _values(visit: Visit) -> dict[str, object]:
    person = person_of(visit.desk.house.database, visit.operator.operator_id)
    lines, browsers = channel_lines(visit, person), browser_lines(visit, person)
    return {
        "tied": bool(person),
        "channels": lines,
        "browsers": browsers,
        "waits": "waits" in {*(one.state for one in lines), *(one.state for one in browsers)},
        "now": visit.desk.now,
    }
