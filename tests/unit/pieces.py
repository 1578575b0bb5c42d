"""Pieces of YAML in the pages of the docs: what a reader is told to write, and what is shown as wrong.

A first line `# wrong: CODE` names the faults that the checker finds in a piece, and no others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.explaining.trying import faults_of
from tests.unit.marked import codes

ROOT = Path(__file__).parents[2]
_PIECE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRONG = re.compile(r"# wrong: ([a-z0-9, -]+)\n")


@dataclass(frozen=True)
class Piece:
    """One piece of YAML, and the line of the page it begins in."""

    line: int
    text: str

    @property
    def expected(self) -> list[str]:
        """The codes it is said to be wrong by; none where it is right."""
        wrong = _WRONG.match(self.text)
        return sorted(wrong[1].split(", ")) if wrong else []

    @property
    def found(self) -> list[str]:
        """The codes that the checker finds, each once."""
        return sorted(set(codes(faults_of(self.text))))


def pieces(page: Path) -> Iterator[Piece]:
    """Every piece of YAML of a page."""
    text = page.read_text(encoding="utf-8")
    for match in _PIECE.finditer(text):
        yield Piece(text.count("\n", 0, match.start()) + 2, match[1])
