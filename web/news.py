"""`/board/news`: a line that stays open and says that something happened in an open case (server-sent events).

It carries no data: who hears it asks for her lines, which are looked at as on any other way. One watcher looks for
everybody. It ends within a minute and the browser comes again, so that it outlives no sign-in for long.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from models.changing import Changes
from procedures.errors import StaffettaError
from web.doorkeeper import WatchingCases
from web.rooms import rooms

router = rooms()
EVERY = 0.2
"""Seconds between two looks."""
AT_ONCE, BETWEEN = 10, 0.02
"""So many are told at once, and seconds until the next: else they all ask for their lines in the same moment."""
EACH = 0.004
"""Seconds of rest for each who was told, so that asking for lines never takes up a whole desk."""
STILL_HERE, LONGEST = 15.0, 55.0
"""Seconds: after the first a line is sent that says nothing, after the second it ends."""
MOST = 500
"""Lines that are open at once. Whoever comes beyond asks now and then, as every browser does besides."""
BEGIN, STILL, CHANGED = b"retry: 3000\n\n", b": still here\n\n", b"event: changed\ndata:\n\n"


class News:
    """The open lines of one desk, and their watcher."""

    def __init__(self, mark: Callable[[], object]) -> None:
        """`mark` says something else once anything happened."""
        self._mark = mark
        self._ears: list[asyncio.Event] = []
        self._watcher: asyncio.Task[None] | None = None
        self.over: Callable[[], bool] = lambda: False
        """Whether the desk is closing: then every line ends."""

    @property
    def is_full(self) -> bool:
        """Whether nobody else can listen."""
        return len(self._ears) >= MOST

    async def lines(self) -> AsyncIterator[bytes]:
        """What one listener hears."""
        ear, now = asyncio.Event(), asyncio.get_running_loop().time
        self._ears.append(ear)
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        until = now() + LONGEST
        try:
            yield BEGIN
            while not self.over() and now() < until:
                try:
                    async with asyncio.timeout(min(STILL_HERE, until - now())):
                        await ear.wait()
                except TimeoutError:
                    yield STILL
                    continue
                ear.clear()
                yield CHANGED
        finally:
            self._ears.remove(ear)

    async def _watch(self) -> None:
        last = await self._look(None)
        while self._ears:
            await asyncio.sleep(EVERY)
            found = await self._look(last)
            if found != last or self.over():
                last = found
                await self._tell()

    async def _look(self, last: object) -> object:
        """What is there now; where nobody can look, what was."""
        with suppress(StaffettaError):
            return await run_in_threadpool(self._mark)
        return last

    async def _tell(self) -> None:
        ears = list(self._ears)
        for begin in range(0, len(ears), AT_ONCE):
            for ear in ears[begin : begin + AT_ONCE]:
                ear.set()
            await asyncio.sleep(BETWEEN)
        await asyncio.sleep(EACH * len(ears))


def make_news(changes: Changes) -> News:
    """Those of a desk."""
    return News(changes.mark)


@router.get("/board/news")
def listen(request: Request, visit: WatchingCases) -> Response:
    """The line; 503 where too many are open."""
    news: News = request.app.state.news
    assert visit.operator
    if news.is_full:
        return Response(status_code=503)
    return StreamingResponse(news.lines(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
