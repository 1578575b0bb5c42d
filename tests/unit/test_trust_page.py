"""The page about what is broken on purpose says what was found, and no more than that."""

from pathlib import Path

from tests.simulation.plants import PLANTS as SIMULATED
from tests.trust.__main__ import MODULES
from tests.trust.page import KEPT, PAGE, kept_with, read, render, rows, simulated_words
from tests.trust.plants import PLANTS
from tests.trust.report import RowResult, write

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"


def lines(folder: Path, *results: RowResult) -> list[dict[str, object]]:
    """A report of these, as `make trust` writes it."""
    write(results, folder / "report.json")
    return [dict(line) for line in read(folder / "report.json")]


def test_the_page_is_drawn_from_the_kept_report() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(read(KEPT)), "run `python -m tests.trust.page`"


def test_every_row_and_every_planted_bug_is_on_the_page() -> None:
    assert set(rows()) == {*MODULES, "T2"}
    page = render([])
    for bug in PLANTS.values():
        assert f"| {bug.row} | {bug.what} | not run |" in page
    for name in SIMULATED:
        assert f"| T2 | {simulated_words(name)} | not run |" in page


def test_a_row_that_was_not_run_says_so() -> None:
    page = render([])
    assert page.count("\nNot run.\n") == len(rows())


def test_what_was_found_stands_there_with_its_seed_and_its_figures(tmp_path: Path) -> None:
    found = lines(tmp_path, RowResult("T9", "change", 7, "I4 in real time", 1_200, 0, "worst 0.4 s"))
    page = render(found)
    assert "| I4 in real time | 1,200 | 0 | worst 0.4 s |" in page
    assert "all 1 lines hold; 1,200 looked at" in page
    assert "Size change, seed 7; " in page


def test_what_is_broken_stands_out(tmp_path: Path) -> None:
    page = render(lines(tmp_path, RowResult("T9", "change", 7, "I4", 9, 2), RowResult("T9", "change", 7, "I5", 9, 0)))
    assert "**1 of 2 lines broken**" in page
    assert "| I4 | 9 | **2** |" in page


def test_a_planted_bug_says_what_it_broke_or_that_nothing_found_it(tmp_path: Path) -> None:
    said = PLANTS["wall-deadlines"].what, PLANTS["local-deadlines"].what
    page = render(
        lines(
            tmp_path,
            RowResult("T9", "tiny", 7, "planted wall-deadlines is found", 1, 0, f"{said[0]}: broke I4, asleep"),
            RowResult("T9", "tiny", 7, "planted local-deadlines is found", 1, 1, f"{said[1]}: broke nothing"),
        )
    )
    assert f"| T9 | {said[0]} | I4, asleep |" in page
    assert f"| T9 | {said[1]} | **not found**: nothing |" in page
    assert page.count("\nNot run.\n") == len(rows()), "planted bugs are no run of the row"


def test_a_row_that_runs_again_takes_the_place_of_its_last_run_alone(tmp_path: Path) -> None:
    kept = lines(
        tmp_path,
        RowResult("T9", "change", 1, "old", 1, 0),
        RowResult("T9", "tiny", 1, "planted wall-deadlines is found", 1, 0),
        RowResult("T11", "change", 1, "other", 1, 0),
    )
    after = kept_with(kept, lines(tmp_path, RowResult("T9", "change", 2, "new", 1, 0)))
    assert [line["invariant"] for line in after] == ["planted wall-deadlines is found", "new", "other"]


def test_the_page_says_what_nobody_is_protected_against_as_the_page_on_security_does() -> None:
    told = " ".join(SECURITY.read_text(encoding="utf-8").partition("## What no version will protect")[2].split())
    here = render([]).partition("## What we do not protect against")[2]
    listed = [line.removeprefix("- ") for line in here.splitlines() if line.startswith("- ")]
    assert len(listed) == 6
    for sentence in listed:
        assert sentence in told
