"""`/calendar/NUMBER-SECRET.ics`: duty turns for the calendar of a telephone, for whoever has the address.

It says services, hours and roles: no name, no address, nothing of any case.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from models.own_saying import feed_at
from web.desk import OurDesk
from web.icalendar import Turn, calendar_of
from web.naming import Names
from web.saying import N_
from web.turns import duties_of

router = APIRouter()
BACK = timedelta(days=31)
ENDING = ".ics"
OWN, OF_SERVICE = N_("Duty turns"), N_("Duty turns: %(service)s")
REMINDER = N_("Your turn begins in an hour.")


@router.api_route("/calendar/{name}", methods=["GET", "HEAD"])
def read(name: str, desk: OurDesk) -> Response:
    """The file. Raises HTTPException: there is none at this address, or not any more."""
    found = feed_at(desk.house, name.removesuffix(ENDING)) if name.endswith(ENDING) else None
    if found is None:
        raise HTTPException(404)
    person, service = found
    names = desk.names(desk.house.procedures.directory().people[person].language)
    title = names.words.gettext(OF_SERVICE) % {"service": names.service(service)} if service else ""
    file = calendar_of(
        _turns(desk, names, person, service),
        title=title or names.words.gettext(OWN),
        reminder=names.words.gettext(REMINDER),
        now=desk.now,
        host=urlsplit(desk.house.settings.desk.web_address).hostname or "staffetta.invalid",
    )
    return Response(file, media_type="text/calendar; charset=utf-8")


def _turns(desk: OurDesk, names: Names, person: str, service: str) -> list[Turn]:
    """Hers or, of a service, everybody's by role: those that ended less than a month ago, and all to come."""
    since = desk.now - BACK
    if not service:
        hers = duties_of(names.directory, person)
        return [Turn(one.id, names.service(one.id), duty.since, duty.until) for one, duty in hers if duty.until > since]
    one = names.directory.services[service]
    return [
        Turn(one.id, f"{names.service(one.id)}: {names.role_in(duty.person, one)}", duty.since, duty.until)
        for duty in one.rota
        if duty.until > since
    ]
