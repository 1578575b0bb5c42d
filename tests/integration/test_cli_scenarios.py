"""`staffetta procedures test` and `coverage`, as a lawyer types them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.network import sample_network
from procedures.loading import SHIPPED
from tests.unit.scenariohouse import STORY

pytestmark = pytest.mark.slow


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "shelter.scenario.yaml"
    file.write_text(STORY, encoding="utf-8")
    return file


def run(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(app, ["procedures", *words, "--language", language])


def spoil(story: Path) -> None:
    story.write_text(STORY.replace("asks casa_mirto", "asks casa_ulivo").replace("never: [casa_ulivo]", ""), "utf-8")


def test_what_goes_as_it_says_is_silent_but_for_the_count(story: Path) -> None:
    passed = run("test", str(story))
    assert (passed.exit_code, passed.stdout, passed.stderr) == (0, "", "Scenarios passed: 1.\n")


def test_a_failure_shows_the_line_what_happened_instead_and_the_story(story: Path) -> None:
    spoil(story)
    failed = run("test", str(story))
    assert failed.exit_code == 3
    assert "line 21: expected, and it did not happen: handoff find_place asks casa_ulivo" in failed.stdout
    assert "instead: handoff find_place asks casa_mirto" in failed.stdout
    assert "25/11/2026 10:12  Find a protected place: declined: full." in failed.stdout
    assert failed.stderr == "Scenarios failed: 1 of 1.\n"


def test_a_failure_is_told_in_italian_too(story: Path) -> None:
    spoil(story)
    failed = run("test", str(story), language="it")
    assert "La storia fin qui:" in failed.stdout
    assert "25/11/2026 10:12  Trovare un posto protetto: rifiutato: nessun posto." in failed.stdout


def test_a_failure_is_shown_at_its_line_on_the_pages_of_a_code_host(story: Path) -> None:
    spoil(story)
    failed = run("test", str(story), "--format", "github")
    assert failed.stdout.startswith(f"::error file={story},line=21,col=13,title=the_first_house_declines::")


def test_programs_read_every_scenario_and_what_differs(story: Path) -> None:
    spoil(story)
    (told,) = json.loads(run("test", str(story), "--json").stdout)["scenarios"]
    assert (told["passed"], told["at"]) == (False, "12 min")
    assert told["differences"][0]["happened"] == "handoff find_place asks casa_mirto"


def test_a_file_that_is_wrong_is_shown_at_its_place(story: Path) -> None:
    story.write_text(STORY.replace("decline:", "declin:"), "utf-8")
    wrong = run("test", str(story))
    assert wrong.exit_code == 3
    assert wrong.stdout.startswith(f"{story}:16:14: misspelt-word: ")


def test_a_folder_without_scenarios_is_no_success(tmp_path: Path) -> None:
    empty = run("test", str(tmp_path))
    assert empty.exit_code == 3
    assert "no-scenarios" in empty.stdout


def test_scenarios_run_on_the_procedures_beside_them(story: Path) -> None:
    own = (SHIPPED / "shelter.yaml").read_text("utf-8").replace("accept_within: 15 min", "accept_within: 12 min", 1)
    (story.parent / "shelter.yaml").write_text(own, "utf-8")
    failed = run("test", str(story.parent / "shelter.yaml"))
    assert "instead: limit find_place accept by 24 min" in failed.stdout


def test_a_scenario_may_name_a_network_beside_it(story: Path) -> None:
    other = sample_network().replace("referent: marta", "referent: nadia").replace("deputy: nadia", "deputy: marta")
    (story.parent / "networks").mkdir()
    (story.parent / "networks" / "ours.yaml").write_text(other, "utf-8")
    story.write_text(STORY.replace("facts:", "network: networks/ours.yaml\n      facts:"), "utf-8")
    failed = run("test", str(story))
    assert "instead: alert request to casa_mirto nadia by sms" in failed.stdout


def test_coverage_shows_what_no_scenario_reaches(story: Path) -> None:
    shown = run("coverage", str(story))
    assert shown.exit_code == 3
    assert "shelter: This silence never happens: Find a protected place: coordinator" in shown.stdout
    (told,) = json.loads(run("coverage", str(story), "--json").stdout)["coverage"]
    assert told["kinds"]["refusal"] == [1, 4]


def test_of_a_pathway_without_scenarios_nothing_is_reached_and_all_is_suggested(tmp_path: Path) -> None:
    alone = tmp_path / "shelter.yaml"
    alone.write_text((SHIPPED / "shelter.yaml").read_text("utf-8").replace("edition: 1", "edition: 2", 1), "utf-8")
    (told,) = json.loads(run("coverage", str(tmp_path), "--json").stdout)["coverage"]
    assert (told["pathway"], told["percent"]) == ("shelter", 0)
    suggested = run("coverage", str(alone), "--suggest")
    assert suggested.exit_code == 3
    _table, _scenarios, text = suggested.stdout.partition("scenarios:\n")
    (tmp_path / "shelter.scenario.yaml").write_text("scenarios:\n" + text, "utf-8")
    assert run("coverage", str(alone)).exit_code == 0


def test_a_pathway_without_scenarios_that_is_wrong_is_shown_at_its_place(tmp_path: Path) -> None:
    alone = tmp_path / "shelter.yaml"
    alone.write_text((SHIPPED / "shelter.yaml").read_text("utf-8").replace("edition: 1", "edition: none", 1), "utf-8")
    wrong = run("coverage", str(alone))
    assert wrong.exit_code == 3
    assert f"{alone}:3:10: " in wrong.stdout


def test_suggested_scenarios_pass_and_reach_the_rest(story: Path) -> None:
    suggested = run("test", str(story), "--suggest")
    assert suggested.exit_code == 0
    (story.parent / "more.scenario.yaml").write_text(suggested.stdout, "utf-8")
    whole = run("test", str(story.parent), "--coverage")
    assert whole.exit_code == 0
    assert whole.stdout.splitlines()[1].endswith("100 %")
