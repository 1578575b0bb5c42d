"""How long a check takes, and a hundred thousand spoilt files: each refused with its faults, or clean."""

import sys
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context

from benchmarks.backends import Backend
from benchmarks.figures import OURS, Figure, Row, row
from benchmarks.spoiling import check, spoilt
from procedures.loading import SHIPPED, check_texts, texts_of

FILES = 100_000
AT_ONCE = 500
TIMES = 20
STEPS = 200
NOWHERE = "-"
HEAD = "pathway: long\nedition: 1\ntitle: {it: Lungo, en: Long}\nconsent: long\noutcomes: {over: s199}\nsteps:\n"
STEP = (
    "  s%d: {ask: police, title: {it: Un passo, en: A step}, accept_within: 1 h, complete_within: 2 h, "
    "source: {text: Protocol, verified: false}, results: {found: {}, lost: {}}%s}\n"
)
FIRST_SEED = 1_000_000
"""Other files than those of the tests."""


def run(_backends: Sequence[Backend]) -> Iterator[Row]:
    """Seconds of the processor, not of the wall: a check waits for nothing."""
    yield row(Figure("a shipped pathway, checked", NOWHERE, OURS, [_took(text) for text in _shipped() * (TIMES // 4)]))
    yield row(Figure(f"a pathway of {STEPS} steps, checked", NOWHERE, OURS, [_took(long()) for _ in range(TIMES)]))
    took: list[float] = []
    broken = clean = 0
    # A new process now and then: what one holds on to grows with the garbage of all that it has read.
    with get_context("spawn").Pool(1, maxtasksperchild=20) as pool:
        for times, failed, whole in pool.imap_unordered(_some, range(FIRST_SEED, FIRST_SEED + FILES, AT_ONCE)):
            took += times
            broken += failed
            clean += whole
    yield row(Figure("a spoilt file, checked", NOWHERE, OURS, took))
    yield row(Figure(f"of {FILES} spoilt files, clean ones", NOWHERE, OURS, [clean], "files"))
    yield row(Figure(f"of {FILES} spoilt files, tracebacks", NOWHERE, OURS, [broken], "files"))


def long() -> str:
    """A pathway of as many steps as there may be, each after the one before or beside it."""
    return HEAD + "".join(STEP % (n, f", needs: [s{n - 1 - n % 3}]" if n > n % 3 else "") for n in range(STEPS))


def _shipped() -> list[str]:
    return list(texts_of([SHIPPED]).values())


def _took(text: str) -> float:
    began = time.process_time()
    found = check_texts({"pathway.yaml": text})
    assert not found, found[0]
    return (time.process_time() - began) * 1000


def _some(first: int) -> tuple[list[float], int, int]:
    """Milliseconds of each of some files, how many ended in a traceback, how many were clean."""
    took: list[float] = []
    broken = clean = 0
    for seed in range(first, first + AT_ONCE):
        began = time.process_time()
        try:
            clean += not check(spoilt(seed))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            sys.stderr.write(f"seed {seed}: {type(error).__name__}: {error}\n")
            broken += 1
        took.append((time.process_time() - began) * 1000)
    return took, broken, clean
