"""The mail server of a run, as the benches see it: which mails were taken, and when."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

WAIT = 10.0


class NoMail(Exception):
    """A mail that had to come did not come in time."""


@dataclass(frozen=True)
class Mail:
    """One mail that was taken."""

    at: float
    """Seconds of the machine's monotonic clock, as `time.monotonic()` gives them in every process."""
    wall: float
    """Unix seconds."""
    recipient: str
    message_id: str


class Sink:
    """A mail server in a process of its own, read by a thread of ours."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self._lines = process.stdout
        self.port = int(self._lines.readline())
        self._mails: list[Mail] = []
        self._by_id: dict[str, Mail] = {}
        self._came = threading.Condition()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        with self._lines:
            for line in self._lines:
                monotonic, wall, recipient, message_id = line.split()
                mail = Mail(int(monotonic) / 1e9, int(wall) / 1e9, recipient, message_id)
                with self._came:
                    self._mails.append(mail)
                    self._by_id.setdefault(message_id, mail)
                    self._came.notify_all()

    def wait_closed(self) -> None:
        """Until the server has said its last word."""
        self._reading.join(WAIT)

    @property
    def url(self) -> str:
        """The carrier's URL for this server."""
        return f"staffetta-mail://127.0.0.1:{self.port}/?from=staffetta@example.org&tls=none"

    @property
    def count(self) -> int:
        """How many mails were taken so far."""
        return len(self._mails)

    def since(self, first: int) -> Sequence[Mail]:
        """Every mail after the first `first` ones."""
        return self._mails[first:]

    def wait_for(self, message_id: str, seconds: float = WAIT) -> Mail:
        """The mail with this Message-ID. Raises NoMail."""
        with self._came:
            if not self._came.wait_for(lambda: message_id in self._by_id, seconds):
                raise NoMail(message_id)
        return self._by_id[message_id]

    def wait_until(self, count: int, seconds: float = WAIT) -> Sequence[Mail]:
        """All mails, once there are `count`. Raises NoMail."""
        with self._came:
            if not self._came.wait_for(lambda: len(self._mails) >= count, seconds):
                raise NoMail(f"{len(self._mails)} of {count}")
        return self._mails[:count]

    def wait_beyond(self, count: int, seconds: float) -> None:
        """Wait until there are more than `count`, at most `seconds`."""
        with self._came:
            self._came.wait_for(lambda: len(self._mails) > count, seconds)

    def wait_quiet(self, quiet: float = 0.3, seconds: float = 30.0) -> None:
        """Wait until no mail came for `quiet` seconds, at most `seconds`."""
        until = time.monotonic() + seconds
        seen = -1
        while seen != self.count and time.monotonic() < until:
            seen = self.count
            time.sleep(quiet)  # late mails of the round before count for no other


@contextmanager
def child(*module: str, **options: object) -> Iterator["subprocess.Popen[str]"]:
    """A program of ours, ended on leaving."""
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload]  # noqa: S603 - our own module
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def mail_server() -> Iterator[Sink]:
    """A mail server for one run."""
    with child("benchmarks.sink") as process:
        sink = Sink(process)
        yield sink
    sink.wait_closed()
