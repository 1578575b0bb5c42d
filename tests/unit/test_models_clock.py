"""The clock moves with elapsed time, never with the wall's jumps; ids can be told from one another."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from models import clock as clocks
from models.clock import SetClock, SystemClock
from models.ids import CountedIds, RandomIds


def test_the_clock_shows_the_walls_time_in_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_wall_set_back_buys_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    elapsed = 1000.0
    monkeypatch.setattr(clocks, "boot_seconds", lambda: elapsed)
    clock = SystemClock()
    started = clock.now()
    elapsed += 7200

    class Wall(datetime):
        @classmethod
        def now(cls, _tz: object = None) -> datetime:  # type: ignore[override]  # a wall that was set back
            return started - timedelta(hours=2)

    monkeypatch.setattr(clocks, "datetime", Wall)
    assert clock.now() == started + timedelta(hours=2)


def test_a_fast_clock_shows_the_same_time_to_every_process() -> None:
    origin = datetime.now(UTC) - timedelta(seconds=10)
    first, second = SystemClock(60, origin), SystemClock(60, origin)
    assert abs(first.now() - second.now()) < timedelta(seconds=2)
    assert timedelta(seconds=600) <= first.now() - origin < timedelta(seconds=700)


def test_waiting_is_told_in_real_seconds() -> None:
    clock = SystemClock(60, datetime.now(UTC))
    assert clock.real_seconds(clock.now() + timedelta(minutes=1)) == pytest.approx(1.0, abs=0.2)
    assert clock.real_seconds(clock.now() - timedelta(minutes=1)) == 0.0


def test_a_set_clock_moves_only_when_told() -> None:
    start = datetime(2026, 11, 24, 20, tzinfo=UTC)
    clock = SetClock(start)
    assert clock.real_seconds(start + timedelta(seconds=5)) == 5.0
    clock.pass_by(minutes=1)
    assert clock.now() == start + timedelta(minutes=1)
    assert clock.real_seconds(start) == 0.0


@pytest.mark.parametrize("ids", [RandomIds(), CountedIds(7)])
def test_ids_are_unique_and_codes_can_be_read_out(ids: RandomIds | CountedIds) -> None:
    assert len({ids.new_id() for _ in range(1000)}) == 1000
    assert len(ids.new_id()) == 36
    assert re.fullmatch(r"C-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", ids.case_code())
    assert re.fullmatch(r"[0-9a-f]{32}", ids.seed())


def test_counted_ids_repeat_themselves() -> None:
    first, second = CountedIds(3), CountedIds(3)
    assert [first.case_code(), first.seed(), first.new_id()] == [second.case_code(), second.seed(), second.new_id()]
