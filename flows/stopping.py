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

    The byte is written by the interpreter itself, in the thread that the system chose for the signal: a handler runs
    only once the main thread executes again, which it does not while it waits in `select` and the signal met another
    thread, or met it just before the waiting began.
    """

    def __init__(self) -> None:
        """Nobody has said anything yet."""
        self._told = False
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)

    def listen(self) -> None:
        """From now on the two signals are heard here. Only the main thread can do this."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)
        # A full pipe has bytes to read, which is all that is wanted of it.
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)

    def is_set(self) -> bool:
        """Whether somebody said so."""
        return self._told

    def wait(self) -> None:
        """Wait until somebody says so; at once if somebody did."""
        while not self._told:
            select.select([self._reading], [], [])
            os.read(self._reading, 1)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if not self._told:
            self._told = True
            os.write(self._writing, b"\0")
