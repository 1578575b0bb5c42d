"""Two hundred cases at once: from the first call to the last of their alerts, and what the desk is like meanwhile.

Three ways to open them: one caller in a row, eight threads of one caller, eight browsers at the desk's form. Then, with
Prefect at work, how long until every flow run rests again.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

from sqlalchemy import text

from benchmarks.backends import Backend
from benchmarks.callers import Browser
from benchmarks.figures import FLOOR, OURS, Figure, Row, row
from benchmarks.floor import floor
from benchmarks.houses import Standing, opening, standing
from benchmarks.looking import watched
from benchmarks.mails import Sink, mail_server
from benchmarks.processes import megabytes, shares
from models.composition import House
from procedures.language.consents import Subject

CASES = 200
TIMES = 3
HANDS = 8
ALL_WITHIN = 60.0
REST_WITHIN = 180.0
QUIET = 5.0
REST_SECONDS = 15.0
IN_A_ROW = f"{CASES} cases by one caller in a row: last alert"
BY_THREADS = f"{CASES} cases by {HANDS} threads: last alert"
BY_REQUESTS = f"{CASES} cases by {HANDS} browsers: last alert"
THE_FLOOR = f"floor: {CASES} commits and SMTP transactions in a row"
PAGE = f"the desk's page while {CASES} cases are opened by {HANDS} threads"
RESTING = f"{CASES} cases by {HANDS} threads, Prefect at work: flow runs at rest"
TOLD = f"at rest, {CASES} cases told to Prefect"
BEFORE_REST = f"{CASES} cases by {HANDS} threads, Prefect at work: last alert"


@dataclass(frozen=True)
class Heap:
    """Ways to open many cases at once in one house."""

    house: House
    place: Standing
    sink: Sink

    def in_a_row(self) -> None:
        """One caller, one case after the other."""
        for command in [opening(self.house) for _ in range(CASES)]:
            self.house.handling.handle(command)

    def by_threads(self) -> None:
        """Eight threads of one process."""
        commands = [opening(self.house) for _ in range(CASES)]
        with ThreadPoolExecutor(HANDS) as hands:
            list(hands.map(self.house.handling.handle, commands))

    def by_requests(self, browsers: Sequence[Browser]) -> None:
        """Eight browsers, each sending one form after the other."""
        consents = sorted(self.house.procedures.library().consents_of(Subject.SURVIVOR))

        def send(browser: Browser) -> None:
            for _ in range(CASES // HANDS):
                browser.open_case(self.house.ids.seed(), consents)

        with ThreadPoolExecutor(HANDS) as hands:
            list(hands.map(send, browsers))

    def timed(self, open_them: Callable[[], None]) -> float:
        """Seconds from the first call to the last of the alerts taken."""
        self.sink.wait_quiet()
        before = self.sink.count
        started = time.monotonic()
        open_them()
        taken = self.sink.wait_until(before + CASES, ALL_WITHIN)[before:]
        return max(mail.at for mail in taken) - started


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """Every row, for each database."""
    for backend in backends:
        yield from openings(backend)
    # What Prefect takes is Prefect's, with its database in a file: the same wherever the cases are kept.
    yield from resting(backends[0])


def openings(backend: Backend) -> Iterator[Row]:
    """The three ways, beside the floor, and the desk's page."""
    with ExitStack() as held:
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url))
        held.enter_context(place.at_work())
        heap = Heap(held.enter_context(place.opened()), place, sink)
        browsers = [held.enter_context(closing(Browser(place))) for _ in range(HANDS)]
        bottom = held.enter_context(floor(backend, place.folder.parent, sink))
        ways: dict[str, Callable[[], float]] = {
            THE_FLOOR: lambda: bottom.many(CASES) / 1000,
            IN_A_ROW: lambda: heap.timed(heap.in_a_row),
            BY_THREADS: lambda: heap.timed(heap.by_threads),
            BY_REQUESTS: lambda: heap.timed(lambda: heap.by_requests(browsers)),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        pages: list[float] = []
        for _ in range(TIMES):
            for name, way in ways.items():
                for browser in browsers:
                    browser.connect()
                seconds[name].append(way())
            pages += watched(place.ports.desk, browsers[0].cookie, lambda: heap.timed(heap.by_threads))
    for name, values in seconds.items():
        peer = FLOOR if name is THE_FLOOR else OURS
        yield row(Figure(name, backend.name, peer, values, "s"))
    yield row(Figure(PAGE, backend.name, OURS, pages))


def resting(backend: Backend) -> Iterator[Row]:
    """With Prefect: the same alerts, and then how long its runs take to rest."""
    with ExitStack() as held:
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url, prefect=True))
        pids = held.enter_context(place.at_work("desk", "dispatcher", "prefect", "engine"))
        house = held.enter_context(place.opened())
        house.handling.handle(opening(house))
        wait_for_rest(house)
        started = time.monotonic()
        last = Heap(house, place, sink).timed(Heap(house, place, sink).by_threads)
        wait_for_rest(house)
        rest = time.monotonic() - started
        time.sleep(QUIET)  # the start's own work must not be measured
        costs = at_rest({name: pids[name] for name in ("engine", "prefect")}, backend)
    yield row(Figure(BEFORE_REST, backend.name, OURS, [last], "s"))
    yield row(Figure(RESTING, backend.name, OURS, [rest], "s"))
    yield from costs


def at_rest(pids: Mapping[str, int], backend: Backend) -> list[Row]:
    """What the history costs once it is told."""
    used = shares(pids, REST_SECONDS)
    rows = [row(Figure(f"{TOLD}: {name}, share of a core", backend.name, OURS, [used[name]], "%")) for name in pids]
    return rows + [
        row(Figure(f"{TOLD}: {name}, memory", backend.name, OURS, [megabytes(pid)], "MB")) for name, pid in pids.items()
    ]


def wait_for_rest(house: House) -> None:
    """Until the engine has told Prefect everything. Raises TimeoutError."""
    behind = text("SELECT count(*) FROM run_wakes WHERE wanted_seq > done_seq")
    until = time.monotonic() + REST_WITHIN
    while time.monotonic() < until:
        with house.database.read() as connection:
            if connection.execute(behind).scalar() == 0:
                return
        time.sleep(0.25)  # between two looks, not to load what is measured
    raise TimeoutError(RESTING)
