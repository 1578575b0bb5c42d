"""What a browser gives so that a phone can be written to (RFC 8030, 8291): where, and two keys that only it opens with.

The address is typed by nobody but may be made up by anybody who is signed in. A server of ours asks there, so only
push services that are known are asked, by https: no address of this machine's own network ever is.
"""

import hmac
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from notifiers.loopback import is_loopback
from procedures.errors import StaffettaError

KNOWN_SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
"""Those of Chrome, Firefox, Safari and Edge."""
SERVICE = re.compile(
    r"(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+(:[0-9]{1,5})?|\[::1\]:[0-9]{1,5}|localhost:[0-9]{1,5}"
)
LONGEST_ENDPOINT = 1024
ENDPOINT = re.compile(r"https?://[!-~]+")
PUBLIC_BYTES, AUTH_BYTES = 65, 16
RECORD = 4096
"""The largest message that every push service takes (RFC 8030, 7.2)."""
PADDED = 512
"""Every message is filled up to a multiple of so many bytes: its length says nothing of what it says."""


class NotASubscription(StaffettaError):
    """What came is nothing that a browser gives, or leads to a service that is not known."""

    template = (
        "This browser gave no address of a push service that this house knows. Your other channels stay as they are."
    )


@dataclass(frozen=True, slots=True)
class Subscription:
    """One browser of one person."""

    endpoint: str = field(repr=False)
    public: bytes = field(repr=False)
    """A point of P-256, uncompressed."""
    auth: bytes = field(repr=False)

    @property
    def origin(self) -> str:
        """The push service alone."""
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}"


def read_subscription(endpoint: str, public: str, auth: str, services: Collection[str]) -> Subscription:
    """A subscription as a browser gives it, its keys in base64url; `services` may be asked.

    Raises:
        NotASubscription: it is none.
    """
    read = Subscription(endpoint, _bytes(public, PUBLIC_BYTES), _bytes(auth, AUTH_BYTES))
    if not _is_known(endpoint, services):
        raise NotASubscription
    _point(read.public)
    return read


def sealed(subscription: Subscription, text: bytes) -> bytes:
    """The text as this browser alone can open it, filled up so that its length says nothing.

    Raises:
        NotASubscription: its key is no point of the curve.
    """
    room = -(len(text) + 1) % PADDED
    return encrypted(
        subscription, text + b"\x02" + bytes(room), ec.generate_private_key(ec.SECP256R1()), token_bytes(16)
    )


def encrypted(subscription: Subscription, record: bytes, key: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """One record with its header (RFC 8291, 3.4; RFC 8188, 2). `key` and `salt` are new for each message."""
    theirs = _point(subscription.public)
    ours = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    said = b"WebPush: info\x00" + subscription.public + ours
    shared = _derived(subscription.auth, key.exchange(ec.ECDH(), theirs), said, 32)
    content = _derived(salt, shared, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(salt, shared, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content).encrypt(nonce, record, None)


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 of one block (RFC 5869)."""
    key = hmac.digest(salt, secret, sha256)
    return hmac.digest(key, info + b"\x01", sha256)[:length]


def _point(public: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        raise NotASubscription from None


def _bytes(text: str, length: int) -> bytes:
    try:
        found = urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        raise NotASubscription from None
    if len(found) != length or not re.fullmatch(r"[A-Za-z0-9_=-]+", text):
        raise NotASubscription
    return found


def _is_known(endpoint: str, services: Collection[str]) -> bool:
    if len(endpoint) > LONGEST_ENDPOINT or not ENDPOINT.fullmatch(endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or "\\" in endpoint or parts.fragment:
        return False
    if is_loopback(host):  # only of a test, and only where it was named with its port
        return port is not None and parts.netloc in services
    return parts.scheme == "https" and port in {None, 443} and any(_serves(one, host) for one in services)


def _serves(service: str, host: str) -> bool:
    return host.endswith(service[1:]) if service.startswith("*.") else host == service
