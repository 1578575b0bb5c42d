"""The main database: every write is one transaction, saved and synced as a whole or not at all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Engine, MetaData, text

from models.settings import Settings
from models.sqlite import Sqlite, sqlite_engine
from models.store_errors import BadDatabaseAddress
from procedures.marking import N_

NEITHER = N_("write it as sqlite:///… or postgresql+psycopg://…")
REVISION = "0029"
"""The Alembic revision that this code works with."""


class Kind(Protocol):
    """What one kind of database does in its own way."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What its driver raises."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent look."""
        ...

    def looking(self) -> AbstractContextManager[Connection]:
        """One prepared statement, consistent in itself: no transaction is begun for it."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction."""
        ...

    def told(self, error: BaseException) -> BaseException:
        """Ours for whatever the driver raised: nothing of its text goes on, which may quote values."""
        ...

    def has_revision(self, connection: Connection) -> bool:
        """Whether any migration ever ran here."""
        ...

    def be_alone(self, connection: Connection) -> None:
        """Wait until nobody else makes tables; whoever comes later waits for the end of this transaction."""
        ...

    def check(self, connection: Connection) -> None:
        """See that nothing is damaged, and that what is saved stays saved."""
        ...

    def lengthen_log(self) -> None:
        """Make the log as long as it grows anyway: a commit that makes a file longer takes longer."""
        ...

    def wipe(self, table: str) -> bool:
        """Leave nothing of what was deleted from this table in its files; whether that was done."""
        ...


class Database:
    """Reads and writes, each in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kind = _kind_of(engine)
        self.channel_key: bytes | None = None
        """What the marks of channels that are shut are made with, once the house has its keys."""
        self.remembered: dict[str, Any] = {}
        """What readers keep of tables that only grow, such as the directory in force."""

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the database of these settings and bring its tables up to date.

        Raises:
            BadDatabaseAddress, StoreBusy, StoreFailed, StoreTooNew.
        """
        database = cls(engine_for(settings.database_url, "[database] url"))
        try:
            database.migrate()
        except BaseException:
            database.close()
            raise
        return database

    @property
    def shared(self) -> bool:
        """Whether several machines can work on it, each with a data folder of its own."""
        return self.engine.dialect.name == "postgresql"

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the driver raises within a transaction; told in our words where the transaction ends."""
        return self._kind.errors

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look.

        Raises:
            StoreBusy, StoreFailed.
        """
        try:
            with self._kind.reading() as connection:
                yield connection
        except self._kind.errors as error:
            raise self._kind.told(error) from None

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """One prepared statement that reads: it needs no transaction around it, which would cost more than it.

        Raises:
            StoreBusy, StoreFailed.
        """
        try:
            with self._kind.looking() as connection:
                yield connection
        except self._kind.errors as error:
            raise self._kind.told(error) from None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed and synced when the block ends, or nothing.

        Raises:
            StoreBusy: somebody else was writing for too long, or the same. Nothing was saved.
            StoreUnreachable: the database went away; whether the commit was done, nobody can say.
            StoreFailed: nothing was saved.
        """
        try:
            with self._kind.writing() as connection:
                yield connection
        except self._kind.errors as error:
            raise self._kind.told(error) from None

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
            self._kind.be_alone(connection)
            upgrade(connection, self.revision_in(connection))

    def make(self, tables: MetaData) -> None:
        """Make these tables where they are missing: for a database that holds nothing else.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self.write() as connection:
            self._kind.be_alone(connection)
            tables.create_all(connection)

    def revision(self) -> str | None:
        """Which revision the tables are at; None for an empty database."""
        with self.read() as connection:
            return self.revision_in(connection)

    def revision_in(self, connection: Connection) -> str | None:
        """The same, within a transaction."""
        if not self._kind.has_revision(connection):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found

    def check(self) -> None:
        """Look for damage before anybody writes on it, and for settings that would lose what was confirmed (trust.md).

        Raises:
            StoreDamaged, StoreUnsafe, StoreBusy, StoreFailed.
        """
        with self.read() as connection:
            self._kind.check(connection)

    def lengthen_log(self) -> None:
        """For a process that stays: make the log long in advance, so that no alert waits for a file that grows.

        Raises:
            StoreBusy, StoreFailed: it grows as it goes.
        """
        try:
            self._kind.lengthen_log()
        except self._kind.errors as error:
            raise self._kind.told(error) from None

    def wipe(self, table: str) -> bool:
        """Leave nothing of what was deleted from this table, in the file or in its log; False where somebody reads on.

        Raises:
            StoreBusy, StoreFailed.
        """
        try:
            return self._kind.wipe(table)
        except self._kind.errors as error:
            raise self._kind.told(error) from None

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def engine_for(url: str, key: str) -> Engine:
    """An engine for this address, which stands in the setting `key`.

    Raises:
        BadDatabaseAddress: it leads nowhere, or over an unguarded line.
    """
    if url.startswith("postgresql"):
        # Only who has a PostgreSQL pays for its driver.
        from models.postgresql import postgresql_engine  # noqa: PLC0415

        return postgresql_engine(url, key)
    if not url.startswith("sqlite"):
        raise BadDatabaseAddress(key=key, why=NEITHER)
    return sqlite_engine(url)


def _kind_of(engine: Engine) -> Kind:
    if engine.dialect.name == "postgresql":
        from models.postgresql import Postgresql  # noqa: PLC0415  # only who has a PostgreSQL pays for its driver

        return Postgresql(engine)
    return Sqlite(engine)
