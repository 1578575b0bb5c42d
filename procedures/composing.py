"""YAML to nodes, strictly: a text is refused rather than read in two ways.

Plain PyYAML reads `NO` as false and 12:30 as 750, keeps the last of two equal keys, and fails at depth 1,000. Here
events are composed one by one without recursion, so that size and depth are bounded before anything is built.
"""

import re
from collections.abc import Iterator
from typing import NoReturn, Protocol

import yaml

from procedures import fault_kinds as kinds
from procedures.faults import FaultKind
from procedures.nodes import Broken, Entry, Mapping, Node, Scalar, Sequence, plain_value

MAX_BYTES = 256 * 1024
MAX_NODES = 10_000
MAX_DEPTH = 20

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Reporter(Protocol):
    """Whoever gathers the faults of a text."""

    def fault(self, kind: FaultKind, node: Node, /, **data: str) -> None:
        """Take note of a fault that leaves the rest readable."""

    def stop(self, kind: FaultKind, node: Node, /, **data: str) -> NoReturn:
        """Take note of a fault and give up, raising `ProcedureFaults`."""


class _Mark(Protocol):
    """A place as the parser counts it, from 0."""

    line: int
    column: int


class _Open:
    """A sequence or mapping whose end has not come yet."""

    def __init__(self, place: Node, *, mapping: bool) -> None:
        self.place = place
        self.mapping = mapping
        self.items: list[Node] = []


class _Composer:
    """Builds the tree from the events of libyaml."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.open: list[_Open] = []
        self.nodes = 0
        self.root: Node | None = None

    def take(self, event: yaml.Event) -> None:
        """Take in the next event."""
        place = _place(event.start_mark) if event.start_mark else Node(1, 1)
        if isinstance(event, yaml.NodeEvent):
            self._begin_node(event, place)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            done = self.open.pop()
            self._put(self._mapping(done) if done.mapping else _sequence(done))
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self.reporter.stop(kinds.SECOND_DOCUMENT, place)

    def _begin_node(self, event: yaml.NodeEvent, place: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.reporter.stop(kinds.TOO_MANY_NODES, place, limit=str(MAX_NODES))
        if isinstance(event, yaml.AliasEvent):
            self.reporter.fault(kinds.ALIAS, place, name=event.anchor or "")
            self._put(Broken(place.line, place.column))
            return
        if event.anchor is not None:
            self.reporter.fault(kinds.ANCHOR, place, name=event.anchor)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.reporter.fault(kinds.TAG, place, tag=tag.replace("tag:yaml.org,2002:", "!!"))
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style and tag is None
            value = plain_value(event.value) if plain else event.value
            self._put(Scalar(place.line, place.column, value, event.value))
            return
        if len(self.open) >= MAX_DEPTH:
            self.reporter.stop(kinds.TOO_DEEP, place, limit=str(MAX_DEPTH))
        self.open.append(_Open(place, mapping=isinstance(event, yaml.MappingStartEvent)))

    def _put(self, node: Node) -> None:
        if self.open:
            self.open[-1].items.append(node)
        else:
            self.root = node

    def _mapping(self, done: _Open) -> Mapping:
        entries: dict[str, Entry] = {}
        for key, value in zip(done.items[::2], done.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.reporter.fault(kinds.KEY_NOT_A_WORD, key)
            elif key.text == "<<":
                self.reporter.fault(kinds.MERGE, key)
            elif key.text in entries:
                self.reporter.fault(kinds.DUPLICATE_KEY, key, key=key.text, line=str(entries[key.text].key.line))
            else:
                entries[key.text] = Entry(key, value)
        return Mapping(done.place.line, done.place.column, tuple(entries.values()))


def compose(text: str, reporter: Reporter) -> Node:
    """The tree of `text`; an empty text is an empty scalar.

    Raises:
        ProcedureFaults: through `reporter`, when the rest of the text cannot be understood.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        reporter.stop(kinds.TOO_LARGE, Node(1, 1), limit=str(MAX_BYTES // 1024))
    found = _FORBIDDEN.search(text.removeprefix("\ufeff"))
    if found is not None:
        line, column = _line_and_column(text.removeprefix("\ufeff"), found.start())
        reporter.stop(kinds.BAD_CHARACTER, Node(line, column), character=f"U+{ord(found.group()):04X}")
    composer = _Composer(reporter)
    try:
        for event in _events(text.removeprefix("\ufeff")):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        _stop_at_syntax(error, text, reporter)
    return composer.root or Scalar(1, 1, None, "")


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=_LOADER))


def _stop_at_syntax(error: yaml.MarkedYAMLError, text: str, reporter: Reporter) -> NoReturn:
    place = _place(error.problem_mark) if error.problem_mark else Node(1, 1)
    lines = text.splitlines()
    here = lines[place.line - 1] if place.line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        reporter.stop(kinds.TAB, place)
    if "nesting depth" in (error.problem or ""):
        reporter.stop(kinds.TOO_DEEP, place, limit=str(MAX_DEPTH))
    reporter.stop(kinds.SYNTAX, place, problem=error.problem or "it ends too early")


def _sequence(done: _Open) -> Sequence:
    return Sequence(done.place.line, done.place.column, tuple(done.items))


def _place(mark: _Mark) -> Node:
    return Node(mark.line + 1, mark.column + 1)


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
