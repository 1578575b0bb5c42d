"""Two hundred boards that follow what happens, in a process of their own: each has a line open, and asks when it hears.

What comes in is the cookie of a browser; what goes out is `ready` once every line is open, and once the input ends a
line of JSON: for each time that something was heard, the clock at which each board had its lines again.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence

SEEN = re.compile(rb'hx-get="/board\?seen=([0-9a-f]+)')
HEAD_END = b"\r\n\r\n"


def following(port: int, cookie: str, many: int, work: Callable[[], object]) -> Sequence[Sequence[float]]:
    """Have so many boards follow while `work` goes on; for each, the monotonic clock of each time that it was anew.

    Raises RuntimeError where one could not.
    """
    with subprocess.Popen(  # noqa: S603  # this interpreter and a module of ours
        [sys.executable, "-m", "benchmarks.boards", str(port), str(many)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as boards:
        assert boards.stdin is not None
        assert boards.stdout is not None
        boards.stdin.write(f"{cookie}\n")
        boards.stdin.flush()
        boards.stdout.readline()
        try:
            work()
        finally:
            boards.stdin.close()
            said = boards.stdout.read()
    if boards.returncode != 0:
        raise RuntimeError(f"following the board ended with {boards.returncode}")
    heard: list[list[float]] = json.loads(said)
    return heard


async def _asked(port: int, cookie: str, path: str) -> bytes:
    """The answer to one question on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


async def _follow(port: int, cookie: str, opened: asyncio.Semaphore, anew: list[float]) -> None:
    """One board, until it is cancelled."""
    seen = b""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /board/news HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        try:
            await reader.readuntil(b"retry: ")
            opened.release()
            while line := await reader.readline():
                if line.startswith(b"event: changed"):
                    answer = await _asked(port, cookie, f"/board?seen={seen.decode()}")
                    found = SEEN.search(answer)
                    if found and found[1] != seen:
                        seen = found[1]
                        anew.append(asyncio.get_running_loop().time())
        finally:
            writer.close()


async def _boards(port: int, many: int) -> None:
    loop = asyncio.get_running_loop()
    cookie = (await loop.run_in_executor(None, sys.stdin.readline)).strip()
    opened, heard = asyncio.Semaphore(0), [list[float]() for _ in range(many)]
    boards = [asyncio.create_task(_follow(port, cookie, opened, anew)) for anew in heard]
    for _ in boards:
        await asyncio.wait_for(opened.acquire(), 30)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    broken = [one for one in boards if one.done()]
    for one in boards:
        one.cancel()
    await asyncio.gather(*boards, return_exceptions=True)
    assert not broken, "a line broke"
    sys.stdout.write(json.dumps(heard))


if __name__ == "__main__":
    asyncio.run(_boards(int(sys.argv[1]), int(sys.argv[2])))
