"""The page about scenarios says what is so."""

import re
from pathlib import Path

from procedures.scenario.differing import failure
from procedures.scenario.verbs import ADOPT, CARRIERS, VERBS
from tests.unit.scenariohouse import read, stage

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text("utf-8")


def test_every_example_of_the_page_passes() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    scenarios = [scenario for text in examples for scenario in read(text)]
    assert len(scenarios) == 1
    assert [scenario.name for scenario in scenarios if failure(stage().run(scenario))] == []


def test_every_verb_stands_on_the_page() -> None:
    assert [verb for verb in (*VERBS, *CARRIERS, ADOPT) if f"{{{verb}: " not in PAGE] == []
