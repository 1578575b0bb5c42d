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
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.simulation.pool import BEHIND_OTHERS, POLITE
from tests.trust.plants import PLANTS
from tests.trust.report import RowResult, line, write

MODULES = {
    "T1": "tests.simulation.row",
    "T3": "tests.trust.kills",
    "T5": "tests.trust.mail_faults",
    "T6": "tests.trust.sms_faults",
    "T7": "tests.trust.prefect_away",
    "T8": "tests.trust.store_faults",
    "T9": "tests.trust.clock_faults",
    "T10": "tests.trust.flood",
    "T11": "tests.trust.bad_input",
    "T15": "tests.trust.outside",
    "T16": "tests.trust.leaks",
    "T17": "tests.trust.oracle",
    "T18": "tests.trust.tampering",
}
SIMULATED = "T1"
"""It runs T2 with it."""
ALONE = frozenset({"T3"})
"""Rows in which processes begin all the time: even a polite neighbour would be in their seconds."""
BUDGETS = {
    "change": {
        "T1": 330.0, "T3": 330.0, "T5": 90.0, "T6": 60.0,
        "T7": 210.0, "T8": 90.0, "T9": 90.0, "T10": 60.0, "T11": 90.0,
        "T15": 120.0, "T16": 75.0, "T17": 180.0, "T18": 90.0,
    },
    "full": {
        "T1": 7200.0, "T3": 4800.0, "T5": 1200.0, "T6": 900.0,
        "T7": 2400.0, "T8": 1200.0, "T9": 1800.0, "T10": 600.0, "T11": 1800.0,
        "T15": 2700.0, "T16": 600.0, "T17": 900.0, "T18": 600.0,
    },
}  # fmt: skip
"""Seconds. Beside other rows the simulation has what they leave, and `AFTERWARDS`: 20 minutes, or six hours, in all."""
AFTERWARDS = {"change": 60.0, "full": 7200.0}
"""Seconds that the simulation has for itself once the other rows are over."""
PLANTED_BUDGET = 100.0
REPORT = Path("trust-report.json")


def run_row(name: str, seed: int, size: str, budget: float, **how: int) -> list[RowResult]:
    """One row; a row that ends before its time is broken."""
    module = importlib.import_module(MODULES[name])
    try:
        found: list[RowResult] = module.run(seed, budget, size=size, **how)
    except Exception as error:  # noqa: BLE001 - the other rows are still to come
        traceback.print_exc()
        return [RowResult(name, size, seed, "the row comes to its end", 1, 1, type(error).__name__)]
    return found


def broken_on(row: str, seed: int, planted: str = "") -> list[str]:
    """The invariants that one row finds broken on its small size."""
    module = importlib.import_module(MODULES[row])
    found = module.run(seed, PLANTED_BUDGET, size="tiny", planted=planted)
    return [result.invariant for result in found if result.broken]


def run_planted(row: str, seed: int) -> Iterator[RowResult]:
    """One row with each of its bugs: found, if an invariant breaks that holds without it."""
    if row == SIMULATED:
        yield from run_row(row, seed, "tiny", PLANTED_BUDGET)
        return
    sound = broken_on(row, seed)
    for name, planted in PLANTS.items():
        if planted.row == row:
            broken = [invariant for invariant in broken_on(row, seed, name) if invariant not in sound]
            said = f"{planted.what}: broke {', '.join(broken) or 'nothing'}"
            yield RowResult(row, "tiny", seed, f"planted {name} is found", 1, int(not broken), said)


def results(rows: Sequence[str], seed: int, size: str) -> Iterator[RowResult]:
    """Every line, as it comes. The simulation takes what the other rows leave of the machine, and then its own time."""
    budgets = BUDGETS[size]
    others = [name for name in rows if name not in {SIMULATED, *ALONE}]
    with ThreadPoolExecutor(1) as beside:
        for name in rows:
            if name in ALONE:
                yield from timed_row(name, seed, size, budgets[name])
        simulated = None
        if SIMULATED in rows:
            whole = AFTERWARDS[size] + sum(budgets[name] for name in others) if others else budgets[SIMULATED]
            niceness = BEHIND_OTHERS if others else POLITE
            simulated = beside.submit(run_row, SIMULATED, seed, size, whole, niceness=niceness)
        for name in others:
            yield from timed_row(name, seed, size, budgets[name])
        if simulated is not None:
            yield from simulated.result()


def timed_row(name: str, seed: int, size: str, budget: float) -> list[RowResult]:
    """The same, and how long it took."""
    began = time.monotonic()
    found = run_row(name, seed, size, budget)
    sys.stdout.write(f"{name}   took {time.monotonic() - began:.0f} s\n")
    return found


def planted_results(rows: Sequence[str], seed: int) -> Iterator[RowResult]:
    """The same of the planted bugs."""
    for name in rows:
        yield from run_planted(name, seed)


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
    rows, began = asked.row or list(MODULES), time.monotonic()
    for result in planted_results(rows, asked.seed) if asked.plant else results(rows, asked.seed, asked.size):
        found.append(result)
        sys.stdout.write(f"{line(result)}\n")
        sys.stdout.flush()
    write(found, asked.report)
    broken = [result for result in found if result.broken]
    sys.stdout.write(f"{len(found)} lines, {len(broken)} broken, {time.monotonic() - began:.0f} s; {asked.report}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
