"""`/handover`: a sheet for whoever comes on shift next, made to be printed: what is open, and who is called now.

It says no more than the board and its case pages do, and nothing personal. Of people of the network it shows the role;
their names too where the reader has the network's own room.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from models.handover import handover
from models.viewed import HandoffRow
from procedures.case import UNANSWERED_STATES, Party
from procedures.directory import Directory, Service
from procedures.people import Role
from procedures.rotas import next_duty
from web.doorkeeper import AtCases, Visit
from web.naming import Names, spoken
from web.pages import say
from web.rooms import rooms
from web.saying import N_
from web.spans import ROME, day, hour

router = rooms()
SOMEBODY = N_("somebody who takes it: nobody did in time")
ANSWER = N_("its answer")
RESULT = N_("its result")
NAMED = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who reads names of people in the network's room, too."""


@dataclass(frozen=True)
class PromiseLine:
    """One promise."""

    code: str
    drill: bool
    ref: str
    step: str
    holder: str
    phone: str | None
    due_at: datetime | None
    overdue: bool
    awaited: str


@dataclass(frozen=True)
class DutyLine:
    """Whom a service has now, and next."""

    service: str
    phone: str
    now: str
    then: str
    since: datetime | None


@router.api_route("/handover", methods=["GET", "HEAD"])
def read(visit: AtCases) -> Response:
    """The sheet. Each case on it is noted before."""
    now = visit.desk.now
    found = handover(visit.desk.house, visit.operator.actor, visit.reach)
    values = {
        "promises": [_promise(row, visit.names) for row in found.promises],
        "in_all": found.in_all,
        "still": found.still,
        "made": f"{day(now.astimezone(ROME).date(), visit.language)}, {hour(now, visit.language)}",
        "duties": _duties(visit, (row.service for row in found.promises if row.service)),
    }
    return visit.page("handover.html", "board", values)


def _promise(row: HandoffRow, names: Names) -> PromiseLine:
    party = Party(kind=row.owner_kind, id=row.owner_id)
    awaited = SOMEBODY if row.overdue else ANSWER if row.state in UNANSWERED_STATES else RESULT
    return PromiseLine(
        code=row.case_code,
        drill=row.drill,
        ref=row.ref,
        step=names.step(row.content_hash, row.step),
        holder=names.party(party),
        phone=names.phone(party),
        due_at=row.due_at,
        overdue=row.overdue,
        awaited=say(names.language, awaited),
    )


def _duties(visit: Visit, services: Iterable[str]) -> Sequence[DutyLine]:
    directory = visit.names.directory
    found = [directory.services[one] for one in sorted(set(services)) if one in directory.services]
    return sorted((_duty(visit, service) for service in found), key=lambda line: line.service)


def _duty(visit: Visit, service: Service) -> DutyLine:
    names, then = visit.names, next_duty(service, visit.desk.now)
    return DutyLine(
        service=names.service(service.id),
        phone=spoken(service.phone),
        now=_called(visit, _first(names.directory, service, visit.desk.now), service),
        then=_called(visit, then.person, service) if then else "",
        since=then.since if then else None,
    )


def _first(directory: Directory, service: Service, now: datetime) -> str:
    """Whoever is called first: on duty, else the referent, else the deputy; whoever is away is passed over."""
    on_duty = directory.person_on_duty(service, now).id
    called = (one for one in (on_duty, service.referent, service.deputy) if one)
    return next((one for one in called if directory.away_until(one, now) is None), on_duty)


def _called(visit: Visit, person: str, service: Service) -> str:
    role, known = visit.names.role_in(person, service), visit.names.directory.people
    return f"{known[person].name} ({role})" if visit.operator.holds(NAMED) and person in known else role
