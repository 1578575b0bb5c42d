"""Which of the network's own work is due by its schedule, and which comes next. Pure: when anything began is asked."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from procedures.directory import Directory
from procedures.distances import MONTHS_OF_A_YEAR, before, on_the_wall
from procedures.language.limits import Point
from procedures.measuring import week_of
from procedures.schema import Library, Pathway
from procedures.values import ROME, as_moment


@dataclass(frozen=True, slots=True)
class Coming:
    """One piece of work of one period in one territory."""

    pathway: str
    territory: str
    period: str
    """What makes it another one than the one before: `2027-02`, or the day that it leads up to."""
    due_at: datetime | None
    """Aware UTC; None where the network's file names no such day for this territory."""
    fact: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    """What is known when it begins: the day that it leads up to."""

    @property
    def command_id(self) -> str:
        """The same for everybody who finds it due, so that it begins once however many look."""
        said = f"{self.pathway}|{self.territory}|{self.period}"
        return f"schedule:{hashlib.sha256(said.encode()).hexdigest()[:40]}"


def due_by(
    library: Library, directory: Directory, now: datetime, in_force_since: Mapping[str, datetime]
) -> Sequence[Coming]:
    """What should have begun by now. What began already is among it: its command's id tells.

    Of a month that was missed, only the last one: three tests of the channels on one day are worth no more than one.
    What was due before its pathway (`in_force_since`) or its network were there is not made up for, unless the day that
    it leads up to still lies ahead.
    """
    found = []
    for pathway, territory in _scheduled(library, directory):
        since = in_force_since.get(pathway.name)
        if since is None:
            continue
        for one in (*_monthly(pathway, territory, now)[:1], *_leading_up(pathway, territory, directory)):
            ahead = one.fact is not None and (_moment(one) or now) > now
            if one.due_at is not None and one.due_at <= now and (one.due_at >= since or ahead):
                found.append(one)
    return found


def coming(library: Library, directory: Directory, now: datetime) -> Sequence[Coming]:
    """What comes next of each, soonest first; last what has no day to lead up to."""
    found = []
    for pathway, territory in _scheduled(library, directory):
        monthly, ahead = _monthly(pathway, territory, now)[1:], []
        if pathway.schedule and pathway.schedule.point:
            ahead = [one for one in _leading_up(pathway, territory, directory) if one.due_at and one.due_at > now]
            ahead = ahead or [Coming(pathway.name, territory, "", None, pathway.schedule.fact)]
        found += [*monthly, *ahead]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now, one.pathway, one.territory))


def _scheduled(library: Library, directory: Directory) -> Iterator[tuple[Pathway, str]]:
    for _name, pathway in sorted(library.current.items()):
        if pathway.schedule is not None:
            for territory in sorted(directory.territories()):
                yield pathway, territory


def _monthly(pathway: Pathway, territory: str, now: datetime) -> Sequence[Coming]:
    """The last of its months that has begun, and the next; nothing where its schedule is of another kind."""
    schedule = pathway.schedule
    if schedule is None or schedule.day is None or schedule.at is None:
        return ()
    today = now.astimezone(ROME).date()
    months = [_month(today, step) for step in (-1, 0, 1)]
    found = [_of_month(pathway.name, territory, month.replace(day=schedule.day), schedule.at) for month in months]
    later = [one for one in found if one.due_at and one.due_at > now]
    return (found[len(found) - len(later) - 1], later[0])


def _month(day: date, step: int) -> date:
    years, month = divmod(day.year * MONTHS_OF_A_YEAR + day.month - 1 + step, MONTHS_OF_A_YEAR)
    return date(years, month + 1, 1)


def _of_month(pathway: str, territory: str, day: date, at: time) -> Coming:
    return Coming(pathway, territory, f"{day:%Y-%m}", on_the_wall(day, at))


def _leading_up(pathway: Pathway, territory: str, directory: Directory) -> Iterator[Coming]:
    schedule = pathway.schedule
    if schedule is None or schedule.point is None or schedule.fact is None:
        return
    week = week_of(directory, territory, None)
    for value in directory.dates.get(territory, {}).get(schedule.fact, ()):
        moment = as_moment(value)
        if moment is not None:
            point: Point = schedule.point
            at = before(moment, point.distance, week)
            yield Coming(pathway.name, territory, value, at, schedule.fact, {schedule.fact: value})


def _moment(one: Coming) -> datetime | None:
    return next((as_moment(value) for value in one.facts.values()), None)
