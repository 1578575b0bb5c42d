"""When a message may leave: whoever carries one makes it ready, and asks before its text goes out."""

from collections.abc import Awaitable, Callable

from procedures.errors import StaffettaError

Leave = Callable[[], Awaitable[None]]
"""Waited for before the first byte of a text leaves; it raises MayNotLeave where that must not happen."""


class MayNotLeave(StaffettaError):
    """It could not be kept that this message is being sent: then it is not."""

    template = "The message was not sent, because that it is being sent could not be saved."


async def at_once() -> None:
    """Nothing to wait for: it was kept before."""
