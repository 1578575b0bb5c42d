"""T18, the erasure half (I10): after an erasure nothing opens the case, not even an older key store that is put back.

What is looked for are the wraps themselves, byte by byte, in every file of the house: without them, no key file and no
copy of the database opens anything.
"""

import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from models.composition import House, open_house
from models.erasing import confirm_erasure, propose_erasure
from models.trail import verify
from models.views import case_view
from procedures.commands import CancelCase
from procedures.erasures import CaseErased
from tests.houses import CANARY, CARRIERS, Told
from tests.trust.checks import Row
from tests.trust.report import RowResult

TURNS = {"tiny": 1, "change": 3, "full": 25}
CASES = 6
NONCE = slice(1, 13)
"""Of a wrap: random, so that it stands nowhere by chance."""


@dataclass(frozen=True)
class Erased:
    """A house, which of its cases were erased, and what would open them."""

    data: Path
    codes: dict[str, bool]
    """Every case, and whether it was erased."""
    nonces: Sequence[bytes]
    backup: Path
    """The key store from before."""


def erasures(row: Row, folder: Path, seed: int) -> list[RowResult]:
    """Cases erased at random, so often; what is left of them, and what a restored key store brings back."""
    chance = random.Random(seed)  # noqa: S311 - a seed draws the same again
    left: list[str] = []
    back: list[str] = []
    unsound: list[str] = []
    tried = 0
    for turn in range(TURNS[row.size]):
        made = erased(folder / f"erased-{turn}", chance)
        tried += len(made.nonces)
        left += remains(made)
        unsound += wrong_in(made)
        for beside in made.data.glob("keys.sqlite-*"):
            beside.unlink()
        shutil.copy(made.backup, made.data / "keys.sqlite")
        back += wrong_in(made)
        back += remains(made)
    return [
        row.result("I10 no byte of an erased key is left in file or log", tried, left),
        row.result("I10 an older key store that is put back opens nothing", tried, back),
        row.result("I5 the trail of an erased case verifies", tried, unsound),
    ]


def erased(folder: Path, chance: random.Random) -> Erased:
    """A house in which some of the cases were erased."""
    told = Told(folder, CARRIERS)
    codes: dict[str, bool] = {}
    nonces: list[bytes] = []
    for _case in range(CASES):
        code = told.opened().state.code
        codes[code] = chance.random() < 0.5  # half of them
        told.say(CancelCase, reason="moved_away")
        if codes[code]:
            wraps = [told.house.keyring.store.wrapped(told.case_id, kind) for kind in ("route", "vault")]
            nonces += [wrap[NONCE] for wrap in wraps if wrap is not None]
    backup = folder.with_name(f"{folder.name}.keys")
    with closing(sqlite3.connect(folder / "keys.sqlite")) as store:
        store.execute("VACUUM INTO ?", (str(backup),))
    for code in (code for code, goes in codes.items() if goes):
        propose_erasure(told.house, code, "her_request", "operator:one")
        confirm_erasure(told.house, code, "operator:other")
    # A process that dies here leaves file and log as they are: nothing that a clean end does may be needed.
    killed = folder.with_name(f"{folder.name}.killed")
    shutil.copytree(folder, killed, ignore=shutil.ignore_patterns("*.lock", "*.sock"))
    told.close()
    return Erased(killed, codes, nonces, backup)


def remains(made: Erased) -> list[str]:
    """In which files a wrap is left."""
    files = [path for path in made.data.rglob("*") if path.is_file()]
    return [path.name for path in files if any(nonce in path.read_bytes() for nonce in made.nonces)]


def wrong_in(made: Erased) -> list[str]:
    """What opens although it was erased, what does not although it was not, and what the check of the trail says."""
    house = open_house(made.data, with_vault=True)
    try:
        found = list(_misread(house, made.codes))
        return found + [fault.code for fault in verify(house.database, house.keyring).faults]
    finally:
        house.close()


def _misread(house: House, codes: dict[str, bool]) -> Iterator[str]:
    for code, goes in codes.items():
        try:
            person = case_view(house.database, house.keyring, code).person
        except CaseErased:
            if not goes:
                yield f"{code} is gone"
        else:
            if goes or person is None or person.name != CANARY:
                yield f"{code} opens"
