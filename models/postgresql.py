"""PostgreSQL as we run it: a guarded line, limits on every wait, and writes that travel together.

A write is sent in pipeline mode: statements that nobody waits for leave with the next one whose answer is read, the
last of them with the commit. Over a network that is what a transaction costs.
"""

import logging
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, InvalidRequestError

from models.postgresql_faults import told
from models.store_errors import BadDatabaseAddress, StoreUnreachable, StoreUnsafe
from procedures.marking import N_

DRIVER = "postgresql+psycopg"
LOCAL = ("", "localhost", "127.", "::1", "/")
"""How the name of a machine begins that is this one."""
GUARDED = "verify-full"
LIMITS = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
}
CONNECTING = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "staffetta",
}
"""Seconds, and milliseconds for the last: a server that vanished without a word is noticed within a quarter minute."""
MOST_CONNECTIONS = 16
"""Of one process: five houses fit under the server's usual hundred."""
POOL_SECONDS = 5.0
DURABLE = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply", "remote_write"}}
FATAL = {"data_sync_retry": {"off"}}
MIGRATING = 0x5374_6166
"""The advisory lock of whoever makes tables."""
# What goes wrong while a failed pipeline is left says nothing new, and may quote values.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)


def postgresql_engine(url: str, key: str) -> Engine:
    """An engine whose connections have limits, are guarded on the way, and whose errors show no values.

    Raises:
        BadDatabaseAddress: it cannot be read, or would go to another machine unguarded.
    """
    engine = create_engine(
        address(url, key),
        hide_parameters=True,
        paramstyle="format",
        pool_size=MOST_CONNECTIONS // 2,
        max_overflow=MOST_CONNECTIONS // 2,
        pool_timeout=POOL_SECONDS,
        use_native_hstore=False,
        connect_args=CONNECTING | {"options": " ".join(f"-c {name}={value}" for name, value in LIMITS.items())},
    )
    event.listen(engine, "checkout", _still_there)
    event.listen(engine, "after_cursor_execute", _wait_for_answer)
    return engine


def address(url: str, key: str) -> URL:
    """The address as the driver takes it.

    Raises:
        BadDatabaseAddress: it cannot be read, or would go to another machine unguarded.
    """
    try:
        parts = make_url(url)
        if parts.drivername not in {"postgresql", DRIVER}:
            raise BadDatabaseAddress(key=key, why=N_("write it as sqlite:///… or postgresql+psycopg://…"))
    except (ArgumentError, ValueError):
        raise BadDatabaseAddress(key=key, why=N_("write it as sqlite:///… or postgresql+psycopg://…")) from None
    parts = parts.set(drivername=DRIVER)
    if all(host.startswith(LOCAL[1:]) or not host for host in _hosts(parts)):
        return parts
    if parts.query.get("sslmode", GUARDED) != GUARDED:
        raise BadDatabaseAddress(key=key, why=N_("to another machine it needs sslmode=verify-full"))
    guarded = {"sslmode": GUARDED, "sslrootcert": "system", "target_session_attrs": "read-write", **parts.query}
    return parts.set(query=guarded)


def _hosts(parts: URL) -> list[str]:
    said = [parts.host, parts.query.get("host"), parts.query.get("hostaddr"), parts.query.get("service")]
    if not any(said):
        said = [os.environ.get(name) for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE")]
    names = [name for one in said if one for name in ([one] if isinstance(one, str) else one)]
    return [host for name in names for host in name.split(",")]


def _still_there(connection: Any, _record: object, _proxy: object) -> None:
    """A server that went away has closed the line: one look at the socket, without asking it anything."""
    if connection.closed or _has_news(connection.fileno()):
        raise InvalidatePoolError


def _has_news(file: int) -> bool:
    looking = select.poll()
    looking.register(file, select.POLLIN)
    return bool(looking.poll(0))


def _wait_for_answer(
    _connection: Connection,
    cursor: Any,
    _statement: str,
    _values: object,
    _context: object,
    _many: bool,  # noqa: FBT001  # the driver's own signature
) -> None:
    """SQLAlchemy looks at the answer at once; in a pipeline it has to be waited for."""
    pipeline = cursor.connection._pipeline  # noqa: SLF001  # there is no other way to know
    if pipeline is not None:
        pipeline.sync()


class Postgresql:
    """Many writers at a time, each alone on the rows it has locked."""

    errors = (DBAPIError, psycopg.Error, exc.TimeoutError)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._looking = engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look."""
        with _connected(self._reading) as connection:
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """One prepared statement, in one journey instead of three."""
        with _connected(self._looking) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, in as few journeys as its reads need; the commit goes with the last of them."""
        with _connected(self._engine) as connection:
            transaction = connection.begin()
            driver = _driver(connection)
            with driver.pipeline():
                yield connection
                # With what is still to be sent; the answer is waited for where the pipeline ends, once. The driver's
                # own commit would wait for it, and the end of the pipeline once more.
                driver.execute("COMMIT", prepare=False)
            transaction.commit()  # nothing is left to do: that it is over is told to SQLAlchemy alone

    def told(self, error: BaseException) -> BaseException:
        """Ours for what the outside did; any other error is a fault of ours and goes up as it is."""
        return told(error)

    def has_revision(self, connection: Connection) -> bool:
        """Whether any migration ever ran here."""
        return connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is not None

    def be_alone(self, connection: Connection) -> None:
        """Wait for whoever makes tables now, and keep others waiting until this transaction ends."""
        connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        connection.execute(text("SET LOCAL lock_timeout = '1min'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})

    def check(self, connection: Connection) -> None:
        """See that the server keeps what it confirms, and stops rather than guess after a failed sync.

        Raises:
            StoreUnsafe.
        """
        for setting, wanted in (DURABLE | FATAL).items():
            found = connection.execute(text("SELECT current_setting(:name)"), {"name": setting}).scalar()
            if found not in wanted:
                raise StoreUnsafe(setting=setting, value=found, wanted=min(wanted))

    def lengthen_log(self) -> None:
        """Nothing to do: the server uses the segments of its log again."""

    def wipe(self, table: str) -> bool:
        """Write the table anew without what was deleted; False where its owner alone may."""
        ours = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(:name)"
        with self.looking() as connection:
            if not connection.execute(text(ours), {"name": table}).scalar():
                return False
            connection.execute(text(f"VACUUM (FULL) {table}"))
        return True


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """A connection of the pool; whatever was not committed is taken back, and a line that broke is not used again."""
    try:
        connection = engine.connect()
    except InvalidRequestError:
        # The pool tried twice, and each line was closed as soon as it was there.
        raise StoreUnreachable(why="closed") from None
    driver = _driver(connection)
    try:
        yield connection
    finally:
        if driver.closed:
            connection.invalidate()
        connection.close()
