"""So many a minute and no more; each that waits has a moment of its own, and imminent danger a share of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tried import CARRIER_PACED
from notifiers.pace import FORGOTTEN_SECONDS, PACED, Pace


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_word_for_it_is_the_same_in_both_rooms() -> None:
    assert PACED == CARRIER_PACED


def test_without_a_limit_everything_may_go(clock: Clock) -> None:
    pace = Pace(None, clock)
    assert all(pace.take(f"{number}") for number in range(1000))


def test_a_tenth_goes_at_once_and_the_rest_one_after_another(clock: Clock) -> None:
    pace = Pace(60, clock)
    assert [pace.take(f"{number}") for number in range(8)] == [True] * 6 + [False] * 2
    first, second, again = pace.promise("6"), pace.promise("7"), pace.promise("6")
    assert first == again == pytest.approx(60 / 45)
    assert second == pytest.approx(2 * 60 / 45)


def test_who_comes_later_does_not_go_before_who_waits(clock: Clock) -> None:
    pace = Pace(60, clock)
    while pace.take("early"):
        pass
    clock.seconds += pace.promise("waits")
    assert not pace.take("late"), "this token is promised"
    assert pace.take("waits")
    clock.seconds += pace.promise("late")
    assert pace.take("late")


def test_imminent_danger_overtakes_and_has_a_share_that_nobody_else_can_use_up(clock: Clock) -> None:
    pace = Pace(60, clock)
    waiting = [f"{number}" for number in range(60) if not pace.take(f"{number}")]
    for name in waiting:
        pace.promise(name)
    assert [pace.take(f"imminent {number}", first=True) for number in range(7)] == [True] * 6 + [False]
    assert pace.promise("imminent 7", first=True) == pytest.approx(60 / 15)
    assert pace.take(waiting[-1], first=True) is False
    clock.seconds += 60 / 15
    assert pace.take("imminent 7", first=True)


def test_one_that_waits_and_turns_imminent_keeps_the_earlier_of_its_moments(clock: Clock) -> None:
    pace = Pace(60, clock)
    while pace.take("others"):
        pass
    while pace.take("urgent", first=True):
        pass
    early = pace.promise("one")
    assert pace.promise("one", first=True) == early


def test_a_promise_that_nobody_comes_back_for_is_forgotten(clock: Clock) -> None:
    pace = Pace(60, clock)
    while pace.take("others"):
        pass
    pace.promise("withdrawn")
    clock.seconds += FORGOTTEN_SECONDS + 2
    while pace.take("others"):
        pass
    pace.promise("another")
    assert set(pace._promised) == {"another"}


@given(
    st.integers(1, 600),
    st.lists(st.tuples(st.floats(0, 3), st.booleans()), min_size=1, max_size=150),
)
def test_never_more_than_allowed(per_minute: int, comes: list[tuple[float, bool]]) -> None:
    clock = Clock()
    pace = Pace(per_minute, clock)
    went = []
    for number, (after, first) in enumerate(comes):
        clock.seconds += after
        if pace.take(f"{number}", first=first):
            went.append(clock.seconds)
    at_once = 2 * max(1, per_minute // 10)
    for start, begin in enumerate(went):
        for end in range(start, len(went)):
            assert end - start + 1 <= (went[end] - begin) * per_minute / 60 + at_once + 1e-6
