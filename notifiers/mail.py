"""Mail over a few kept SMTP connections: one transaction per message, and an outcome that says what is known.

Opening a connection and its TLS costs more than the transaction, so connections are kept and one TLS context
serves them all. A kept connection that the server has closed meanwhile is no failure of the message.
"""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import aiosmtplib
from aiosmtplib.response import SMTPResponse

from notifiers.accounts import MAIL_ADDRESS, Account, Tls
from notifiers.leaving import Leave, at_once
from notifiers.letters import UnsafeLetter, letter
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from notifiers.patience import Patience
from notifiers.pgp import KeyNotUsable

DONE, FORWARDED, READY_FOR_TEXT = 250, 251, 354
CONNECTIONS = 4
QUEUE_ID = re.compile(r"queued as ([A-Za-z0-9._-]{1,64})", re.IGNORECASE)
MOST_SIGNS = 40
"""Of life, asked of one line between two mails: after a hundred Postfix takes whoever asks for a fault."""
ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?= |$)")
LEADING_DOT = re.compile(rb"(?m)^\.")


class _Refused(Exception):
    """The server answered with a code that is not the one we need."""

    def __init__(self, response: SMTPResponse, *, of_us: bool = False) -> None:
        super().__init__(response.code)
        self.response = response
        self.of_us = of_us
        """The recipient was not named yet: it is we who are refused."""


@dataclass(slots=True)
class _Line:
    """One connection, with what has to be known of it."""

    smtp: aiosmtplib.SMTP
    used_at: float
    kept: bool = False
    signs: int = 0
    """How often it was asked for a sign of life since its last mail."""
    text_sent: bool = False
    """Whether the text of the present message has left: from then on silence means uncertainty."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """What goes out, to whom, and when it may."""

    address: str
    text: bytes
    leave: Leave


class MailCarrier:
    """Sends mail through one account. One carrier serves one event loop."""

    def __init__(self, account: Account, *, patience: Patience) -> None:
        """Open nothing yet: the first message does."""
        self._account = account
        self._patience = patience
        self._context = None if account.tls is Tls.NONE else ssl.create_default_context()
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[_Line] = []

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        """Make one attempt, on a second connection only if the first died before the text left.

        It takes `patience.whole` seconds at most, beside what `leave` takes: the server is told from whom and to whom
        meanwhile.

        Raises:
            MayNotLeave: nothing left.
        """
        if not MAIL_ADDRESS.fullmatch(message.address):
            return RejectedPermanent("address")
        try:
            text = self._written(message, at=datetime.now(UTC))
        except UnsafeLetter:
            return RejectedPermanent("malformed")
        except KeyNotUsable:
            return RejectedPermanent("pgp-key")
        ready_by = asyncio.get_running_loop().time() + self._patience.whole - self._patience.answering
        try:
            async with _within(self._patience.queueing, ready_by):
                await self._slots.acquire()
        except TimeoutError:
            return FailedTemporary("busy")
        try:
            letter_to = _Letter(message.address, text, leave)
            outcome = await self._attempt(letter_to, ready_by, fresh=False)
            if outcome is None:
                outcome = await self._attempt(letter_to, ready_by, fresh=True)
            return outcome or FailedTemporary("dropped")
        finally:
            self._slots.release()

    async def keep_ready(self) -> Outcome | None:
        """Have one connection open and alive, so that no alert waits for it; why there is none, or None.

        For whoever has nothing to send: call it every few seconds. It takes `patience.connecting` seconds at most.
        """
        loop = asyncio.get_running_loop()
        if self._slots.locked() or (self._idle and loop.time() - self._idle[-1].used_at < self._patience.idle):
            return None
        ready_by = loop.time() + self._patience.connecting
        async with self._slots:
            line = await self._kept_line(ready_by)
            if line is not None and line.signs > MOST_SIGNS:
                line.smtp.close()
                line = None
            try:
                line = line or await self._new_line(ready_by)
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
                return _not_connected(failure)
            line.kept, line.used_at = True, loop.time()
            self._idle.append(line)
        return None

    async def aclose(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            line = self._idle.pop()
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(self._patience.probing):
                    await line.smtp.quit()
            line.smtp.close()

    def _written(self, message: Message, *, at: datetime) -> bytes:
        account = self._account
        text, signer = letter(message, sender=account.sender, at=at, keys=account.pgp_keys), account.signer
        return text if signer is None else signer.sign(text, at=at)

    async def _attempt(self, letter_to: _Letter, ready_by: float, *, fresh: bool) -> Outcome | None:
        """Try once; None means that a kept connection turned out dead and nothing was lost.

        By `ready_by`, in the loop's own seconds, the server must have asked for the text.
        """
        try:
            line = (None if fresh else await self._kept_line(ready_by)) or await self._new_line(ready_by)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
            return _not_connected(failure)
        try:
            outcome = await self._transact(line, letter_to, ready_by)
        except BaseException:
            line.smtp.close()
            raise
        if line.smtp.is_connected and outcome is not None:
            line.kept, line.text_sent, line.signs = True, False, 0
            line.used_at = asyncio.get_running_loop().time()
            self._idle.append(line)
        else:
            line.smtp.close()
        if outcome is None:
            self._drop_idle()
        return outcome

    async def _transact(self, line: _Line, letter_to: _Letter, ready_by: float) -> Outcome | None:
        try:
            async with _within(self._patience.addressing, ready_by):
                await _address(line.smtp, self._account.sender, letter_to.address)
            await letter_to.leave()
            async with asyncio.timeout(self._patience.answering):
                return await _hand_over(line, letter_to.text)
        except _Refused as refused:
            if line.kept and refused.response.code == aiosmtplib.SMTPStatus.domain_unavailable and not line.text_sent:
                return None
            await self._reset(line, ready_by)
            return FailedTemporary(_code(refused.response)) if refused.of_us else _refusal(refused.response)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
            line.smtp.close()
            if line.text_sent:
                return Uncertain("timeout" if isinstance(failure, TimeoutError) else "dropped")
            if line.kept:
                return None
            return FailedTemporary("timeout" if isinstance(failure, TimeoutError) else "dropped")

    async def _reset(self, line: _Line, ready_by: float) -> None:
        """After a refusal the server still holds half a transaction."""
        try:
            async with _within(self._patience.probing, ready_by + self._patience.answering):
                await line.smtp.rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            line.smtp.close()

    async def _kept_line(self, ready_by: float) -> _Line | None:
        """Take the connection used last, if it still answers; where it does not, older ones will not either."""
        while self._idle:
            line = self._idle.pop()
            if line.smtp.is_connected:
                if await self._answers(line, ready_by):
                    return line
                self._drop_idle()
            line.smtp.close()
        return None

    def _drop_idle(self) -> None:
        while self._idle:
            self._idle.pop().smtp.close()

    async def _answers(self, line: _Line, ready_by: float) -> bool:
        if asyncio.get_running_loop().time() - line.used_at < self._patience.idle:
            return True
        line.signs += 1
        try:
            async with _within(self._patience.probing, ready_by):
                await line.smtp.noop()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return False
        return True

    async def _new_line(self, ready_by: float) -> _Line:
        account = self._account
        smtp = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            username=account.user,
            password=account.password,
            # The sender's domain: the machine's own name is nobody's business.
            local_hostname=account.sender.rpartition("@")[2],
            # Never None: the library would then go on in clear when STARTTLS is not offered.
            use_tls=account.tls is Tls.REQUIRED,
            start_tls=account.tls is Tls.STARTTLS,
            tls_context=self._context,
            timeout=None,
        )
        try:
            async with _within(self._patience.connecting, ready_by):
                await smtp.connect()
                await smtp.ehlo()
        except BaseException:
            smtp.close()
            raise
        return _Line(smtp, used_at=asyncio.get_running_loop().time())


def _within(seconds: float, ready_by: float) -> asyncio.Timeout:
    """Give up after so many seconds, and at that moment of the loop's clock at the latest."""
    return asyncio.timeout_at(min(asyncio.get_running_loop().time() + seconds, ready_by))


async def _address(smtp: aiosmtplib.SMTP, sender: str, recipient: str) -> None:
    """Say from whom and to whom, and ask to hand over the text."""
    for command, wanted in (
        ((b"MAIL", f"FROM:<{sender}>".encode("ascii")), {DONE}),
        ((b"RCPT", f"TO:<{recipient}>".encode("ascii")), {DONE, FORWARDED}),
        ((b"DATA",), {READY_FOR_TEXT}),
    ):
        response = await smtp.execute_command(*command)
        if response.code not in wanted:
            raise _Refused(response, of_us=command[0] == b"MAIL")


async def _hand_over(line: _Line, text: bytes) -> Outcome:
    protocol = line.smtp.protocol
    if protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("lost")
    line.text_sent = True
    protocol.write(LEADING_DOT.sub(b"..", text) + b".\r\n")
    response = await protocol.read_response()
    if response.code != DONE:
        raise _Refused(response)
    queued = QUEUE_ID.search(response.message)
    return Accepted(queued[1] if queued else None)


def _code(response: SMTPResponse) -> str:
    enhanced = ENHANCED_CODE.match(response.message)
    return f"{response.code} {enhanced[0]}" if enhanced else str(response.code)


def _refusal(response: SMTPResponse) -> Outcome:
    if response.code // 100 == 5:  # noqa: PLR2004 - RFC 5321, 4.2.1: 5yz is a permanent negative reply
        return RejectedPermanent(_code(response))
    return FailedTemporary(_code(response))


def _not_connected(failure: Exception) -> Outcome:
    """Say why no connection came about: nothing has left, so nothing is uncertain.

    A server that refuses us at its door says nothing of the recipient, so nothing is permanent: a password that
    somebody changed must not use up every service of a chain within seconds.
    """
    if isinstance(failure, aiosmtplib.SMTPAuthenticationError):
        return FailedTemporary("sign-in")
    if isinstance(failure, aiosmtplib.SMTPResponseException):
        return FailedTemporary(_code(SMTPResponse(failure.code, failure.message)))
    if isinstance(failure, TimeoutError):
        return FailedTemporary("timeout")
    if isinstance(failure, ssl.SSLError) or isinstance(failure.__cause__, ssl.SSLError):
        return FailedTemporary("tls")
    if isinstance(failure, OSError):
        return FailedTemporary("connect")
    # What is left is a server that does not offer what we ask of it: STARTTLS, or a way to sign in.
    return FailedTemporary("tls")
