"""Seeds on every core: each in a process of its own kind, politely, until their time is over."""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
WORKERS = max(1, os.cpu_count() or 1)
POLITE = 5
BEHIND_OTHERS = 10
"""How nice the seeds are while other rows take times: those come first."""


SELDOM = (100_000, 50, 100)
"""How seldom rings of objects are looked for: a seed makes few, and looking takes a twenty-fifth of its time."""


def _begin(niceness: int, path: list[str]) -> None:
    gc.set_threshold(*SELDOM)
    os.nice(niceness)
    sys.path[:] = path


@contextmanager
def workers(niceness: int = POLITE) -> Iterator[Executor]:
    """As many processes as there are cores. They are begun afresh, each with an order of sets of its own."""
    fresh = get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=fresh, initializer=_begin, initargs=(niceness, sys.path)) as pool:
        yield pool


def side_by_side(pool: Executor, act: Callable[..., T], values: Iterable[object], ends: float) -> Iterator[T]:
    """`act(value)` for each value, as they come; none is begun after `ends` (`time.monotonic`)."""
    waiting: set[Future[T]] = set()
    for value in values:
        if time.monotonic() > ends:
            break
        waiting.add(pool.submit(act, value))
        if len(waiting) >= WORKERS:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in done)
    yield from (one.result() for one in waiting)
