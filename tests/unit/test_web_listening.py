"""An answer of the desk leaves at once: a socket that does not say it is TCP holds small ones back for 40 ms."""

import asyncio
import socket

import pytest

from web.listening import PortInUse, listen


async def test_every_connection_sends_without_delay() -> None:
    found = asyncio.get_running_loop().create_future()

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ours: socket.socket = writer.get_extra_info("socket")
        found.set_result(ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with listen("127.0.0.1", 0) as listening:
        server = await asyncio.start_server(connected, sock=listening)
        async with server:
            _, writer = await asyncio.open_connection(*listening.getsockname())
            assert await found
            writer.close()
            await writer.wait_closed()


def test_a_port_that_is_taken_is_told_in_our_words() -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(PortInUse):
            listen(*taken.getsockname())
