"""An end that falls on a day on which nobody works, and where it goes: the law of most countries says it so."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.distances import on_a_working_day
from procedures.language.limits import WorkingDay
from procedures.values import ROME
from procedures.weeks import AT_HOME, Week, week_of_country
from tests.making import INTAKE, SHELTER, Story, library
from tests.unit.marked import find_place
from tests.unit.test_limit_words import asked

TUESDAY_EVENING = datetime(2026, 11, 24, 20, tzinfo=UTC)
ENDS_WITH = "T23:00:00+00:00"
"""Midnight in Rome, in winter."""


def ends(within: str, *, moves_to: str = "working day in IT") -> str:
    """When the result of the shelter has to be there, if it is taken on this Tuesday evening."""
    said = f"{{within: {within}, moves_to: {moves_to}}}" if moves_to else within
    text = SHELTER.replace("complete_within: 4 h", f"complete_within: {said}", 1)
    assert text != SHELTER
    story = Story(library((INTAKE, text))).opened(pathway="shelter")
    story.now = TUESDAY_EVENING
    story.accept("find_place")
    (limit,) = story.handoff("find_place").limits
    return limit.at.isoformat()


@pytest.mark.parametrize(
    ("within", "end"),
    [
        ("3 days", "2026-11-27T20:00:00+00:00"),
        ("5 days", f"2026-11-30{ENDS_WITH}"),
        ("4 days", f"2026-11-30{ENDS_WITH}"),
        ("2 weeks", f"2026-12-09{ENDS_WITH}"),
        ("1 month", "2026-12-24T20:00:00+00:00"),
        ("31 days", f"2026-12-28{ENDS_WITH}"),
    ],
    ids=["a Friday stays", "of a Sunday", "of a Saturday", "of the 8th of December", "an eve stays", "of Christmas"],
)
def test_an_end_on_a_day_without_work_goes_to_the_end_of_the_next_one_with_work(within: str, end: str) -> None:
    assert ends(within) == end


def test_without_the_word_it_ends_on_a_holiday_too() -> None:
    assert ends("5 days", moves_to="") == "2026-11-29T20:00:00+00:00"


FIRST, LAST = datetime(2026, 1, 1), datetime(2036, 1, 1)  # noqa: DTZ001  # Hypothesis takes bounds without a zone
CENTURY = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the same
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from([AT_HOME, Week(("IT-BA",), weekdays=frozenset({1}))]))
def test_it_is_never_sooner_and_moves_once(end: datetime, week: Week) -> None:
    moved = on_a_working_day(end, week)
    assert end <= moved <= end + timedelta(seconds=WorkingDay().most)
    assert on_a_working_day(moved, week) == moved


@given(CENTURY)
def test_in_italy_it_moves_by_no_more_than_the_checker_reckons_with(end: datetime) -> None:
    assert on_a_working_day(end, week_of_country("IT")) <= end + timedelta(seconds=WorkingDay(country="IT").most)


def last_day(end: datetime) -> date:
    """What ends at midnight ends with the day before."""
    return (end.astimezone(ROME) - timedelta(microseconds=1)).date()


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_what_ends_on_a_later_day_never_moves_to_an_earlier_one(end: datetime, later: timedelta) -> None:
    sooner, other = (last_day(on_a_working_day(moment, AT_HOME)) for moment in (end, end + later))
    assert sooner <= other
    assert AT_HOME.works_on(sooner)


def test_the_rule_is_written_as_it_stands_in_the_text() -> None:
    limit = asked(find_place("4 h", "{within: 30 days, moves_to: working  day in IT}")).complete_within[0]
    assert limit.words == "30 days, moves_to: working day in IT"
