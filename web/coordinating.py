"""`/coordination`: what is late and what to do about it, the load of each service, and where the network is weak.

Codes, steps, services and times, as on the board: no case is opened for it, so no look is noted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from models.coming_in import coming_in
from models.coordination import LATELY, MOST, Coordination, Declined, Load, coordination, within
from models.glass import broken_glasses
from models.reviews import waiting
from models.viewed import HandoffRow
from procedures.case import UNANSWERED_STATES, Party
from procedures.figures import SMALLEST
from procedures.network_health import Weak, Weakness, weaknesses
from web.doorkeeper import Coordinating, Visit
from web.naming import Names
from web.pages import say
from web.rooms import rooms
from web.saying import N_
from web.spans import day_and_hour, span
from web.watching import channel_lines

router = rooms()
BEFORE_HER = N_("Nobody took it in time: it stands before the coordinator.")
SILENT = N_("Nobody answered in time.")
NO_RESULT = N_("It was taken on, and its result or first sign is overdue.")
TELEPHONE = N_("Telephone, and answer for them; or let somebody else be asked.")
ASK_RESULT = N_("Telephone and ask how it stands; agree on longer time, or pass it on.")
TAKE = N_("Look for somebody and record who takes it.")
WEAK: Mapping[Weakness, str] = {
    Weakness.ROTA_GAP: N_("Nobody is on duty from %(since)s until %(until)s: the referent is called."),
    Weakness.ROTA_ENDS: N_("The rota ends at %(since)s: from then on the referent is called."),
    Weakness.NO_DEPUTY: N_("There is no deputy: whoever does not answer has nobody in their place."),
    Weakness.ALL_AWAY: N_(
        "Everybody who could be called is away from %(since)s until %(until)s: they are called all the same."
    ),
    Weakness.NOT_SIGNED: N_("No day stands in the network's file on which its protocol was signed."),
    Weakness.SIGNED_LONG_AGO: N_("Its protocol was signed on %(time)s: look whether it still holds."),
    Weakness.ONE_COORDINATOR: N_("One person alone answers for it: what nobody takes waits for her."),
}


@dataclass(frozen=True)
class LateLine:
    """One handoff that is late."""

    code: str
    drill: bool
    ref: str
    step: str
    holder: str
    phone: str | None
    due_at: datetime | None
    overdue: bool
    why: str
    next: str


@dataclass(frozen=True)
class LoadLine:
    """The load of one service."""

    name: str
    load: Load
    median: str
    """In words; that there are too few answers, where that is so."""


@dataclass(frozen=True)
class DeclinedLine:
    """A step that was declined again and again."""

    code: str
    drill: bool
    step: str
    times: int


@dataclass(frozen=True)
class SignalLine:
    """A signal that nobody at the desk saw."""

    code: str
    drill: bool
    at: datetime
    title: str
    said_by: str


@dataclass(frozen=True)
class WeakLine:
    """Where the network is weak."""

    name: str
    said: str
    soon: bool


@router.api_route("/coordination", methods=["GET", "HEAD"])
def read(visit: Coordinating) -> Response:
    """The page."""
    house, now = visit.desk.house, visit.desk.now
    found = coordination(house.database, now, visit.reach)
    every = broken_glasses(house)
    ours = within(house.database, [one.case_id for one in every], visit.reach)
    glasses = [one for one in every if one.case_id in ours]
    values = {
        "late": [_late(one, visit.names) for one in found.late],
        "late_in_all": found.late_in_all,
        "loads": _loads(found, visit),
        "smallest": SMALLEST,
        "days": LATELY.days,
        "declined": [_declined(one, visit.names) for one in found.declined],
        "reviews": waiting(house.database, now, visit.reach),
        "glasses_open": sum(1 for one in glasses if one.broken.is_open(now)),
        "glasses_waiting": sum(1 for one in glasses if not one.broken.found),
        "glasses_late": sum(1 for one in glasses if one.is_late(now)),
        **_coming(visit),
        "weak": list(_weak(visit)),
        "channels": channel_lines(visit),
        "own_work": found.own_work,
        "shut_channels": found.shut_channels,
        "most": MOST,
    }
    return visit.page("coordination.html", "coordination", values)


def _coming(visit: Visit) -> Mapping[str, object]:
    """Conferences that are due, and signals that nobody at the desk saw."""
    names, found = visit.names, coming_in(visit.desk.house.database, visit.desk.now, visit.reach)
    signals = [
        SignalLine(one.code, one.drill, one.at, names.signal(one.content_hash, one.signal), names.agreeing(one.said_by))
        for one in found.signals
    ]
    return {"conferences": [_late(row, names) for row in found.conferences], "signals": signals}


def _late(row: HandoffRow, names: Names) -> LateLine:
    party = Party(kind=row.owner_kind, id=row.owner_id)
    if row.overdue:
        why, then = BEFORE_HER, TAKE
    elif row.state in UNANSWERED_STATES:
        why, then = SILENT, TELEPHONE
    else:
        why, then = NO_RESULT, ASK_RESULT
    return LateLine(
        code=row.case_code,
        drill=row.drill,
        ref=row.ref,
        step=names.step(row.content_hash, row.step),
        holder=names.party(party),
        phone=names.phone(party),
        due_at=row.due_at,
        overdue=row.overdue,
        why=say(names.language, why),
        next=say(names.language, then),
    )


def _loads(found: Coordination, visit: Visit) -> Sequence[LoadLine]:
    few = say(visit.language, N_("fewer than %(most)s answers")) % {"most": SMALLEST}
    return [
        LoadLine(
            visit.names.service(one.service),
            one,
            few if one.median is None else span(one.median, visit.language),
        )
        for one in found.loads
    ]


def _declined(one: Declined, names: Names) -> DeclinedLine:
    return DeclinedLine(one.code, one.drill, names.step(one.content_hash, one.step), one.times)


def _weak(visit: Visit) -> Iterator[WeakLine]:
    now = visit.desk.now
    for one in weaknesses(visit.names.directory, now):
        places = {
            "since": day_and_hour(one.since, visit.language, now) if one.since else "",
            "until": day_and_hour(one.until, visit.language, now) if one.until else "",
            "time": one.on.isoformat() if one.on else "",
        }
        said = say(visit.language, WEAK[one.kind]) % places
        yield WeakLine(_name(visit, one), said, one.since is not None)


def _name(visit: Visit, one: Weak) -> str:
    directory, language = visit.names.directory, visit.language
    if one.about in directory.bodies and one.kind in {Weakness.NOT_SIGNED, Weakness.SIGNED_LONG_AGO}:
        return directory.bodies[one.about].name
    if one.kind is Weakness.ONE_COORDINATOR:
        return directory.coordinators[one.about].name.said(language)
    return visit.names.service(one.about)
