"""SQLite as we run it: every connection is set up the same way, and says so if it could not be (trust.md)."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from models.sqlite_log import CHECKPOINT_PAGES, lengthen_log
from models.store_errors import StoreBusy, StoreDamaged, StoreFailed, StoreRaced
from procedures.errors import Refused

BUSY_SECONDS = 5.0
"""How long a writer waits for another before it gives up."""
FIRST_LOOK_SECONDS = 0.0003
LONGEST_LOOK_SECONDS = 0.005
PRAGMAS = {"foreign_keys": "1", "synchronous": "2", "trusted_schema": "0", "secure_delete": "1"}
BEGIN = "staffetta_begin"
"""Execution option: the kind of transaction to begin."""
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


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
    if connection.get_execution_options().get(BEGIN) != "IMMEDIATE":
        # Past SQLAlchemy, which takes longer over it than SQLite does.
        connection.connection.cursor().execute("BEGIN DEFERRED")
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        _take_the_pen(cursor)
    finally:
        cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        cursor.close()


def _take_the_pen(cursor: Any) -> None:
    """Begin to write, waiting for another process at most `BUSY_SECONDS`.

    SQLite's own wait sleeps 1, 2, 5, 10 … 100 ms between two looks: desk and dispatcher, which write for 2 ms each,
    would wait for one another ten times as long as they work.
    """
    until = time.monotonic() + BUSY_SECONDS
    wait = FIRST_LOOK_SECONDS
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in BUSY or time.monotonic() > until:
                raise
        else:
            return
        time.sleep(wait)
        wait = min(wait * 1.5, LONGEST_LOOK_SECONDS)


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """A connection of the pool; one on which something failed is not used again.

    A statement whose answer nobody took to its end, as a failure leaves it, stands for as long as somebody remembers
    the failure: whoever had the connection next would read the past, and be told *busy* where it writes. The rules
    refuse only after every answer was taken.
    """
    with engine.connect() as connection:
        try:
            yield connection
        except Refused:
            raise
        except BaseException:  # an interruption leaves the line as a failure does; it is raised again below
            if engine.url.database:  # in memory the line is the database
                connection.invalidate()
            raise


class Sqlite:
    """One writer at a time, every write in a transaction that begins at once."""

    errors = (DBAPIError, sqlite3.Error)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._write_engine = engine.execution_options(**{BEGIN: "IMMEDIATE"})
        # SQLite's own wait sleeps and looks again; within one process a lock hands over at once.
        self._writing = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look."""
        with _connected(self._engine) as connection, connection.begin():
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """One prepared statement."""
        with _connected(self._engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, alone.

        Raises:
            StoreBusy: another thread wrote for too long.
        """
        if not self._writing.acquire(timeout=BUSY_SECONDS):
            raise StoreBusy
        try:
            with _connected(self._write_engine) as connection, connection.begin():
                yield connection
        finally:
            self._writing.release()

    def told(self, error: BaseException) -> BaseException:
        """Ours for whatever the driver raised: nothing of its text goes on, only the name of what it was."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        extended = getattr(cause, "sqlite_errorcode", 0)
        if extended & 0xFF in BUSY:
            return StoreBusy()
        if extended in TAKEN:
            return StoreRaced()
        return StoreFailed(why=getattr(cause, "sqlite_errorname", type(cause).__name__))

    def has_revision(self, connection: Connection) -> bool:
        """Whether any migration ever ran here."""
        there = text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        return connection.execute(there).first() is not None

    def be_alone(self, connection: Connection) -> None:
        """Nothing to do: whoever writes is alone."""

    def check(self, connection: Connection) -> None:
        """Look through the whole file for damage.

        Raises:
            StoreDamaged.
        """
        if connection.execute(text("PRAGMA quick_check(1)")).scalar() != "ok":
            raise StoreDamaged(place=self._engine.url.database)

    def lengthen_log(self) -> None:
        """Make the log as long as it grows anyway, while nobody waits for it."""
        if self._engine.url.database:  # in memory there is none
            lengthen_log(Path(self._engine.url.database), BUSY_SECONDS)

    def wipe(self, table: str) -> bool:  # noqa: ARG002  # one log for all tables
        """Write the log into the file, where `secure_delete` has blanked what was deleted, and cut it to nothing.

        Only when nobody reads an older state: waited for as long as for the pen.
        """
        until = time.monotonic() + BUSY_SECONDS
        while True:
            with self.looking() as connection:
                cursor = connection.connection.cursor()
                busy, left, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                cursor.close()
            if not busy or left < 0 or time.monotonic() > until:
                return not busy
            time.sleep(LONGEST_LOOK_SECONDS)
