"""Peers doing the same job in the same run: trigger, durable, mail; many at once; a reminder; at rest."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from benchmarks.backends import Backend
from benchmarks.figures import FLOOR, OURS, Figure, Row, row
from benchmarks.floor import Floor, floor
from benchmarks.houses import message_ids, opening, standing
from benchmarks.mails import Mail, Sink, mail_server
from benchmarks.peers.starting import Peer, dbos_apprise, missing, plain_prefect, stock_apprise
from benchmarks.processes import shares
from models.composition import House

TRIGGER = "beside peers: trigger to mail"
PAUSE = 0.08
ROUND_SECONDS = 30.0
HEAP_SECONDS = 60.0
APART = 0.2
REST_SECONDS = 8.0
Starter = Callable[[int, Path], AbstractContextManager[Peer]]


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """Every peer that is installed, one after the other, each in turns with ours and the floor."""
    for line in missing():
        sys.stderr.write(f"{line}\n")
    starters: list[Starter] = [lambda port, _: stock_apprise(port)]
    if not missing():
        # A lambda with a default has no type of its own.
        starters += [lambda port, folder, one=one: dbos_apprise(port, one, folder) for one in backends]  # type: ignore[misc]
    starters.append(plain_prefect)
    for start in starters:
        yield from beside(backends[0], start)


def beside(backend: Backend, start: Starter) -> Iterator[Row]:
    """One peer."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="staffetta-bench-")))
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url))
        bottom = held.enter_context(floor(backend, folder, sink))
        peer = held.enter_context(start(sink.port, folder))
        with place.at_work("dispatcher"), place.opened() as house:
            theirs, ours, bottoms = in_turns(peer, house, bottom, sink)
        against = f"{TRIGGER} ({peer.name} on {peer.backend})"
        yield row(Figure(TRIGGER, peer.backend, peer.name, theirs))
        yield row(Figure(against, backend.name, OURS, ours))
        yield row(Figure(against, backend.name, FLOOR, bottoms))
        yield from alone(peer, sink)


def in_turns(peer: Peer, house: House, bottom: Floor, sink: Sink) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each round: theirs, ours, the floor's."""
    theirs, ours, bottoms = [], [], []
    for number in range(peer.size.warm_up + peer.size.rounds):
        started = time.monotonic()
        peer.ask("open", f"round{number}")
        theirs.append((mails_to(sink, [f"round{number}"], ROUND_SECONDS)[0].at - started) * 1000)
        time.sleep(PAUSE)  # idle between two rounds
        command = opening(house)
        started = time.monotonic()
        (awaited,) = message_ids(house, house.handling.handle(command))
        ours.append((sink.wait_for(awaited).at - started) * 1000)
        time.sleep(PAUSE)  # idle between two rounds
        bottoms.append(bottom.once())
        time.sleep(PAUSE)  # idle between two rounds
    first = peer.size.warm_up
    return theirs[first:], ours[first:], bottoms[first:]


def alone(peer: Peer, sink: Sink) -> Iterator[Row]:
    """Reminders, at rest, and many at once: by itself, so that nobody is in its way."""
    yield row(Figure("beside peers: a reminder, lateness", peer.backend, peer.name, reminders(peer, sink)))
    for number in range(peer.size.waiting):
        peer.ask("wait", f"waiting{number}")
    for _ in range(peer.size.waiting):
        peer.answer()
    time.sleep(2)  # the start's own work must not be measured
    used = sum(shares(peer.pids, REST_SECONDS).values())
    name = f"beside peers: at rest, {peer.size.waiting} waiting, share of a core"
    yield row(Figure(name, peer.backend, peer.name, [used], "%"))
    yield at_once(peer, sink)


def at_once(peer: Peer, sink: Sink) -> Row:
    """Seconds until the last mail; where not all came in time, how many did."""
    asked = [f"heap{number}" for number in range(peer.size.heap)]
    started = time.monotonic()
    for who in asked:
        peer.ask("open", who)
    taken = mails_to(sink, asked, HEAP_SECONDS)
    name = f"beside peers: {len(asked)} at once"
    if len(taken) == len(asked):
        last = max(mail.at for mail in taken) - started
        return row(Figure(f"{name}, last mail", peer.backend, peer.name, [last], "s"))
    share = 100 * len(taken) / len(asked)
    return row(Figure(f"{name}, mails within {HEAP_SECONDS:.0f} s", peer.backend, peer.name, [share], "%"))


def reminders(peer: Peer, sink: Sink) -> list[float]:
    """Milliseconds each came late."""
    due: dict[str, float] = {}
    for number in range(peer.size.reminders):
        who, seconds = f"reminder{number}", peer.size.ahead + number * APART
        due[who] = time.monotonic() + seconds
        peer.ask("remind", who, seconds)
    taken = mails_to(sink, list(due), peer.size.ahead + ROUND_SECONDS)
    return [(mail.at - due[mail.recipient.partition("@")[0]]) * 1000 for mail in taken] or [
        1000 * ROUND_SECONDS
    ]  # none came: as long as we waited


def mails_to(sink: Sink, people: Sequence[str], seconds: float) -> list[Mail]:
    """The first mail to each of these, of those that came within `seconds`."""
    until = time.monotonic() + seconds
    while True:
        seen = sink.count
        came = {mail.recipient: mail for mail in reversed(sink.since(0))}
        found = [came[f"{who}@example.org"] for who in people if f"{who}@example.org" in came]
        if len(found) == len(people) or time.monotonic() >= until:
            return found
        sink.wait_beyond(seen, 0.2)
