"""A real HTTP gateway for SMS on loopback: idempotent, it keeps what it receives and misbehaves when told to."""

import asyncio
import itertools
import logging
import socket
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.demo.background import BackgroundLoop
from cli.demo.received import Box, ReceivedSms

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """One misbehaviour: wait, then answer otherwise."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds of silence first."""
    keep: bool = False
    """Whether the SMS goes out although the caller hears something else."""


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self.listening.set()


class SmsGateway:
    """An HTTP server in a thread of its own: `with SmsGateway.start() as gateway: …`."""

    def __init__(self) -> None:
        """Prepare, without listening yet."""
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        self._loop = BackgroundLoop("sms-gateway")
        self._box: Box[ReceivedSms] = Box()
        self._answers: deque[Answer] = deque()
        self._known: dict[str, ReceivedSms] = {}
        self._numbers = itertools.count(1)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._tls = False
        self._asked: list[Mapping[str, Any]] = []
        self.port = 0

    @classmethod
    def start(cls, port: int = 0, *, tls: Callable[[Any, Any], ssl.SSLContext] | None = None) -> Self:
        """Listen on loopback; port 0 takes a free one. `tls` makes the server's context, as uvicorn wants it."""
        gateway = cls()
        try:
            gateway._loop.run(gateway._listen(port, tls))
        except OSError:
            gateway._loop.stop()
            raise
        return gateway

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
        """Return the carrier's URL for this gateway."""
        return f"staffetta-sms://{HOST}:{self.port}/messages?from=Staffetta&tls={'required' if self._tls else 'none'}"

    def received(self) -> tuple[ReceivedSms, ...]:
        """Return every SMS that went out so far, once each."""
        return self._box.all()

    def asked(self) -> tuple[Mapping[str, Any], ...]:
        """Return the body of every request so far, repeats included."""
        return tuple(self._asked)

    @property
    def requests(self) -> int:
        """Return how many requests came so far, repeats included."""
        return len(self._asked)

    def wait_for(self, predicate: Callable[[ReceivedSms], bool], seconds: float) -> ReceivedSms:
        """Return the first SMS that the predicate accepts; `TimeoutError` if none comes in time."""
        return self._box.wait_for(predicate, seconds)

    def misbehave(self, *answers: Answer) -> None:
        """Give these answers to the next requests, each once and in order."""
        self._answers.extend(answers)

    async def _listen(self, port: int, tls: Callable[[Any, Any], ssl.SSLContext] | None) -> None:
        # Bound here, because uvicorn would end the process where a port is in use.
        listener = socket.create_server((HOST, port))
        # A socket made this way gets no such option from asyncio, and each answer would be 40 ms late.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        self._tls = tls is not None
        app = Starlette(
            routes=[
                Route("/messages", self._take, methods=["POST"]),
                Route("/stock/{number}", self._take_stock, methods=["POST"]),
            ]
        )
        config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", ssl_context_factory=tls)
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.listening.wait()

    async def _close(self) -> None:
        if self._server is None or self._serving is None:
            return
        # uvicorn's own way out looks at its clock ten times a second; nobody here waits for a slow client.
        self._serving.cancel()
        with suppress(asyncio.CancelledError):
            await self._serving
        for server in self._server.servers:
            server.close()
        for connection in tuple(self._server.server_state.connections):
            connection.transport.close()

    async def _take(self, request: Request) -> Response:
        asked = await request.json()
        self._asked.append(asked)
        answer = self._answers.popleft() if self._answers else None
        if answer is None or answer.keep:
            kept = self._keep(request.headers.get("Idempotency-Key", ""), asked)
        if answer is None:
            return JSONResponse({"id": kept.provider_id, "status": "accepted"}, 201)
        await asyncio.sleep(answer.delay)
        return JSONResponse(answer.body, answer.status, dict(answer.headers))

    async def _take_stock(self, request: Request) -> Response:
        """Take what a service of Apprise's own sends: the recipient is in the path, and there is no key."""
        asked = await request.json()
        self._asked.append(asked)
        answer = self._answers.popleft() if self._answers else None
        if answer is not None:
            return JSONResponse(answer.body, answer.status, dict(answer.headers))
        number = request.path_params["number"]
        self._keep(f"stock-{len(self._asked)}", {"to": number, "from": "stock", "text": asked["message"]})
        return JSONResponse({})

    def _keep(self, key: str, asked: Mapping[str, str]) -> ReceivedSms:
        """Send it out once for each key, whatever is asked again."""
        if key in self._known:
            return self._known[key]
        sms = ReceivedSms(
            at=datetime.now(UTC),
            recipient=asked["to"],
            sender=asked["from"],
            body=asked["text"] if "text" in asked else asked["say"],
            idempotency_key=key,
            provider_id=f"sms-{next(self._numbers):06d}",
        )
        self._known[key] = sms
        self._box.put(sms)
        return sms
