"""A failing seed becomes a short story: the fewest decisions with which the same still breaks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.simulation.running import Outcome, Plant, run_seed

SCREEN = 40
"""Lines; a longer story is told from its end."""


@dataclass(frozen=True)
class Story:
    """What is left of a failing seed."""

    outcome: Outcome
    decisions: Sequence[str]
    tries: int

    def lines(self) -> list[str]:
        """At most a screenful of plain sentences, with the world's true times (UTC)."""
        begins = self.outcome.begins
        told = [f"{begins + timedelta(seconds=at):%d %b %H:%M:%S} {said}" for at, said in self.outcome.story]
        left_out = len(told) - SCREEN
        return told if left_out <= 0 else [f"({left_out} lines before)", *told[-SCREEN:]]


def shrink(
    found: Outcome, *, cases: int, plant: Plant | None = None, strict: bool = False, seconds: float = 60
) -> Story:
    """Leave out cases first, then everything else, in halves, quarters … (delta debugging), at most so long."""
    ends = time.process_time() + seconds
    tries = 0
    kept = list(found.taken)

    def breaks(decisions: Sequence[str]) -> bool:
        nonlocal tries
        tries += 1
        outcome = run_seed(found.seed, cases=cases, only=decisions, plant=plant, strict=strict)
        return outcome.broken == found.broken

    whole = [one for one in kept if one.startswith("case ")]
    rest = [one for one in kept if not one.startswith("case ")]
    whole = _fewest(whole, lambda some: breaks([*some, *rest]), ends)
    rest = _fewest(rest, lambda some: breaks([*whole, *some]), ends)
    decisions = [*whole, *rest]
    outcome = run_seed(found.seed, cases=cases, only=decisions, plant=plant, strict=strict, telling=True)
    return Story(outcome, decisions, tries)


def _fewest(items: list[str], breaks: Callable[[Sequence[str]], bool], ends: float) -> list[str]:
    parts = 2
    while len(items) >= 1 and time.process_time() < ends:
        size = max(1, len(items) // parts)
        for start in range(0, len(items), size):
            fewer = items[:start] + items[start + size :]
            if time.process_time() < ends and breaks(fewer):
                items, parts = fewer, max(2, parts - 1)
                break
        else:
            if size == 1:
                break
            parts = min(len(items), parts * 2)
    return items
