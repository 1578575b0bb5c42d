"""The floor: one durable commit and one SMTP transaction on a kept connection, in one process and nothing else."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import aiosmtplib
import psycopg

from benchmarks.backends import Backend
from benchmarks.mails import Sink
from models.sqlite import BUSY_SECONDS
from models.sqlite_log import lengthen_log

BODY = "x" * 400
TABLE = "CREATE TABLE outbox (id TEXT PRIMARY KEY, message TEXT)"


class Floor:
    """Does both, and says how many milliseconds went by until the mail was taken."""

    def __init__(self, keep: Callable[[str, str], object], sink: Sink, name: str) -> None:
        self._keep, self._sink, self._name = keep, sink, name
        self._numbers = count(1)
        self._loop = asyncio.new_event_loop()
        self._client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False)
        self._loop.run_until_complete(self._client.connect())

    def once(self) -> float:
        """One round."""
        mail = EmailMessage()
        message_id = f"<floor-{self._name}-{next(self._numbers)}@example.org>"
        mail["From"], mail["To"], mail["Subject"] = "staffetta@example.org", "floor@example.org", "Staffetta"
        mail["Message-ID"] = message_id
        mail.set_content(BODY)
        started = time.monotonic()
        self._keep(message_id, mail.as_string())
        self._loop.run_until_complete(self._client.send_message(mail))
        return (self._sink.wait_for(message_id).at - started) * 1000

    def many(self, number: int) -> float:
        """That many one after the other; milliseconds until the last was taken."""
        started = time.monotonic()
        for _ in range(number):
            self.once()
        return (time.monotonic() - started) * 1000

    def close(self) -> None:
        """Say good-bye to the mail server."""
        self._client.close()
        self._loop.close()


@contextmanager
def floor(backend: Backend, folder: Path, sink: Sink) -> Iterator[Floor]:
    """The floor of that database."""
    with ExitStack() as held:
        keep = _sqlite(held, folder) if backend.cluster is None else _postgresql(held, backend)
        floor_ = Floor(keep, sink, backend.name)
        held.callback(floor_.close)
        yield floor_


def _sqlite(held: ExitStack, folder: Path) -> Callable[[str, str], object]:
    folder.mkdir(parents=True, exist_ok=True)
    database = held.enter_context(closing(sqlite3.connect(folder / "floor.sqlite", isolation_level=None)))
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(TABLE)
    lengthen_log(folder / "floor.sqlite", BUSY_SECONDS)  # as ours is: a file that grows is no part of the floor

    def keep(message_id: str, message: str) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO outbox VALUES (?, ?)", (message_id, message))
        database.execute("COMMIT")

    return keep


def _postgresql(held: ExitStack, backend: Backend) -> Callable[[str, str], object]:
    assert backend.cluster is not None
    name = backend.cluster.database()
    database = held.enter_context(psycopg.connect(backend.cluster.conninfo(name), autocommit=True))
    database.execute(TABLE)
    return lambda message_id, message: database.execute("INSERT INTO outbox VALUES (%s, %s)", (message_id, message))
