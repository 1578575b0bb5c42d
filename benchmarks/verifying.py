"""How long the check of a long trail takes, on every core, and that of its export, which needs Python alone.

`python -m benchmarks verifying` looks at 100,000 events, `python -m benchmarks.verifying 1000000` at as many as are
named, and keeps nothing. The processor's seconds are those of all processes together.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.backends import Backend, backends
from benchmarks.figures import OURS, Figure, Row, row
from benchmarks.houses import standing
from benchmarks.lengthy import lengthen
from models.composition import House
from models.exporting import write_archive
from models.rootkeys import public_root_key
from models.whole_check import verify_whole

EVENTS = 100_000
MAIL = "staffetta-mail://localhost"
SECONDS = 1800
"""Longer takes nobody."""


def run(found: Sequence[Backend], events: int = EVENTS) -> Iterator[Row]:
    """One house on each database."""
    for backend in found:
        with standing(backend, MAIL) as place:
            lengthen(place, events)
            with place.opened() as house:
                yield from _inside(house, backend.name)
                yield from _outside(house, backend.name)


def _inside(house: House, backend: str) -> Iterator[Row]:
    began, busy = time.monotonic(), _processor()
    checked = verify_whole(house, from_start=True, workers=len(os.sched_getaffinity(0)))
    took, busy = time.monotonic() - began, _processor() - busy
    assert checked.sound, checked.faults[:3]
    what = f"{checked.events} events, {checked.cases} cases, {checked.roots} roots"
    yield row(Figure(f"{what}: checked", backend, OURS, [took], "s"))
    yield row(Figure("of the processor, an event", backend, OURS, [busy / checked.events * 1e6], "µs"))
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    yield row(Figure("the largest process, at most", backend, OURS, [most], "MB"))


def _outside(house: House, backend: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "trail.zip"
        rows = write_archive(house.database, public_root_key(house.settings.key_folder), target, house.clock.now())
        command = [sys.executable, "-m", "models.outside_verifier", str(target)]
        began = _processor()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)  # noqa: S603  # our own program
        yield row(
            Figure("its export, of the processor, a row", backend, OURS, [(_processor() - began) / rows * 1e6], "µs")
        )


def _processor() -> float:
    """Seconds of this process and of those that ended under it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """As many events as somebody wants, on every database there is; nothing is kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verifying", description=__doc__)
    parser.add_argument("events", type=int, nargs="?", default=EVENTS)
    with backends() as found:
        for line in run(found, parser.parse_args().events):
            sys.stdout.write(f"{line['backend']:>10}  {line['p50']:>10} {line['unit']:4} {line['name']}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
