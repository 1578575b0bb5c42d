"""Build the bytes of one mail, and read them back before they leave: no header that we did not mean."""

import re
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from hashlib import sha256

from notifiers.accounts import MAIL_ADDRESS
from notifiers.message import Message
from notifiers.pgp import KeyNotUsable, PublicKeys
from procedures.errors import StaffettaError

MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,120}@[A-Za-z0-9.-]{1,120}>")
LONGEST_VALUE = 900
"""Characters: a line of a mail has 998 at most (RFC 5322, 2.1.1), and ours are never folded."""
BODY_HEADERS = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "quoted-printable",
}
SEALED_HEAD = b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n'
PARSER = BytesHeaderParser()


class UnsafeLetter(StaffettaError):
    """A value could have become another header (trust.md: a Bcc was made out of an encoded newline)."""

    template = "The mail was not built: its {header} is not fit for a header."


def letter(message: Message, *, sender: str, at: datetime, keys: PublicKeys | None = None) -> bytes:
    """Build the mail: plain text, CRLF, headers that automatic responders respect (RFC 3834).

    Args:
        message: what to say and to whom.
        sender: envelope sender and From, the same address.
        at: the aware time of its Date.
        keys: those of readers who alone may open what is written to them.

    Raises:
        KeyNotUsable: it is for somebody alone, and her key cannot be used.
        UnsafeLetter: a value is not fit for a header, or what was built reads back differently.
    """
    headers = {
        "Message-ID": message.message_id,
        "Date": format_datetime(at),
        "From": sender,
        "To": message.address,
        **({} if message.reply_to is None else {"Reply-To": message.reply_to}),
        "Subject": message.subject,
        **({} if message.by_hand else {"Auto-Submitted": "auto-generated"}),
    }
    _check(headers)
    # What does not end with its line would take the dot behind it for text: the server would wait for the end for ever.
    body = message.body if message.body.endswith("\n") else f"{message.body}\n"
    text = b2a_qp(body.encode(), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    more = BODY_HEADERS
    if message.pgp:
        more, text = _for_her_alone(text, message, keys)
    built = _head(headers | more) + text
    _read_back(built, headers | more)
    return built


def _head(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii") + b"\r\n"


def _for_her_alone(text: bytes, message: Message, keys: PublicKeys | None) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a mail that one key opens (RFC 3156, 4): of it all only the subject is seen."""
    if keys is None:
        raise KeyNotUsable(fingerprint=message.pgp, folder="pgp_keys=…")
    sealed = keys.sealed(_head(BODY_HEADERS) + text, message.pgp)
    line = f"staffetta-{sha256(message.delivery_id.encode()).hexdigest()[:24]}"
    kind = f'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="{line}"'
    parts = (b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n", SEALED_HEAD + b"\r\n" + sealed)
    body = b"".join(b"--" + line.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return {"MIME-Version": "1.0", "Content-Type": kind}, body + b"--" + line.encode() + b"--\r\n"


def _check(headers: dict[str, str]) -> None:
    for name, value in headers.items():
        if not value.isprintable() or not value.isascii() or "=?" in value or len(value) > LONGEST_VALUE:
            raise UnsafeLetter(header=name)
    forms = {"From": MAIL_ADDRESS, "To": MAIL_ADDRESS, "Reply-To": MAIL_ADDRESS, "Message-ID": MESSAGE_ID}
    for name, form in forms.items():
        if name in headers and not form.fullmatch(headers[name]):
            raise UnsafeLetter(header=name)


def _read_back(built: bytes, headers: dict[str, str]) -> None:
    read = PARSER.parsebytes(built)
    if list(read.items()) != list(headers.items()) or read.defects:
        raise UnsafeLetter(header="set of headers")
