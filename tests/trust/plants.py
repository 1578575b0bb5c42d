"""Bugs on purpose: a row that cannot find them finds nothing (trust.md, law 10).

Each is put into the processes of a row (`tests.trust.killed`) or into the runner, before anything begins.
"""

import asyncio
import gzip
import os
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from models import clock as clocks
from models import roots
from models.clock import SystemClock
from models.database import Database
from models.handling import Handling
from models.recorded import Handled
from models.settings import PREFIX
from models.settling import Settling
from models.store_errors import StoreBusy, StoreFailed
from notifiers.carriers import Carriers
from notifiers.outcomes import Accepted
from procedures.case import EMPTY
from procedures.commands import NoteUncertain
from procedures.values import ROME
from tests.trust.plants_at_the_desk import one_lane, reads_first

Patch = AbstractContextManager[Any]


@dataclass(frozen=True)
class Plant:
    """One bug: the row that has to find it, what it is, and how it is put in."""

    row: str
    what: str
    make: Callable[[], Patch]


@contextmanager
def _leases_for_ever() -> Iterator[None]:
    from models import outbox

    sound = outbox.claiming

    def claiming(*args: Any, lease_seconds: float, **more: Any) -> Any:
        return sound(*args, lease_seconds=lease_seconds * 1000, **more)

    with patch("models.leases.free_leases", lambda *_: 0), patch("models.outbox.claiming", claiming):
        yield


def _said_before_sent() -> Patch:
    sound = Carriers.send
    under_way = set()

    async def send(self: Carriers, message: Any, *leave: Any) -> Accepted:
        async def later() -> None:
            await asyncio.sleep(5.0)
            await sound(self, message, *leave)

        task = asyncio.ensure_future(later())
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return Accepted()

    return patch.object(Carriers, "send", send)


def _doubt_unsaid() -> Patch:
    sound = Settling.settle

    def settle(self: Settling, word: Any) -> Any:
        return [told for told in sound(self, word) if not isinstance(told, NoteUncertain)]

    return patch.object(Settling, "settle", settle)


def _rounds() -> Patch:
    from flows.dispatcher import Dispatcher

    sound = Dispatcher._send_due

    async def send_due(self: Dispatcher, bell: Any) -> bool:
        return False if self._under_way else await sound(self, bell)

    return patch.object(Dispatcher, "_send_due", send_due)


def _prefect_first() -> Patch:
    sound = Carriers.send

    async def send(self: Carriers, message: Any, *leave: Any) -> Any:
        url = f"http://127.0.0.1:{os.environ[f'{PREFIX}PREFECT__PORT']}/api/health"
        try:
            await asyncio.to_thread(urllib.request.urlopen, url, None, 5)
        except OSError:
            await asyncio.sleep(5.0)
        return await sound(self, message, *leave)

    return patch.object(Carriers, "send", send)


def _failure_swallowed() -> Patch:
    sound = Handling.handle

    def handle(self: Handling, command: Any) -> Handled:
        try:
            return sound(self, command)
        except (StoreBusy, StoreFailed):
            return Handled((), EMPTY, repeated=False, at=self._clock.now())

    return patch.object(Handling, "handle", handle)


def _unchecked() -> Patch:
    return patch.object(Database, "check", lambda _database: None)


def _wall_deadlines() -> Patch:
    return patch.object(SystemClock, "now", lambda _clock: vars(clocks)["datetime"].now(UTC))


def _local_deadlines() -> Patch:
    sound = SystemClock.now

    def now(clock: SystemClock) -> datetime:
        started = clock._started_at
        local = started.astimezone(ROME).replace(tzinfo=None) + (sound(clock) - started)
        return local.replace(tzinfo=ROME).astimezone(UTC)

    return patch.object(SystemClock, "now", now)


def _sleep_not_counted() -> Patch:
    from tests.trust.clock_faults import World

    sound = World.boot

    def boot(world: World) -> float:
        slept = sum((end - start for start, end in world.slept if end <= world.true), timedelta())
        return sound(world) - slept.total_seconds()

    return patch.object(World, "boot", boot)


@contextmanager
def _token_cut() -> Iterator[None]:
    from models import links

    sound = links.token_hash

    def token_hash(token: str) -> str:
        return sound(token[:20])

    with patch("models.links.token_hash", token_hash), patch("models.queueing.token_hash", token_hash):
        yield


def _codes_uncounted() -> Patch:
    from models import links

    def code_fits(db: Any, key: bytes, link: Any, code: str, now: Any) -> bool:
        return code == links.link_code(key, link.delivery_id) and links.code_fits(db, key, link, code, now)

    return patch("web.tapping.code_fits", code_fits)


def _fault_of_ours() -> Patch:
    from procedures.composing import compose as sound

    def compose(text: str, *more: Any) -> Any:
        assert "&a" not in text  # as a reader that never thought of anchors
        return sound(text, *more)

    return patch("procedures.reading.compose", compose)


def _address_logged() -> Patch:
    return patch("web.guard.route_of", lambda scope: f"{scope['path']}?{scope['query_string'].decode()}")


class _NoCipher:
    """In the place of AES-GCM: as long, and in clear."""

    def __init__(self, _key: bytes) -> None: ...

    def encrypt(self, _nonce: bytes, text: bytes, _bound: bytes) -> bytes:
        return text + bytes(16)

    def decrypt(self, _nonce: bytes, sealed: bytes, _bound: bytes) -> bytes:
        return sealed[:-16]


def _sealed_in_clear() -> Patch:
    return patch("models.sealing.AESGCM", _NoCipher)


def _draft_left() -> Patch:
    sound = Handling.handle

    def handle(self: Handling, command: Any) -> Handled:
        with tempfile.NamedTemporaryFile(suffix=".gz", delete=False) as draft:
            draft.write(gzip.compress(command.model_dump_json().encode()))
        return sound(self, command)

    return patch.object(Handling, "handle", handle)


def _receipts_unsigned() -> Patch:
    return patch("web.sms_words.is_signed", lambda *_: True)


def _older_believed() -> Patch:
    return patch("web.sms_words.done_command", lambda *_: None)


def _any_answer() -> Patch:
    return patch("flows.watcher.faults_in", lambda *_: ())


def _said_to_nobody() -> Patch:
    from flows.watcher import Teller

    return patch.object(Teller, "tell", lambda *_: None)


@contextmanager
def _blind(*places: tuple[str, Any]) -> Iterator[None]:
    """These parts of the check see nothing."""
    with ExitStack() as open_:
        for place, nothing in places:
            open_.enter_context(patch(place, nothing))
        yield


def _nothing(*_asked: Any) -> tuple[()]:
    return ()


CASES_BOUND = ("models.root_checks._cases", _nothing)
EVENTS = ("models.trail._Check.faults", _nothing)
OF_HOUSE = ("acts", "people", "reads", "relations", "ways", "erasures")
NO_ACTS = tuple((f"models.trail.check_{name}", lambda *_asked: (0, ())) for name in OF_HOUSE)
ROOTS = (
    ("models.root_checks._signatures", _nothing),
    ("models.root_checks._trees", _nothing),
    ("models.root_checks.CHAIN", SimpleNamespace(rows=roots.CHAIN.rows, faults=_nothing)),
)
WIPE, REPLAY = "models.database.Database.wipe", "models.composition.replay_erasures"

PLANTS = {
    "leases-for-ever": Plant("T3", "what a dead dispatcher was sending is given back by nobody", _leases_for_ever),
    "said-before-sent": Plant("T3", "a mail counts as taken before it has left", _said_before_sent),
    "doubt-unsaid": Plant("T5", "the trail does not say that a repeated mail may be a second one", _doubt_unsaid),
    "rounds": Plant("T5", "nothing is claimed before all that was claimed has come back", _rounds),
    "receipts-unsigned": Plant("T6", "whoever signs a receipt is believed", _receipts_unsigned),
    "older-believed": Plant("T6", "an older word of a gateway counts after a newer one", _older_believed),
    "prefect-first": Plant("T7", "the dispatcher asks Prefect before it sends", _prefect_first),
    "failure-swallowed": Plant("T8", "a write that failed is told as saved", _failure_swallowed),
    "unchecked": Plant("T8", "the file is not looked through before the start", _unchecked),
    "wall-deadlines": Plant("T9", "deadlines on the wall clock", _wall_deadlines),
    "local-deadlines": Plant("T9", "time reckoned in the local time of Rome", _local_deadlines),
    "token-cut": Plant("T11", "the end of a link's token is not looked at", _token_cut),
    "codes-uncounted": Plant("T11", "wrong codes are not counted", _codes_uncounted),
    "fault-of-ours": Plant("T11", "what the reader of pathways did not think of fails", _fault_of_ours),
    "read-first": Plant("T17", "a case is read before it is refused, which takes 20 ms", reads_first),
    "one-lane": Plant("T10", "everybody shares the lane of those who sign in", one_lane),
    "address-logged": Plant("T16", "the desk's log says the address that was asked for", _address_logged),
    "sealed-in-clear": Plant("T16", "what is sealed is not encrypted", _sealed_in_clear),
    "draft-left": Plant("T16", "what was typed is left in a temporary file, compressed", _draft_left),
    "events-unseen": Plant("T18", "nobody looks at the events of a case", lambda: _blind(EVENTS, CASES_BOUND)),
    "ends-unseen": Plant("T18", "nobody compares cases with the roots", lambda: _blind(CASES_BOUND)),
    "acts-unseen": Plant(
        "T18",
        "nobody looks at acts, roles and looks",
        lambda: _blind(*NO_ACTS, ("models.root_checks._chains", _nothing)),
    ),
    "roots-unseen": Plant("T18", "nobody looks at the roots themselves", lambda: _blind(*ROOTS)),
    "anchors-unseen": Plant(
        "T18", "nobody compares with what is kept outside", lambda: _blind(("models.root_checks._anchors", _nothing))
    ),
    "erased-in-log": Plant("T18", "the key store's log is not cut", lambda: _blind((WIPE, lambda *_asked: True))),
    "erasure-not-replayed": Plant(
        "T18",
        "a start does not look for keys of erased cases",
        lambda: _blind(("models.composition.replay_erasures", _nothing)),
    ),
    "sleep-not-counted": Plant("T9", "a clock that stands still while the machine sleeps", _sleep_not_counted),
    "any-answer": Plant("T15", "whatever answers at the house's address counts as its life", _any_answer),
    "said-to-nobody": Plant("T15", "the watcher sees it and tells nobody", _said_to_nobody),
}


@contextmanager
def planting(name: str) -> Iterator[None]:
    """With this bug in the process that calls; nothing for an empty name."""
    if not name:
        yield
        return
    with PLANTS[name].make():
        yield


_PLANTED = ExitStack()


def plant(name: str) -> None:
    """Put this bug into the process that calls, for good."""
    _PLANTED.enter_context(PLANTS[name].make())
