"""The plan of the kills of `make trust`: it has to fit into the time that there is for it."""

from collections import Counter

import pytest

from models.points import POINTS
from tests.trust.kills import plan


@pytest.mark.parametrize("kills", [12, 60, 500])
def test_each_of_our_processes_dies_as_often_as_the_others(kills: int) -> None:
    deaths = {part: len(points) for part, points in plan(kills).items()}
    assert sum(deaths.values()) == kills
    ours = [count for part, count in deaths.items() if part != "prefect"]
    assert max(ours) - min(ours) <= 1


def test_half_of_the_kills_are_at_named_points_and_each_point_is_met() -> None:
    points = Counter(point for some in plan(60).values() for point in some)
    assert points.pop("") == 30
    assert set(points) == set(POINTS)


def test_prefect_dies_too() -> None:
    assert plan(60)["prefect"] == ["", "", ""]
