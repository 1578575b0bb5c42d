"""Facts of one's own stand beside one's procedures, and never change what a shipped fact means."""

from pathlib import Path

import pytest

from procedures.faults import ProcedureFaults
from procedures.loading import check_paths, library_of, shipped_facts
from procedures.scenario.files import library_beside
from procedures.vocabularies import vocabulary_beside

OWN = "facts: {lethality: {type: boolean, title: {it: Pericolo di vita, en: Danger to life}}}\n"
ASKS = """\
pathway: screening
edition: 1
title: {it: Domande, en: Questions}
consent: screening
steps: {warn: {tell: police, title: {it: Avvisare, en: Warn}, when: {lethality: true}}}
"""


def written(folder: Path, facts: str, pathway: str = ASKS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "facts.yaml").write_text(facts, encoding="utf-8")
    (folder / "screening.yaml").write_text(pathway, encoding="utf-8")
    return folder / "screening.yaml"


def codes(path: Path) -> list[tuple[str, str]]:
    return [(Path(fault.file).name, fault.code) for fault in check_paths([path])]


def test_a_fact_declared_beside_a_pathway_may_be_asked_about(tmp_path: Path) -> None:
    file = written(tmp_path, OWN)
    assert codes(file) == codes(tmp_path) == []
    assert "lethality" in library_of([tmp_path]).facts
    assert set(shipped_facts()) < set(vocabulary_beside(file, shipped_facts()))


def test_the_facts_of_a_folder_stand_beside_the_folder_of_its_pathways(tmp_path: Path) -> None:
    written(tmp_path / "pathways", OWN)
    (tmp_path / "pathways" / "facts.yaml").rename(tmp_path / "facts.yaml")
    assert codes(tmp_path) == codes(tmp_path / "pathways" / "screening.yaml") == []


def test_scenarios_speak_of_the_facts_beside_them_as_they_are_now(tmp_path: Path) -> None:
    written(tmp_path, OWN)
    assert library_beside(tmp_path).facts["lethality"].changed_by != ("police",)
    written(tmp_path, OWN.replace("type: boolean", "type: boolean, changed_by: [police]"))
    assert library_beside(tmp_path).facts["lethality"].changed_by == ("police",)


def test_a_shipped_fact_is_never_declared_otherwise(tmp_path: Path) -> None:
    file = written(tmp_path, OWN.replace("lethality", "risk"), ASKS.replace("lethality", "risk"))
    assert codes(file) == [("facts.yaml", "declared-otherwise")]
    with pytest.raises(ProcedureFaults):
        library_of([tmp_path])


def test_nobody_is_born_twice_in_two_files(tmp_path: Path) -> None:
    born = "  born_on: {type: date, of: child, birth: true, title: {it: Nascita, en: Birth}}\n"
    file = written(tmp_path, OWN.replace("facts: {", "facts:\n  ").replace("}}}", "}}") + born)
    assert codes(file) == [("facts.yaml", "second-birth")]


def test_a_wrong_fact_is_told_where_it_stands_and_once(tmp_path: Path) -> None:
    file = written(tmp_path, OWN.replace("title", "titel"))
    assert ("facts.yaml", "misspelt-word") in codes(file)
    with pytest.raises(ProcedureFaults):
        vocabulary_beside(file, shipped_facts())


def test_evidence_asked_about_as_if_it_were_a_fact_is_refused_with_the_way_to_say_it(tmp_path: Path) -> None:
    file = written(tmp_path, OWN, ASKS.replace("lethality:", "screen.evidence.lethality:"))
    (fault,) = check_paths([file])
    assert (fault.code, "sets: {lethality: evidence.lethality}" in fault.help) == ("asks-elsewhere", True)
