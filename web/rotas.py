"""`/network/rotas`: a week of duty turns by the wall in Rome; `week` is a day of it, this week where none is said.

`/network/rotas/changes` takes what changes them. `answer` is `override` (`service`, `person`, `since`, `until`), `swap`
(`first`, `second`), `hand_over` (`leaver`) or `undo` (`number`), each with `why`; `gap` says that hours may stay open,
where that was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from procedures.directory import Directory, Service
from procedures.duty_changes import OpensGap
from procedures.errors import StaffettaError
from procedures.rotas import AHEAD, shifts_on
from web.doorkeeper import CoordinatingProven, OfTheNetwork, Visit
from web.duties import changing, done
from web.forms import Form, Typed, word, words
from web.network import gap_lines
from web.refusals import status_of, told
from web.rooms import rooms
from web.spans import ROME, hour

router = rooms()
WEEK = 7
MIDNIGHT = "00:00"
FARTHEST = timedelta(days=3660)
NOTHING: Typed = {}


@dataclass(frozen=True)
class ShiftLine:
    """What of a turn falls on a day."""

    person: str
    since: str
    until: str
    changed: bool
    """Whether an override or a swap put it there."""


@dataclass(frozen=True)
class ServiceWeek:
    """A service's week."""

    name: str
    days: Sequence[Sequence[ShiftLine]]


@router.api_route("/network/rotas", methods=["GET", "HEAD"])
def read(visit: OfTheNetwork, week: str = "") -> Response:
    """The page. Raises HTTPException where `week` is no day."""
    return _page(visit, _monday(visit, week))


@router.post("/network/rotas/changes")
def change(form: Form, visit: CoordinatingProven) -> Response:
    """Do it, then show the week; what was typed again where it cannot be done. Raises FormNotUnderstood.

    For coordinators who have just proven themselves: who is on duty is alerted, and an administrator sees no case.
    """
    try:
        done(visit, form)
    except StaffettaError as refusal:
        asks = isinstance(refusal, OpensGap)
        again = {"typed": words(form), "kind": word(form, "answer"), "fault": told(refusal, visit.names), "asks": asks}
        return _page(visit, _monday(visit, ""), again, status=status_of(refusal))
    return RedirectResponse("/network/rotas#changes", status_code=303)


def _monday(visit: Visit, week: str) -> date:
    """The Monday of the week of that day; of this week where none is said. Raises HTTPException."""
    today = visit.desk.now.astimezone(ROME).date()
    try:
        day = date.fromisoformat(week) if week else today
    except ValueError:
        raise HTTPException(404) from None
    if abs(day - today) > FARTHEST:
        raise HTTPException(404)
    return day - timedelta(days=day.weekday())


def _page(visit: Visit, monday: date, again: Mapping[str, object] | None = None, *, status: int = 200) -> Response:
    """The week that begins on that day; `again` is what was typed, and why it was not done."""
    directory = visit.desk.house.procedures.directory()
    days = [monday + timedelta(days=number) for number in range(WEEK)]
    with_rota = [one for one in directory.services.values() if one.rota or one.written_rota]
    values = {
        "monday": monday,
        "earlier": monday - timedelta(days=WEEK),
        "later": monday + timedelta(days=WEEK),
        "days_of_week": [format_date(day, "EEE d MMM", locale=visit.language) for day in days],
        "services": [_week(visit, directory, one, days) for one in with_rota],
        "gaps": gap_lines(visit, directory),
        "days": AHEAD.days,
        **changing(visit),
        **(again or {"typed": NOTHING, "kind": "", "fault": "", "asks": False}),
    }
    return visit.page("network_rotas.html", "network", values, status=status)


def _week(visit: Visit, directory: Directory, service: Service, days: Sequence[date]) -> ServiceWeek:
    return ServiceWeek(service.name.said(visit.language), [_day(visit, directory, service, day) for day in days])


def _day(visit: Visit, directory: Directory, service: Service, day: date) -> Sequence[ShiftLine]:
    return [
        ShiftLine(
            directory.people[one.duty.person].name,
            hour(one.since, visit.language),
            _end(one.until, visit.language),
            one.duty.change is not None,
        )
        for one in shifts_on(service, day)
    ]


def _end(until: datetime, language: str) -> str:
    """Midnight ends a day as 24:00."""
    said = hour(until, language)
    return "24:00" if said == MIDNIGHT else said
