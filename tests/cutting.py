"""A line to PostgreSQL that breaks exactly at a commit: before it arrives, or when it was done and nobody was told."""

import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

COMMIT = b"COMMIT"
CHUNK = 1 << 16


class CuttingLine:
    """Listens on loopback and passes everything on to the server's socket, but for some commits, drawn from a seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._server = str(folder / ".s.PGSQL.5432")
        self._draw = random.Random(seed)  # noqa: S311  # which lines are cut, not a secret
        self.chance = 0.0
        """How likely a commit is cut, from now on."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.commits: Counter[str] = Counter()
        """How many passed, and how many were cut before and after they were done."""

    def run(self) -> None:
        """Take every call until it is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                line = _Line(client, server)
                threading.Thread(target=self._to_server, args=(line,), daemon=True).start()
                threading.Thread(target=line.to_client, daemon=True).start()

    def close(self) -> None:
        """Take no call any more."""
        self._listening.close()

    def _to_server(self, line: "_Line") -> None:
        with suppress(OSError):
            while data := line.client.recv(CHUNK):
                what = self._what_becomes_of(data)
                if what == "before":
                    break
                if what == "after":
                    line.silent = True  # the answer comes, and goes nowhere
                line.server.sendall(data)
        if not line.silent:
            line.close()

    def _what_becomes_of(self, data: bytes) -> str:
        if COMMIT not in data:
            return "passed"
        what = "passed"
        if self._draw.random() < self.chance:
            what = self._draw.choice(("before", "after"))
        self.commits[what] += 1
        return what


class _Line:
    """One call."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.silent = False

    def to_client(self) -> None:
        with suppress(OSError):
            while data := self.server.recv(CHUNK):
                if not self.silent:
                    self.client.sendall(data)
                elif COMMIT in data:
                    break
        self.close()

    def close(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def cutting_line(folder: Path, seed: int) -> Iterator[CuttingLine]:
    """Such a line, while the context lasts."""
    line = CuttingLine(folder, seed)
    thread = threading.Thread(target=line.run, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.close()
