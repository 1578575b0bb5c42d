"""A signature on each mail of ours (DKIM, RFC 6376), so that its reader's server can tell it from a forged one.

Relaxed on both sides, RSA with SHA-256 (RFC 8301), made with the library that every other key of ours is used with
([why](../docs/decisions/0072-mail-that-proves-itself.md)).
"""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from notifiers.errors import DkimKeyReadableByOthers, DkimKeyUnusable
from procedures.marking import N_
from procedures.reasons import reason_of

SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?){0,3}", re.IGNORECASE)
OTHERS = 0o077
BITS = (2048, 4096)
"""Fewer are broken within reach (RFC 8301, 3.2); with more the record no longer fits into an answer of the DNS."""
SIGNED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Reply-To",
    "Cc",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)
"""Each is named once more than it stands in the mail: a second one that is added on the way breaks the signature."""
BLANKS = re.compile(rb"[ \t]+")
FOLD = re.compile(rb"\r\n(?=[ \t])")
IN_ONE_STRING = 255
"""Characters: a longer text of the DNS is written in pieces (RFC 1035, 3.3.14)."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One key, and the name under which the world finds its other half."""

    domain: str
    selector: str
    key: rsa.RSAPrivateKey = field(repr=False)

    @property
    def name(self) -> str:
        """Where the record stands in the DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What stands there: the public key (RFC 6376, 3.6.1)."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"

    def zone_line(self) -> str:
        """The same as a line of a zone file."""
        pieces = (self.record[at : at + IN_ONE_STRING] for at in range(0, len(self.record), IN_ONE_STRING))
        return f"{self.name}. TXT " + " ".join(f'"{piece}"' for piece in pieces)

    def sign(self, letter: bytes, *, at: datetime) -> bytes:
        """The mail with its signature above it.

        Args:
            letter: what goes out: lines end with CRLF, each header stands once.
            at: the aware time of the signature.
        """
        head, _, body = letter.partition(b"\r\n\r\n")
        lines = _headers(head)
        names = [name for name in map(str.lower, SIGNED) for _ in range(2 if name in lines else 1)]
        tags = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t={int(at.timestamp())}; "
            f"h={':'.join(names)}; bh={b64encode(sha256(_relaxed_body(body)).digest()).decode()}; b="
        )
        said = [f"{name}:".encode() + lines[name] + b"\r\n" for name in map(str.lower, SIGNED) if name in lines]
        signed = b"".join(said) + b"dkim-signature:" + _relaxed(tags.encode())
        made = b64encode(self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode()
        # Folded between the tags: with a long key one line would be longer than a line of a mail may be.
        return f"DKIM-Signature: {tags}{made}\r\n".replace("; ", ";\r\n ").encode() + letter


def read_signer(carrier: str, sender: str, selector: str, file: Path) -> Signer:
    """The signer of what this sender writes; `carrier` is its name in the settings.

    Raises:
        DkimKeyReadableByOthers: whoever can read the key can write in our name.
        DkimKeyUnusable: it cannot be read, or is no RSA key of a length that is believed.
    """
    try:
        if file.stat().st_mode & OTHERS:
            raise DkimKeyReadableByOthers(carrier=carrier, path=file)
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise DkimKeyUnusable(carrier=carrier, path=file, why=reason_of(error)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # a TypeError says that a password is missing
        raise DkimKeyUnusable(carrier=carrier, path=file, why=N_("it holds no private key in PEM")) from None
    if not isinstance(key, rsa.RSAPrivateKey) or not BITS[0] <= key.key_size <= BITS[1]:
        raise DkimKeyUnusable(carrier=carrier, path=file, why=N_("it must be an RSA key of 2048 to 4096 bits"))
    return Signer(sender.rpartition("@")[2].lower(), selector, key)


def _headers(head: bytes) -> dict[str, bytes]:
    """What each header says, in the relaxed form (RFC 6376, 3.4.2), by its small name."""
    pairs = (line.partition(b":") for line in FOLD.sub(b" ", head).split(b"\r\n"))
    return {name.strip().lower().decode("ascii"): _relaxed(value) for name, _, value in pairs}


def _relaxed(value: bytes) -> bytes:
    return BLANKS.sub(b" ", value).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """One blank for several, none at the end of a line, no empty lines at the end (RFC 6376, 3.4.4)."""
    lines = [BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    text = b"\r\n".join(lines).rstrip(b"\r\n")
    return text + b"\r\n" if text else b""
