"""What is kept in mind while a pathway is gone through, and what was seen of it."""

from dataclasses import dataclass, field

from procedures.exploring.asking import Answer, Key

Situation = frozenset[tuple[Key, Answer]]
"""What later steps still ask about, answered."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How a situation came about, newest first."""

    key: Key
    answer: Answer
    before: "Trace | None"

    def told(self) -> list[tuple[Key, Answer]]:
        """From the beginning."""
        found: list[tuple[Key, Answer]] = []
        at: Trace | None = self
        while at is not None:
            found.append((at.key, at.answer))
            at = at.before
        return found[::-1]


@dataclass(slots=True)
class StepSeen:
    """What was seen of one step."""

    needs_met: bool = False
    begun: bool = False
    waits: bool = False
    """Whether it can wait for a signal for ever."""
    nobody_before: Trace | None = None
    """How it can begin though nobody did the step whose body is to do it."""


@dataclass(slots=True)
class Explored:
    """What an exploration found. `whole` is False where there were too many situations to keep in mind."""

    steps: dict[str, StepSeen] = field(default_factory=dict)
    outcomes: set[str] = field(default_factory=set)
    without_outcome: Trace | None = None
    ends_without_outcome: bool = False
    whole: bool = True
