"""Lanes for those of whom nothing is known yet: a flood of strangers waits for itself, and for nobody's case.

Every page is made in one of forty threads (`THREADS`). Signing in, signing out, links, programs and whatever else comes
without a cookie of a sign-in may each fill a few of them, and the rest is for who is signed in: opening and answering
never share a limit with signing in, nor a link that a message carried with those that somebody guesses. Whoever finds
her lane and its queue full is told at once to come again (503 with `Retry-After`); what was sent has arrived whole
before it takes a place, so nobody holds one by sending slowly.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

THREADS = 40
"""In which pages are made (anyio's own number)."""
AGAIN_AFTER = 5
"""Seconds, as `Retry-After` says them."""
SAID_ANEW_EVERY = 10.0
"""Seconds: whom to telephone may change."""
LONGEST_WAIT = 8.0
"""Seconds in the queue of a lane, before it counts as full."""


@dataclass(frozen=True)
class Lane:
    """How many requests of a kind are at work at once, and how many may wait for that."""

    at_once: int
    waiting: int


LANES: Mapping[str, Lane] = {
    "sign-in": Lane(4, 60),
    "sign-out": Lane(1, 40),
    "links": Lane(8, 200),
    "guessed": Lane(2, 20),
    "programs": Lane(6, 200),
    "strangers": Lane(2, 60),
    "files": Lane(1, 200),
}
LINKS, FILES = "/h/", "/static/"
FREE = frozenset({"/livez", "/readyz", "/heartbeat"})
"""For supervisors, who show no cookie: these take no thread, and are answered beside any flood."""
PREFIXES: Mapping[str, str] = {
    "/sign-in": "sign-in", "/join": "sign-in", "/sign-out": "sign-out", LINKS: "links", "/api/": "programs",
    "/metrics": "programs",
}  # fmt: skip


def lane_of(path: str) -> str | None:
    """The lane of this address, whoever comes; None where it is for who is signed in."""
    return next((lane for prefix, lane in PREFIXES.items() if path.startswith(prefix)), None)


def lane_without_sign_in(path: str) -> str | None:
    """The lane of whoever comes to such an address with no cookie of a sign-in; styles have one of their own.

    The page of a link has styles too, and whoever answers there shows no cookie.
    """
    if path in FREE:
        return None
    return "files" if path.startswith(FILES) else "strangers"


class Full(Exception):
    """No place in the lane, nor in its queue."""


class Places:
    """The places of one lane."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._free = asyncio.Semaphore(lane.at_once)
        self._waiting = 0

    async def __aenter__(self) -> None:
        """Wait for a place. Raises Full."""
        if self._waiting >= self._lane.waiting and self._free.locked():
            raise Full
        self._waiting += 1
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._free.acquire()
        except TimeoutError:
            raise Full from None
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_failure: object) -> None:
        """Leave it to the next."""
        self._free.release()


class Lanes:
    """The layer that leads every request into its lane, if it has one."""

    def __init__(
        self,
        app: ASGIApp,
        full: Callable[[str], Response],
        carried: Callable[[str], bool],
        cookie: str,
        lanes: Mapping[str, Lane] = LANES,
    ) -> None:
        """`full` makes the page that asks to come again, from the path; `carried` knows the tokens of messages.

        `cookie` is the name of that of a sign-in.
        """
        self._app, self._full, self._carried, self._cookie = app, full, carried, cookie
        self._said: dict[str, tuple[float, Response]] = {}
        self._places = {name: Places(lane) for name, lane in lanes.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead it on, or send it away."""
        lane = self._lane(scope) if scope["type"] == "http" else None
        if lane is None:
            await self._app(scope, receive, send)
            return
        arrived = await _whole(receive)
        if lane == "links" and not await run_in_threadpool(self._carried, scope["path"].removeprefix(LINKS)):
            lane = "guessed"
        try:
            async with self._places[lane]:
                await self._app(scope, _again(arrived, receive), send)
        except Full:
            await self._turned_away(lane, scope["path"])(scope, receive, send)

    def _lane(self, scope: Scope) -> str | None:
        lane = lane_of(scope["path"])
        if lane is None and not HTTPConnection(scope).cookies.get(self._cookie):
            return lane_without_sign_in(scope["path"])
        return lane

    def _turned_away(self, lane: str, path: str) -> Response:
        """The page that asks to come again: the same for all of a lane, or a flood would be at work here instead."""
        made_at, answer = self._said.get(lane, (0.0, None))
        if answer is None or time.monotonic() - made_at > SAID_ANEW_EVERY:
            answer = self._full(path)
            answer.headers["Retry-After"] = str(AGAIN_AFTER)
            self._said[lane] = time.monotonic(), answer
        return answer


async def _whole(receive: Receive) -> list[Message]:
    """Everything that the request sends; its length is the guard's matter, its time that of the connection."""
    arrived = [await receive()]
    while arrived[-1].get("more_body", False):
        arrived.append(await receive())
    return arrived


def _again(arrived: list[Message], receive: Receive) -> Receive:
    kept = iter(arrived)

    async def received() -> Message:
        message = next(kept, None)
        return await receive() if message is None else message

    return received
