"""Patience with who sends slowly has an end, and with an answer that takes long it has none."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from web import bounded
from web.bounded import LONGEST_HEAD, BoundedHttp

SHORT = 0.2
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def thoughtful(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads all that is sent, and takes its time."""
    body = await Request(scope, receive).body()
    await asyncio.sleep(SHORT * 3)  # longer than any request may take to arrive
    await PlainTextResponse(f"{len(body)}")(scope, receive, send)


def story(told: Callable[[Callable[[], Awaitable[Line]]], Awaitable[None]]) -> None:
    """A server of this process, told with whoever comes to it."""

    async def run() -> None:
        config = uvicorn.Config(thoughtful, lifespan="off", log_level="critical", http=BoundedHttp)
        config.load()
        loop, state = asyncio.get_running_loop(), ServerState()
        server = await loop.create_server(lambda: BoundedHttp(config, state, {}), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            await told(lambda: asyncio.open_connection("127.0.0.1", port))

    asyncio.run(run())


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "LONGEST_ARRIVAL", SHORT)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_end_is_answered_with_408(sent: bytes) -> None:
    async def told(connect: Callable[[], Awaitable[Line]]) -> None:
        reader, writer = await connect()
        writer.write(sent)
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()

    story(told)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_body_that_does_not_end_closes_the_line() -> None:
    async def told(connect: Callable[[], Awaitable[Line]]) -> None:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx")
        assert b"200" not in await reader.read()
        writer.close()

    story(told)


def test_what_has_arrived_may_take_as_long_as_it_takes_and_the_line_serves_again() -> None:
    async def told(connect: Callable[[], Awaitable[Line]]) -> None:
        reader, writer = await connect()
        for _time in range(2):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(1) == b"3"
        writer.write(b"GET / HTTP/1.1\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 408 "), "the second request is under way"
        writer.close()

    story(told)


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = b"400\r\n" + b"a" * 1024 + b"\r\n"
TRAILER = b"x: " + b"a" * 1019 + b"\r\n"
EXTENSION = b";" + b"x" * 1023
TWICE = 2 * LONGEST_HEAD // 1024


def answer_to(pieces: list[bytes]) -> bytes:
    """What comes back for a chunked request, sent piece by piece; nothing where the line was closed on it."""
    answers = [b""]

    async def told(connect: Callable[[], Awaitable[Line]]) -> None:
        reader, writer = await connect()
        with suppress(ConnectionError):
            for piece in (CHUNKED, *pieces):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.001)  # each is read by itself
            answers.append(await reader.read())
        writer.close()

    story(told)
    return answers[-1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "pieces",
    [[PIECE, b"0\r\n", *[TRAILER] * TWICE, b"\r\n"], [PIECE, b"1", *[EXTENSION] * TWICE, b"\r\na\r\n0\r\n\r\n"]],
    ids=["trailers", "one-extension"],
)
def test_what_follows_a_body_or_stands_between_its_chunks_has_an_end(
    pieces: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "LONGEST_ARRIVAL", 60.0)
    assert answer_to(pieces) == b""


def test_a_long_chunked_body_with_a_trailer_is_no_head_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "LONGEST_ARRIVAL", 60.0)
    answer = answer_to([*[PIECE] * TWICE, b"0\r\n", TRAILER, b"\r\n"])
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"%d" % (TWICE * 1024))
