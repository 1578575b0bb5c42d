"""How a dated fact stands to the moment at which it is looked at: how old, how long ago, how soon.

A day is compared with the day in Rome, an hour with the instant. What lies ahead has no age and is not ago; what is
past is not to go; today is both. Where it begins or ceases to hold is the same point in time that a limit would name:
`72 h of fact.incident_at`, `30 days before fact.order_ends_on`. Working days of a country end at a midnight in Rome,
and so the comparison turns there, of a day as of an hour.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from procedures.commands import KeptValue
from procedures.distances import after, before, days_after, days_before, on_the_wall, years_after
from procedures.language.conditions import Comparison, Condition, Measure
from procedures.language.lengths import NOW
from procedures.values import ROME, as_moment
from procedures.weeks import AT_HOME

_PASSED: Mapping[Comparison, Callable[[date, date], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE_THAN: operator.gt,
    Comparison.LESS_THAN: operator.lt,
}
"""Of now and the point that lies so long after the fact: at least so long ago is on that point, or later."""
_TO_GO: Mapping[Comparison, Callable[[date, date], bool]] = {
    Comparison.AT_LEAST: operator.le,
    Comparison.AT_MOST: operator.ge,
    Comparison.MORE_THAN: operator.lt,
    Comparison.LESS_THAN: operator.gt,
}
"""Of now and the point that lies so long before the fact."""
BELOW = frozenset({Comparison.AT_MOST, Comparison.LESS_THAN})
"""What holds of less than a bound."""
_MOMENT, _DAY = timedelta(microseconds=1), timedelta(days=1)


def stands_so(value: KeptValue | None, condition: Condition, now: datetime) -> bool:
    """Whether a dated fact stands so to `now` (aware). What nobody told stands in no relation to anything."""
    told = told_as(value)
    if told is None or condition.comparison is None:
        return False
    if lies_on_the_other_side(value, condition, now):
        return False
    turn, to_go = turning_point(told, condition), condition.measure is Measure.TO_GO
    today = _today(turn, now)
    if condition.measure is Measure.AGE:
        return (today < turn) is (condition.comparison in BELOW)
    relation = (_TO_GO if to_go else _PASSED)[condition.comparison]
    return relation(today, turn)


def lies_on_the_other_side(value: KeptValue | None, condition: Condition, now: datetime) -> bool:
    """Whether it lies ahead of what is measured as past, or is past where it is asked how long until then."""
    told = told_as(value)
    if told is None:
        return False
    today = _today(told, now)
    return told < today if condition.measure is Measure.TO_GO else told > today


def _today(told: date, now: datetime) -> date:
    return now if isinstance(told, datetime) else now.astimezone(ROME).date()


def told_as(value: KeptValue | None) -> date | None:
    """The day that a kept value says, or the moment (UTC); None where it says neither."""
    moment = as_moment(value) if isinstance(value, str) else None
    if moment is None or not isinstance(value, str):
        return None
    return moment.astimezone(ROME).date() if len(value) == len("2026-11-24") else moment


def turning_point(told: date, condition: Condition) -> date:
    """The day, or for a moment the moment, around which the comparison changes. Ages change on birthdays alone."""
    if condition.measure is Measure.AGE:
        more = condition.comparison in {Comparison.AT_MOST, Comparison.MORE_THAN}
        return years_after(told, int(condition.bound or 0) + more)
    length, to_go = condition.length or NOW, condition.measure is Measure.TO_GO
    if length.working_days:
        told = as_instant(told)
    if isinstance(told, datetime):
        return before(told, length, AT_HOME) if to_go else after(told, length, AT_HOME)
    return days_before(told, length) if to_go else days_after(told, length)


def as_instant(told: date) -> datetime:
    """The moment; of a day the midnight in Rome with which it begins."""
    return told if isinstance(told, datetime) else on_the_wall(told, time())


def turns(value: KeptValue | None, condition: Condition) -> Iterator[datetime]:
    """Every moment from which on the comparison may be otherwise than before, in no order.

    They are the fact itself, its turning point, and what follows each: a microsecond later, of a day the next midnight.
    """
    told = told_as(value)
    for point in () if told is None else (told, turning_point(told, condition)):
        yield as_instant(point)
        yield point + _MOMENT if isinstance(point, datetime) else as_instant(point + _DAY)
