"""`/turns`: the duty turns of whoever is signed in, the hours of her services, and calendars of them.

`answer` is `make` (of a `service`, or of her own turns) or `end` (of a `number`). Who has a calendar's address reads it
without signing in: it can be ended at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import RedirectResponse, Response

from models.own_account import person_of
from models.own_saying import end_feed, feed_address, make_feed, said_by
from models.tying import UnknownNetworkPerson
from notifiers.language import said
from procedures.directory import Directory, Duty, Service
from procedures.errors import Refused, UnknownService
from procedures.membership import services_of
from web.doorkeeper import Anybody, Visit
from web.forms import Form, FormNotUnderstood, word
from web.refusals import status_of
from web.rooms import rooms
from web.weekhours import hours_said

router = rooms()
AHEAD = timedelta(days=60)
MOST_DIGITS = 9


@dataclass(frozen=True)
class TurnLine:
    """One of her turns."""

    service: str
    since: datetime
    until: datetime
    seconds: float
    """How long it really is: a night on which the clocks change is an hour shorter, or longer."""
    away: bool
    """Whether she said that she is away when it begins."""


@dataclass(frozen=True)
class ServiceLine:
    """A service of hers."""

    id: str
    name: str
    hours: str
    role: str


@dataclass(frozen=True)
class FeedLine:
    """A calendar of hers."""

    number: int
    service: str
    """Empty: her own turns."""
    address: str


@router.api_route("/turns", methods=["GET", "HEAD"])
def read(visit: Anybody) -> Response:
    """The page."""
    return _page(visit)


@router.post("/turns")
def change(form: Form, visit: Anybody) -> Response:
    """Make a calendar, or end one. Raises FormNotUnderstood."""
    house, by = visit.desk.house, visit.operator.actor
    person = person_of(house.database, visit.operator.operator_id)
    try:
        match word(form, "answer"):
            case "make":
                make_feed(house, person, word(form, "service"), by)
            case "end":
                number = word(form, "number")
                if not (number.isascii() and number.isdecimal()):
                    raise FormNotUnderstood
                end_feed(house, person, int(number[:MOST_DIGITS]), by)
            case _:
                raise FormNotUnderstood
    except (Refused, UnknownNetworkPerson, UnknownService) as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    return RedirectResponse("/turns#calendars", status_code=303)


def duties_of(directory: Directory, person: str) -> Sequence[tuple[Service, Duty]]:
    """Every turn of this person, the earliest first."""
    found = [(one, duty) for one in directory.services.values() for duty in one.rota if duty.person == person]
    return sorted(found, key=lambda each: (each[1].since, each[0].id))


def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    house, directory = visit.desk.house, visit.names.directory
    person = person_of(house.database, visit.operator.operator_id)
    hers = [directory.services[one] for one in sorted(services_of(directory, person))]
    values = {
        "tied": bool(person),
        "fault": fault,
        "turns": _turns(visit, person),
        "services": [
            ServiceLine(one.id, _name(visit, one), hours_said(one, visit.language), visit.names.role_in(person, one))
            for one in hers
        ],
        "feeds": _feeds(visit, person),
        "days": AHEAD.days,
    }
    return visit.page("turns.html", "turns", values, status=status)


def _turns(visit: Visit, person: str) -> Sequence[TurnLine]:
    directory, now = visit.names.directory, visit.desk.now
    return [
        TurnLine(
            _name(visit, service),
            duty.since,
            duty.until,
            (duty.until - duty.since).total_seconds(),
            directory.away_until(person, max(duty.since, now)) is not None,
        )
        for service, duty in duties_of(directory, person)
        if duty.until > now and duty.since < now + AHEAD
    ]


def _feeds(visit: Visit, person: str) -> Sequence[FeedLine]:
    house, services = visit.desk.house, visit.names.directory.services
    base, key = house.settings.desk.web_address, house.keyring.token_key
    return [
        FeedLine(
            number,
            _name(visit, services[service]) if service in services else service,
            f"{base}/calendar/{feed_address(key, number)}.ics",
        )
        for number, service in said_by(house, person).feeds
    ]


def _name(visit: Visit, service: Service) -> str:
    return service.name.said(visit.language)
