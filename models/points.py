"""Named moments between two steps at which a process could die. Nothing happens there, but where a test listens.

A kill at random hits the long waits; the short moments between a commit and what follows it are hit only on purpose.
"""

from collections.abc import Callable

POINTS = (
    "handling-begun",
    "keys-kept",
    "handling-saved",
    "handling-committed",
    "claim-committed",
    "message-sent",
    "settling-saved",
    "settling-committed",
    "deadline-due",
    "deadline-passed",
    "wake-claimed",
    "run-entered",
    "run-told",
    "mirror-kept",
    "wake-settled",
)
"""Every name there is, in the order in which a case comes by them."""

_listeners: list[Callable[[str], None]] = []


def listen(listener: Callable[[str], None]) -> None:
    """Have `listener` called with the name of each point that this process comes by."""
    _listeners.append(listener)


def reach(name: str) -> None:
    """This process is at the point `name`."""
    for listener in _listeners:
        listener(name)
