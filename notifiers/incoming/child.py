"""The child that reads mails: `python -I child.py ROOT WHAT`, without any secret of the house and with little room.

It is started once, for loading takes longer than reading. Each mail is read by a child of its own that it forks, with
256 MiB of address space and 5 seconds: whatever a mail does to its reader ends with it. In and out go lengths of four
bytes, each followed by so many bytes.
"""

import json
import os
import resource
import select
import signal
import struct
import sys
import time
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

SECONDS = 5
ADDRESS_SPACE = 256 * 1024 * 1024
LONGEST_VERDICT = 32 * 1024
NONE = b"{}"
"""Said of a mail whose reader ended without a word."""


def serve(root: str, what: str) -> None:
    """Read one mail after the other until nobody asks any more."""
    sys.path.insert(0, root)
    _limit()
    # Within the limits already.
    verdict_of = import_module(f"notifiers.incoming.{what}").verdict_of

    verdict_of(b"From: a@example.org\r\n\r\n1\r\n")  # what is loaded late is loaded before the first fork
    verdict_of(b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n<p>1</p>\r\n")
    while (head := _take(4)) is not None:
        (length,) = struct.unpack("!I", head)
        raw = _take(length)
        if raw is None:
            return
        said = _in_a_child(verdict_of, raw)
        _give(sys.stdout.fileno(), struct.pack("!I", len(said)) + said)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file


def _in_a_child(read: "Callable[[bytes], dict[str, object]]", raw: bytes) -> bytes:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _read_one(read, raw, writer)
    os.close(writer)
    said = _until(reader, time.monotonic() + SECONDS)
    os.close(reader)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return said


def _read_one(read: "Callable[[bytes], dict[str, object]]", raw: bytes, writer: int) -> "NoReturn":
    """In the child of one mail. It never comes back, and what goes wrong is told to nobody: it may hold the mail."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        said = json.dumps(read(raw)).encode("ascii")
        if len(said) <= LONGEST_VERDICT:
            _give(writer, said)
    finally:
        os._exit(0)


def _until(reader: int, end: float) -> bytes:
    said = b""
    while (left := end - time.monotonic()) > 0 and len(said) <= LONGEST_VERDICT:
        if not select.select([reader], [], [], left)[0]:
            break
        more = os.read(reader, 65536)
        if not more:
            return said or NONE
        said += more
    return NONE


def _take(length: int) -> bytes | None:
    """So many bytes; None where there are no more."""
    taken = b""
    while len(taken) < length:
        more = os.read(0, length - len(taken))
        if not more:
            return None
        taken += more
    return taken


def _give(where: int, what: bytes) -> None:
    while what:
        what = what[os.write(where, what) :]


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
