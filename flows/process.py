"""What the processes that work by themselves share: arguments, a clean end, waiting longer after each fault."""

import argparse
import asyncio
import fcntl
import random
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

from flows.journal import Journal, error_code, open_journal

FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
TAKE_OVER_SECONDS = 0.1


class Backoff:
    """Seconds to wait after a fault: 0.1, doubled each time up to 5, with a little chance in it."""

    def __init__(self, first: float = FIRST_DELAY, longest: float = LONGEST_DELAY) -> None:
        """In real seconds."""
        self._first = first
        self._longest = longest
        self._delay = first

    def next(self) -> float:
        """How long to wait now."""
        delay = self._delay
        self._delay = min(delay * 2, self._longest)
        return round(delay * random.uniform(0.8, 1.2), 3)  # noqa: S311 - spreads retries, guards nothing

    def reset(self) -> None:
        """It went well."""
        self._delay = self._first


@asynccontextmanager
async def alone(folder: Path, name: str, journal: Journal) -> AsyncIterator[None]:
    """Be the only process of this name in this house; a second one stands by and takes over when the first is gone.

    The kernel gives the lock back when its holder dies, however it dies.
    """
    with (folder / f"{name}.lock").open("w") as lock:
        said = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not said:
                    journal.info("standing-by")
                    said = True
                await asyncio.sleep(TAKE_OVER_SECONDS)
        yield


def ask_which_house(name: str) -> argparse.Namespace:
    """The arguments of `python -m flows.NAME`."""
    parser = argparse.ArgumentParser(prog=f"python -m flows.{name}")
    parser.add_argument("--data", type=Path, required=True, help="the data folder of the house")
    parser.add_argument("--config", type=Path, default=None, help="settings, if not staffetta.toml in the data folder")
    return parser.parse_args()


def run_until_told(name: str, work: Callable[[Journal], Coroutine[object, object, None]]) -> int:
    """Run `work` until SIGTERM or SIGINT; the exit status. A fault ends in one coded line, never in a traceback."""
    journal = open_journal(name)
    try:
        asyncio.run(_until_told(work(journal)))
    except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - a traceback may hold values
        journal.error("process-failed", error=error_code(error))
        return 1
    journal.info("process-ended")
    return 0


async def _until_told(work: Coroutine[object, object, None]) -> None:
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return
