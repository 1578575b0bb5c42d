"""The page of figures says what was measured."""

from pathlib import Path

from benchmarks.page import render

ROOT = Path(__file__).parents[2]


def test_the_page_of_figures_is_true() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page == render(ROOT / "benchmarks" / "results"), "run `make bench`"
    assert "floor" in page
