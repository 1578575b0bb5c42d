"""The main database: one writer at a time, every write in a transaction that begins at once."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from models.settings import Settings
from models.sqlite import BEGIN, BUSY_SECONDS, sqlite_engine
from models.store_errors import StoreBusy, StoreDamaged, StoreFailed

REVISION = "0002"
"""The Alembic revision that this code works with."""


class Database:
    """Reads and writes, each in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write_engine = engine.execution_options(**{BEGIN: "IMMEDIATE"})
        # SQLite's own wait sleeps and looks again; within one process a lock hands over at once.
        self._writing = threading.Lock()
        self.remembered: dict[str, Any] = {}
        """What readers keep of tables that only grow, such as the directory in force."""

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the database of these settings and bring its tables up to date.

        Raises:
            StoreBusy, StoreFailed, StoreTooNew.
        """
        database = cls(sqlite_engine(settings.database_url))
        database.migrate()
        return database

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look.

        Raises:
            StoreBusy, StoreFailed.
        """
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except (DBAPIError, sqlite3.Error) as error:
            raise _told(error) from None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed and synced when the block ends, or nothing.

        Raises:
            StoreBusy: another process was writing for too long. Nothing was saved.
            StoreFailed: nothing was saved.
        """
        if not self._writing.acquire(timeout=BUSY_SECONDS):
            raise StoreBusy
        try:
            with self._write_engine.connect() as connection, connection.begin():
                yield connection
        except (DBAPIError, sqlite3.Error) as error:
            raise _told(error) from None
        finally:
            self._writing.release()

    def migrate(self) -> None:
        """Bring the tables up to date. What is there already stays.

        Raises:
            StoreBusy, StoreFailed, StoreTooNew.
        """
        if self.revision() == REVISION:
            return
        # Alembic takes a fifth of a second to import: only where there is something to do.
        from models.migrations.running import upgrade  # noqa: PLC0415

        with self.write() as connection:
            upgrade(connection, self.revision_in(connection))

    def revision(self) -> str | None:
        """Which revision the tables are at; None for an empty database."""
        with self.read() as connection:
            return self.revision_in(connection)

    @staticmethod
    def revision_in(connection: Connection) -> str | None:
        """The same, within a transaction."""
        there = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).first()
        if there is None:
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found

    def check(self) -> None:
        """Look through the whole file for damage, before anybody writes on it (trust.md, SQLite).

        Raises:
            StoreDamaged, StoreBusy, StoreFailed.
        """
        with self.read() as connection:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        if found != "ok":
            raise StoreDamaged(place=self.engine.url.database)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
BROKEN = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}


def _told(error: DBAPIError | sqlite3.Error) -> Exception:
    """Ours for what the outside did to the file; any other error is a fault of ours and goes up as it is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in BUSY:
        return StoreBusy()
    if code in BROKEN:
        return StoreFailed(why=getattr(cause, "sqlite_errorname", "unknown"))
    return error
