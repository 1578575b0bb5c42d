"""Procedures of other countries, written from the documentation alone: they stay sayable, and do what they say.

They are no legal advice: nobody has read their times in a source, and what cannot be said stands as a comment.
"""

from pathlib import Path

from cli.scenario_runs import run_files
from procedures.loading import check_paths, shipped_library
from procedures.scenario.files import library_beside

HERE = Path(__file__).parents[1] / "procedures_elsewhere"
FILES = sorted(path for path in HERE.glob("*.yaml") if path.name != "facts.yaml" and ".scenario" not in path.name)


def test_each_of_them_can_be_said_without_a_fault_or_a_warning() -> None:
    assert check_paths([HERE]) == ()


def test_each_of_them_does_what_its_stories_say() -> None:
    assert not [path for path in FILES if not path.with_name(f"{path.stem}.scenario.yaml").exists()]
    ran = run_files([HERE], None)
    assert [str(fault) for fault in ran.faults] == []
    assert [f"{one.scenario.name}: {one.failure}" for one in ran.failed] == []


def test_none_of_them_ships() -> None:
    own = set(library_beside(HERE).current) - set(shipped_library().current)
    assert len(own) == len(FILES)
    assert not any("verified_on" in path.read_text(encoding="utf-8") for path in FILES)
