"""An application on loopback, in the loop of the test itself: no thread, and nothing to wait for at its end."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.applications import Starlette


class _Server(uvicorn.Server):
    def __init__(self, app: Starlette) -> None:
        super().__init__(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[int]:
    """The port at which it answers."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(app)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.listening.wait()
        yield listener.getsockname()[1]
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        for one in server.servers:
            one.close()
        for connection in tuple(server.server_state.connections):
            connection.transport.close()
