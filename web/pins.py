"""`/pins`: the personal PINs of the network's people, for an administrator: who has one, a new one, one that was lost.

`answer` is `issue` or `lost`, of `person`. A PIN stands on the page that answers the form, and nowhere after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from models.pins import issue_pin, issued_pins, lose_pin
from models.store_errors import NoNetwork
from notifiers.language import said
from procedures.errors import StaffettaError
from web.doorkeeper import Administering, AdministeringProven, Visit
from web.forms import Form, FormNotUnderstood, word
from web.refusals import status_of
from web.rooms import rooms

router = rooms()


@dataclass(frozen=True)
class PinLine:
    """A person of the network, by id, and since when she has a PIN."""

    person: str
    since: datetime | None


@dataclass(frozen=True)
class Shown:
    """A PIN that is shown once."""

    person: str
    pin: str


@router.api_route("/pins", methods=["GET", "HEAD"])
def read(visit: Administering) -> Response:
    """The page."""
    return _page(visit)


@router.post("/pins")
def change(form: Form, visit: AdministeringProven) -> Response:
    """Draw a PIN and show it once, or note that one was lost. Raises FormNotUnderstood."""
    house, person, by = visit.desk.house, word(form, "person"), visit.operator.actor
    try:
        match word(form, "answer"):
            case "issue":
                return _page(visit, shown=Shown(person, issue_pin(house, person, by)))
            case "lost":
                lose_pin(house, person, by)
            case _:
                raise FormNotUnderstood
    except StaffettaError as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    return RedirectResponse("/pins", status_code=303)


def _page(visit: Visit, *, shown: Shown | None = None, fault: str = "", status: int = 200) -> Response:
    values = {"rows": _lines(visit), "shown": shown, "fault": fault}
    return visit.page("pins.html", "pins", values, status=status)


def _lines(visit: Visit) -> Sequence[PinLine]:
    """Everybody of the network, and whoever left it with a PIN; nobody before there is a network."""
    house = visit.desk.house
    since = issued_pins(house.database)
    try:
        people = set(house.procedures.directory().people)
    except NoNetwork:
        people = set()
    return [PinLine(person, since.get(person)) for person in sorted(people | set(since))]
