"""The page that holds us to ASVS 5.0 names every requirement once, and no file that is not there."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
DASH = "\N{EN DASH}"
ROW = re.compile(rf"^\| (\d[\d., {DASH}]*) \| ([✓◐✗{DASH}]) \|", re.MULTILINE)
STANDARD = """
1.1 2; 1.2 10: 10*; 1.3 12: 12*; 1.4 3; 1.5 3: 3*; 2.1 3; 2.2 3; 2.3 5: 5*; 2.4 2: 2; 3.1 1: 1; 3.2 3: 3;
3.3 5: 5; 3.4 8: 7* 8*; 3.5 8: 6 7 8; 3.6 1: 1*; 3.7 5: 3 4 5; 4.1 5: 4* 5*; 4.2 5: 2 3 4 5; 4.3 2; 4.4 4;
5.1 1; 5.2 6: 4 5 6; 5.3 3: 3; 5.4 3; 6.1 3; 6.2 12; 6.3 8: 5* 6* 7* 8*; 6.4 6: 5 6; 6.5 8: 6* 7 8; 6.6 4: 4;
6.7 2: 1 2; 6.8 4; 7.1 3; 7.2 4; 7.3 2; 7.4 5; 7.5 3: 3*; 7.6 2; 8.1 4: 3 4; 8.2 4: 4; 8.3 3: 2* 3;
8.4 2: 2*; 9.1 3; 9.2 4; 10.1 2; 10.2 3: 3; 10.3 5: 5; 10.4 16: 12 13 14 15 16; 10.5 5; 10.6 2; 10.7 3;
11.1 4: 3 4; 11.2 5: 4* 5*; 11.3 5: 4* 5; 11.4 4; 11.5 2: 2; 11.6 2: 2; 11.7 2: 1* 2; 12.1 5: 4 5; 12.2 2;
12.3 5: 5; 13.1 4: 2* 3* 4; 13.2 6: 6*; 13.3 4: 3* 4*; 13.4 7: 6 7; 14.1 2; 14.2 8: 5 6* 7* 8*; 14.3 3;
15.1 5: 4* 5*; 15.2 5: 4* 5*; 15.3 7; 15.4 4: 1* 2* 3* 4*; 16.1 1; 16.2 5; 16.3 4; 16.4 3; 16.5 4: 4*;
17.1 2: 2; 17.2 8: 5 6 7 8; 17.3 2
"""
"""Of each section of the standard its last number, then those of level 3; starred the ones that we set ourselves."""


def standard() -> tuple[set[str], set[str]]:
    """The requirements of levels 1 and 2, and ours of level 3."""
    lower, ours = set(), set()
    for line in STANDARD.split(";"):
        head, _, third = line.strip().partition(":")
        section, last = head.split()
        above = {f"{section}.{number.rstrip('*')}" for number in third.split()}
        lower |= {f"{section}.{number}" for number in range(1, int(last) + 1)} - above
        ours |= {f"{section}.{number.rstrip('*')}" for number in third.split() if number.endswith("*")}
    return lower, ours


def numbers(cell: str) -> Iterator[str]:
    """The requirements of one cell: single numbers, and from one to another."""
    for part in cell.split(", "):
        first, _, last = part.strip().partition(DASH)
        section, _, start = first.rpartition(".")
        for number in range(int(start), int((last or first).rpartition(".")[2]) + 1):
            yield f"{section}.{number}"


def judged() -> dict[str, str]:
    """The mark of each requirement of the page."""
    found = [(number, mark) for cell, mark in ROW.findall(PAGE) for number in numbers(cell)]
    assert [number for number, times in Counter(number for number, _ in found).items() if times > 1] == []
    return dict(found)


def test_no_requirement_is_missing_and_none_is_made_up() -> None:
    lower, ours = standard()
    assert len(lower) == 253  # as the standard counts them
    assert judged().keys() == lower | ours


def test_the_counts_are_those_of_the_rows() -> None:
    marks = Counter(judged().values())
    said = "| " + " | ".join(f"{mark} {marks[mark]}" for mark in f"✓◐✗{DASH}") + " |"
    assert said in PAGE


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:web|models|procedures|notifiers|flows|cli|tests)/[\w/.]*)`", PAGE)
    assert len(named) > 100
    assert [one for one in named if not (ROOT / one).exists()] == []
