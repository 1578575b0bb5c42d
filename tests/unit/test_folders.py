"""A folder of procedures as it is shipped: pathways in a folder of their own, scenarios, and the two vocabularies."""

from pathlib import Path

from procedures.loading import SHIPPED, check_paths
from procedures.scenario.files import scenario_files

HERE = SHIPPED.parent


def test_the_whole_folder_of_procedures_is_checked_at_once() -> None:
    assert check_paths([HERE]) == ()


def test_a_vocabulary_is_checked_as_one_wherever_it_is_named(tmp_path: Path) -> None:
    facts, competences = tmp_path / "facts.yaml", tmp_path / "competences.yaml"
    facts.write_text("facts: {risk: {type: chioce, title: {it: Rischio, en: Risk}}}\n", encoding="utf-8")
    competences.write_text("police: {it: forze dell'ordine}\n", encoding="utf-8")

    of_files, of_folder = check_paths([facts, competences]), check_paths([tmp_path])

    assert [(Path(fault.file).name, fault.code) for fault in of_files] == [
        ("competences.yaml", "missing"),
        ("facts.yaml", "misspelt-word"),
    ]
    assert sorted(fault.code for fault in of_folder) == ["missing", "misspelt-word", "no-pathways"]


def test_the_scenarios_of_the_folder_are_found_too() -> None:
    found = scenario_files([HERE])
    assert found == scenario_files([SHIPPED])
    assert len(found) == len([file for file in SHIPPED.glob("*.yaml") if file not in found])
