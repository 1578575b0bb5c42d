"""From opening a case, and from an answer, to the next alert taken by the mail server, on an idle machine.

Rounds of ours and of the floors alternate, so that the machine's moods are the same for all. Once with Prefect stopped,
once with Prefect and the engine at work.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.backends import Backend
from benchmarks.callers import Browser, Program
from benchmarks.figures import FLOOR, OURS, Figure, Row, row, times
from benchmarks.floor import floor
from benchmarks.houses import Standing, accepting, completing, message_ids, opening, requested, standing
from benchmarks.mails import Sink, mail_server
from models.composition import House
from procedures.language.consents import Subject

ROUNDS = 60
ROUNDS_WITH_PREFECT = 30
WARM_UP = 8
PAUSE = 0.04
SETTLED = 0.03
FROM_CALL = "opening to first alert, from the call"
FROM_FORM = "opening to first alert, from the desk's form (HTTP)"
FROM_API = "opening to first alert, from the JSON API (HTTP)"
FROM_ANSWER = "answer to next alert"
THE_FLOOR = "floor: one commit, one SMTP transaction"


@dataclass
class Rounds:
    """Milliseconds of each round, by what was done."""

    house: House
    sink: Sink
    taken: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, milliseconds: float) -> None:
        """Keep one."""
        self.taken.setdefault(name, []).append(milliseconds)
        time.sleep(PAUSE)  # idle between two rounds, as at a desk

    def relay(self) -> None:
        """Open a case; the service takes it; she was heard, so the next service is asked."""
        house, handle = self.house, self.house.handling.handle
        command = opening(house)
        started = time.monotonic()
        opened = handle(command)
        self.note(FROM_CALL, self._since(started, message_ids(house, opened)))
        ref = requested(opened)
        handle(accepting(house, command.case_id, ref))
        time.sleep(PAUSE)  # idle between two rounds, as at a desk
        done = completing(house, command.case_id, ref)
        started = time.monotonic()
        self.note(FROM_ANSWER, self._since(started, message_ids(house, handle(done))))

    def request(self, name: str, caller: Browser | Program, consents: Sequence[str]) -> None:
        """Open a case over HTTP."""
        self.sink.wait_quiet(SETTLED)
        before = self.sink.count
        drawn = self.house.ids.seed()
        started = time.monotonic()
        caller.open_case(drawn, consents)
        self.note(name, (self.sink.wait_until(before + 1)[before].at - started) * 1000)

    def _since(self, started: float, awaited: Sequence[str]) -> float:
        return (max(self.sink.wait_for(one).at for one in awaited) - started) * 1000


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """Every row: each database, with and without Prefect."""
    for backend in backends:
        for prefect in (False, True):
            rounds = ROUNDS_WITH_PREFECT if prefect else ROUNDS
            yield from measure(backend, backends, rounds, prefect=prefect)


def measure(backend: Backend, floors: Sequence[Backend], rounds: int, *, prefect: bool) -> Iterator[Row]:
    """One database, beside every floor."""
    with ExitStack() as held:
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url, prefect=prefect))
        processes = ("desk", "dispatcher", "prefect", "engine") if prefect else ("desk", "dispatcher")
        held.enter_context(place.at_work(*processes))
        taken = _rounds(held, place, sink, floors, rounds)
    suffix = ", Prefect at work" if prefect else ""
    figures = {name: Figure(f"{name}{suffix}", backend.name, OURS, values) for name, values in taken.items()}
    bottoms = {one.name: Figure(f"{THE_FLOOR}{suffix}", one.name, FLOOR, taken[one.name]) for one in floors}
    yield row(bottoms[backend.name])
    for name in (FROM_CALL, FROM_FORM, FROM_API, FROM_ANSWER):
        yield row(figures[name])
        yield times(f"{name}{suffix}, times the floor", figures[name], bottoms[backend.name])


def _rounds(
    held: ExitStack, place: Standing, sink: Sink, floors: Sequence[Backend], rounds: int
) -> dict[str, list[float]]:
    house = held.enter_context(place.opened())
    browser, program = (held.enter_context(closing(one)) for one in (Browser(place), Program(place, house)))
    bottoms = [(one.name, held.enter_context(floor(one, Path(place.folder.parent), sink))) for one in floors]
    going = Rounds(house, sink)
    consents = sorted(house.procedures.library().consents_of(Subject.SURVIVOR))
    steps: list[Callable[[], None]] = [
        going.relay,
        lambda: going.request(FROM_FORM, browser, consents),
        lambda: going.request(FROM_API, program, consents),
    ]
    # A lambda with a default has no type of its own.
    steps += [lambda name=name, once=bottom.once: going.note(name, once()) for name, bottom in bottoms]  # type: ignore[misc]
    for number in range(WARM_UP + rounds):
        if number == WARM_UP:
            going.taken.clear()
        for step in steps:
            step()
    return going.taken
