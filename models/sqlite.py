"""SQLite as we run it: every connection is set up the same way, and says so if it could not be (trust.md)."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

BUSY_SECONDS = 5.0
"""How long a writer waits for another before it gives up."""
PRAGMAS = {"foreign_keys": "1", "synchronous": "2", "trusted_schema": "0", "secure_delete": "1"}
CHECKPOINT_PAGES = 4000
"""16 MiB of log between checkpoints: the commit that does one takes some 20 ms longer, so not every thirtieth does."""
BEGIN = "staffetta_begin"
"""Execution option: the kind of transaction to begin."""


def sqlite_engine(url: str) -> Engine:
    """An engine whose transactions begin as its users say, and whose errors show no values."""
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        max_overflow=56,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is deferred: a read that turns write fails at once
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    for pragma, wanted in PRAGMAS.items():
        cursor.execute(f"PRAGMA {pragma}={wanted}")
        found = str(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
        if found != wanted:
            message = f"SQLite did not take {pragma}={wanted}"
            raise sqlite3.DatabaseError(message)
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    cursor.close()


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get(BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
