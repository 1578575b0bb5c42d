"""What a scenario says once it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from procedures.commands import FactValue
from procedures.language.base import Text
from procedures.nodes import Node, Scalar, ScalarValue
from procedures.schema import OPERATOR

Value = ScalarValue | Mapping[str, ScalarValue] | tuple[str, ...]
NOWHERE = Scalar(1, 1, None, "")
"""The place of what a program wrote and no file holds."""
SAMPLE = "sample"
"""The invented network that comes with the program."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does: a verb, what it is done to, and what else the verb needs."""

    verb: str
    target: str
    more: Mapping[str, Value] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict, compare=False, repr=False)
    """Where each of its words stands."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that must happen, or must not, in the words of `telling`."""

    words: str
    node: Node = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Block:
    """Everything from the block before up to `at`, then what is done at `at`, and what must have come of both."""

    at: datetime
    acts: tuple[Act, ...] = ()
    expected: tuple[Line, ...] = ()
    open_ended: bool = False
    """Whether more may have happened than is listed (`…`)."""
    never: tuple[Line, ...] = ()
    """Words that no line of this moment may hold side by side."""
    now: tuple[Line, ...] = ()
    """How it must stand afterwards, in the words of `standing`."""
    node: Node = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """How it stands at the beginning."""

    pathway: str
    territory: str
    start: datetime
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()
    exclusions: frozenset[str] = frozenset()
    desk: str | None = None
    by: str = OPERATOR
    """On whose word the case is opened."""
    network: str = SAMPLE
    """A file beside the scenario, or the invented network."""
    earlier: tuple[Line, ...] = ()
    """Files of texts that are in force when the case begins, until the story adopts those of today."""
    nodes: Mapping[str, Node] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story with its expectations."""

    name: str
    given: Given
    blocks: tuple[Block, ...]
    file: str = ""
    title: Text | None = None
    never: tuple[Line, ...] = ()
    """Words that no line of the whole story may hold side by side."""
    node: Node = field(default=NOWHERE, compare=False, repr=False)
