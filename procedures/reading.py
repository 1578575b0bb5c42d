"""The reader of every file that the network writes: typed access to the nodes of a strict YAML text.

Each helper returns None after taking note of a fault, so that the reading goes on and all faults are shown at once::

    document = read_document(text, "network.yaml")
    fields = document.fields(document.root, FORM)
    name = document.text(fields["name"]) if "name" in fields else None
    document.finish()
"""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from re import compile as pattern
from typing import NoReturn

from procedures import fault_kinds as kinds
from procedures import nodes
from procedures.composing import compose
from procedures.faults import MAX_FAULTS, Fault, FaultKind, ProcedureFaults, Severity
from procedures.marking import N_
from procedures.nodes import Entry, Node, Scalar, Sequence
from procedures.rewording import named_for
from procedures.story import Story

_NAME = pattern(r"[a-z][a-z0-9_]{0,59}")
_SHOWN = 60
"""A wrong word is repeated up to this many characters."""
_OFFERED = 30
_LONGEST = 200
_WHOLE = frozenset({"known", "example"})
"""What we put together ourselves."""


@dataclass(frozen=True, slots=True)
class Form:
    """The words a mapping may hold, with an example for each that must be there."""

    known: tuple[str, ...]
    required: Mapping[str, str] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    """Words that a later edition will know: refused as such rather than as unknown."""


class Document:
    """One text that is being read: its tree, and the faults found so far."""

    def __init__(self, file: str) -> None:
        """`file` is the name that faults show."""
        self.file = file
        self.root: Node = Scalar(1, 1, None, "")
        self.faults: list[Fault] = []
        self.noted = 0
        """How often something was found wrong, what stands in the place of a fault told already included."""

    def fault(self, kind: FaultKind, node: Node, /, **data: str) -> None:
        """Take note of a fault.

        Raises:
            ProcedureFaults: when there are so many that reading on helps nobody.
        """
        self.noted += 1
        if isinstance(node, nodes.Broken):
            return
        whole = {name for name, word in data.items() if name in _WHOLE or isinstance(word, Story)}
        said = {n: word if n in whole or len(word) <= _LONGEST else shown(word) for n, word in data.items()}
        self.faults.append(Fault(self.file, node.line, node.column, kind, said))
        if len(self.faults) >= MAX_FAULTS:
            last = max(self.faults, key=lambda f: (f.line, f.column))
            end = Fault(self.file, last.line, last.column, kinds.TOO_MANY_FAULTS, {"limit": str(MAX_FAULTS)})
            raise ProcedureFaults([*self.faults, end])

    def stop(self, kind: FaultKind, node: Node, /, **data: str) -> NoReturn:
        """Take note of a fault after which nothing can be read.

        Raises:
            ProcedureFaults: always.
        """
        self.fault(kind, node, **data)
        raise ProcedureFaults(self.faults)

    @property
    def has_errors(self) -> bool:
        """Whether the text cannot be used; warnings alone do not keep it from that."""
        return any(fault.severity is Severity.ERROR for fault in self.faults)

    def finish(self) -> None:
        """End the reading.

        Raises:
            ProcedureFaults: with every fault, if one of them is an error.
        """
        if self.has_errors:
            raise ProcedureFaults(self.faults)

    def expected(self, node: Node, expected: str, example: str) -> None:
        """Take note that something else should stand here."""
        self.fault(kinds.EXPECTED, node, expected=expected, found=describe(node), example=example)

    def mapping(self, node: Node, example: str) -> nodes.Mapping | None:
        """A mapping, with whatever keys."""
        if isinstance(node, nodes.Mapping):
            return node
        self.expected(node, N_("A mapping"), example)
        return None

    def fields(self, node: Node, form: Form, example: str = "{word: value}") -> dict[str, Node]:
        """What the known words of a mapping hold. Unknown words and missing ones are faults."""
        mapping = self.mapping(node, example)
        if mapping is None:
            return {}
        found: dict[str, Node] = {}
        for word, entry in mapping:
            if word in form.known:
                found[word] = entry.value
            elif word in form.later:
                self.fault(kinds.LATER_WORD, entry.key, word=word)
            else:
                self.unknown(entry.key, word, form.known)
        for word, sample in form.required.items():
            if word not in found:
                self.fault(kinds.MISSING, mapping, word=word, example=sample)
        return found

    def named(self, node: Node, example: str) -> list[tuple[str, Entry]]:
        """The entries of a mapping whose keys are names that its writer chose."""
        mapping = self.mapping(node, named_for(node) or f"{{{example}: …}}")
        return [] if mapping is None else [(word, e) for word, e in mapping if self.name(e.key, example) is not None]

    def items(self, node: Node, example: str) -> tuple[Node, ...]:
        """The items of a list that is not empty."""
        if isinstance(node, Sequence) and node.items:
            return node.items
        self.expected(node, N_("A list with at least one item"), example)
        return ()

    def text(self, node: Node, example: str = "a few words") -> str | None:
        """A text that is not empty. A number or `true` is taken as it was written."""
        if isinstance(node, Scalar) and node.text.strip():
            return node.text
        self.expected(node, N_("A text"), example)
        return None

    def name(self, node: Node, example: str) -> str | None:
        """A name in small letters, digits and `_`; without quotes, `true`, `false` and `null` are none."""
        if not isinstance(node, Scalar) or not node.text:
            self.expected(node, N_("A name"), example)
            return None
        if not _NAME.fullmatch(node.text) or not isinstance(node.value, str):
            self.fault(kinds.BAD_NAME, node, name=shown(node.text), example=example)
            return None
        return node.text

    def word(self, node: Node, known: Collection[str]) -> str | None:
        """One word out of a closed list."""
        if not isinstance(node, Scalar):
            self.expected(node, N_("A word"), next(iter(known)))
            return None
        if node.text not in known:
            self.unknown(node, node.text, known)
            return None
        return node.text

    def whole_number(self, node: Node, example: str = "1", *, at_least: int = 0) -> int | None:
        """A whole decimal number."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= at_least:
            return value
        self.expected(node, N_("A whole number"), example)
        return None

    def truth(self, node: Node) -> bool | None:
        """`true` or `false`."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.expected(node, N_("true or false"), "true")
        return None

    def date(self, node: Node) -> date | None:
        """A day of the calendar, `2026-11-24`."""
        if isinstance(node, Scalar) and len(node.text) == len("2026-11-24"):
            try:
                return date.fromisoformat(node.text)
            except ValueError:
                pass
        self.expected(node, N_("A date"), "2026-11-24")
        return None

    def unknown(self, node: Node, word: str, known: Collection[str]) -> None:
        """Take note of a word that is not on the list, with the nearest one that is."""
        nearest = nearest_word(word, known)
        if nearest is None:
            self.fault(kinds.UNKNOWN_WORD, node, word=shown(word), known=listed(known))
        else:
            self.fault(kinds.MISSPELT_WORD, node, word=shown(word), nearest=nearest)


def read_document(text: str, file: str) -> Document:
    """Read a strict YAML text.

    Raises:
        ProcedureFaults: when the text cannot be understood at all; milder faults wait in the document.
    """
    document = Document(file)
    document.root = compose(text, document)
    return document


def nearest_word(word: str, known: Collection[str], cutoff: float = 0.7) -> str | None:
    """The known word that looks most like `word`, if one does."""
    return next(iter(difflib.get_close_matches(word[:_SHOWN], known, n=1, cutoff=cutoff)), None)


def shown(word: str) -> str:
    """A word as a fault repeats it: quoted where it is empty or odd, cut where it is long."""
    cut = word if len(word) <= _SHOWN else word[:_SHOWN] + "…"
    return cut if cut.isprintable() and cut.strip() else repr(cut)


def describe(node: Node) -> str:
    """What stands at a node, in a word or two."""
    if isinstance(node, nodes.Mapping):
        return N_("a mapping")
    if isinstance(node, Sequence):
        return N_("a list") if node.items else N_("an empty list")
    return shown(node.text) if isinstance(node, Scalar) and node.text else N_("nothing")


def nearest_or_all(word: str, known: Collection[str]) -> str:
    """What a remedy proposes instead of a wrong name: the nearest one, else all of them."""
    return nearest_word(word, known) or listed(known)


def listed(words: Collection[str]) -> str:
    """The words a remedy offers; of very many the first."""
    few = list(words)[:_OFFERED]
    return ", ".join(few if len(few) == len(words) else [*few, "…"]) or "-"
