"""Signs of life: each process marks that it moves, and the desk vouches for them to whoever watches from outside.

Nothing but the standard library is needed to ask and to check: the watcher runs where there is no house.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.clock import boot_seconds

PATH = "/heartbeat"
NONCE, ASKING, SIGNATURE = "Staffetta-Nonce", "Staffetta-Watcher", "Staffetta-Signature"
NONCE_LETTERS = 32
SILENT_SECONDS = 15.0
"""Real seconds without a mark after which a process does not seem to move; one with nothing to do marks every 2."""
UNWATCHED_SECONDS = 120.0
"""Real seconds without a question from outside after which nobody seems to watch."""
MARK_EVERY = 1.0
DISPATCHER, ENGINE, WATCHER, REPLIES = "dispatcher", "engine", "watcher", "replies"
DISPATCHER_SILENT, ENGINE_SILENT = "dispatcher-silent", "engine-silent"


class Marks:
    """Where the processes of one machine mark that they move.

    A mark is the time of an empty file, counted from the start of the machine: setting it needs no room on a full
    disk, cannot be read half written, and a wall clock that is set changes nothing.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is the run folder of the house."""
        self._folder = folder
        self._marked: dict[str, float] = {}

    def mark(self, name: str) -> None:
        """The process of this name has just done what it is there for. Never raises; once a second is enough."""
        now = boot_seconds()
        if now - self._marked.get(name, -MARK_EVERY) < MARK_EVERY:
            return
        self._marked[name] = now
        place = self._folder / f"{name}.beat"
        with suppress(OSError):  # without its mark it counts as silent, which is told
            if not place.exists():
                place.touch(mode=0o600)
            os.utime(place, (now, now))

    def seconds_since(self, name: str) -> float | None:
        """How long ago it did; None where it did not since the machine started."""
        try:
            marked = (self._folder / f"{name}.beat").stat().st_mtime
        except OSError:
            return None
        age = boot_seconds() - marked
        return age if age >= -MARK_EVERY else None

    def is_silent(self, name: str) -> bool:
        """Whether the process of this name does not seem to move."""
        age = self.seconds_since(name)
        return age is None or age > SILENT_SECONDS

    def is_watched(self) -> bool:
        """Whether somebody outside has lately asked."""
        age = self.seconds_since(WATCHER)
        return age is not None and age <= UNWATCHED_SECONDS


def watch_key(token_key: bytes) -> bytes:
    """What house and watcher share. Nothing else of the house can be derived from it."""
    return hmac.digest(token_key, b"staffetta outside watcher", hashlib.sha256)


def asking(key: bytes, nonce: str) -> str:
    """What the watcher shows beside its nonce."""
    return _signed(key, b"ask", nonce.encode())


@dataclass(frozen=True)
class Beat:
    """What the house says of itself: its own answer to this one nonce."""

    body: bytes
    signature: str


def beat(key: bytes, nonce: str, faults: Iterable[str]) -> Beat:
    """The house's answer: names of what does not move, no figure, nobody's name."""
    body = json.dumps({"nonce": nonce, "faults": list(faults)}).encode()
    return Beat(body, _signed(key, b"beat", body))


def faults_in(key: bytes, nonce: str, given: Beat) -> tuple[str, ...] | None:
    """What the house says does not move; None where it is not the house that says so, or not to this nonce."""
    if not same(_signed(key, b"beat", given.body), given.signature):
        return None
    said = json.loads(given.body)
    return tuple(said["faults"]) if said["nonce"] == nonce else None


def same(wanted: str, shown: str) -> bool:
    """Whether two signatures agree, in a time that tells nothing."""
    return hmac.compare_digest(wanted.encode(), shown.encode("utf-8", "replace"))


def _signed(key: bytes, what: bytes, text: bytes) -> str:
    return hmac.new(key, what + b"\n" + text, hashlib.sha256).hexdigest()
