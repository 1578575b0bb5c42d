"""Working days: of a service, by its own opening hours and its town's holidays, or of a country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from procedures.calendars import HOME, is_holiday, working_weekdays
from procedures.hours import opens_on, speaks_of_holidays

_ONE_DAY = timedelta(days=1)
_WITHOUT_WORK = 400
"""So many days in a row without a working day, and the week of the country counts instead: a limit must not vanish."""


@dataclass(frozen=True, slots=True)
class Week:
    """On which days somebody works. Without hours and weekdays: on every day."""

    holidays: Sequence[str] = HOME
    hours: str = ""
    """In the syntax of OpenStreetMap."""
    weekdays: frozenset[int] = frozenset()
    """0 = Monday … 6 = Sunday."""

    def works_on(self, day: date) -> bool:
        """Whether it is a working day. Whoever is always there works on holidays too."""
        if self.hours:
            rests = is_holiday(self.holidays, day) and not speaks_of_holidays(self.hours)
            return not rests and opens_on(self.hours, self.holidays, day)
        if self.weekdays:
            return day.weekday() in self.weekdays and not is_holiday(self.holidays, day)
        return True


def week_of_country(country: str, holidays: Sequence[str] = ()) -> Week:
    """The working days of a country; `holidays` names a calendar of its own instead (its town's)."""
    return Week(holidays=holidays or (country,), weekdays=working_weekdays(country))


AT_HOME = Week(weekdays=frozenset(range(5)))
"""Of whoever names no week: Monday to Friday, without the holidays of Italy."""


def working_day(week: Week, start: date, count: int, *, back: bool = False) -> date:
    """The `count`-th working day after `start` (or before it). The day itself does not count.

    Source of the count: Regulation (EEC, Euratom) 1182/71, art. 3; art. 155 c.p.c. counts the same way.
    """
    step = -_ONE_DAY if back else _ONE_DAY
    day, left, empty = start, count, 0
    while left:
        day += step
        if week.works_on(day):
            left, empty = left - 1, 0
        else:
            empty += 1
        if empty == _WITHOUT_WORK:
            return working_day(AT_HOME, day - step * empty, left, back=back)
    return day
