"""What a text in YAML is made of once it is read: scalars, sequences and mappings, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ScalarValue = bool | int | str | None

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in the text. Lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """A word, a text, a number, `true`, `false` or nothing; `text` is how it was written."""

    value: ScalarValue
    text: str


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a mapping; `key` keeps its own place."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    """Keys and what they hold, in the order of the text; of a repeated key only the first is kept."""

    entries: tuple[Entry, ...]

    def __iter__(self) -> Iterator[tuple[str, Entry]]:
        """Each key's word with its entry."""
        return ((entry.key.text, entry) for entry in self.entries)

    def get(self, word: str) -> Entry | None:
        """The entry under `word`, if there is one."""
        return next((entry for entry in self.entries if entry.key.text == word), None)


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """Something whose fault was told already: nothing more is said of it."""


def plain_value(text: str) -> ScalarValue:
    """The value of an unquoted scalar.

    Only `true`, `false`, whole decimal numbers of up to 18 digits, and `null`, `~` or nothing mean more than their
    letters: `NO` is the province of Novara, `12:30` an hour and `2026-11-24` a text that a date field reads itself.
    """
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text
