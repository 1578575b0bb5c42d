"""A PostgreSQL cluster for one run: in a temporary folder, on a Unix socket, with its durability as it comes."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

PLACES = ("/usr/local/bin", "/usr/bin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True))
START_SECONDS = 30


class NoPostgres(Exception):
    """PostgreSQL is not installed here, or did not start."""


class Cluster:
    """A server that runs, and databases in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def database(self) -> str:
        """A new, empty database; its name."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def conninfo(self, name: str) -> str:
        """How psycopg connects to it."""
        return f"host={self._folder} user=postgres dbname={name}"

    def url(self, name: str) -> str:
        """How SQLAlchemy connects to it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster that ends with this context.

    Raises:
        NoPostgres: there is none to start.
    """
    programs = next((Path(place) for place in PLACES if (Path(place) / "initdb").exists()), None)
    if programs is None:
        raise NoPostgres
    folder = Path(tempfile.mkdtemp(prefix="staffetta-bench-pg-"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        _run(programs / "initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=200"
        wait = ("-w", "-t", str(START_SECONDS))
        _run(programs / "pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), *wait, "start")
        try:
            yield Cluster(folder)
        finally:
            _run(programs / "pg_ctl", "-D", str(data), "-m", "fast", *wait, "stop")
    except (subprocess.CalledProcessError, KeyError) as error:
        raise NoPostgres from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, *arguments: str) -> None:
    # PostgreSQL refuses to run as root.
    as_owner: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []}
    options = as_owner if os.geteuid() == 0 else {}
    subprocess.run(  # noqa: S603 - programs of PostgreSQL, with arguments of ours
        [str(program), *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=2 * START_SECONDS,
        cwd="/",
        **options,
    )
