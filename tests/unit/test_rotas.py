"""Gaps of a rota before they come: to the minute, within opening hours, and none that a change of clocks feigns."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from procedures.choosing import ROME
from procedures.directory import Away, Directory, Duty, Opening, OwnWays, Service
from procedures.rotas import (
    Gap,
    GapKind,
    Holds,
    called_now,
    day_of,
    duty_at,
    gaps,
    gaps_of,
    holds,
    next_duty,
    shifts_on,
)
from tests.making import directory, person, service

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def turn(since: float, until: float, person: str = "berta", start: datetime = MONDAY) -> Duty:
    return Duty(person=person, since=start + since * HOUR, until=start + until * HOUR)


def with_rota(*rota: Duty, **more: object) -> tuple[Directory, Service]:
    one = service("ward", "emergency_health", rota=rota).model_copy(update=more)
    network = directory(one)
    return network.model_copy(update={"people": {**network.people, "clara": person("clara")}}), one


def told(found: tuple[Gap, ...]) -> list[tuple[float, float, GapKind]]:
    return [((gap.since - MONDAY) / HOUR, (gap.until - MONDAY) / HOUR, gap.kind) for gap in found]


def test_a_service_without_a_rota_has_no_gap() -> None:
    network, _one = with_rota()
    assert gaps(network, MONDAY, MONDAY + 14 * DAY) == ()


def test_turns_that_touch_or_overlap_leave_none() -> None:
    network, one = with_rota(turn(-2, 8), turn(8, 20), turn(18, 30))
    assert gaps_of(network, one, MONDAY, MONDAY + 30 * HOUR) == ()


def test_the_hours_between_two_turns_are_one_gap_and_so_is_the_time_after_the_last() -> None:
    network, one = with_rota(turn(0, 8), turn(10, 20))
    found = gaps_of(network, one, MONDAY, MONDAY + DAY)
    assert told(found) == [(8, 10, GapKind.NOBODY), (20, 24, GapKind.NOBODY)]


def test_a_rota_that_ran_out_is_a_gap_from_now_on() -> None:
    network, one = with_rota(turn(-20, -10))
    assert told(gaps_of(network, one, MONDAY, MONDAY + DAY)) == [(0, 24, GapKind.NOBODY)]


def test_somebody_on_duty_whom_no_channel_reaches_is_a_gap_of_its_own_kind() -> None:
    network, one = with_rota(turn(0, 8), turn(8, 24, "clara"))
    clara = network.people["clara"].model_copy(update={"contacts": ()})
    network = network.model_copy(update={"people": {**network.people, "clara": clara}})
    assert told(gaps_of(network, one, MONDAY, MONDAY + DAY)) == [(8, 24, GapKind.UNREACHABLE)]


def test_only_the_hours_in_which_it_is_open_count_to_the_minute() -> None:
    hours = "Mo-Su 08:10-12:35"  # Rome is an hour ahead of UTC in winter
    network, one = with_rota(turn(-9, -8), opening_hours=hours)
    found = gaps_of(network, one, MONDAY, MONDAY + DAY)
    assert [(gap.since.strftime("%H:%M"), gap.until.strftime("%H:%M")) for gap in found] == [("07:10", "11:35")]
    openings = (Opening(days=(0,), since=time(8, 10), until=time(12, 35)),)
    same, other = with_rota(turn(-9, -8), hours=openings)
    assert gaps_of(same, other, MONDAY, MONDAY + DAY) == found


@pytest.mark.parametrize(
    ("day", "length"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2026, 12, 1), 24)]
)
def test_the_nights_on_which_the_clocks_change_have_no_gap_that_is_not_real(day: date, length: int) -> None:
    start, end = day_of(day)
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == length * HOUR
    evening = datetime.combine(day - DAY, time(20), ROME)
    morning = datetime.combine(day, time(8), ROME)
    night = Duty(person="berta", since=evening, until=morning)
    following = night.model_copy(update={"since": night.until, "until": end})
    network, one = with_rota(night, following)
    assert gaps_of(network, one, start, end) == ()
    (first, second) = shifts_on(one, day)
    assert (first.until, second.since) == (night.until, night.until)

    # An hour that is really left out is told, in its true length.
    late = following.model_copy(update={"since": night.until.astimezone(UTC) + HOUR})
    network, one = with_rota(night, late)
    (gap,) = gaps_of(network, one, start, end)
    assert gap.until.astimezone(UTC) - gap.since.astimezone(UTC) == HOUR


def test_who_is_on_duty_and_who_comes_next() -> None:
    _network, one = with_rota(turn(0, 8, "berta"), turn(10, 20, "clara"))
    now = MONDAY + 7 * HOUR
    on_duty, following = duty_at(one, now), next_duty(one, now)
    assert (on_duty and on_duty.person, following and following.person) == ("berta", "clara")
    assert next_duty(one, MONDAY + DAY) is None
    assert duty_at(one, MONDAY + 9 * HOUR) is None


def test_who_would_be_called_now_is_whoever_is_on_duty_now() -> None:
    network, _one = with_rota(turn(0, 8, "clara"))
    (now,) = called_now(network, MONDAY)
    assert (now.service, now.person) == ("ward", "clara")
    (later,) = called_now(network, MONDAY + 9 * HOUR)
    assert (later.service, later.person) == ("ward", "ward_ref")
    shut, _one = with_rota(opening_hours="Tu 08:00-09:00")
    (nobody,) = called_now(shut, MONDAY)
    assert (nobody.service, nobody.person) == (None, None)


@pytest.mark.parametrize(
    ("signed", "ends", "held"),
    [
        (date(2025, 1, 1), None, Holds.YES),
        (None, None, Holds.UNSIGNED),
        (date(2025, 1, 1), date(2027, 1, 30), Holds.YES),
        (date(2025, 1, 1), date(2027, 1, 29), Holds.SOON),
        (None, date(2026, 11, 30), Holds.SOON),
        (date(2025, 1, 1), date(2026, 11, 29), Holds.ENDED),
    ],
)
def test_a_protocol_holds_on_its_last_day_and_is_told_sixty_days_before(
    signed: date | None, ends: date | None, held: Holds
) -> None:
    assert holds(signed, ends, date(2026, 11, 30)) is held


def test_whoever_is_on_duty_and_away_is_a_gap() -> None:
    network, one = with_rota(turn(0, 24))
    away = OwnWays(away=(Away(since=MONDAY + 2 * HOUR, until=MONDAY + 5 * HOUR),))
    network = network.model_copy(update={"own": {"berta": away}})
    assert told(gaps_of(network, one, MONDAY, MONDAY + DAY)) == [(2, 5, GapKind.AWAY)]
