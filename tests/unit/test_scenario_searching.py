"""What no scenario reaches is found, and a scenario for it is written."""

import pytest

from procedures.loading import shipped_library
from procedures.scenario.coverage import coverage
from procedures.scenario.differing import failure
from procedures.scenario.points import Point, points_of
from procedures.scenario.searching import Search
from procedures.scenario.writing import written
from tests.unit.scenariohouse import network, ran, read, stage

SHELTER = shipped_library().current["shelter"]


def test_a_pathway_wants_every_step_branch_result_refusal_and_silence() -> None:
    points = set(points_of(SHELTER, shipped_library()))
    assert {
        Point("step", "escort"),
        Point("branch", "escort", "applies"),
        Point("branch", "escort", "left_out"),
        Point("result", "find_place", "no_place"),
        Point("refusal", "find_place"),
        Point("silence", "find_place", "deputy"),
        Point("silence", "find_place", "next_service"),
        Point("silence", "find_place", "coordinator"),
        Point("silence", "find_place", "answer"),
        Point("silence", "find_place", "result"),
        Point("silence", "escort", "first_sign"),
        Point("consent", "shelter", "revoked"),
        Point("outcome", "shelter", "left"),
    } <= points


def test_a_scenario_reaches_what_happens_in_it_and_no_more() -> None:
    reached = coverage(SHELTER, shipped_library(), [ran()]).reached
    assert reached == {
        Point("step", "find_place"),
        Point("refusal", "find_place"),
        Point("silence", "find_place", "deputy"),
    }


def test_for_whatever_is_missing_a_scenario_is_found() -> None:
    runs, unfound = Search(SHELTER, shipped_library(), network()).all_missing(frozenset())
    assert unfound == []
    assert coverage(SHELTER, shipped_library(), runs).percent == 100


@pytest.mark.slow
def test_a_scenario_that_was_written_is_read_and_passes() -> None:
    runs, _unfound = Search(SHELTER, shipped_library(), network()).all_missing(frozenset())
    again = read(written(runs))
    assert len(again) == len(runs)
    assert [scenario.name for scenario in again if failure(stage().run(scenario))] == []


def test_what_cannot_be_reached_is_said() -> None:
    assert Search(SHELTER, shipped_library(), network()).one(Point("outcome", "shelter", "ended")) is None
