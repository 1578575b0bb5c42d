"""Whoever is to answer is alerted before whoever is only told, where both were claimed together.

An answer often leads to several messages: one asks the next service, others tell those before. Writing them all and
speaking to the mail server for them all at once would make the one that somebody's safety hangs on wait for the others.
"""

import asyncio
from contextlib import suppress

from notifiers.leaving import Leave

HEAD_START_SECONDS = 0.02
"""At most: a server that hangs over the one must not hold up the others."""


class HeadStart:
    """Of those that were claimed together: how many are still to leave before the others are begun."""

    def __init__(self, first: int) -> None:
        """`first` messages go before the others; with none of them, nobody waits."""
        self._left = first
        self._gone = asyncio.Event()
        self._look()

    def one(self, leave: Leave) -> Leave:
        """What one of the first asks before its text goes out; it is over with it as soon as the text has left."""
        waiting = True

        async def leaving() -> None:
            nonlocal waiting
            try:
                await leave()
            finally:
                if waiting:
                    waiting = False
                    # Its text is handed to the line right after this, before anybody else has a turn.
                    asyncio.get_running_loop().call_soon(self._over)

        return leaving

    async def wait(self) -> None:
        """Until the first have left, or too long went by."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START_SECONDS):
                await self._gone.wait()

    def _over(self) -> None:
        self._left -= 1
        self._look()

    def _look(self) -> None:
        if self._left <= 0:
            self._gone.set()
