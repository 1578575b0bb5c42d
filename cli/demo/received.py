"""What a service finds in its mailbox or on its telephone, and a box that can be waited at."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

LINK = re.compile(r"https?://\S+")
CODE = re.compile(r"\b(?:Codice:|cod\.|Code:|code) ([A-Z0-9]{6})\b")


@dataclass(frozen=True, slots=True)
class Received:
    """One message that arrived, as its reader sees it."""

    at: datetime
    """When it was taken, aware UTC."""
    recipient: str
    body: str
    sender: str

    @property
    def link(self) -> str | None:
        """Return the link that the reader would tap."""
        found = LINK.search(self.body)
        return found[0] if found else None

    @property
    def code(self) -> str | None:
        """Return the code that the page asks for."""
        found = CODE.search(self.body)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class ReceivedMail(Received):
    """One mail, decoded."""

    message_id: str = ""
    subject: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class ReceivedSms(Received):
    """One SMS."""

    idempotency_key: str = ""
    provider_id: str = ""


R = TypeVar("R", bound=Received)


class Box(Generic[R]):
    """Keeps what arrived, in order; safe between threads."""

    def __init__(self) -> None:
        """Begin empty."""
        self._messages: list[R] = []
        self._arrived = threading.Condition()

    def put(self, message: R) -> None:
        """Keep one more, and wake whoever waits for it."""
        with self._arrived:
            self._messages.append(message)
            self._arrived.notify_all()

    def all(self) -> tuple[R, ...]:
        """Return everything that arrived so far."""
        with self._arrived:
            return tuple(self._messages)

    def wait_for(self, predicate: Callable[[R], bool], seconds: float) -> R:
        """Return the first message that the predicate accepts, waiting for it if need be.

        Raises:
            TimeoutError: none came within `seconds` of wall time.
        """

        def first() -> R | None:
            return next((message for message in self._messages if predicate(message)), None)

        with self._arrived:
            found = self._arrived.wait_for(first, seconds)
        if found is None:
            raise TimeoutError
        return found
