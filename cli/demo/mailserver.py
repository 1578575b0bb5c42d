"""A real SMTP server on loopback that keeps what it receives, and misbehaves in named ways when told to."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

from cli.demo.background import BackgroundLoop
from cli.demo.mailroom import Conversation, Mailroom, Stage, Turn
from cli.demo.received import ReceivedMail

HOST = "127.0.0.1"


class MailServer:
    """An SMTP server in a thread of its own: `with MailServer.start() as server: …`."""

    def __init__(self, tls: ssl.SSLContext | None, *, starttls: bool) -> None:
        """Prepare, without listening yet."""
        # At DEBUG its log holds whole mails.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._tls, self._starttls = tls, starttls
        self._loop = BackgroundLoop("mail-server")
        self._room = Mailroom()
        self._server: asyncio.Server | None = None
        self.port = 0

    @classmethod
    def start(cls, port: int = 0, *, tls: ssl.SSLContext | None = None, starttls: bool = False) -> Self:
        """Listen on loopback; port 0 takes a free one. With `tls` from the first byte, or by STARTTLS.

        Raises:
            OSError: the port is in use.
        """
        server = cls(tls, starttls=starttls)
        try:
            server._loop.run(server._listen(port))
        except OSError:
            server._loop.stop()
            raise
        return server

    def stop(self) -> None:
        """Close every connection and stop listening."""
        self._loop.run(self._close())
        self._loop.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Return the carrier's URL for this server."""
        tls = "none" if self._tls is None else "starttls" if self._starttls else "required"
        return f"staffetta-mail://{HOST}:{self.port}/?from=staffetta@example.org&tls={tls}"

    @property
    def connections(self) -> int:
        """Return how many connections were opened so far."""
        return self._room.connections

    def reached(self) -> frozenset[Stage]:
        """Return the stages that any conversation has come to so far."""
        return frozenset(self._room.reached)

    def received(self) -> tuple[ReceivedMail, ...]:
        """Return every mail that was kept so far."""
        return self._room.box.all()

    def wait_for(self, predicate: Callable[[ReceivedMail], bool], seconds: float) -> ReceivedMail:
        """Return the first mail that the predicate accepts; `TimeoutError` if none comes in time."""
        return self._room.box.wait_for(predicate, seconds)

    def misbehave(self, *turns: Turn) -> None:
        """Take these turns, each once and in order, whenever a conversation reaches its stage."""
        self._room.turns.extend(turns)

    @property
    def turns_left(self) -> int:
        """Return how many of the turns it was told to take are still to come."""
        return len(self._room.turns)

    def hang_up(self) -> None:
        """Close every open connection, as a server does with idle ones."""
        self._loop.run(self._hang_up())

    async def _listen(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Conversation(self._room, loop, self._tls if self._starttls else None),
            HOST,
            port,
            ssl=None if self._starttls else self._tls,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        for conversation in tuple(self._room.open):
            conversation.hang_up()
        await asyncio.sleep(0)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._hang_up()
