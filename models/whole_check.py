"""The check of the whole trail, on every core, that goes on where it was stopped.

What was checked is remembered for a day, in the run folder, and forgotten once the check came to its end: a check
always looks at everything, but a large one that was interrupted need not begin anew.
"""

import gc
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from models.composition import House
from models.database import Database
from models.roots import Root
from models.settings import Settings
from models.stamps import StampCaUnreadable, StampsChecked, check_stamps, trusted
from models.trail import CasesChecked, TrailFault, Verification, cases_after, check_cases, pieces, verify
from models.vault import Keyring

FILE = "checked.json"
"""In the run folder: how far a check came that is not over."""
GOOD_FOR = timedelta(hours=24)
FEW = 2000
"""Cases: below, a second process would take longer to begin than the whole takes."""
FEW_STAMPS = 200
"""Time stamps: each takes some milliseconds, and the newest binds all roots before it."""
KEEP_EVERY = 10
"""Pieces of `models.trail.TOGETHER` cases."""


@dataclass(frozen=True)
class _Sofar:
    """How far a check came."""

    began: datetime
    after: str
    """The id of the last case that was checked."""
    found: CasesChecked

    def on(self, last: str, more: CasesChecked) -> "_Sofar":
        both = self.found
        counts = (both.cases + more.cases, both.events + more.events)
        faults, erased = (*both.faults, *more.faults), both.erased + more.erased
        return replace(self, after=last, found=CasesChecked(*counts, faults, erased))


def verify_whole(
    house: House, anchors: Sequence[Root] = (), *, from_start: bool = False, workers: int | None = None
) -> Verification:
    """As `models.trail.verify`, on every core where there is much, and from where the last check was stopped.

    Args:
        house: the house; the vault key is not needed.
        anchors: roots as they were told outside; with them every time stamp is looked at, else the newest.
        from_start: whether what an interrupted check had seen is looked at again.
        workers: how many processes; None for one a core where there are many cases.
    """
    place = house.settings.run_folder / FILE
    now = house.clock.now()
    sofar = None if from_start else _read(place, now)
    sofar = sofar or _Sofar(now, "", CasesChecked(0, 0, ()))
    with house.database.read() as connection:
        left = cases_after(connection, sofar.after)
    if workers is None:
        workers = 1 if len(left) < FEW else len(os.sched_getaffinity(0))
    parts = list(pieces(left))
    with _checked(house, parts, workers) as every:
        of_house = verify(house.database, house.keyring, anchors, with_cases=False)
        for number, (part, found) in enumerate(zip(parts, every, strict=True), start=1):
            sofar = sofar.on(part[-1], found)
            if number % KEEP_EVERY == 0:
                _keep(place, sofar)
    stamps = _stamps(house, None if anchors else FEW_STAMPS)
    place.unlink(missing_ok=True)
    found = sofar.found
    of_stamps = (TrailFault(fault.case_code, fault.seq, fault.code, fault.message) for fault in stamps.faults)
    return replace(
        of_house,
        cases=found.cases,
        events=found.events,
        faults=(*of_house.faults, *of_stamps, *found.faults),
        erased=found.erased,
        stamps=stamps.stamps,
        stamps_unchecked=stamps.unchecked,
        stamped_until=stamps.reaches,
        stamped_at=stamps.since,
    )


def _stamps(house: House, newest: int | None) -> StampsChecked:
    """The time stamps of a third party. Certificates that cannot be read are as if none were set: `doctor` says so."""
    file, believed = house.settings.anchors.stamp_ca, None
    with suppress(StampCaUnreadable):
        believed = None if file is None else trusted(file)
    with house.database.read() as connection:
        return check_stamps(connection, believed, newest)


@contextmanager
def _checked(house: House, parts: Sequence[Sequence[str]], workers: int) -> Iterator[Iterator[CasesChecked]]:
    """The check of each part, in order. Several processes are at work as soon as the context is entered."""
    if workers == 1:
        yield _checked_here(house, parts)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _open, (house.settings,)) as pool:
        try:
            yield pool.map(_check_part, parts)
        finally:
            pool.shutdown(cancel_futures=True)


def _checked_here(house: House, parts: Sequence[Sequence[str]]) -> Iterator[CasesChecked]:
    for part in parts:
        with house.database.read() as connection, _uncollected():
            found = check_cases(connection, house.keyring, part)
        yield found


_HERE: dict[str, Any] = {}
"""What a process of the pool works with."""


def _open(settings: Settings) -> None:
    _HERE["database"] = Database.open(settings)
    _HERE["keyring"] = Keyring.load(settings.key_folder, with_vault=False, store=settings.key_store)


def _check_part(part: Sequence[str]) -> CasesChecked:
    with _HERE["database"].read() as connection, _uncollected():
        return check_cases(connection, _HERE["keyring"], part)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for garbage: what a piece makes goes with it, and being looked through costs a sixth more."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read(place: Path, now: datetime) -> _Sofar | None:
    """How far the last check came; None where it came to its end, is too old, or cannot be read."""
    try:
        kept: Mapping[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        began = datetime.fromisoformat(kept["began"])
        faults: Iterable[TrailFault] = (TrailFault(**fault) for fault in kept["faults"])
        found = CasesChecked(kept["cases"], kept["events"], tuple(faults), kept["erased"])
        sofar = _Sofar(began, kept["after"], found)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return sofar if timedelta() <= now - began < GOOD_FOR else None


def _keep(place: Path, sofar: _Sofar) -> None:
    """A disk that is full costs the remembering, not the check."""
    found = sofar.found
    faults = [asdict(fault) for fault in found.faults]
    counts = {"cases": found.cases, "events": found.events, "erased": found.erased}
    kept = {"began": sofar.began.isoformat(), "after": sofar.after, "faults": faults, **counts}
    with suppress(OSError):
        draft = place.with_suffix(".draft")
        draft.write_text(json.dumps(kept), encoding="utf-8")
        draft.replace(place)
