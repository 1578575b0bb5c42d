"""When differences of times tell something: surely beyond the bound, and never because the machine was busy."""

import random

import pytest

from tests.trust.oracle import MILLISECONDS, tells


def differences(apart: float, spread: float, pairs: int) -> list[float]:
    """Milliseconds, as a machine with so much else to do gives them."""
    draw = random.Random(7)  # noqa: S311  # a story
    return [apart + draw.gauss(0, spread) for _pair in range(pairs)]


@pytest.mark.parametrize("spread", [0.5, 30.0, 300.0])
@pytest.mark.parametrize("pairs", [20, 40, 1_000])
def test_a_busy_machine_tells_nothing(spread: float, pairs: int) -> None:
    assert not tells(differences(0.0, spread, pairs))


@pytest.mark.parametrize("apart", [-20.0, 20.0])
def test_what_lies_beyond_is_told_on_either_side(apart: float) -> None:
    assert tells(differences(apart, 10.0, 40))


def test_a_thousand_pairs_tell_a_little_beyond_the_bound() -> None:
    assert tells(differences(MILLISECONDS + 1, 5.0, 1_000))
    assert not tells(differences(MILLISECONDS - 1, 5.0, 1_000))
