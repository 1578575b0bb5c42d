"""The next of the days that come again, at its hour of the wall in Rome."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from procedures.distances import MONTHS_OF_A_YEAR, on_the_wall
from procedures.language.fixed_days import LAST, FixedDay, FixedDays
from procedures.values import ROME

_DAYS_OF_A_WEEK = 7


def next_of(fixed: FixedDays, moment: datetime) -> datetime:
    """The first of these days after `moment` (aware), in UTC. One that falls on the moment itself has been.

    An hour that Rome shows twice is the first of the two, one that it leaps over is the moment of the leap.
    """
    today = moment.astimezone(ROME).date()
    shown = (on_the_wall(day, fixed.at) for one in fixed.days for day in _around(one, today))
    return min(at for at in shown if at > moment)


def _around(one: FixedDay, today: date) -> Iterator[date]:
    """The one of this week, month or year, and the one after."""
    if one.weekday is not None and one.place is None:
        day = today + timedelta(days=(one.weekday - today.weekday()) % _DAYS_OF_A_WEEK)
        yield from (day, day + timedelta(days=_DAYS_OF_A_WEEK))
        return
    step = MONTHS_OF_A_YEAR if one.month else 1
    first = today.replace(month=one.month or today.month, day=1)
    yield from (_of_month(one, first), _of_month(one, _later(first, step)))


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
