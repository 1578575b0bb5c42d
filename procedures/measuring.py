"""Points and limits of a running pathway, in absolute time (UTC)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from procedures.case import CaseState, LimitState, PathwayRun
from procedures.conditions import holds
from procedures.directory import Directory, Service
from procedures.distances import after, before, on_a_working_day
from procedures.language.lengths import Duration
from procedures.language.limits import Clock, Extension, Limit, Moment, MomentKind, Pick, Point
from procedures.values import as_moment
from procedures.weeks import AT_HOME, Week, week_of_country


@dataclass(frozen=True, slots=True)
class Ground:
    """What points are measured on: the case, one of its runs, and whose working days count."""

    state: CaseState
    run: PathwayRun | None
    """None while it is being started: then no step of it has a moment."""
    week: Week = AT_HOME
    asked_at: datetime | None = None
    """When the step was asked for: with this moment the conditions of its limits compare; without it with the start."""

    def at(self, point: Point, start: datetime) -> datetime:
        """A point in absolute time.

        A moment that nobody told (an unknown fact, evidence not given) is the step's own start: what is not known must
        not make a limit vanish. What leads up to an unknown moment is over at once: somebody has to find it out.
        """
        moment = self._moment(point.of)
        if point.before:
            return before(moment, point.distance, self.week) if moment else start
        return after(moment or start, point.distance, self.week)

    def later(self, moment: datetime, distance: Duration) -> datetime:
        """So long after a moment, by this week."""
        return after(moment, distance, self.week)

    def end(self, limit: Limit, start: datetime) -> datetime:
        """The end of a limit: the earliest of its points, or the latest; of several, those whose moment is known."""
        known = [point for point in limit.points if point.of.kind is MomentKind.START or self._moment(point.of)]
        ends = [self.at(point, start) for point in known or limit.points]
        return max(ends) if limit.pick is Pick.LATEST else min(ends)

    def ends(
        self, limits: Iterable[Limit], start: datetime, longer: Extension | None = None, times: int = 0
    ) -> tuple[LimitState, ...]:
        """The limits that count now, strictest first; each was made longer so many times, but a clinical one never."""
        found = []
        for limit in limits:
            if holds(limit.when, self.state.facts, self.asked_at or start):
                end = self.end(limit, start)
                for _ in range(times if longer and limit.clock is not Clock.CLINICAL else 0):
                    end = self.later(end, longer.by) if longer else end
                found.append((self._moved(limit, end), limit.clock, limit.words))
        return tuple(LimitState(at=at, clock=clock, words=words) for at, clock, words in sorted(found))

    def _moved(self, limit: Limit, end: datetime) -> datetime:
        if limit.moves_to is None:
            return end
        country = limit.moves_to.country
        return on_a_working_day(end, week_of_country(country) if country else self.week)

    def _moment(self, moment: Moment) -> datetime | None:
        match moment.kind:
            case MomentKind.CASE:
                return self.state.opened_at
            case MomentKind.FACT:
                return as_moment(self.state.facts.get(moment.name or "", False))
        return _in_run(self.run, moment) if self.run else None


def _in_run(run: PathwayRun, moment: Moment) -> datetime | None:
    step, name = moment.step or "", moment.name or ""
    match moment.kind:
        case MomentKind.PATHWAY:
            return run.started_at
        case MomentKind.SIGNAL:
            return run.signals[name].at if name in run.signals else None
        case MomentKind.EVIDENCE:
            return as_moment(run.steps[step].evidence.get(name, False))
        case MomentKind.STEP:
            return run.steps[step].moments.get(name)
    return None


def week_of(directory: Directory, territory: str, service: Service | None) -> Week:
    """Whose working days count: those of the service, without one those of the territory (Monday to Friday)."""
    if service is None:
        return week_of_country("IT", directory.holidays.get(territory, ()))
    if service.opening_hours or service.hours:
        weekdays = frozenset(day for opening in service.hours for day in opening.days)
        return Week(service.holidays, service.opening_hours, weekdays)
    return Week(service.holidays)


def marked(ends: Iterable[LimitState], now: datetime) -> tuple[LimitState, ...]:
    """The same, those over at `now` marked passed."""
    return tuple(end.model_copy(update={"passed": end.at <= now}) for end in ends)
