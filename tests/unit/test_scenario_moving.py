"""Stories that begin with an earlier text: today's is adopted, and the case is moved, or stays where it is."""

from pathlib import Path

import pytest

from procedures.loading import SHIPPED
from procedures.scenario.coverage import Point, reached
from procedures.scenario.differing import failure
from procedures.scenario.files import load
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import ScenarioRun
from procedures.scenario.writing import written
from tests.unit.scenariohouse import network

EARLIER = (SHIPPED / "shelter.yaml").read_text("utf-8")
TODAY = EARLIER.replace("edition: 1\n", "edition: 2\n").replace("complete_within: 4 h\n", "complete_within: 2 h\n", 1)
MOVED = """
scenarios:
  moved:
    given:
      pathway: shelter
      territory: valle_chiara
      date: 2026-11-25 10:00
      desk: sportello_luna
      facts: {risk: low}
      consents: [shelter]
      earlier: [earlier/shelter.yaml]
    then:
      - at: start
        expect: [case opened, …]
      - at: 5 min
        do: [{accept: find_place}]
        expect: [handoff find_place casa_approdo accepted, limit find_place result by 4 h 5 min, …]
      - at: 10 min
        do: [{move: shelter, reason: procedure_changed}]
        expect: [refused goes-by-it-already]
      - at: 15 min
        do: [{adopt: shelter}]
        expect: []
        now: [handoff find_place casa_approdo is due by 4 h 5 min]
      - at: 20 min
        do: [{move: shelter, reason: procedure_changed}]
        expect:
          - pathway shelter goes by edition 2
          - limit find_place result moved to 2 h 5 min
          - alert limit_moved to casa_approdo olga by email
      - at: 2 h 5 min
        expect: [limit find_place result passed, …]
"""


def house(place: Path, story: str = MOVED, *, today: str = TODAY, earlier: str = EARLIER) -> Path:
    """A folder with the text of today, the earlier one, and a story about both."""
    (place / "earlier").mkdir()
    (place / "shelter.yaml").write_text(today, "utf-8")
    (place / "earlier" / "shelter.yaml").write_text(earlier, "utf-8")
    (place / "shelter.scenario.yaml").write_text(story, "utf-8")
    return place


def told(place: Path) -> ScenarioRun:
    """The run of its one story."""
    (file,), faults = load([place], lambda _name, _folder: network())
    assert faults == []
    ((scenario, stage),) = file.scenarios
    return stage.run(scenario)


def codes(place: Path) -> list[str]:
    return [fault.code for fault in load([place], lambda _name, _folder: network())[1]]


def test_a_case_begins_by_the_earlier_text_keeps_it_and_is_moved(tmp_path: Path) -> None:
    run = told(house(tmp_path))
    assert failure(run) is None, [block.happened for block in run.blocks]


@pytest.mark.slow
def test_what_is_not_so_after_the_move_fails(tmp_path: Path) -> None:
    run = told(house(tmp_path, MOVED.replace("moved to 2 h 5 min", "moved to 2 h 6 min")))
    assert failure(run) is not None


def test_a_step_that_has_no_place_in_the_text_of_today_keeps_the_case_where_it_is(tmp_path: Path) -> None:
    story = MOVED.split("        expect:\n          - pathway shelter goes by", 1)[0]
    otherwise = TODAY.replace("ask: emergency_shelter", "ask: first_contact", 1)
    run = told(house(tmp_path, story + "        expect: [refused step-would-differ]\n", today=otherwise))
    assert failure(run) is None, [block.happened for block in run.blocks]


@pytest.mark.slow
def test_what_happens_by_the_earlier_text_is_no_coverage_of_the_text_of_today(tmp_path: Path) -> None:
    declined = MOVED.replace("{accept: find_place}", "{decline: find_place, reason: full}")
    run = told(house(tmp_path, declined))
    (file,), _faults = load([tmp_path], lambda _name, _folder: network())
    points = reached(run, file.library.current["shelter"], file.library)
    assert Point("refusal", "find_place") not in points


def test_a_story_that_a_program_wrote_names_the_earlier_text_too(tmp_path: Path) -> None:
    run = told(house(tmp_path))
    _document, (again,) = read_scenarios(written([run]), "again.scenario.yaml")
    assert [line.words for line in again.given.earlier] == ["earlier/shelter.yaml"]
    assert again.blocks[-2].acts == run.scenario.blocks[-2].acts


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"earlier": TODAY}, "scenario-not-earlier"),
        ({"earlier": EARLIER.replace("pathway: shelter", "pathway: another")}, "scenario-unknown-name"),
        ({"earlier": EARLIER.replace("15 min", "15 mni", 1)}, "unknown-unit"),
        ({"earlier": EARLIER.replace("\n  housed: end_of_emergency", "\n  moved: end_of_emergency")}, "unknown-result"),
        ({"story": MOVED.replace("earlier/shelter.yaml", "earlier/none.yaml")}, "unreadable"),
        ({"story": MOVED.replace("adopt: shelter", "adopt: intake")}, "scenario-unknown-name"),
        ({"story": MOVED.replace("reason: procedure_changed", "reason: her_wish", 1)}, "scenario-unknown-name"),
    ],
)
def test_whatever_cannot_be_told_is_refused_with_its_place(tmp_path: Path, changed: dict[str, str], code: str) -> None:
    assert code in codes(house(tmp_path, **{"story": MOVED, **changed}))
