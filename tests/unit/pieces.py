"""Pieces of YAML in the pages of the docs: what a reader is told to write, and what is shown as wrong.

A piece with a line `pathway:` is a whole file, one that begins with `facts:` a vocabulary; any other stands under
`steps:` of a pathway. A first line `# wrong: CODE` names the faults that the checker finds in it, and no others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from procedures.loading import check_paths, load_facts
from tests.unit.marked import codes, faults_of

ROOT = Path(__file__).parents[2]
FRAME = """\
pathway: example
edition: 1
title: {{it: Esempio, en: Example}}
consent: example
outcomes: {{over: {first}}}
steps:
"""
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
    def whole(self) -> str:
        """The file that it is, or is a part of."""
        if re.search(r"^(pathway|facts):", self.text, re.MULTILINE):
            return self.text
        first = re.search(r"^([a-z_0-9]+):", self.text, re.MULTILINE)
        assert first, self.text
        return FRAME.format(first=first[1]) + indent(self.text, "  ")

    def found(self, folder: Path) -> list[str]:
        """The codes that the checker finds, each once."""
        if re.search(r"^facts:", self.text, re.MULTILINE):
            return sorted(set(codes(faults_of(load_facts, self.text))))
        path = folder / "example.yaml"
        path.write_text(self.whole, encoding="utf-8")
        return sorted(set(codes(check_paths([path]))))


def pieces(page: Path) -> Iterator[Piece]:
    """Every piece of YAML of a page."""
    text = page.read_text(encoding="utf-8")
    for match in _PIECE.finditer(text):
        yield Piece(text.count("\n", 0, match.start()) + 2, match[1])
