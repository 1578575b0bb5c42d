"""The rows T1 and T2 of `make trust`: every invariant over many seeds, and every planted bug found."""

import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Executor
from functools import partial

from tests.simulation.plants import PLANTS
from tests.simulation.pool import POLITE, side_by_side, workers
from tests.simulation.running import Outcome, run_seed
from tests.simulation.shrinking import shrink
from tests.trust.report import RowResult

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
    "no contact": "who wants no contact is neither asked nor served under her consent",
    "owed": "what was passed over stays owed until it is decided",
    "counted": "signals, repeats and longer time count once each",
    "told late": "an answer about what is over is told so, and changes nothing",
    "four eyes": "two steps for two persons are never one person's",
    "moved": "a move loses nobody, and moves no promise without a word",
    "own work": "the network's own work knows no consent",
    "error": "no error that is a fault of ours",
}
SHARE = 0.7
"""Of the budget for T1; the rest is for the planted bugs and for repeating seeds."""
PLANTING = 120.0
"""Seconds that are enough for the rest, however long the budget."""
PLANTED = "planted: "
FINDING = 0.8
"""Of that rest for the planted bugs."""
SEEDS_OF = {"change": 500, "full": 20_000}


def run(seed: int, budget_s: float, size: str = "change", niceness: int = POLITE) -> list[RowResult]:
    """Both rows, from this seed on, in at most so many seconds on every core. Size `tiny` is T2 alone."""
    begun = time.monotonic()
    rest = budget_s if size == "tiny" else min((1 - SHARE) * budget_s, PLANTING)
    with workers(niceness) as pool:
        found = [] if size == "tiny" else [*_everything_at_once(pool, seed, begun + budget_s - rest, SEEDS_OF[size])]
        found += _repeated(pool, seed, begun + budget_s - rest * FINDING)
        found += planted(pool, begun + budget_s)
    return found


def _everything_at_once(pool: Executor, seed: int, ends: float, seeds: int) -> Iterable[RowResult]:
    tried: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    first: dict[str, Outcome] = {}
    commands, lived, took = 0, 0, 0.0
    for outcome in side_by_side(pool, partial(run_seed, cases=CASES), range(seed, seed + seeds), ends):
        lived += 1
        commands += outcome.commands
        took += outcome.seconds
        tried += outcome.tried
        tried["error"] += 1
        if outcome.broken:
            broken[outcome.broken] += 1
            first.setdefault(outcome.broken, outcome)
    # As many as the budget holds: the figure says how many of those that are aimed at.
    size = f"{lived} of {seeds} x {CASES}"
    figures = f"{commands} commands, {commands / max(took, 0.001):.0f} a processor second"
    for name, sentence in NAMES.items():
        detail = pool.submit(_story, first[name]).result() if name in first else figures
        yield RowResult("T1", size, seed, sentence, tried[name], broken[name], detail)


def _story(outcome: Outcome) -> str:
    story = shrink(outcome, cases=CASES, seconds=30)
    return "\n".join([f"seed {outcome.seed}: {outcome.what}", *(f"    {line}" for line in story.lines())])


def _repeated(pool: Executor, seed: int, ends: float) -> Iterable[RowResult]:
    """The same seed twice has the same heads of all chains: in two processes, where both are free."""
    heads: dict[int, set[str]] = {}
    twice = (one for again in range(seed, seed + REPEATED) for one in (again, again))
    for outcome in side_by_side(pool, partial(run_seed, cases=FEW_CASES), twice, ends):
        heads.setdefault(outcome.seed, set()).add(outcome.heads)
    differing = sum(len(found) > 1 for found in heads.values()) or int(not heads)
    said = f"{len(heads)} of {REPEATED} seeds"
    yield RowResult("T2", said, seed, "the same seed twice gives the same heads", len(heads), differing)


def planted(pool: Executor, ends: float) -> Iterable[RowResult]:
    """One line a planted bug; one that there was no time for counts as not found."""
    missing = dict.fromkeys(PLANTS)
    for result in side_by_side(pool, partial(find_plant, ends=ends), PLANTS, ends):
        missing.pop(result.invariant.removeprefix(PLANTED))
        yield result
    for name in missing:
        yield RowResult("T2", "0 seeds", 0, f"{PLANTED}{name}", 1, 1, "the time was over")


def find_plant(name: str, ends: float) -> RowResult:
    """Look for a planted bug, seed after seed, until `ends` (`time.monotonic`); broken where none finds it."""
    outcome, seeds = None, 0
    while outcome is None and seeds < MOST_SEEDS and time.monotonic() < ends:
        tried = run_seed(seeds, cases=FEW_CASES, plant=PLANTS[name])
        outcome = tried if tried.broken else None
        seeds += 1
    detail = f"seed {outcome.seed}, {outcome.broken}: {outcome.what}" if outcome else f"not found in {seeds} seeds"
    return RowResult("T2", f"{seeds} seeds", 0, f"{PLANTED}{name}", 1, int(outcome is None), detail)
