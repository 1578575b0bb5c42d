"""Days that come again: which is the next, on both nights of Rome, and a step that follows them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.coming_days import next_of
from procedures.distances import on_the_wall
from procedures.events import RepetitionEnd, StepHeld, StepRepeats, StepStarted
from procedures.language.fixed_days import BY_WORDS, LAST, FixedDay, FixedDays, NearWorkingDay
from procedures.loading import load_pathway
from procedures.values import ROME
from procedures.weeks import AT_HOME, week_of_country, working_day
from tests.unit.marked import faults_of, place_of_mark
from tests.unit.test_limit_words import FACTS
from tests.unit.test_repeating_words import repeated, said
from tests.unit.test_rules_repeating import begun, checked, ended, once

FIRST_MONDAY = BY_WORDS["first monday of the month"]
SIX = time(6)


def after(moment: str, *days: FixedDay, at: time = SIX) -> str:
    """The next of these days, as the wall in Rome shows it."""
    found = next_of(FixedDays(days=days, at=at), datetime.fromisoformat(moment).replace(tzinfo=ROME))
    return f"{found.astimezone(ROME):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "moment", "found"),
    [
        ("monday", "2026-11-30 05:59", "2026-11-30 06:00"),
        ("monday", "2026-11-30 06:00", "2026-12-07 06:00"),
        ("first monday of the month", "2026-11-02 06:00", "2026-12-07 06:00"),
        ("second thursday of the month", "2026-10-01 12:00", "2026-10-08 06:00"),
        ("fourth sunday of the month", "2026-11-01 12:00", "2026-11-22 06:00"),
        ("last monday of the month", "2026-11-24 12:00", "2026-11-30 06:00"),
        ("last friday of the month", "2026-11-24 12:00", "2026-11-27 06:00"),
        ("last day of the month", "2028-02-01 12:00", "2028-02-29 06:00"),
        ("last day of the month", "2026-12-31 06:00", "2027-01-31 06:00"),
    ],
)
def test_the_next_day_is_the_one_that_the_words_say(words: str, moment: str, found: str) -> None:
    assert after(moment, BY_WORDS[words]) == found


def test_a_day_with_a_number_comes_every_month_or_every_year() -> None:
    assert after("2026-12-01 06:00", FixedDay(day=1)) == "2027-01-01 06:00"
    assert after("2026-11-25 06:00", FixedDay(day=25, month=11)) == "2027-11-25 06:00"
    assert after("2026-11-24 06:00", FixedDay(day=25, month=11)) == "2026-11-25 06:00"


def test_in_the_first_hour_of_a_month_the_day_is_the_one_that_rome_shows() -> None:
    assert after("2026-12-01 00:30", FixedDay(day=1), at=time(0, 10)) == "2027-01-01 00:10"


def test_of_several_days_the_soonest_counts() -> None:
    assert after("2026-11-30 12:00", FIRST_MONDAY, BY_WORDS["thursday"]) == "2026-12-03 06:00"


def test_an_hour_that_is_leapt_over_is_the_leap_and_one_shown_twice_is_the_first() -> None:
    half_past_two = FixedDays(days=(BY_WORDS["sunday"],), at=time(2, 30))
    assert next_of(half_past_two, datetime(2027, 3, 27, 12, tzinfo=ROME)) == datetime(2027, 3, 28, 1, tzinfo=UTC)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_of(half_past_two, datetime(2026, 10, 24, 12, tzinfo=ROME)) == first
    assert next_of(half_past_two, first + timedelta(minutes=59)) == datetime(2026, 11, 1, 1, 30, tzinfo=UTC)


NUMBERED = st.one_of(
    st.builds(FixedDay, day=st.integers(1, 28)), st.builds(FixedDay, day=st.integers(1, 28), month=st.integers(1, 12))
)
A_DAY = st.one_of(st.sampled_from(list(BY_WORDS.values())), NUMBERED)


@given(
    one=A_DAY,
    hour=st.times().map(lambda hour: hour.replace(second=0, microsecond=0)),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds have no zone
)
def test_between_a_moment_and_the_next_day_lies_no_other_such_day(one: FixedDay, hour: time, moment: datetime) -> None:
    found = next_of(FixedDays(days=(one,), at=hour), moment).astimezone(ROME)
    assert found > moment
    day, last = moment.astimezone(ROME).date() + timedelta(days=1), found.date()
    passed = [day + timedelta(days=more) for more in range((last - day).days)]
    assert fits(one, last)
    assert not any(fits(one, between) for between in passed)


def fits(one: FixedDay, day: date) -> bool:
    """Told from the day's side: what is it the first of, the last of, the twenty-fifth of?"""
    last_of_all, last_of_its_kind = ((day + timedelta(days=more)).month != day.month for more in (1, 7))
    return (
        (one.weekday is None or day.weekday() == one.weekday)
        and (one.place is None or (last_of_its_kind if one.place == LAST else (day.day + 6) // 7 == one.place))
        and (one.day is None or (last_of_all if one.day == LAST else day.day == one.day))
        and (one.month is None or day.month == one.month)
    )


NEXT, BEFORE = NearWorkingDay(country="IT"), NearWorkingDay(country="IT", back=True)


def moved(moment: str, day: FixedDay, moves_to: NearWorkingDay) -> str:
    found = next_of(
        FixedDays(days=(day,), at=SIX, moves_to=moves_to), datetime.fromisoformat(moment).replace(tzinfo=ROME)
    )
    return f"{found.astimezone(ROME):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("day", "moves_to", "moment", "found"),
    [
        # The first of January 2027 is a holiday and a Friday; the 25 and 26 December 2026 are holidays before a Sunday.
        (FixedDay(day=1), NEXT, "2026-12-31 12:00", "2027-01-04 06:00"),
        (FixedDay(day=1), NEXT, "2027-01-02 12:00", "2027-01-04 06:00"),
        (FixedDay(day=1), NEXT, "2027-01-04 06:00", "2027-02-01 06:00"),
        (FixedDay(day=1), BEFORE, "2026-12-31 05:59", "2026-12-31 06:00"),
        (FixedDay(day=1), BEFORE, "2026-12-31 06:00", "2027-02-01 06:00"),
        (FixedDay(day=25, month=12), NEXT, "2026-12-26 12:00", "2026-12-28 06:00"),
        (FixedDay(day=25, month=12), BEFORE, "2026-12-24 06:00", "2027-12-24 06:00"),
        (FixedDay(day=LAST), NEXT, "2027-01-31 12:00", "2027-02-01 06:00"),
        (BY_WORDS["monday"], NEXT, "2027-03-29 05:00", "2027-03-30 06:00"),
        (BY_WORDS["monday"], BEFORE, "2027-03-23 05:00", "2027-03-26 06:00"),
        (BY_WORDS["tuesday"], NEXT, "2027-03-29 05:00", "2027-03-30 06:00"),
    ],
)
def test_a_day_that_is_no_working_day_moves_to_one(
    day: FixedDay, moves_to: NearWorkingDay, moment: str, found: str
) -> None:
    assert moved(moment, day, moves_to) == found


@given(
    one=A_DAY,
    moves_to=st.builds(NearWorkingDay, back=st.booleans(), country=st.sampled_from([None, "IT", "FR", "AT"])),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds have no zone
)
def test_where_days_move_none_is_lost_and_none_is_no_working_day(
    one: FixedDay, moves_to: NearWorkingDay, moment: datetime
) -> None:
    fixed = FixedDays(days=(one,), at=SIX, moves_to=moves_to)
    found = next_of(fixed, moment)
    week = week_of_country(moves_to.country) if moves_to.country else AT_HOME
    assert found > moment
    assert week.works_on(found.astimezone(ROME).date())
    unmoved = next_of(FixedDays(days=(one,), at=SIX), moment).astimezone(ROME).date()
    day = unmoved if week.works_on(unmoved) else working_day(week, unmoved, 1, back=moves_to.back)
    assert on_the_wall(day, SIX) <= moment or found <= on_the_wall(day, SIX)


def test_a_step_moves_off_a_holiday_and_people_read_it() -> None:
    repeat = "{on_days: day 8 of the month, at: 09:00, moves_to: previous working day in IT, at_most: 2}"
    story = checked(repeat)
    held = [event.until for event in story.trail if isinstance(event, StepHeld)]
    assert held == [datetime(2026, 12, 7, 8, tzinfo=UTC)], "the 8th of December is a holiday"
    assert "Where such a day is no working day in IT, it is the last one before that is." in said(repeat, "en")


def test_a_step_waits_for_its_day_the_first_time_too_and_comes_again_on_the_next() -> None:
    story = checked("{on_days: [first monday of the month, 25 december], at: 09:00, at_most: 3}")
    held = [event.until for event in story.trail if isinstance(event, StepHeld)]
    assert held == [datetime(2026, 12, 7, 8, tzinfo=UTC)]
    for day in (held[0], datetime(2026, 12, 25, 8, tzinfo=UTC), datetime(2027, 1, 4, 8, tzinfo=UTC)):
        story.wait((day - story.now).total_seconds() / 60)
        assert [event.at for event in story.trail if isinstance(event, StepStarted)][-1] == day
        once(story)
    assert ended(story) == [(3, RepetitionEnd.AT_MOST)]
    assert begun(story) == 3


def test_a_time_that_goes_on_beyond_the_next_day_is_followed_by_the_one_after() -> None:
    story = checked("{on_days: tuesday, at: 09:00, at_most: 3}")
    story.wait(7 * 24 * 60)
    story.accept("check_in")
    story.wait(8 * 24 * 60)
    story.complete("check_in", "well")
    again = [event.until for event in story.trail if isinstance(event, StepRepeats)]
    assert [f"{at.astimezone(ROME):%a %d %H:%M}" for at in again] == ["Tue 15 09:00"]


def test_what_is_held_back_begins_on_the_first_such_day_after_that() -> None:
    words = "{on_days: tuesday, at: 09:00, at_most: 3}\n    not_before: 10 days"
    held = [event.until for event in checked(words).trail if isinstance(event, StepHeld)]
    assert held == [datetime(2026, 12, 8, 8, tzinfo=UTC)]


WRONG_DAYS = [
    ("bad-move", "{on_days: monday, at: 09:00, moves_to: »working day, at_most: 3}"),
    ("bad-move", "{on_days: monday, at: 09:00, moves_to: »{next: day}, at_most: 3}"),
    ("unknown-country", "{on_days: monday, at: 09:00, moves_to: »next working day in XY, at_most: 3}"),
    ("repeat-two-ways", "{on_days: monday, at: 09:00, every: »30 days, at_most: 3}"),
    ("repeat-two-ways", "{on_days: monday, at: 09:00, first: »2 days, at_most: 3}"),
    ("repeat-two-ways", "{every: 30 days, at: »09:00, at_most: 3}"),
    ("missing", "»{on_days: monday, at_most: 3}"),
    ("missing", "»{at: 09:00, at_most: 3}"),
    ("repeat-no-end", "»{on_days: monday, at: 09:00}"),
    ("bad-day", "{on_days: »second thursday, at: 09:00, at_most: 3}"),
    ("bad-day", "{on_days: »fifth monday of the month, at: 09:00, at_most: 3}"),
    ("bad-day", "{on_days: [monday, »mondy], at: 09:00, at_most: 3}"),
    ("day-of-some-months", "{on_days: »day 31 of the month, at: 09:00, at_most: 3}"),
    ("day-of-some-months", "{on_days: »day 0 of the month, at: 09:00, at_most: 3}"),
    ("day-of-some-years", "{on_days: »31 february, at: 09:00, at_most: 3}"),
    ("day-of-some-years", "{on_days: »29 february, at: 09:00, at_most: 3}"),
    ("day-of-some-years", "{on_days: »0 may, at: 09:00, at_most: 3}"),
    ("expected", "{on_days: »[], at: 09:00, at_most: 3}"),
    ("expected", "{on_days: [monday, »{day: 1}], at: 09:00, at_most: 3}"),
    ("no-such-hour", "{on_days: monday, at: »25:00, at_most: 3}"),
]


@pytest.mark.parametrize(("code", "words"), WRONG_DAYS)
def test_a_wrong_day_is_refused_at_its_place(code: str, words: str) -> None:
    text, line, column = place_of_mark(repeated(words))
    found = faults_of(lambda words, file: load_pathway(words, file, FACTS), text)
    assert [(fault.code, fault.line, fault.column) for fault in found] == [(code, line, column)]


def test_it_is_said_in_both_languages() -> None:
    words = "{on_days: [first sunday of the month, 1 may, day 3 of the month, tuesday], at: 09:00, at_most: 9}"
    assert (
        "the first time too: the first Sunday of every month, 1 May of every year, day 3 of every month, "
        "every Tuesday, at 09:00 in Rome; in all at most 9 times." in said(words, "en")
    )
    assert (
        "Si fa in giorni fissi, anche la prima volta: la prima domenica di ogni mese, il 1º maggio di ogni anno, "
        "il giorno 3 di ogni mese, ogni martedì, alle 09:00 di Roma" in said(words, "it")
    )
    assert "at once" not in said(words, "en").split("Within", 1)[0]
    last = "{on_days: [last day of the month, last friday of the month], at: 09:00, while: {risk: high}}"
    assert "the last day of every month, the last Friday of every month, at 09:00 in Rome. It is" in said(last, "en")
    assert "l'ultimo giorno di ogni mese, l'ultimo venerdì di ogni mese" in said(last, "it")
