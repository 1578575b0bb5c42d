"""What a command led to, as everybody sees it."""

from dataclasses import dataclass
from datetime import datetime

from procedures.case import CaseState
from procedures.commands import Road
from procedures.events import AnyEvent


@dataclass(frozen=True)
class Recorded:
    """One event as it stands in the trail."""

    seq: int
    event: AnyEvent
    command_id: str
    actor: str
    road: Road


@dataclass(frozen=True)
class Handled:
    """What a command led to, saved."""

    events: tuple[Recorded, ...]
    state: CaseState
    repeated: bool
    """Whether the same command was done before: `events` are those of then, `state` is that of now."""
    at: datetime
    """The moment that `state` was decided at, of a repetition when it was looked up; aware, UTC."""


@dataclass(frozen=True, slots=True)
class CaseStuck:
    """A case that cannot be read or decided on; a person must look at it (`staffetta audit verify`)."""

    delivery_id: str
    case_id: str | None
    error: str
    """The name of the failure's class, never its text."""
