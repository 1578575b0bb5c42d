"""Bells over PostgreSQL: the commit itself rings, on every machine. What a cut line missed is rung at its return."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, bindparam, func, select

from models.bells import NAMES, Bell, BellName, Bells
from models.postgresql import CONNECTING
from models.prepared import Prepared

FIRST_DELAY = 0.1
LONGEST_DELAY = 2.0
LISTENING_WITHIN = 5.0
RINGING = Prepared(select(func.pg_notify(bindparam("channel"), "").label("rung")))


class PostgresqlBells(Bells):
    """The bells of one database, whichever machine they hang on."""

    rings_at_commit = True

    def __init__(self, folder: Path, engine: Engine) -> None:
        super().__init__(folder)
        self._engine = engine

    def ring_at_commit(self, connection: Connection) -> None:
        """Ring every bell at the moment this transaction is committed, and not if it is not."""
        for name in NAMES:
            RINGING.send(connection, channel=_channel(name))

    def ring(self, name: BellName) -> None:
        """Ring now. A database that is away hears nothing; whoever listens looks when it is back."""
        with suppress(psycopg.Error), psycopg.connect(**self._how(), autocommit=True) as connection:
            connection.execute("SELECT pg_notify(%s, '')", (_channel(name),))

    @asynccontextmanager
    async def listen(self, name: BellName) -> AsyncIterator[Bell]:
        """Hear the bell `name` while the context lasts, beside everybody else who does."""
        bell = Bell()
        listening = asyncio.Event()
        hearing = asyncio.create_task(self._hear(_channel(name), bell, listening))
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LISTENING_WITHIN):
                    await listening.wait()
            yield bell
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing

    async def _hear(self, channel: str, bell: Bell, listening: asyncio.Event) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**self._how(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {channel}".encode())
                    delay = FIRST_DELAY
                    listening.set()
                    bell.rung()  # whatever was rung while nobody listened
                    async for _ in connection.notifies():
                        bell.rung()
            except psycopg.Error:
                await asyncio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY)

    def _how(self) -> dict[str, Any]:
        _, options = self._engine.dialect.create_connect_args(self._engine.url)
        return {**CONNECTING, **options}


def _channel(name: BellName) -> str:
    return f"staffetta_{name}"
