"""`python -m benchmarks [PART …]`: measure, keep the results, draw the page. It stops by itself."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import (
    answering,
    at_rest,
    board,
    checking,
    deadlines,
    many_at_once,
    open_to_mail,
    sending,
    verifying,
    wake_cost,
    where_time_goes,
)
from benchmarks.backends import Backend, backends
from benchmarks.figures import LOAD, Row
from benchmarks.page import render
from benchmarks.peers import beside

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BUSY = 1.0
Part = Callable[[Sequence[Backend]], Iterator[Row]]
PARTS: Mapping[str, Part] = {
    "open-to-mail": open_to_mail.run,
    "where-time-goes": where_time_goes.run,
    "many-at-once": many_at_once.run,
    "deadlines": deadlines.run,
    "at-rest": at_rest.run,
    "wake-cost": wake_cost.run,
    "sending": sending.run,
    "answering": answering.run,
    "peers": beside.run,
    "checking": checking.run,
    "verifying": verifying.run,
    "board": board.run,
}


def main() -> int:
    """The exit status: 1 where the machine is busy with something else, or a part failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"{', '.join(PARTS)}; all of them, without a name")
    parser.add_argument("--anyway", action="store_true", help="measure on a busy machine, too")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="one database alone")
    parser.add_argument("--dry", action="store_true", help="print only; leave results and page as they are")
    asked = parser.parse_args()
    if unknown := set(asked.part) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if LOAD > BUSY and not asked.anyway:
        sys.stderr.write(f"The machine is busy (load {LOAD:.1f}). Wait, or measure with --anyway.\n")
        return 1
    os.environ.setdefault("DO_NOT_TRACK", "1")
    with backends() as found:
        if len(found) == 1:
            sys.stderr.write("PostgreSQL is not installed: its rows are left out\n")
        chosen = [one for one in found if asked.database in {None, one.name}]
        failed = [name for name in asked.part or PARTS if not measured(name, chosen, keep=not asked.dry)]
    if not asked.dry:
        PAGE.write_text(render(RESULTS), encoding="utf-8")
    return 1 if failed else 0


def measured(name: str, chosen: Sequence[Backend], *, keep: bool) -> bool:
    """Measure one part; False where it failed, which keeps no other from its turn."""
    try:
        measure(name, chosen, keep=keep)
    except Exception as error:  # noqa: BLE001  # whatever it was, the other parts can be measured
        sys.stderr.write(f"{name} failed, its last results stay: {type(error).__name__}: {error}\n")
        return False
    return True


def measure(name: str, chosen: Sequence[Backend], *, keep: bool) -> None:
    """Run one part and keep its rows."""
    started = time.monotonic()
    rows = []
    for line in PARTS[name](chosen):
        rows.append(line)
        sys.stdout.write(
            f"{line['backend']:>10}  {line['peer']:>10}  n={line['n']:<4} p50={line['p50']:<9} p95={line['p95']:<9} "
            f"max={line['max']:<9} {line['unit']:8} {line['name']}\n"
        )
        sys.stdout.flush()
    if keep:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{name.replace('-', '_')}.json"
        path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{name}: {time.monotonic() - started:.0f} s\n")


if __name__ == "__main__":
    sys.exit(main())
