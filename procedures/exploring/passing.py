"""Facts that are compared with today, without a clock: what they can be, and what time alone makes of them.

Each value that makes a difference is followed from long before to long after: what holds of it changes at its turning
points, in one order. Between two looks time goes forward along that way, however far, and never back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from procedures.commands import KeptValue
from procedures.conditions import leaf_holds
from procedures.distances import after, before, on_the_wall
from procedures.language.conditions import Condition, ConditionKind, Measure
from procedures.language.facts import Fact, FactType
from procedures.values import moment_text
from procedures.weeks import AT_HOME
from procedures.with_today import told_as, turning_point

ANY_TIME = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
"""For what is the same whenever it is looked at."""
NOON = time(12)
_DAYS = (
    *(date(2027, month, 15) for month in (1, 2, 3, 5, 10)),
    *(date(2027, 1, 31), date(2027, 3, 31), date(2028, 2, 15), date(2028, 2, 29)),
)
"""After and before them lie months of 28, 29, 30 and 31 days, years of 365 and 366, and both nights in which clocks
change: all that calendars differ in."""
_EVERY_DAY = tuple(date(2027, 1, 1) + timedelta(days=day) for day in range(2 * 365))
"""For working days: which of two lengths ends sooner hangs on the weekday and on the holidays that lie near."""
_DAY, _MINUTE, _HOUR = timedelta(days=1), timedelta(minutes=1), timedelta(hours=1)
_HALF_YEAR = 15_778_800
"""Seconds: well within a year of age."""


def is_with_today(condition: Condition) -> bool:
    """Whether what is asked hangs on the moment at which it is looked at."""
    return condition.kind is ConditionKind.TODAY


def words_of(leaf: Condition) -> str:
    """The comparison in the words of the language: `age less_than 18`."""
    bound = leaf.length.words if leaf.length else leaf.bound
    return f"{leaf.measure} {leaf.comparison} {bound}"


def values_over_time(fact: Fact, asked: Sequence[Condition]) -> tuple[str, ...]:
    """One value for each way of what holds of it as time passes."""
    bounds = [date.fromisoformat(leaf.bound) for leaf in asked if isinstance(leaf.bound, str)]
    counted = _EVERY_DAY if any(leaf.length and leaf.length.working_days for leaf in asked) else ()
    days = dict.fromkeys((*_DAYS, *counted, *(day + off * _DAY for day in bounds for off in (-1, 0, 1))))
    ways: dict[object, str] = {}
    for day in days:
        value = moment_text(on_the_wall(day, NOON)) if fact.type is FactType.DATETIME else day.isoformat()
        turns = _turns(value, asked)
        # The same leaves turn together, in the same order, and are the same before any of them does.
        way = _so(value, asked, min(turns, default=ANY_TIME) - _DAY), tuple(tuple(turns[at]) for at in sorted(turns))
        ways.setdefault(way, value)
    return tuple(ways.values())


def looks_at(value: KeptValue | None, asked: Sequence[Condition]) -> tuple[datetime, ...]:
    """Moments, one after the other, at which something else holds of the value than at the one before."""
    turns = sorted(_turns(value, asked))
    return (turns[0] - _DAY, *turns) if turns else (ANY_TIME,)


def _turns(value: KeptValue | None, asked: Sequence[Condition]) -> Mapping[datetime, list[int]]:
    """When which of the conditions holds from then on, or no more: each changes around points of its own alone."""
    told = told_as(value)
    found: dict[datetime, list[int]] = {}
    for place, leaf in enumerate(asked):
        if told is not None and is_with_today(leaf):
            looks = sorted({*_around(told), *_around(turning_point(told, leaf))})
            so = [leaf_holds(leaf, value, look) for look in looks]
            for look, was, is_now in zip(looks[1:], so, so[1:], strict=False):
                if was is not is_now:
                    found.setdefault(look, []).append(place)
    return found


def values_at(fact: Fact, asked: Sequence[Condition], now: datetime) -> tuple[str, ...]:
    """One value for each sort that is told apart at `now`, well within it where it can be."""
    lengths = [leaf.length.seconds for leaf in asked if leaf.length and not leaf.length.working_days]
    working = [leaf.length for leaf in asked if leaf.length and leaf.length.working_days]
    years = [int(leaf.bound or 0) for leaf in asked if leaf.measure is Measure.AGE]
    parts = [abs(2 * full + off) * _HALF_YEAR for full in years for off in (1, -1, 3)]
    parts += [part for length in lengths for part in (length // 2, 2 * length, length)]
    away = [*(timedelta(seconds=part) for part in parts), _HOUR]
    near = [distance + sign * off for distance in away for off in (_DAY, _HOUR) for sign in (-1, 1)]
    ends = [end for length in working for end in (before(now, length, AT_HOME), after(now, length, AT_HOME))]
    away += [abs(end - now) * part // 2 for end in ends for part in (1, 4, 2)]
    told = (now + sign * distance for distance in (*away, *near) for sign in (-1, 1))
    sorts: dict[tuple[bool, ...], str] = {}
    for moment in told:
        value = moment_text(moment) if fact.type is FactType.DATETIME else moment.date().isoformat()
        sorts.setdefault(_so(value, asked, now), value)
    return tuple(sorts.values())


def _around(point: date) -> Iterable[datetime]:
    if isinstance(point, datetime):
        return (point - _MINUTE, point, point + _MINUTE)
    return (on_the_wall(point + off * _DAY, NOON) for off in (-1, 0, 1))


def _so(value: KeptValue | None, asked: Sequence[Condition], now: datetime) -> tuple[bool, ...]:
    return tuple(leaf_holds(leaf, value, now) for leaf in asked)
