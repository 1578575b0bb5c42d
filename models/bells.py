"""Bells between processes: a datagram says *look now*; what there is to see is in the database."""

import asyncio
import hashlib
import os
import socket
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

BellName = Literal["dispatcher", "engine"]
NAMES: tuple[BellName, ...] = ("dispatcher", "engine")
LONGEST_PATH = 100
"""Unix sockets allow 107 bytes on Linux, 103 elsewhere."""


class Bell:
    """Somebody waiting for the bell."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    async def wait(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109  # a bell is waited for with a limit
        """Wait until it rings, at most `timeout` real seconds; whether it rang. Rings in between are not lost."""
        try:
            async with asyncio.timeout(timeout):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True

    def rung(self) -> None:
        """Somebody rang."""
        self._rung.set()


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, bell: Bell) -> None:
        self._bell = bell

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002  # the ring is all there is
        self._bell.rung()

    def error_received(self, exc: Exception) -> None:  # noqa: ARG002  # as good as a ring: look
        self._bell.rung()


class Bells:
    """The bells of one house; `folder` is its run folder."""

    rings_at_commit = False
    """Whether a commit rings them; else whoever commits rings them afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket: socket.socket | None = None
        self._making = threading.Lock()

    def path(self, name: BellName) -> str:
        """Where the bell hangs: in the run folder, or under a short name where that path is too long for a socket."""
        plain = str(self.folder.absolute() / f"{name}.sock")
        if len(os.fsencode(plain)) <= LONGEST_PATH:
            return plain
        short = hashlib.sha256(os.fsencode(plain)).hexdigest()[:16]
        return str(Path(tempfile.gettempdir()) / f"staffetta-{os.getuid()}-{short}.sock")

    def ring_at_commit(self, connection: Connection) -> None:
        """Have this transaction's commit ring every bell, where the database can do that."""

    def ring(self, name: BellName) -> None:
        """Ring: never blocks, never fails. A bell that nobody hears is no fault: the listener looks at start."""
        with self._making:  # the desk rings from many threads
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._socket.setblocking(False)  # noqa: FBT003  # the socket's own signature
        # A full buffer means that the listener was told already; a missing one will look when it starts.
        with suppress(OSError):
            self._socket.sendto(b"1", self.path(name))

    @asynccontextmanager
    async def listen(self, name: BellName) -> AsyncIterator[Bell]:
        """Hear the bell `name` while the context lasts. The last of several listeners is the one that hears it."""
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        bell = Bell()
        hung = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            hung.setblocking(False)  # noqa: FBT003  # the socket's own signature
            draft = path.with_name(f"{os.getpid()}{path.suffix}")
            draft.unlink(missing_ok=True)
            hung.bind(str(draft))
            draft.rename(path)
        except OSError:
            hung.close()
            raise
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Listener(bell), sock=hung)
        try:
            yield bell
        finally:
            transport.close()
            path.unlink(missing_ok=True)  # noqa: ASYNC240  # a local unlink, at the end

    def close(self) -> None:
        """Let go of the ringing hand."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
