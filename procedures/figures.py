"""Figures that tell of nobody: small counts are left out, and what would give them away by subtraction. Pure."""

from collections.abc import Mapping
from statistics import median

SMALLEST = 5
"""A count below is not shown (trust.md, statistics reader); nor is a median of fewer answers."""


def shown(counts: Mapping[str, int]) -> Mapping[str, int | None]:
    """The counts of one table whose sum is shown as well; None where a count is left out.

    What is left out alone could be had by subtraction, so the smallest of the others goes with it.
    """
    small = {name for name, count in counts.items() if 0 < count < SMALLEST}
    others = sorted((count, name) for name, count in counts.items() if count >= SMALLEST)
    if len(small) == 1 and others:
        small.add(others[0][1])
    return {name: None if name in small else count for name, count in counts.items()}


def total_shown(counts: Mapping[str, int]) -> int | None:
    """Their sum; None where it is small itself, or says the only count that was left out."""
    total = sum(counts.values())
    alone = sum(1 for count in counts.values() if count) == 1 and any(0 < count < SMALLEST for count in counts.values())
    return None if 0 < total < SMALLEST or alone else total


def median_shown(seconds: list[float]) -> float | None:
    """Their median; None where there are too few to tell of nobody."""
    return median(seconds) if len(seconds) >= SMALLEST else None
