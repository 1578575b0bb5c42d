"""`/status`: whether the house works, for people. One word for anybody; the rest for whoever is signed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from models.adopting import not_used, own_files, shipped_beside
from models.checks import TRAIL
from models.clock import far_astray
from models.heartbeat import REPLIES, Marks
from models.pulse import Pulse, pulse, waits_for_people
from procedures.errors import StaffettaError
from procedures.people import AT_CASES
from web.desk import Desk, Language, OurDesk
from web.doorkeeper import Visit, somebody
from web.health import OurReadiness
from web.pages import page, say
from web.readiness import DEADLINES_LATE, DISK_FULL, MESSAGES_LATE, NOT_WRITABLE, OLD_TABLES, late_ones
from web.saying import N_
from web.spans import day_and_hour, span
from web.troubled import troubled
from web.uncarried import uncarried

router = APIRouter()
WELL, TROUBLED = N_("All is well"), N_("Something is wrong")
TELL = N_("Telephone, and tell whoever runs this machine.")
FAULTS = {
    NOT_WRITABLE: N_("Nothing can be saved now. Telephone."),
    OLD_TABLES: N_("The database is of another edition than this program."),
    DISK_FULL: N_("The disk is full."),
    MESSAGES_LATE: N_("Nobody seems to be sending."),
    DEADLINES_LATE: N_("Nobody seems to be watching the deadlines."),
}
UNREAD_SECONDS = 60.0
"""Real seconds, beside those between two looks, after which the answering box does not seem to be read."""
GOOD, LOOK, BAD = "completed", "expired", "sent-permanent"
"""The colours of the badges."""


@dataclass(frozen=True)
class Line:
    """One thing that is watched."""

    title: str
    kind: str
    badge: str
    said: str


@router.api_route("/status", methods=["GET", "HEAD"])
def status(request: Request, desk: OurDesk, language: Language, readiness: OurReadiness) -> Response:
    """The page. It answers also where nothing else does."""
    faults = readiness.faults()
    try:
        # A page that may be left open keeps no sign-in alive.
        operator = somebody(request, desk, acting=False)
        if operator is None:
            return _one_word(desk, language, good=not faults)
        visit = Visit(desk, language, operator, request)
        lines = list(_lines(visit, pulse(desk.house.database, desk.now)))
    except StaffettaError:
        return _one_word(desk, language, good=False)
    values = {
        "good": not faults,
        "faults": [say(language, FAULTS[fault]) for fault in faults],
        "lines": lines,
        "word": say(language, TROUBLED if faults else WELL),
    }
    return visit.page("status.html", "status", values)


def _one_word(desk: Desk, language: str, *, good: bool) -> Response:
    around = {"vendor": desk.vendor, "operator": None, "here": "status", "reference": ""}
    values = {"heading": say(language, WELL if good else TROUBLED), "text": "" if good else say(language, TELL)}
    return page("message.html", language, {**around, **values}, status=200 if good else 503)


def _lines(visit: Visit, found: Pulse) -> Iterator[Line]:
    """What is watched, with how it is."""
    now, speed = visit.desk.now, visit.desk.house.clock.speed
    late = late_ones(found.late, now, speed)
    yield _waiting(visit, N_("Oldest message that is due"), found.late.message, bad=MESSAGES_LATE in late)
    yield _waiting(visit, N_("Oldest deadline that is due"), found.late.deadline, bad=DEADLINES_LATE in late)
    if visit.operator.holds(AT_CASES):
        overdue, uncertain = waits_for_people(visit.desk.house.database, visit.reach)
        yield _count(visit, N_("Overdue before the coordinator"), overdue)
        yield _count(visit, N_("Messages that may not have arrived"), uncertain)
    for one in troubled(visit):
        title = say(visit.language, N_("Alerts do not leave"))
        said = say(visit.language, N_("{channel}, since {moment}")).format(channel=one.channel, moment=one.since)
        yield Line(title, BAD, say(visit.language, N_("look")), said)
    missing = uncarried(visit)
    if missing:
        yield Line(say(visit.language, N_("Channels without a carrier")), BAD, say(visit.language, N_("look")), missing)
    yield from _unadopted(visit)
    yield from _astray(visit)
    yield from _box(visit)
    yield _trail(visit, found)
    yield _outside(visit)
    yield _waiting(visit, N_("History that waits to be written"), found.history_since, bad=False)
    yield _count(visit, N_("Differences between history and trail"), found.history_reports)


def _waiting(visit: Visit, title: str, since: datetime | None, *, bad: bool) -> Line:
    language = visit.language
    if since is None or since > visit.desk.now:
        return Line(say(language, title), GOOD, say(language, N_("good")), say(language, N_("none")))
    waits = span((visit.desk.now - since).total_seconds(), language)
    kind, badge = (BAD, N_("late")) if bad else (LOOK, N_("at work"))
    return Line(say(language, title), kind, say(language, badge), waits)


def _count(visit: Visit, title: str, many: int) -> Line:
    kind, badge = (LOOK, N_("look")) if many else (GOOD, N_("good"))
    said = str(many) if many else say(visit.language, N_("none"))
    return Line(say(visit.language, title), kind, say(visit.language, badge), said)


def _unadopted(visit: Visit) -> Iterator[Line]:
    """Shown only where a text lies ready that is not in force: nobody may believe that it is."""
    house, language = visit.desk.house, visit.language
    files = [one.file for one in not_used(own_files(house))]
    files += [f"{one.pathway} ({one.edition})" for one in shipped_beside(house.procedures.editions())]
    if files:
        title = say(language, N_("Procedures that are not adopted"))
        yield Line(title, LOOK, say(language, N_("not in force")), ", ".join(files))


def _astray(visit: Visit) -> Iterator[Line]:
    """Shown only where the wall stands far from the house's clock."""
    astray = far_astray(visit.desk.house.clock)
    if astray is not None:
        language = visit.language
        said = say(language, N_("the machine's wall clock differs by {seconds} s; see `staffetta doctor`"))
        seconds = f"{astray.total_seconds():+.0f}"
        yield Line(say(language, N_("Clock")), BAD, say(language, N_("look")), said.format(seconds=seconds))


def _box(visit: Visit) -> Iterator[Line]:
    """Shown only where answers by mail are read: whoever answered by mail believes that it arrived."""
    settings, language = visit.desk.house.settings, visit.language
    if not settings.replies.is_read:
        return
    age = Marks(settings.run_folder).seconds_since(REPLIES)
    title = say(language, N_("Answers by mail"))
    if age is not None and age <= settings.replies.look_every + UNREAD_SECONDS:
        yield Line(title, GOOD, say(language, N_("good")), say(language, N_("they are read")))
    else:
        yield Line(title, BAD, say(language, N_("look")), say(language, N_("nobody reads them: they wait in the box")))


def _outside(visit: Visit) -> Line:
    """Whether another machine would tell people if this one died."""
    language, title = visit.language, say(visit.language, N_("Watcher on another machine"))
    if Marks(visit.desk.house.settings.run_folder).is_watched():
        return Line(title, GOOD, say(language, N_("good")), say(language, N_("it asks")))
    return Line(
        title, LOOK, say(language, N_("look")), say(language, N_("nobody asks: if this machine dies, nobody is told"))
    )


def _trail(visit: Visit, found: Pulse) -> Line:
    language = visit.language
    title = say(language, N_("Last check of the trail"))
    check = next((one for one in found.checks if one.name == TRAIL), None)
    if check is None:
        return Line(title, LOOK, say(language, N_("look")), say(language, N_("not done yet")))
    at = day_and_hour(check.at, language, visit.desk.now)
    if check.faults:
        found_faults = say(language, N_("it found faults"))
        return Line(title, BAD, say(language, N_("look")), f"{at} · {found_faults}")
    return Line(title, GOOD, say(language, N_("good")), at)
