"""The next of the days that come again, at its hour of the wall in Rome."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

from procedures.distances import MONTHS_OF_A_YEAR, on_the_wall
from procedures.language.fixed_days import LAST, FixedDay, FixedDays, NearWorkingDay
from procedures.values import ROME
from procedures.weeks import AT_HOME, Week, week_of_country, working_day

_DAYS_OF_A_WEEK = 7
_EARLIER = 3
"""So many weeks without a working day, and more, nobody has."""


def next_of(fixed: FixedDays, moment: datetime, week: Week = AT_HOME) -> datetime:
    """The first of these days after `moment` (aware), in UTC. One that falls on the moment itself has been.

    An hour that Rome shows twice is the first of the two, one that it leaps over is the moment of the leap. `week` says
    which days are working days, where a day moves to one and names no country.
    """
    today = moment.astimezone(ROME).date()
    return min(_first_after(fixed, one, moment, today, week) for one in fixed.days)


def _first_after(fixed: FixedDays, one: FixedDay, moment: datetime, today: date, week: Week) -> datetime:
    """Days keep their order where they move: the first that lies after the moment is the next."""
    shown = (on_the_wall(_moved(fixed.moves_to, day, week), fixed.at) for day in _coming(one, today))
    return next(at for at in shown if at > moment)


def _moved(moves_to: NearWorkingDay | None, day: date, week: Week) -> date:
    if moves_to is None:
        return day
    days = week_of_country(moves_to.country) if moves_to.country else week
    return day if days.works_on(day) else working_day(days, day, 1, back=moves_to.back)


def _coming(one: FixedDay, today: date) -> Iterator[date]:
    """From some weeks, months or years ago on: what was to come then may have moved beyond today."""
    for turn in count(-_EARLIER):
        if one.weekday is not None and one.place is None:
            yield today + timedelta(days=(one.weekday - today.weekday()) % _DAYS_OF_A_WEEK + turn * _DAYS_OF_A_WEEK)
        else:
            first = today.replace(month=one.month or today.month, day=1)
            yield _of_month(one, _later(first, turn * (MONTHS_OF_A_YEAR if one.month else 1)))


def _of_month(one: FixedDay, first: date) -> date:
    length = monthrange(first.year, first.month)[1]
    if one.weekday is None:
        return first.replace(day=length if one.day == LAST else one.day or 1)
    if one.place == LAST:
        last = first.replace(day=length)
        return last - timedelta(days=(last.weekday() - one.weekday) % _DAYS_OF_A_WEEK)
    weeks = (one.place or 1) - 1
    return first + timedelta(days=(one.weekday - first.weekday()) % _DAYS_OF_A_WEEK + weeks * _DAYS_OF_A_WEEK)


def _later(first: date, months: int) -> date:
    years, month = divmod(first.year * MONTHS_OF_A_YEAR + first.month - 1 + months, MONTHS_OF_A_YEAR)
    return date(years, month + 1, 1)
