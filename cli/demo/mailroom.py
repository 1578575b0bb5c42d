"""One SMTP conversation of the demo, and the room behind it where mails are kept and turns wait to be taken."""

import asyncio
import email
import email.policy
import itertools
import ssl
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from cli.demo.received import Box, ReceivedMail


class Stage(StrEnum):
    """Where in a conversation a turn for the worse happens."""

    EHLO = "ehlo"
    AUTH = "auth"
    """Offered after STARTTLS only; any user and password will do."""
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    """Before the text is asked for."""
    TEXT = "text"
    """After the text has come."""
    NOOP = "noop"
    """When asked for a sign of life."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One misbehaviour: wait, then answer otherwise or hang up."""

    stage: Stage
    reply: str | None = None
    """Instead of the usual answer."""
    delay: float = 0.0
    """Seconds of silence first."""
    hang_up: bool = False
    keep: bool = False
    """At `TEXT`: the mail is kept although the sender hears something else."""


class Mailroom:
    """What all conversations of one server share."""

    def __init__(self) -> None:
        """Begin empty and well-behaved."""
        self.box: Box[ReceivedMail] = Box()
        self.turns: deque[Turn] = deque()
        self.open: set[Conversation] = set()
        self.connections = 0
        self.reached: set[Stage] = set()
        self.commands: set[str] = set()
        self._queue_ids = itertools.count(1)

    def turn(self, stage: Stage) -> Turn | None:
        """Take the next turn if it belongs to this stage."""
        self.reached.add(stage)
        return self.turns.popleft() if self.turns and self.turns[0].stage is stage else None

    def keep(self, envelope: Envelope) -> str:
        """Keep a mail and return the answer for it."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        body = mail.get_body(("plain",))
        self.box.put(
            ReceivedMail(
                at=datetime.now(UTC),
                recipient=", ".join(envelope.rcpt_tos),
                sender=envelope.mail_from or "",
                body=body.get_content().replace("\r\n", "\n") if body else "",
                message_id=str(mail["Message-ID"]),
                subject=str(mail["Subject"]),
                headers={name: str(value) for name, value in mail.items()},
                raw=raw,
            )
        )
        return f"250 2.0.0 Ok: queued as DEMO{next(self._queue_ids):06d}"


class Conversation(SMTP):
    """One connection."""

    def __init__(self, room: Mailroom, loop: asyncio.AbstractEventLoop, tls: ssl.SSLContext | None) -> None:
        """Wait for a client."""
        super().__init__(
            self,
            hostname="mail.example.org",
            ident="ready",
            loop=loop,
            tls_context=tls,
            authenticator=lambda *_: AuthResult(success=True),
        )
        self._room = room

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count a client; the same one again after STARTTLS is no other."""
        if self.transport is None:
            self._room.connections += 1
            self._room.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the client."""
        self._room.open.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Close without a word."""
        if self.transport is not None:
            self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - the library's names, here and below
        """Greet."""
        if not await self._turned(Stage.EHLO):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        """Hear who it is."""
        if not await self._turned(Stage.AUTH):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Hear from whom."""
        if not await self._turned(Stage.MAIL):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Hear to whom."""
        if not await self._turned(Stage.RCPT):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Ask for the text."""
        if not await self._turned(Stage.DATA):
            await super().smtp_DATA(arg)

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: N802
        """Show a sign of life."""
        if not await self._turned(Stage.NOOP):
            await super().smtp_NOOP(arg)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep the mail, unless a turn says otherwise."""
        turn = self._room.turn(Stage.TEXT)
        if turn is None:
            return self._room.keep(envelope)
        usual = self._room.keep(envelope) if turn.keep else "451 4.3.0 Not now"
        await asyncio.sleep(turn.delay)
        if turn.hang_up:
            self.hang_up()
        return turn.reply or usual

    async def _turned(self, stage: Stage) -> bool:
        turn = self._room.turn(stage)
        if turn is not None:
            await asyncio.sleep(turn.delay)
        if turn is None or (turn.reply is None and not turn.hang_up):
            return False
        if turn.hang_up:
            self.hang_up()
        else:
            await self.push(turn.reply or "")
        return True
