"""A PostgreSQL server of the tests' own: made in a folder of its own, reached over a socket there, gone at the end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.database import Database, engine_for

WHERE_DEBIAN_KEEPS_IT = Path("/usr/lib/postgresql")
MISSING = (
    "everything on PostgreSQL is skipped: its server is not on this machine. "
    "Install it (Debian: apt-get install postgresql), or put initdb and postgres on PATH"
)
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",  # a test's server is killed, never its machine
    "full_page_writes": "off",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "log_min_messages": "fatal",
}
START_WITHIN = 20.0
KINDS = ("sqlite", "postgresql")


def binary(name: str) -> str | None:
    """Where this program of PostgreSQL is; None where there is none."""
    kept = sorted(WHERE_DEBIAN_KEEPS_IT.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(kept[-1]) if kept else shutil.which(name)


@dataclass
class Cluster:
    """One server, and as many databases as are asked for."""

    folder: Path
    _number: "count[int]" = field(default_factory=count)
    _server: "subprocess.Popen[bytes] | None" = None
    _furnished: str | None = None

    def address(self, database: str, user: str = "postgres") -> str:
        """The address of a database, as it stands in a house's settings."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """Somebody who looks in, each statement on its own."""
        return psycopg.connect(f"host={self.folder} user=postgres dbname={database}", autocommit=True)

    def make(self) -> None:
        """Make its files."""
        how = ("-U", "postgres", "-A", "trust", "-N", "--no-locale", "-EUTF8")
        command = [str(binary("initdb")), "-D", str(self.folder / "data"), *how]
        subprocess.run(command, check=True, capture_output=True, timeout=60, **as_whom())
        lines = [f"{name} = {value}" for name, value in SETTINGS.items()]
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n".join([*lines, f"unix_socket_directories = '{self.folder}'", ""]))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(binary("postgres")), "-D", str(self.folder / "data")]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, **as_whom())
        until = time.monotonic() + START_WITHIN
        while not self._answers():
            assert self._server.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
            assert time.monotonic() < until, "the server did not come up"
            time.sleep(0.02)  # between two looks

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT cuts every connection, SIGQUIT leaves at once, as a crash does."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(START_WITHIN)
            self._server = None

    def create(self, like: str | None = None) -> str:
        """The name of a new database: a copy of another, or with nothing in it."""
        name = f"staffetta_{next(self._number)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like or 'template1'}")
        return name

    def drop(self, name: str) -> None:
        """Away with it, whoever still looks at it."""
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def furnished(self) -> str:
        """The name of a new database with our tables in it: copied, which is quicker than migrating."""
        if self._furnished is None:
            self._furnished = self.create()
            database = Database(engine_for(self.address(self._furnished), "[database] url"))
            database.migrate()
            database.close()
        return self.create(like=self._furnished)


def as_whom() -> dict[str, Any]:
    """A machine's superuser may not run the server: then its own account does, or nobody's."""
    if os.getuid() != 0:
        return {}
    owner = _account()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": "/"}


def _account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("PostgreSQL does not run as root, and there is no account called postgres or nobody")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One server for the whole session, and for each of its workers."""
    if binary("initdb") is None or binary("postgres") is None:
        pytest.skip(MISSING)
    # Not below pytest's own folder: that is closed to the account that the server runs under.
    folder = Path(tempfile.mkdtemp(prefix="staffetta-pg-"))
    if os.getuid() == 0:
        os.chown(folder, _account().pw_uid, _account().pw_gid)
    made = Cluster(folder)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=[KINDS[0], pytest.param(KINDS[1], marks=pytest.mark.slow)])
def database_settings(request: pytest.FixtureRequest) -> Iterator[str]:
    """The part of `staffetta.toml` that says where the cases are: every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield ""
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = cluster.furnished()
    yield said(cluster.address(name))
    cluster.drop(name)


@pytest.fixture
def postgresql(cluster: Cluster) -> Iterator[str]:
    """The name of a database with our tables in it, for what only PostgreSQL does."""
    name = cluster.furnished()
    yield name
    cluster.drop(name)


def said(address: str) -> str:
    """How a house is told where its cases are."""
    return f'\n[database]\nurl = "{address}"\n'
