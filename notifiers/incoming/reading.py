"""Have a mail read by the child, and take from it a small verdict whose every value is looked at again."""

import json
import struct
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from select import select
from threading import Lock
from types import TracebackType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from notifiers.incoming.mails import ADDRESS

LARGEST_MAIL = 256 * 1024
"""Bytes; of a larger mail the rest is not read. An answer stands at its top."""
SECONDS = 7.0
"""A little longer than the child gives each mail."""
STARTING_SECONDS = 20.0
LONGEST_VERDICT = 64 * 1024
CHILD = Path(__file__).with_name("child.py")
ROOT = Path(__file__).resolve().parents[2]


class MailKind(StrEnum):
    """What a mail is."""

    ANSWER = "answer"
    UNCLEAR = "unclear"
    """Somebody wrote it, and only a person can make sense of it."""
    AUTOMATIC = "automatic"
    """A machine wrote it, or it does not say from whom it is."""
    BOUNCE = "bounce"
    UNREADABLE = "unreadable"
    """Its reader gave up, or needed too much time or room."""


MailAddress = Annotated[str, StringConstraints(pattern=f"^(|{ADDRESS.pattern})$", max_length=255)]
MessageId = Annotated[str, StringConstraints(pattern=r"^<[\x21-\x7e]{3,250}>$")]


class Report(BaseModel):
    """A mail server's word on one recipient of one mail of ours (RFC 3464)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    message_id: MessageId
    recipient: MailAddress
    final: MailAddress
    """To whom it went in the end, where that was passed on."""
    action: Annotated[str, StringConstraints(pattern="^[a-z]{0,20}$")]
    status: Annotated[str, StringConstraints(pattern=r"^(|[245]\.\d{1,3}\.\d{1,3})$")]


class Verdict(BaseModel):
    """What is believed of a mail before anybody asked whether it is true: no text of it, and no name."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    kind: MailKind
    sender: MailAddress = Field(default="", repr=False)
    answer: Annotated[str, StringConstraints(pattern="^(|accept|decline)$")] = ""
    ids: tuple[MessageId, ...] = Field(default=(), max_length=12)
    """What it says it answers."""
    tokens: tuple[Annotated[str, StringConstraints(pattern="^[a-z2-7]{26}$")], ...] = Field(
        default=(), max_length=4, repr=False
    )
    """Of the address that it was sent to."""
    references: tuple[Annotated[str, StringConstraints(pattern="^[0-9A-Z]{5}-[0-9A-Z]{5}$")], ...] = Field(
        default=(), max_length=2
    )
    codes: tuple[Annotated[str, StringConstraints(pattern="^[2-9A-Z]{6}$")], ...] = Field(
        default=(), max_length=2, repr=False
    )
    reports: tuple[Report, ...] = Field(default=(), max_length=8)


class MailReader:
    """The child that reads, started when it is needed and again when it died. For one mail at a time."""

    what = "mails"
    """What it knows how to read: the module beside this one that the child loads."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def read(self, raw: bytes) -> Verdict | None:
        """What this mail is; None where it cannot be read within the child's time and room. Never raises for a mail."""
        said = self.ask(raw[:LARGEST_MAIL])
        try:
            return Verdict.model_validate(json.loads(said))
        except (ValidationError, ValueError, RecursionError):
            return None

    def ask(self, raw: bytes) -> bytes:
        """The child's word on these bytes, as JSON; empty where it has none. Never raises for what they are."""
        with self._lock:
            return self._ask(raw)

    def _ask(self, raw: bytes) -> bytes:
        try:
            child, patience = self._child, SECONDS
            if child is None or child.poll() is not None:
                child, patience = self._started(), STARTING_SECONDS
            assert child.stdin is not None
            child.stdin.write(struct.pack("!I", len(raw)) + raw)
            child.stdin.flush()
            (length,) = struct.unpack("!I", self._take(child, 4, patience))
            return self._take(child, min(length, LONGEST_VERDICT), SECONDS)
        except (OSError, EOFError):
            self.close()
            return b""

    def _started(self) -> subprocess.Popen[bytes]:
        self.close()
        # Nothing of the house goes with it: neither its environment nor its open files.
        self._child = subprocess.Popen(  # noqa: S603 - the command is ours
            [sys.executable, "-I", str(CHILD), str(ROOT), self.what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
        return self._child

    @staticmethod
    def _take(child: subprocess.Popen[bytes], length: int, patience: float) -> bytes:
        assert child.stdout is not None
        taken = b""
        while len(taken) < length:
            if not select([child.stdout], [], [], patience)[0]:
                raise EOFError
            more = child.stdout.read1(length - len(taken))  # type: ignore[attr-defined]  # it is a buffered reader
            if not more:
                raise EOFError
            taken += more
        return taken
