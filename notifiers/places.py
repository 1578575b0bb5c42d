"""The places of one of two carriers of a channel: one that hangs holds up what it has, and nothing that comes later."""

import asyncio

EACH_CARRIER = 12
"""So many under way through one carrier at most."""
WAITS_SECONDS = 1.0
"""For a place, before the other carrier is asked: longer than one that works keeps a message."""


class Places:
    """Of one carrier, in one event loop."""

    def __init__(self) -> None:
        """All are free."""
        self._free = asyncio.Semaphore(EACH_CARRIER)
        self._hangs = False
        """Whether somebody waited in vain, and none came free since: nobody else waits for it."""

    async def take(self) -> bool:
        """Whether there is one. Whoever has one gives it back."""
        if self._hangs and self._free.locked():
            return False
        try:
            async with asyncio.timeout(WAITS_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            self._hangs = True
            return False
        return True

    def give_back(self) -> None:
        """The message has left, or not: its place is free."""
        self._hangs = False
        self._free.release()
