"""A distance from a moment, in absolute time: elapsed in UTC, or by the calendar and the wall clock of Rome.

No night of Rome leaves a doubt: an hour that its clocks show twice is the first of the two, an hour that they leap
over is the moment of the leap.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from procedures.language.lengths import Duration
from procedures.values import ROME
from procedures.weeks import Week, week_of_country, working_day

_MIDNIGHT = time()
_ONE_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
MONTHS_OF_A_YEAR = 12


def after(moment: datetime, distance: Duration, week: Week) -> datetime:
    """The end of a time that begins at `moment` (aware). `week` says which days are working days.

    Months end at the same hour, on the last day of a month that is too short. Working days end with the last of them,
    at midnight in Rome (Regulation 1182/71, art. 3, paragraph 2, point b).
    """
    if distance.clock is not None:
        return _next_shown(moment, distance.clock)
    if distance.working_days:
        day = working_day(_week(distance, week), _local(moment).date(), distance.working_days)
        return on_the_wall(day + _ONE_DAY, _MIDNIGHT)
    if distance.months:
        return months_after(moment, distance.months)
    return moment + timedelta(seconds=distance.seconds)


def before(moment: datetime, distance: Duration, week: Week) -> datetime:
    """The point from which a time leads up to `moment`: so many whole working days lie between, so many months."""
    if distance.clock is not None:
        return _last_shown(moment, distance.clock)
    if distance.working_days:
        day = working_day(_week(distance, week), _local(moment).date(), distance.working_days, back=True)
        return on_the_wall(day, _MIDNIGHT)
    if distance.months:
        return months_after(moment, -distance.months)
    return moment - timedelta(seconds=distance.seconds)


def on_a_working_day(end: datetime, week: Week) -> datetime:
    """The end itself; or, where it lies on a day on which nobody works, the end of the next on which somebody does.

    What ends at midnight ends with the day before (Regulation 1182/71, art. 3, paragraph 4; art. 155 c.p.c.).
    """
    local = _local(end)
    day = local.date() - _ONE_DAY if local.time() == _MIDNIGHT else local.date()
    if week.works_on(day):
        return end
    return on_the_wall(working_day(week, day, 1) + _ONE_DAY, _MIDNIGHT)


def on_the_wall(day: date, hour: time) -> datetime:
    """The moment (UTC) at which the clocks of Rome show this hour of this day."""
    wall = datetime.combine(day, hour, tzinfo=ROME)
    shown = wall.astimezone(UTC)
    if shown.astimezone(ROME).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return shown
    leap = wall.replace(fold=1, second=0, microsecond=0).astimezone(UTC)
    offset = leap.astimezone(ROME).utcoffset()
    while leap.astimezone(ROME).utcoffset() == offset:
        leap += _MINUTE
    return leap


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ROME)


def _week(distance: Duration, week: Week) -> Week:
    return week_of_country(distance.country) if distance.country else week


def _next_shown(moment: datetime, hour: time) -> datetime:
    today = _local(moment).date()
    days = (today, today + _ONE_DAY)
    return next(shown for day in days if (shown := on_the_wall(day, hour)) > moment)


def _last_shown(moment: datetime, hour: time) -> datetime:
    today = _local(moment).date()
    days = (today, today - _ONE_DAY)
    return next(shown for day in days if (shown := on_the_wall(day, hour)) < moment)


def days_after(day: date, distance: Duration) -> date:
    """So many days or months after a day of the calendar, the last of a month that is too short.

    `distance` is one of whole days, weeks, months or years.
    """
    return _months_later(day, distance.months) if distance.months else day + timedelta(seconds=distance.seconds)


def days_before(day: date, distance: Duration) -> date:
    """So many days or months before a day of the calendar."""
    return _months_later(day, -distance.months) if distance.months else day - timedelta(seconds=distance.seconds)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, where there is none, the last of that month."""
    return _months_later(day, years * MONTHS_OF_A_YEAR)


def months_after(moment: datetime, months: int) -> datetime:
    """The same hour in Rome so many months later; of a day that the month does not have, its last."""
    local = _local(moment)
    return on_the_wall(_months_later(local.date(), months), local.time())


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.year * MONTHS_OF_A_YEAR + day.month - 1 + months, MONTHS_OF_A_YEAR)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
