"""The page that holds us to ASVS 5.0 names every requirement once, and no file that is not there."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d[\d., –]*) \| ([✓◐✗–]) \|", re.MULTILINE)
# Of level 3, by section; all others of a section are of level 1 or 2, and the last of them stands in LAST.
LAST = {
    "1.1": 2, "1.2": 10, "1.3": 12, "1.4": 3, "1.5": 3, "2.1": 3, "2.2": 3, "2.3": 5, "2.4": 2, "3.1": 1, "3.2": 3,
    "3.3": 5, "3.4": 8, "3.5": 8, "3.6": 1, "3.7": 5, "4.1": 5, "4.2": 5, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 6, "5.3": 3,
    "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2,
    "7.4": 5, "7.5": 3, "7.6": 2, "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 3, "10.3": 5,
    "10.4": 16, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 4, "11.2": 5, "11.3": 5, "11.4": 4, "11.5": 2, "11.6": 2, "11.7": 2,
    "12.1": 5, "12.2": 2, "12.3": 5, "13.1": 4, "13.2": 6, "13.3": 4, "13.4": 7, "14.1": 2, "14.2": 8, "14.3": 3, "15.1": 5,
    "15.2": 5, "15.3": 7, "15.4": 4, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 4, "17.1": 2, "17.2": 8, "17.3": 2,
}  # fmt: skip
THIRD_LEVEL = set(
    "1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3 3.7.4 3.7.5 4.1.4 4.1.5 "
    "4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1 6.7.2 "
    "7.5.3 8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14 10.4.15 10.4.16 11.1.3 11.1.4 11.2.4 "
    "11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5 13.1.2 13.1.3 13.1.4 13.2.6 13.3.3 13.3.4 13.4.6 "
    "13.4.7 14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 15.4.4 16.5.4 17.1.2 17.2.5 17.2.6 "
    "17.2.7 17.2.8".split()
)
OURS_OF_THE_THIRD = set(
    "1.2.10 1.3.12 1.5.3 2.3.5 3.4.7 3.4.8 3.6.1 4.1.4 4.1.5 6.3.5 6.3.6 6.3.7 6.3.8 6.5.6 7.5.3 8.3.2 8.4.2 11.2.4 11.2.5 "
    "11.3.4 11.7.1 13.1.2 13.1.3 13.2.6 13.3.3 13.3.4 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 "
    "15.4.4 16.5.4".split()
)
"""Those that the house sets itself beyond level 2."""


def numbers(cell: str) -> Iterator[str]:
    """The requirements of one cell: `1.2.3, 1.4.1–1.4.3`."""
    for part in cell.split(", "):
        first, _, last = part.strip().partition("–")
        section, _, start = first.rpartition(".")
        for number in range(int(start), int((last or first).rpartition(".")[2]) + 1):
            yield f"{section}.{number}"


def judged() -> dict[str, str]:
    """The mark of each requirement of the page."""
    found = [(number, mark) for cell, mark in ROW.findall(PAGE) for number in numbers(cell)]
    assert [number for number, times in Counter(number for number, _ in found).items() if times > 1] == []
    return dict(found)


def test_no_requirement_is_missing_and_none_is_made_up() -> None:
    all_of_them = {f"{section}.{number}" for section, last in LAST.items() for number in range(1, last + 1)}
    assert len(all_of_them - THIRD_LEVEL) == 253  # of levels 1 and 2, as the standard counts them
    assert judged().keys() == all_of_them - THIRD_LEVEL | OURS_OF_THE_THIRD


def test_the_counts_are_those_of_the_rows() -> None:
    marks = Counter(judged().values())
    said = "| " + " | ".join(f"{mark} {marks[mark]}" for mark in "✓◐✗–") + " |"
    assert said in PAGE


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:web|models|procedures|notifiers|flows|cli|tests)/[\w/.]*)`", PAGE)
    assert len(named) > 100
    assert [one for one in named if not (ROOT / one).exists()] == []
