"""Being told to stop, in a process whose main thread waits for nothing else."""

import os
import select
import signal
from types import FrameType


class ToldToStop:
    """Set by SIGINT and SIGTERM; waited for by the main thread.

    Not a `threading.Event`: a handler runs in the main thread, between two instructions of whatever it does. If that
    is `Event.wait`, which holds the event's lock, `Event.set` waits for that lock for ever, and the house cannot be
    stopped. A byte in a pipe needs no lock.
    """

    def __init__(self) -> None:
        """Nobody has said anything yet."""
        self._told = False
        self._reading, self._writing = os.pipe()

    def listen(self) -> None:
        """From now on the two signals are heard here. Only the main thread can do this."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)

    def is_set(self) -> bool:
        """Whether somebody said so."""
        return self._told

    def wait(self) -> None:
        """Wait until somebody says so; at once if somebody did."""
        while not self._told:
            select.select([self._reading], [], [])

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if not self._told:
            self._told = True
            os.write(self._writing, b"\0")
