"""Where the time goes between the call that opens a case and the moment its alert is settled, point by point.

The named points of `models.points` are written down by the caller's process and by the dispatcher's, on one clock of
the machine. Writing them down costs some microseconds each: these figures explain the others and do not stand for them.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.backends import Backend
from benchmarks.figures import OURS, Figure, Row, row
from benchmarks.houses import message_ids, opening, standing
from benchmarks.mails import WAIT, mail_server
from benchmarks.watched import Notes
from models import points

ROUNDS = 40
WARM_UP = 8
PAUSE = 0.08
CALLED, TAKEN = "called", "mail-taken"
PREFIX = "where the time goes: "
PHASES: Sequence[tuple[str, str, str]] = (
    (CALLED, "handling-begun", "1. the case's keys are drawn, the transaction begins"),
    ("handling-begun", "handling-saved", "2. rules, trail, state, outbox; beside them the commit of the keys"),
    ("handling-saved", "handling-committed", "3. commit"),
    (
        "handling-committed",
        "claim-committed",
        "4. bell, and the claim (a commit of its own); beside it the message is made ready",
    ),
    ("claim-committed", TAKEN, "5. its text is sent, until the server took it"),
    (TAKEN, "message-sent", "6. the server's answer is read"),
    ("message-sent", "settling-saved", "7. its outcome, with the rules' word on it"),
    ("settling-saved", "settling-committed", "8. commit"),
)


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """One row a phase, for each database."""
    for backend in backends:
        rounds = measure(backend)
        for start, end, what in PHASES:
            took = [(moments[end] - moments[start]) * 1000 for moments in rounds if {start, end} <= moments.keys()]
            if took:
                yield row(Figure(f"{PREFIX}{what}", backend.name, OURS, took))


def measure(backend: Backend, rounds: int = ROUNDS, warm_up: int = WARM_UP) -> list[Mapping[str, float]]:
    """The moments of each round, in seconds of the machine's monotonic clock."""
    found: list[Mapping[str, float]] = []
    with ExitStack() as held:
        watch = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="staffetta-bench-"))) / "points"
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url, watch=watch))
        held.enter_context(place.at_work("dispatcher"))
        house = held.enter_context(place.opened())
        points.listen(held.enter_context(closing(Notes(watch))))
        for number in range(warm_up + rounds):
            watch.write_text("", encoding="ascii")
            command = opening(house)
            called = time.monotonic()
            (awaited,) = message_ids(house, house.handling.handle(command))
            taken = sink.wait_for(awaited).at
            _wait_settled(watch)
            time.sleep(PAUSE)  # idle between two rounds
            if number >= warm_up:
                found.append({CALLED: called, TAKEN: taken, **first_moments(watch)})
    return found


def _wait_settled(watch: Path) -> None:
    """Until the last point was come by: a round must not begin within the one before. Raises TimeoutError."""
    until = time.monotonic() + WAIT
    while PHASES[-1][1] not in watch.read_text(encoding="ascii"):
        if time.monotonic() > until:
            raise TimeoutError(PHASES[-1][1])
        time.sleep(0.005)  # between two looks at a file


def first_moments(watch: Path) -> dict[str, float]:
    """When each point was first come by in this round."""
    found: dict[str, float] = {}
    for line in watch.read_text(encoding="ascii").splitlines():
        moment, name = line.split()
        found.setdefault(name, int(moment) / 1e9)
    return found
