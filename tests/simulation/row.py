"""The rows T1 and T2 of `make trust`: every invariant over many seeds, and every planted bug found."""

import os
import time
from collections import Counter
from collections.abc import Iterable

from tests.simulation.plants import PLANTS
from tests.simulation.running import Outcome, run_seed
from tests.simulation.shrinking import shrink
from tests.trust.report import RowResult

SEEDS = 500
CASES = 20
FEW_CASES = 4
"""Cases of a seed in which a planted bug is looked for: it is found sooner among few."""
MOST_SEEDS = 60
"""A planted bug that so many seeds do not find counts as not found."""
REPEATED = 100
NAMES = {
    "I1": "I1 every case equals the replay of its events",
    "I2": "I2 what was told as saved is in the trail",
    "I3": "I3 taken once, or marked uncertain and twice",
    "I4": "I4 nothing silent at its deadline + 5 s",
    "I5": "I5 every chain verifies",
    "I6": "I6 her name turns up nowhere",
    "I8": "I8 every case ends or stands before a person",
    "I9": "I9 the history tells what the trail says",
    "error": "no error that is a fault of ours",
}
SHARE = 0.7
"""Of the budget for T1; the rest is for the planted bugs and for repeating seeds."""


def run(seed: int, budget_s: float) -> list[RowResult]:
    """Both rows, from this seed on, in at most so many seconds on one core."""
    os.nice(5)
    begun = time.perf_counter()
    found = [*_everything_at_once(seed, begun + SHARE * budget_s)]
    found += _repeated(seed, begun + (SHARE + 0.05) * budget_s)
    found += _planted(begun + budget_s)
    return found


def _everything_at_once(seed: int, ends: float) -> Iterable[RowResult]:
    tried: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    first: dict[str, Outcome] = {}
    commands, seeds, took = 0, 0, time.process_time()
    while seeds < SEEDS and time.perf_counter() < ends:
        outcome = run_seed(seed + seeds, cases=CASES)
        seeds += 1
        commands += outcome.commands
        tried += outcome.tried
        tried["error"] += 1
        if outcome.broken:
            broken[outcome.broken] += 1
            first.setdefault(outcome.broken, outcome)
    took = time.process_time() - took
    # As many as the budget holds: the figure says how many of those that are aimed at.
    size = f"{seeds} of {SEEDS} x {CASES}"
    figures = f"{commands} commands, {commands / max(took, 0.001):.0f} a processor second"
    for name, sentence in NAMES.items():
        detail = _story(first[name]) if name in first else figures
        yield RowResult("T1", size, seed, sentence, tried[name], broken[name], detail)


def _story(outcome: Outcome) -> str:
    story = shrink(outcome, cases=CASES, seconds=30)
    return "\n".join([f"seed {outcome.seed}: {outcome.what}", *(f"    {line}" for line in story.lines())])


def _repeated(seed: int, ends: float) -> Iterable[RowResult]:
    """The same seed twice has the same heads of all chains."""
    differing, tried = 0, 0
    while tried < REPEATED and time.perf_counter() < ends:
        one, other = (run_seed(seed + tried, cases=FEW_CASES).heads for _ in range(2))
        differing += one != other
        tried += 1
    yield RowResult("T2", f"{tried} seeds", seed, "the same seed twice gives the same heads", tried, differing)


def _planted(ends: float) -> Iterable[RowResult]:
    for name, plant in PLANTS.items():
        outcome, seeds = None, 0
        while outcome is None and seeds < MOST_SEEDS and time.perf_counter() < ends:
            tried = run_seed(seeds, cases=FEW_CASES, plant=plant)
            outcome = tried if tried.broken else None
            seeds += 1
        detail = f"seed {outcome.seed}, {outcome.broken}: {outcome.what}" if outcome else f"not found in {seeds} seeds"
        yield RowResult("T2", f"{seeds} seeds", 0, f"planted: {name}", 1, int(outcome is None), detail)
