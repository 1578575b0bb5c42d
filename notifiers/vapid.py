"""The key with which this house says to a push service who it is (VAPID, RFC 8292)."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from notifiers.errors import PushKeyReadableByOthers, PushKeyUnusable
from procedures.marking import N_
from procedures.reasons import reason_of

OTHERS = 0o077
LASTS = 12 * 3600
"""Seconds that a token holds; a push service takes none of more than 24 hours (RFC 8292, 2)."""


@dataclass(frozen=True, slots=True)
class PushKey:
    """The key of this house, and whom a push service writes to where something is wrong with it."""

    contact: str
    """A mail address of the administration."""
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def public(self) -> str:
        """The other half, as a browser is given it: a subscription made with it takes messages of this house alone."""
        point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return encoded(self.key.public_key().public_bytes(*point))

    def authorization(self, origin: str, now: float) -> str:
        """The header for one push service, by its origin; `now` in seconds since 1970."""
        claims = {"aud": origin, "exp": int(now) + LASTS, "sub": f"mailto:{self.contact}"}
        head = {"typ": "JWT", "alg": "ES256"}
        said = ".".join(encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
        numbers = decode_dss_signature(self.key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
        signature = encoded(b"".join(number.to_bytes(32, "big") for number in numbers))
        return f"vapid t={said}.{signature}, k={self.public}"


def read_push_key(carrier: str, contact: str, file: Path) -> PushKey:
    """The key in this file; `carrier` is its name in the settings.

    Raises:
        PushKeyReadableByOthers: whoever can read the key can write to every phone in our name.
        PushKeyUnusable: it cannot be read, or is no key of that curve.
    """
    try:
        if file.stat().st_mode & OTHERS:
            raise PushKeyReadableByOthers(carrier=carrier, path=file)
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise PushKeyUnusable(carrier=carrier, path=file, why=reason_of(error)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # a TypeError says that a password is missing
        raise PushKeyUnusable(carrier=carrier, path=file, why=N_("it holds no private key in PEM")) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise PushKeyUnusable(carrier=carrier, path=file, why=N_("it must be a key of the curve prime256v1"))
    return PushKey(contact, key)


def encoded(data: bytes) -> str:
    """As push services and browsers write bytes: base64url without padding (RFC 7515, 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
