"""T18. Erasure stands in `erased.py`; of tampering twelve kinds, each found, and it is said where.

What only anchors can find they find.

Of those kinds of which roots alone tell, every second time the roots are made anew with the house's own key as well:
then nothing inside may be believed, and without an anchor the check may not claim that nothing was rewritten.
"""

import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from models.composition import open_house
from models.trail import Verification, verify
from tests.trust.checks import Row
from tests.trust.erased import erasures
from tests.trust.plants import planting
from tests.trust.report import RowResult
from tests.trust.tampered import FITTED, KINDS, Done, Furnished, furnished, tamper

ROW = "T18"
SIZES = {"tiny": 2, "change": 10, "full": 100}
"""How often each kind is done."""


def is_found(done: Done, inside: Verification, outside: Verification) -> bool:
    """Whether it is found where it was done, by what may be trusted then."""
    if done.unseen_inside:
        return any(fault.code == "anchor" for fault in outside.faults)
    return says_where(done, inside) and says_where(done, outside)


def says_where(done: Done, found: Verification) -> bool:
    """Whether a fault names the case (or its id, where it is gone) and the number."""
    code, seq = done.where
    said = [fault for fault in found.faults if code == fault.case_code or (code and code in fault.message)]
    return bool(said) and (seq is None or seq in {fault.seq for fault in said})


def untouched(row: Row, made: Furnished) -> list[RowResult]:
    """A house that nobody touched is sound, and reaches its last anchor."""
    house = open_house(made.now, with_vault=False)
    try:
        found = verify(house.database, house.keyring, made.anchors)
    finally:
        house.close()
    reaches = found.unchanged_until == made.anchors[-1].at
    wrong = [*found.faults, *(() if reaches else ["does not reach its anchor"])]
    return [row.result("I5 an untouched house is sound and reaches its last anchor", found.events, wrong)]


def run(seed: int, budget: float, *, size: str = "change", planted: str = "", **_how: int) -> list[RowResult]:
    """Every kind, so often; where the budget ends before, what was tried is said."""
    row, chance, until = Row(ROW, size, seed), random.Random(seed), time.monotonic() + budget  # noqa: S311 - a seed draws the same again
    missed: dict[str, list[str]] = {kind: [] for kind in KINDS}
    tried: Counter[str] = Counter()
    claimed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="trust-") as folder:
        made = furnished(Path(folder))
        with planting(planted):
            found = [*untouched(row, made), *erasures(row, Path(folder), seed)]
            for turn in range(SIZES[size]):
                for kind in KINDS:
                    if time.monotonic() > until:
                        break
                    tried[kind] += 1
                    target = Path(folder) / f"{turn}-{KINDS.index(kind)}"
                    done = tamper(kind, made, target, chance, turn=turn, roots_too=kind in FITTED and turn % 2 == 1)
                    try:
                        inside = verify(done.house.database, done.house.keyring)
                        outside = verify(done.house.database, done.house.keyring, made.anchors)
                    finally:
                        done.house.close()
                    if not is_found(done, inside, outside):
                        missed[kind].append(f"turn {turn}")
                    if inside.unchanged_until is not None:
                        claimed.append(kind)
    found += [row.result(f"I5 found: {kind}", tried[kind], missed[kind]) for kind in KINDS]
    found.append(row.result("without an anchor rewriting is not excluded", sum(tried.values()), claimed))
    short = [kind for kind in KINDS if tried[kind] < SIZES[size]]
    return [*found, row.result("every kind was tried so often", len(KINDS) * SIZES[size], short)]
