"""What checking a file costs in a process that does nothing else: `python -m tests.unit.checking_clock FILE`.

Whoever checks a file does it in a process of its own. Beside two thousand other tests the garbage of all of them is
collected meanwhile, and the measuring of coverage makes every line three times as slow.
"""

import json
import sys
import time
import tracemalloc
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import run

from procedures.loading import check_paths
from tests.unit.marked import codes

ROOT = Path(__file__).parents[2]
MEASUREMENTS = 3


@dataclass(frozen=True)
class Cost:
    """The codes found, the processor's seconds of the quickest of three times, and the most memory held, in MiB."""

    found: list[str]
    seconds: float
    mib: float


def measure(path: Path) -> Cost:
    """In this process."""
    found, seconds = codes(check_paths([path])), []  # what is read once for all is read now
    for _ in range(MEASUREMENTS):
        began = time.process_time()
        check_paths([path])
        seconds.append(time.process_time() - began)
    tracemalloc.start()
    check_paths([path])
    return Cost(found, min(seconds), tracemalloc.get_traced_memory()[1] / 2**20)


def cost_of(path: Path) -> Cost:
    """In a new process."""
    command = [sys.executable, "-m", "tests.unit.checking_clock", str(path)]
    ended = run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return Cost(**json.loads(ended.stdout))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure(Path(sys.argv[1])))))
