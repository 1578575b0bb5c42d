"""AES-256-GCM over padded text, bound to the place it is kept in.

The standard is trust.md, "case encryption": a random 96-bit nonce, AAD `version·table·case·row·field·key`, text padded
to 64·4^n bytes, so that a length says nothing about a name.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.keyring_errors import SealBroken

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
LENGTH_BYTES = 4
SMALLEST = 64
GROWTH = 4


@dataclass(frozen=True)
class Place:
    """Where a sealed text is kept. Moved elsewhere, it does not open."""

    table: str
    case_id: str
    row: str
    field: str
    key: str

    def bound(self) -> bytes:
        """The additional authenticated data."""
        return "·".join((str(VERSION), self.table, self.case_id, self.row, self.field, self.key)).encode()


def padded(text: bytes) -> bytes:
    """The text behind its length, filled up to the next 64·4^n bytes."""
    size = SMALLEST
    while size < LENGTH_BYTES + len(text):
        size *= GROWTH
    return (len(text).to_bytes(LENGTH_BYTES, "big") + text).ljust(size, b"\0")


def seal(key: bytes, text: bytes, place: Place) -> bytes:
    """Encrypt `text` under `key` for `place`."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes([VERSION]) + nonce + AESGCM(key).encrypt(nonce, padded(text), place.bound())


def unseal(key: bytes, sealed: bytes, place: Place) -> bytes:
    """The text that was sealed.

    Raises:
        SealBroken: altered, moved, or sealed under another key.
    """
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        if sealed[:1] != bytes([VERSION]):
            raise SealBroken(table=place.table)
        text = AESGCM(key).decrypt(nonce, ciphertext, place.bound())
    except (InvalidTag, ValueError):
        raise SealBroken(table=place.table) from None
    length = int.from_bytes(text[:LENGTH_BYTES], "big")
    return text[LENGTH_BYTES : LENGTH_BYTES + length]
