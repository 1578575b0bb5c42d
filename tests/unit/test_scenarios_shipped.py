"""The shipped procedures do what their scenarios say; and their scenarios reach everything in them."""

from collections.abc import Iterator
from functools import lru_cache

import pytest

from procedures.directory import Directory
from procedures.loading import SHIPPED, shipped_library
from procedures.scenario.coverage import coverage
from procedures.scenario.differing import failure
from procedures.scenario.files import load
from procedures.scenario.language import Scenario
from procedures.scenario.points import own_consents
from procedures.scenario.running import ScenarioRun, Stage
from tests.unit.scenariohouse import network


@lru_cache(maxsize=1)
def every() -> tuple[tuple[Scenario, Stage], ...]:
    def named(_name: str, _folder: object) -> Directory:
        return network()

    loaded, faults = load([SHIPPED], named)
    assert faults == []
    return tuple(pair for file in loaded for pair in file.scenarios)


def runs(pathway: str) -> Iterator[ScenarioRun]:
    yield from (stage.run(scenario) for scenario, stage in every() if scenario.given.pathway == pathway)


@pytest.mark.parametrize(("scenario", "stage"), every(), ids=[f"{s.given.pathway}-{s.name}" for s, _stage in every()])
def test_the_procedure_does_what_its_scenario_says(scenario: Scenario, stage: Stage) -> None:
    failed = failure(stage.run(scenario))
    assert failed is None, failed.divergences


@pytest.mark.parametrize("name", sorted(shipped_library().current))
@pytest.mark.slow
def test_scenarios_reach_every_step_and_branch_of_a_procedure(name: str) -> None:
    pathway = shipped_library().current[name]
    assert coverage(pathway, shipped_library(), runs(name)).missing == ()


def test_every_scenario_says_in_both_languages_what_it_shows() -> None:
    assert [s.name for s, _stage in every() if s.title is None or not (s.title.it and s.title.en)] == []


@pytest.mark.parametrize("name", sorted(shipped_library().current))
def test_every_procedure_has_a_good_day_and_somebody_who_withdraws_or_changes_her_mind(name: str) -> None:
    names = {scenario.name for scenario, _stage in every() if scenario.given.pathway == name}
    assert "good_day" in names
    if own_consents(shipped_library().current[name], shipped_library()):
        assert any(one.startswith("she_withdraws") for one in names)
    changed = (
        ("called_off",) if shipped_library().current[name].no_case else ("she_changes", "she_prefers", "she_no_longer")
    )
    assert any(one.startswith(changed) for one in names)
