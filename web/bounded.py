"""Requests are read in C (2 ms less before an alert than in Python), and none may begin without end.

httptools itself has no limit on what stands before a request's body: whoever sends headers for ever would fill the
memory, and so would who sends trailers for ever after a body in chunks. Here the connection is closed after
`LONGEST_HEAD` bytes of either, with 431 where it is a head, as h11 does it. Nor has it a limit on time:
what has not arrived whole after `LONGEST_ARRIVAL` seconds is closed with 408, so that nobody holds lines by sending a
byte now and then.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 16 * 1024
"""Bytes of request line and headers; a chunk that arrives whole may bring a little more (asyncio reads 256 KiB)."""
LONGEST_ARRIVAL = 10.0
"""Seconds for a whole request, head and body (trust.md, limits)."""
TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\n"
    b"connection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n"
)
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n\r\n"
)


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's reading of HTTP, with an end to patience."""

    _head = 0
    """Bytes of a head that has not ended yet; in a body, those since its last piece: lengths of chunks, trailers."""
    _in_head = True
    _moved = False
    """Whether a head or a body ended in what came last, or a piece of a body came."""
    _patience: asyncio.TimerHandle | None = None
    """When what is on its way is too late."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Somebody is there, and has to say something."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        """The head has an end; what follows is the body, whose length is the guard's matter."""
        self._in_head, self._moved = False, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body: what stands before the next one is counted anew."""
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """What comes next is a head again."""
        self._in_head, self._moved = True, True
        self._wait_no_more()
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Read on, unless this head has no end, or what stands beside a body."""
        self._moved = False
        if self._patience is None:
            self._wait()
        super().data_received(data)
        self._head = 0 if self._moved else self._head + len(data)
        if self._head > LONGEST_HEAD and isinstance(self.transport, asyncio.Transport):
            self._close(REFUSAL)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(LONGEST_ARRIVAL, self._too_slow)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self._close(TOO_SLOW)

    def _close(self, answer: bytes) -> None:
        """Say why only where no answer of the application may be on its way."""
        if self._in_head:
            self.transport.write(answer)
        self.transport.close()
