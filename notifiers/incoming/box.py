"""The answering box over IMAP: what lies in it is read a piece at a time, and goes only when its reader says so."""

import imaplib
import re
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

from imap_tools import MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox

from notifiers.incoming.reading import LARGEST_MAIL
from procedures.errors import StaffettaError
from procedures.marking import N_

PATIENCE = 8.0
"""Seconds for each answer of the server."""
IDLE_AT_MOST = 240.0
SLICE = 0.5
"""Seconds between two looks whether it is over."""
PIECE = re.compile(rb"^\d+ \(")


class BoxUnusable(StaffettaError):
    """The answering box cannot be read. Alerts go out all the same, and are answered by their links."""

    template = "The answering box at {place} cannot be read: {why}. Correct [replies], or start that server."


@dataclass(frozen=True, slots=True)
class BoxAccount:
    """Where the box is, and how it is opened."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    in_clear: bool = False
    """Loopback only; the settings see to that."""

    @property
    def place(self) -> str:
        """Host and port, as a person writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class AnsweringBox:
    """An open box."""

    def __init__(self, mailbox: BaseMailBox) -> None:
        """Signed in already, with the inbox selected."""
        self._mailbox = mailbox

    @classmethod
    @contextmanager
    def opened(cls, account: BoxAccount) -> Iterator[Self]:
        """Sign in, and out at the end.

        Raises:
            BoxUnusable: it cannot be, or what is done with it within fails.
        """
        mailbox: BaseMailBox | None = None
        try:
            if account.in_clear:
                mailbox = MailBoxUnencrypted(account.host, account.port, timeout=PATIENCE)
            else:
                context = ssl.create_default_context()
                mailbox = MailBox(account.host, account.port, timeout=PATIENCE, ssl_context=context)
            mailbox.login(account.user, account.password)
            yield cls(mailbox)
        except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
            raise BoxUnusable(place=account.place, why=_why(error)) from None  # its text repeats what the server said
        finally:
            if mailbox is not None:
                with suppress(imaplib.IMAP4.error, ImapToolsError, OSError):
                    mailbox.logout()

    def waiting(self) -> Sequence[str]:
        """The mails that lie in it, the oldest first."""
        return self._mailbox.uids("ALL")

    def fetch(self, uid: str) -> bytes | None:
        """The first 256 KiB of one mail, which stays as unread as it was; None where it is gone."""
        kind, parts = self._mailbox.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST_MAIL}>)")
        if kind != "OK":
            raise imaplib.IMAP4.error
        return next((part[1] for part in parts if isinstance(part, tuple) and PIECE.match(part[0])), None)

    def remove(self, uid: str) -> None:
        """Delete one mail: what it said is saved."""
        self._mailbox.delete(uid)

    def put_aside(self, uid: str, folder: str) -> None:
        """Move one mail to where a person looks, into a folder that is made for it."""
        if not self._mailbox.folder.exists(folder):
            self._mailbox.folder.create(folder)
        self._mailbox.move(uid, folder)

    def lying_in(self, folder: str) -> int:
        """How many mails lie in a folder; none where there is no such folder."""
        if not self._mailbox.folder.exists(folder):
            return 0
        return int(self._mailbox.folder.status(folder, ["MESSAGES"])["MESSAGES"])

    @property
    def can_idle(self) -> bool:
        """Whether the server says by itself that there is something new (RFC 2177)."""
        return "IDLE" in self._mailbox.client.capabilities

    def wait(self, seconds: float, over: threading.Event) -> None:
        """Wait until the server says that something is new, or so long, or until it is `over`."""
        if not self.can_idle:
            over.wait(seconds)
            return
        until = time.monotonic() + min(seconds, IDLE_AT_MOST)
        with self._mailbox.idle as idle:
            while not over.is_set() and (left := until - time.monotonic()) > 0:
                if idle.poll(timeout=min(left, SLICE)):
                    return


def _why(error: Exception) -> str:
    """In words of ours."""
    if isinstance(error, ssl.SSLError):
        return N_("its certificate or its TLS is not good")
    if isinstance(error, TimeoutError):
        return N_("it does not answer")
    if isinstance(error, ImapToolsError) and type(error).__name__ == "MailboxLoginError":
        return N_("it takes neither the user nor the password")
    if isinstance(error, ConnectionRefusedError):
        return N_("nothing listens there")
    if isinstance(error, OSError):
        return N_("no way leads there")
    return N_("it answers otherwise than IMAP asks for")
