"""`python -m tests.trust`: every fault row within its budget; prints what it found and writes trust-report.json.

    --row T3 --row T9   these rows alone        --seed N    draw the same faults again
    --size full         at the size of release  --plant     each row with each of its planted bugs, on a small size

Status 1 where anything is broken: an invariant, or a planted bug that no invariant noticed.
"""

import argparse
import importlib
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.trust.plants import PLANTS
from tests.trust.report import RowResult, line, write

MODULES = {
    "T1": "tests.simulation.row",
    "T3": "tests.trust.kills",
    "T5": "tests.trust.mail_faults",
    "T7": "tests.trust.prefect_away",
    "T8": "tests.trust.store_faults",
    "T9": "tests.trust.clock_faults",
}
"""T1 runs T2 with it."""
BUDGETS = {
    "change": {"T1": 330.0, "T3": 330.0, "T5": 90.0, "T7": 210.0, "T8": 90.0, "T9": 90.0},
    "full": {"T1": 7200.0, "T3": 4800.0, "T5": 1200.0, "T7": 2400.0, "T8": 1200.0, "T9": 1800.0},
}
"""Seconds: 19 minutes and five hours in all."""
PLANTED_BUDGET = 100.0
REPORT = Path("trust-report.json")


def run_row(name: str, seed: int, size: str) -> Iterator[RowResult]:
    """One row; a row that ends before its time is broken."""
    module = importlib.import_module(MODULES[name])
    budget = BUDGETS[size][name]
    try:
        # The simulation has one size; the budget makes it more.
        found = module.run(seed, budget) if name == "T1" else module.run(seed, budget, size=size)
    except Exception as error:  # noqa: BLE001 - the other rows are still to come
        traceback.print_exc()
        found = [RowResult(name, size, seed, "the row comes to its end", 1, 1, type(error).__name__)]
    yield from found


def broken_on(row: str, seed: int, planted: str = "") -> list[str]:
    """The invariants that one row finds broken on its small size."""
    module = importlib.import_module(MODULES[row])
    found = module.run(seed, PLANTED_BUDGET, size="tiny", planted=planted)
    return [result.invariant for result in found if result.broken]


def run_planted(row: str, seed: int) -> Iterator[RowResult]:
    """One row with each of its bugs: found, if an invariant breaks that holds without it."""
    sound = broken_on(row, seed)
    for name, planted in PLANTS.items():
        if planted.row == row:
            broken = [invariant for invariant in broken_on(row, seed, name) if invariant not in sound]
            said = f"{planted.what}: broke {', '.join(broken) or 'nothing'}"
            yield RowResult(row, "tiny", seed, f"planted {name} is found", 1, int(not broken), said)


def results(rows: Iterable[str], seed: int, size: str, *, planting: bool) -> Iterator[RowResult]:
    """Every line, as it comes."""
    for name in rows:
        began = time.monotonic()
        if planting:
            yield from run_planted(name, seed)
        else:
            yield from run_row(name, seed, size)
        sys.stdout.write(f"{name}   took {time.monotonic() - began:.0f} s\n")


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust")
    parser.add_argument("--row", action="append", choices=sorted(MODULES), help="this row alone; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=sorted(BUDGETS), default="change")
    parser.add_argument("--plant", action="store_true", help="with the planted bugs, each of which must be found")
    parser.add_argument("--report", type=Path, default=REPORT)
    asked = parser.parse_args()
    sys.stdout.write(f"seed {asked.seed}, size {asked.size}\n")
    found = []
    for result in results(asked.row or MODULES, asked.seed, asked.size, planting=asked.plant):
        found.append(result)
        sys.stdout.write(f"{line(result)}\n")
        sys.stdout.flush()
    write(found, asked.report)
    broken = [result for result in found if result.broken]
    sys.stdout.write(f"{len(found)} lines, {len(broken)} broken; {asked.report}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
