"""Urgency comes from the time left, never from the risk."""

from datetime import UTC, datetime, timedelta

import pytest

from procedures.urgency import Urgency, urgency

NOW = datetime(2026, 11, 24, 19, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=-3), Urgency.NOW),
        (timedelta(0), Urgency.NOW),
        (timedelta(hours=1), Urgency.NOW),
        (timedelta(hours=1, seconds=1), Urgency.TODAY),
        (timedelta(hours=24), Urgency.TODAY),
        (timedelta(hours=24, seconds=1), Urgency.PLANNED),
    ],
)
def test_the_less_time_is_left_the_more_urgent(left: timedelta, expected: Urgency) -> None:
    assert urgency(NOW + left, NOW) is expected


def test_what_has_no_deadline_is_planned() -> None:
    assert urgency(None, NOW) is Urgency.PLANNED
