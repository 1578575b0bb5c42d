"""Points in time, for every date: DST nights, ends of short months, working days."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.calendars import is_calendar, is_holiday
from procedures.choosing import opens_at
from procedures.distances import after, before
from procedures.hours import is_open_at, opens_on, trouble_with
from procedures.loading import load_pathway
from procedures.schema import AskStep, Duration
from procedures.values import ROME
from procedures.weeks import Week, week_of_country, working_day
from tests.making import service
from tests.unit.marked import find_place

pytestmark = pytest.mark.slow

SECONDS_FROM_2020_TO_2040 = (1_577_836_800, 2_208_988_800)
MOMENTS = st.integers(*SECONDS_FROM_2020_TO_2040).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
CLOCKS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0, tzinfo=None))
OFFICES = st.sampled_from(
    [
        Week(("IT-BA",), "Mo-Fr 08:00-18:00; PH off"),
        Week(("IT",), "Sa,Su 20:00-08:00"),
        Week(("IT", "12-06"), weekdays=frozenset({0, 2, 4})),
        week_of_country("IT"),
        week_of_country("FR"),
        Week(),
    ]
)
NIGHTS = [datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)]
"""Before the clocks leap forward, and before they go back."""
UNITS = st.sampled_from(["h", "days", "months", "working days", "working days in IT"])
PLENTY = settings(max_examples=100, deadline=None)


def hours(count: int) -> Duration:
    return Duration(seconds=count * 3600, words="")


def months(count: int) -> Duration:
    return Duration(seconds=1, words="", months=count)


def working(count: int, country: str | None = None) -> Duration:
    return Duration(seconds=1, words="", working_days=count, country=country)


def shown(hour: time) -> Duration:
    return Duration(seconds=60, words="", clock=hour)


@PLENTY
@given(MOMENTS, st.integers(1, 9000))
@pytest.mark.slow
def test_elapsed_time_is_the_same_on_every_night_of_the_year(moment: datetime, count: int) -> None:
    assert after(moment, hours(count), Week()) - moment == timedelta(hours=count)
    assert before(after(moment, hours(count), Week()), hours(count), Week()) == moment


@PLENTY
@given(MOMENTS, st.integers(1, 60))
def test_months_end_on_the_same_day_or_on_the_last_of_a_short_month(moment: datetime, count: int) -> None:
    start, end = moment.astimezone(ROME), after(moment, months(count), Week()).astimezone(ROME)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == min(start.day, monthrange(end.year, end.month)[1])


@PLENTY
@given(MOMENTS, CLOCKS)
def test_an_hour_of_the_clock_is_within_the_next_day_and_never_now(moment: datetime, hour: time) -> None:
    end = after(moment, shown(hour), Week())
    assert timedelta() < end - moment <= timedelta(hours=26)
    assert timedelta() < moment - before(moment, shown(hour), Week()) <= timedelta(hours=26)


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("hour", [time(1, 59), time(2, 0), time(2, 30), time(2, 59), time(3, 0)])
def test_an_hour_that_is_leapt_over_is_the_leap_and_one_shown_twice_the_first(night: datetime, hour: time) -> None:
    end = after(night, shown(hour), Week()).astimezone(ROME)
    leapt = night.month == 3 and hour.hour == 2
    assert end.time().replace(tzinfo=None) == (time(3) if leapt else hour)
    assert end.fold == 0


@PLENTY
@given(DAYS, st.integers(1, 40), OFFICES)
def test_working_days_come_one_after_the_other(day: date, count: int, week: Week) -> None:
    found = [working_day(week, day, number) for number in range(1, count + 1)]
    assert found == sorted(set(found))
    assert all(week.works_on(each) for each in found)
    assert sum(week.works_on(day + timedelta(days=n)) for n in range(1, (found[-1] - day).days + 1)) == count


@PLENTY
@given(DAYS, st.integers(1, 20), OFFICES)
def test_counting_back_leads_to_a_day_from_which_counting_leads_no_further(day: date, count: int, week: Week) -> None:
    first = working_day(week, day, count, back=True)
    between = sum(week.works_on(first + timedelta(days=n)) for n in range((day - first).days))
    assert (week.works_on(first), between) == (True, count)


@PLENTY
@given(MOMENTS, MOMENTS, st.integers(1, 10), OFFICES)
def test_whoever_begins_later_never_ends_sooner(one: datetime, other: datetime, count: int, week: Week) -> None:
    sooner, later = sorted((one, other))
    for distance in (hours(count), months(count), working(count), working(count, "IT"), shown(time(20))):
        assert after(sooner, distance, week) <= after(later, distance, week)
        assert before(sooner, distance, week) <= before(later, distance, week)


@lru_cache
def written(words: str) -> Duration:
    """What the reader makes of these words."""
    step = load_pathway(find_place("4 h", words), "right.yaml").steps["find_place"]
    assert isinstance(step, AskStep)
    return step.complete_within[0].within


@PLENTY
@given(MOMENTS, st.integers(1, 30), UNITS, OFFICES)
def test_no_length_is_outside_what_the_checker_reckons_with(
    moment: datetime, count: int, unit: str, week: Week
) -> None:
    distance = written(f"{count} {unit}")
    length = (after(moment, distance, week) - moment).total_seconds()
    assert distance.least <= length <= distance.most


@PLENTY
@given(DAYS)
def test_a_service_is_shut_on_the_days_off_of_its_town(day: date) -> None:
    text, calendar = "Mo-Fr 08:00-18:00; PH off", ("IT-BA",)
    noon = datetime.combine(day, time(12))
    expected = day.weekday() < 5 and not is_holiday(calendar, day)
    assert is_open_at(text, calendar, noon) is expected
    assert opens_on(text, calendar, day) is expected


@pytest.mark.parametrize(
    ("text", "when", "is_it"),
    [
        ("Mo-Fr 08:00-18:00", "2026-11-25T17:59", True),
        ("Mo-Fr 08:00-18:00", "2026-11-25T18:00", False),
        ("Sa 20:00-08:00", "2026-11-29T07:59", True),
        ("Mo-Fr,PH 08:00-18:00", "2026-12-06T09:00", True),
        ("24/7; PH off", "2026-12-06T09:00", False),
        ("Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off", "2026-12-07T09:00", True),
    ],
)
def test_opening_hours_are_those_of_the_wall_and_of_the_patron(text: str, when: str, is_it: bool) -> None:
    assert trouble_with(text) is None
    office = service("office", "help").model_copy(update={"opening_hours": text, "holidays": ("IT-BA",)})
    assert opens_at(office, datetime.fromisoformat(when).replace(tzinfo=ROME)) is is_it


def test_a_week_without_any_working_day_counts_those_of_the_country() -> None:
    assert working_day(Week(hours="off"), date(2026, 12, 3), 1) == date(2026, 12, 4)


@pytest.mark.parametrize("word", ["IT", "IT-BA", "FR", "12-06", "02-29", "2026-12-07"])
def test_a_calendar_is_a_country_a_province_or_a_day(word: str) -> None:
    assert is_calendar(word)


@pytest.mark.parametrize("word", ["ZZ", "IT-XX", "13-01", "2026-02-30", "patron", ""])
def test_nothing_else_is_a_calendar(word: str) -> None:
    assert not is_calendar(word)
