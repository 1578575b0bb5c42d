"""What a fault row found: one line an invariant, printed for people and kept as JSON for whoever compares."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import machine


@dataclass(frozen=True)
class RowResult:
    """How one invariant stood one row's faults: looked at `tried` times, and found `broken` so many times of them.

    `seed` draws the same faults again. `detail` is for whoever reads: figures, and the first that was broken.
    """

    row: str
    size: str
    seed: int
    invariant: str
    tried: int
    broken: int
    detail: str = ""


def line(result: RowResult) -> str:
    """Return the result as one line for people."""
    mark = "holds " if not result.broken else "BROKEN"
    counts = f"{result.broken} broken of {result.tried}"
    return f"{result.row:<4} {mark} {result.invariant:<58} {counts}  {result.detail}".rstrip()


def write(results: Iterable[RowResult], target: Path) -> None:
    """Write the results as a JSON list of objects, each with when it was found and on what."""
    where = {"at": datetime.now(UTC).replace(microsecond=0).isoformat(), "machine": machine()}
    found = [asdict(result) | where for result in results]
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
