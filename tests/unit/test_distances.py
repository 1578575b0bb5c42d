"""A distance from a moment, forward and back: by the calendar, by working days, by the clock on the wall in Rome."""

from datetime import UTC, datetime, time

import pytest

from procedures.distances import after, before
from procedures.language.lengths import DAY, Duration
from procedures.values import ROME
from procedures.weeks import Week

WEEKDAYS = Week(("IT",), weekdays=frozenset(range(5)))
ONLY_TUESDAYS = Week(("IT",), weekdays=frozenset({1}))
TWO_DAYS = Duration(seconds=2 * DAY, words="2 days")
ONE_MONTH = Duration(seconds=28 * DAY, months=1, words="1 month")
THREE_WORKING_DAYS = Duration(seconds=2 * DAY, working_days=3, words="3 working days")
IN_FRANCE = Duration(seconds=2 * DAY, working_days=3, country="FR", words="3 working days in FR")
AT_SIX = Duration(seconds=1, clock=time(6), words="06:00")


def in_rome(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=ROME).astimezone(UTC)


def said(moment: datetime) -> str:
    return f"{moment.astimezone(ROME):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("distance", "week", "moment", "point"),
    [
        (TWO_DAYS, WEEKDAYS, "2026-10-24 12:00", "2026-10-26 11:00"),
        (ONE_MONTH, WEEKDAYS, "2026-01-31 12:34", "2026-02-28 12:34"),
        (ONE_MONTH, WEEKDAYS, "2026-12-15 12:34", "2027-01-15 12:34"),
        (THREE_WORKING_DAYS, WEEKDAYS, "2026-11-25 12:00", "2026-12-01 00:00"),
        (THREE_WORKING_DAYS, ONLY_TUESDAYS, "2026-11-25 12:00", "2026-12-23 00:00"),
        (IN_FRANCE, ONLY_TUESDAYS, "2026-12-04 12:00", "2026-12-10 00:00"),
        (AT_SIX, WEEKDAYS, "2026-11-25 05:59", "2026-11-25 06:00"),
        (AT_SIX, WEEKDAYS, "2026-11-25 06:00", "2026-11-26 06:00"),
        (AT_SIX, WEEKDAYS, "2026-11-25 06:01", "2026-11-26 06:00"),
    ],
)
def test_after_a_moment(distance: Duration, week: Week, moment: str, point: str) -> None:
    assert said(after(in_rome(moment), distance, week)) == point


@pytest.mark.parametrize(
    ("distance", "week", "moment", "point"),
    [
        (TWO_DAYS, WEEKDAYS, "2026-10-26 12:00", "2026-10-24 13:00"),
        (ONE_MONTH, WEEKDAYS, "2026-03-31 12:34", "2026-02-28 12:34"),
        (ONE_MONTH, WEEKDAYS, "2027-01-15 12:34", "2026-12-15 12:34"),
        (THREE_WORKING_DAYS, WEEKDAYS, "2026-11-30 12:00", "2026-11-25 00:00"),
        (THREE_WORKING_DAYS, ONLY_TUESDAYS, "2026-11-30 12:00", "2026-11-10 00:00"),
        (IN_FRANCE, ONLY_TUESDAYS, "2026-12-10 12:00", "2026-12-07 00:00"),
        (AT_SIX, WEEKDAYS, "2026-11-25 06:01", "2026-11-25 06:00"),
        (AT_SIX, WEEKDAYS, "2026-11-25 06:00", "2026-11-24 06:00"),
        (AT_SIX, WEEKDAYS, "2026-11-25 05:59", "2026-11-24 06:00"),
    ],
)
def test_leading_up_to_a_moment(distance: Duration, week: Week, moment: str, point: str) -> None:
    assert said(before(in_rome(moment), distance, week)) == point


def test_a_month_ends_at_the_second_at_which_it_began() -> None:
    assert after(datetime(2026, 5, 3, 12, 0, 41, tzinfo=UTC), ONE_MONTH, WEEKDAYS).second == 41


def test_a_month_that_ends_in_the_leap_ends_at_the_leap_to_the_microsecond() -> None:
    begun = datetime(2027, 2, 28, 1, 30, 41, 500, tzinfo=UTC)
    assert after(begun, ONE_MONTH, WEEKDAYS) == datetime(2027, 3, 28, 1, tzinfo=UTC)
