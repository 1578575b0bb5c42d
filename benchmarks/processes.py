"""What a process costs while it rests: its share of a core, and the memory that is its own."""

import time
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads so far, to the nanosecond (the scheduler's own count)."""
    tasks = (PROC / str(pid) / "task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def megabytes(pid: int) -> float:
    """Its proportional set size: pages shared with others count by their share."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def shares(pids: Mapping[str, int], seconds: float) -> dict[str, float]:
    """Per cent of one core that each used over the next `seconds`."""
    started, before = time.monotonic(), {name: cpu_seconds(pid) for name, pid in pids.items()}
    time.sleep(seconds)  # the span that is measured
    went_by = time.monotonic() - started
    return {name: 100 * (cpu_seconds(pid) - before[name]) / went_by for name, pid in pids.items()}
