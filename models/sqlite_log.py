"""SQLite's log, made long in advance: a commit that makes a file longer waits for the disk twice, for text and length.

PostgreSQL does the same with its own log.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

CHECKPOINT_PAGES = 4000
"""16 MiB of log between checkpoints: the commit that does one takes some 20 ms longer, so not every thirtieth does."""
PAGE_BYTES = 4096
LONG = CHECKPOINT_PAGES * PAGE_BYTES
FILLING = 64 * PAGE_BYTES
FEW_PAGES = 32


def lengthen_log(place: Path, seconds: float) -> bool:
    """Make the log of the database at `place` as long as it grows between two checkpoints; whether it was shorter.

    SQLite itself writes it: a transaction too large for its memory goes to the log before it is taken back, and what
    was taken back is written over. Somebody else must have the database open, or the log is cut again at the end.

    Args:
        place: the file of the database, which is in WAL mode.
        seconds: how long to wait for whoever writes.

    Raises:
        sqlite3.Error, OSError: it is as it was.
    """
    log = place.with_name(f"{place.name}-wal")
    with closing(sqlite3.connect(place, timeout=seconds, isolation_level=None)) as line:
        line.execute("BEGIN IMMEDIATE")
        if log.stat().st_size >= LONG:
            return False
        line.execute(f"PRAGMA cache_size={FEW_PAGES}")
        line.execute("CREATE TABLE filling (bytes BLOB)")
        for _ in range(LONG // FILLING + 1):
            line.execute("INSERT INTO filling VALUES (zeroblob(?))", (FILLING,))
        line.execute("ROLLBACK")
        # Before the next commit, which would wait for all of it.
        with log.open("rb") as file:
            os.fsync(file.fileno())
    return True
