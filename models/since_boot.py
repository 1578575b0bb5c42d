"""The one moment from which all processes of a house count time: kept for as long as the machine runs.

A process that starts reads no wall clock of its own, for the wall may have been set since: two processes half a minute
apart would pass deadlines half a minute early, and two hours set back would buy two hours of silence (trust.md, T9).
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from models import clock

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
FILE = "clock"


def wall_at_boot(folder: Path, newest: Callable[[], datetime | None]) -> datetime | None:
    """What the wall would have shown when this machine started, as the first process reckoned it; aware UTC.

    Only one process at a time may ask (`composition` sees to it). `newest` gives the time of the newest event that is
    kept: a wall that stands before it is wrong, and time goes on from there. None where the system cannot tell one
    start of the machine from another: each process then has the wall's time of its own start. So it has where nothing
    can be kept (a full disk keeps no house from starting); `is_kept` tells.
    """
    boot = _boot()
    if boot is None:
        return None
    kept = folder / FILE
    if (found := _read(kept, boot)) is not None:
        return found
    latest = newest()
    now = clock.wall_now() if latest is None else max(clock.wall_now(), latest)
    reckoned = now - timedelta(seconds=clock.boot_seconds())
    draft = folder / f"{FILE}.{os.getpid()}"
    with suppress(OSError):
        try:
            draft.write_text(f"{boot} {reckoned.isoformat()}\n", encoding="ascii")
            draft.replace(kept)
        finally:
            draft.unlink(missing_ok=True)
    return reckoned


def is_kept(folder: Path) -> bool:
    """Whether the processes of this house count from one moment; else each counts from its own start."""
    boot = _boot()
    return boot is not None and _read(folder / FILE, boot) is not None


def _boot() -> str | None:
    """The kernel's id of this start of the machine; None where there is none."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return None


def _read(kept: Path, boot: str) -> datetime | None:
    """The moment of this start; None for that of another one, and for what no process of ours has written."""
    try:
        of_boot, said = kept.read_text("ascii").split()
        found = datetime.fromisoformat(said)
        if of_boot != boot or found.tzinfo is None:
            return None
        found + timedelta(seconds=clock.boot_seconds())  # refuses what no calendar holds
    except (OSError, ValueError, OverflowError):
        return None
    return found
