"""How long is left is said exactly; when that is, in Rome's time."""

from datetime import UTC, datetime

import pytest

from web.spans import day_and_hour, machine, span

NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # 23:30 in Rome


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (5400, "1 h 30 min"),
        (3600, "1 h"),
        (187200, "2 g 4 h"),
        (-90, "1 min"),
    ],
)
def test_a_span_is_never_rounded_up(seconds: float, words: str) -> None:
    assert span(seconds, "it") == words


def test_a_day_is_d_in_english() -> None:
    assert span(86400, "en") == "1 d"


def test_today_only_the_hour_is_said() -> None:
    assert day_and_hour(datetime(2026, 11, 24, 22, 45, tzinfo=UTC), "it", NOW) == "23:45"


def test_after_midnight_in_rome_the_day_is_said_too() -> None:
    assert day_and_hour(datetime(2026, 11, 24, 23, 15, tzinfo=UTC), "it", NOW) == "mer 25 nov, 00:15"


def test_another_year_is_said() -> None:
    assert day_and_hour(datetime(2027, 1, 2, 11, 0, tzinfo=UTC), "en", NOW) == "Sat 2 Jan 2027, 12:00"


def test_programs_read_utc() -> None:
    assert machine(datetime(2026, 11, 24, 22, 45, 3, 500, tzinfo=UTC)) == "2026-11-24T22:45:03Z"
