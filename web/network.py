"""`/network`: who works together by which protocol, who is on duty, what is open, for those who look after it.

It is the network's own directory: people of services stand here by name, nowhere else at the desk. Addresses do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from starlette.responses import Response

from models.reaching import Reached
from notifiers.language import translator
from procedures.directory import Body, Directory, NetworkPerson, Service
from procedures.persons import people_of_service
from procedures.rotas import AHEAD, GapKind, Holds, called_now, duty_at, gaps, holds, next_duty
from procedures.showing.names import competence
from web.doorkeeper import OfTheNetwork, Visit
from web.pages import say
from web.rooms import rooms
from web.saying import N_
from web.spans import ROME
from web.unreached import REACHED, reached_services
from web.unreached import STATES as STATES_OF_REACH
from web.weekhours import hours_said

router = rooms()
GAPS = {
    GapKind.NOBODY: N_("nobody is on duty: the referent would be called"),
    GapKind.AWAY: N_("whoever is on duty is away: the referent would be called"),
    GapKind.UNREACHABLE: N_("no channel leads to whoever is on duty: the referent would be called"),
}
HOLDS = {
    Holds.YES: N_("in force"),
    Holds.SOON: N_("ends soon"),
    Holds.ENDED: N_("has ended"),
    Holds.UNSIGNED: N_("no day of signature is known"),
}
FIRST = (Holds.ENDED, Holds.SOON, Holds.UNSIGNED, Holds.YES)
"""What wants a look stands in front."""
STATES = {Holds.YES: "completed", Holds.SOON: "alerted", Holds.ENDED: "overdue", Holds.UNSIGNED: "expired"}


@dataclass(frozen=True)
class GapLine:
    """A time at which nobody on duty would be reached."""

    service: str
    since: datetime
    until: datetime
    why: str


@dataclass(frozen=True)
class BodyLine:
    """A body and its protocol."""

    name: str
    services: str
    signed: date | None
    ends: date | None
    state: str
    said: str


@dataclass(frozen=True)
class ServiceLine:
    """A service, and who is called for it."""

    id: str
    name: str
    body: str
    competences: str
    territories: str
    hours: str
    on_duty: str
    """Empty: nobody by the rota, or it has none."""
    until: datetime | None
    following: str
    begins: datetime | None
    referent: str
    deputy: str
    away: Sequence[tuple[str, datetime]]
    """Who of it is away, and until when."""
    has_rota: bool
    reached: str
    reached_said: str


@dataclass(frozen=True)
class PersonLine:
    """Somebody of the network: for whom, and over which kinds of channel."""

    id: str
    name: str
    roles: str
    channels: str
    away_until: datetime | None


@dataclass(frozen=True)
class NowLine:
    """Who would be called now for a competence."""

    territory: str
    competence: str
    service: str
    person: str


@router.api_route("/network", methods=["GET", "HEAD"])
def read(visit: OfTheNetwork) -> Response:
    """The page."""
    directory, now = visit.desk.house.procedures.directory(), visit.desk.now
    reached = reached_services(visit)
    values = {
        "gaps": gap_lines(visit, directory),
        "bodies": _bodies(visit, directory, now.astimezone(ROME).date()),
        "services": [_service(visit, directory, one, reached[one.id]) for one in directory.services.values()],
        "people": _people(visit, directory),
        "calls": _calls(visit, directory),
        "days": AHEAD.days,
    }
    return visit.page("network.html", "network", values)


def gap_lines(visit: Visit, directory: Directory) -> Sequence[GapLine]:
    """The gaps of the next days, soonest first, in the network of that directory."""
    now = visit.desk.now
    return [
        GapLine(
            directory.services[gap.service].name.said(visit.language),
            gap.since,
            gap.until,
            say(visit.language, GAPS[gap.kind]),
        )
        for gap in gaps(directory, now, now + AHEAD)
    ]


def _bodies(visit: Visit, directory: Directory, today: date) -> Sequence[BodyLine]:
    found = [(holds(one.protocol_signed_on, one.protocol_ends_on, today), one) for one in directory.bodies.values()]
    found.sort(key=lambda each: (FIRST.index(each[0]), each[1].protocol_ends_on or date.max, each[1].name))
    return [_body(visit, directory, state, one) for state, one in found]


def _body(visit: Visit, directory: Directory, state: Holds, body: Body) -> BodyLine:
    offered = [one.name.said(visit.language) for one in directory.services.values() if one.body == body.id]
    said = say(visit.language, HOLDS[state])
    signed, ends = body.protocol_signed_on, body.protocol_ends_on
    return BodyLine(body.name, ", ".join(offered), signed, ends, STATES[state], said)


def _service(visit: Visit, directory: Directory, service: Service, reached: Reached) -> ServiceLine:
    now, people = visit.desk.now, directory.people
    on_duty, following = duty_at(service, now), next_duty(service, now)
    return ServiceLine(
        id=service.id,
        name=service.name.said(visit.language),
        body=directory.bodies[service.body].name,
        competences=", ".join(sorted(competence(one, visit.language) for one in service.competences)),
        territories=", ".join(visit.names.territory(one) for one in sorted(service.territories)),
        hours=hours_said(service, visit.language),
        on_duty=people[on_duty.person].name if on_duty else "",
        until=on_duty.until if on_duty else None,
        following=people[following.person].name if following else "",
        begins=following.since if following else None,
        referent=people[service.referent].name,
        deputy=people[service.deputy].name if service.deputy else "",
        away=_away(directory, service, now),
        has_rota=service.has_rota,
        reached=STATES_OF_REACH[reached],
        reached_said=say(visit.language, REACHED[reached]),
    )


def _away(directory: Directory, service: Service, now: datetime) -> Sequence[tuple[str, datetime]]:
    away = [(directory.people[one].name, directory.away_until(one, now)) for one in people_of_service(service)]
    return [(name, until) for name, until in away if until is not None]


def _people(visit: Visit, directory: Directory) -> Sequence[PersonLine]:
    words = translator(visit.language, "web")
    found: dict[str, list[str]] = {person: [] for person in directory.people}
    for service in directory.services.values():
        everybody = (service.referent, service.deputy, *(duty.person for duty in service.rota))
        for person in dict.fromkeys(one for one in everybody if one):
            role = visit.names.role_in(person, service)
            found[person].append(f"{service.name.said(visit.language)} ({role})")
    for coordinator in directory.coordinators.values():
        for person in coordinator.people:
            found[person].append(f"{coordinator.name.said(visit.language)} ({words.gettext('coordinator')})")
    for desk in directory.desks.values():
        found[desk.person].append(desk.name.said(visit.language))
    by_name = sorted(directory.people.values(), key=lambda person: person.name)
    return [
        PersonLine(
            one.id,
            one.name,
            "; ".join(found[one.id]),
            ", ".join(_channel(visit, directory, one, number) for number in range(len(one.contacts))),
            directory.away_until(one.id, visit.desk.now),
        )
        for one in by_name
    ]


def _channel(visit: Visit, directory: Directory, person: NetworkPerson, number: int) -> str:
    own, kind = directory.own.get(person.id), person.contacts[number].kind.value
    verified = own is not None and number in own.verified
    return say(visit.language, N_("%(channel)s (verified)")) % {"channel": kind} if verified else kind


def _calls(visit: Visit, directory: Directory) -> Sequence[NowLine]:
    return [
        NowLine(
            visit.names.territory(one.territory),
            competence(one.competence, visit.language),
            visit.names.service(one.service) if one.service else "",
            directory.people[one.person].name if one.person else "",
        )
        for one in called_now(directory, visit.desk.now)
    ]
