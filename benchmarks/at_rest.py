"""What the house costs while nothing happens: two thousand cases wait, and nobody calls."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from benchmarks.backends import Backend
from benchmarks.callers import Browser
from benchmarks.figures import OURS, Figure, Row, row
from benchmarks.houses import standing
from benchmarks.mails import mail_server
from benchmarks.preparing import fill
from benchmarks.processes import megabytes, shares

WAITING = 2000
SECONDS = 20.0
QUIET = 4.0
CPU = f"at rest, {WAITING} cases waiting: desk and dispatcher, share of a core"
MEMORY = f"at rest, {WAITING} cases waiting: desk and dispatcher, memory"


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """Desk and dispatcher together, for each database. What engine and Prefect cost stands in `many_at_once`."""
    for backend in backends:
        yield from ours(backend)


def ours(backend: Backend) -> Iterator[Row]:
    """Desk and dispatcher. The desk has shown its page before, so that its templates are in memory."""
    with ExitStack() as held:
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url))
        far = datetime.now(UTC) + timedelta(hours=1)
        fill(place, WAITING, lambda one: far + timedelta(seconds=one), lambda _: "high")
        pids = held.enter_context(place.at_work("desk", "dispatcher"))
        browser = Browser(place)
        browser.board()
        browser.close()
        time.sleep(QUIET)  # what was done before must have come to rest
        used = shares(pids, SECONDS)
        yield row(Figure(CPU, backend.name, OURS, [sum(used.values())], "%"))
        yield row(Figure(MEMORY, backend.name, OURS, [sum(map(megabytes, pids.values()))], "MB"))
