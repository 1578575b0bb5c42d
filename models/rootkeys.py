"""The key that signs the roots, and its public half.

The key is needed by whoever makes roots alone: the dispatcher, which is up whenever the house is, holds no vault key
and answers to no browser. Everybody else checks with the public half, which stands beside it in a file of its own.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.keyfiles import read_key, write_key
from models.keyring_errors import KeyMissing, KeyUnreadable
from models.sealing import KEY_BYTES
from procedures.errors import StaffettaError

KEY, PUBLIC = "root.key", "root.pub"


class StrangeRootKey(StaffettaError):
    """The roots that are there were signed with another key."""

    template = (
        "The key {path} is not the one that signed the roots of this house. Put the right one back from its safe copy."
    )


class RootKey:
    """Signs roots."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        """Its public half, 32 bytes."""

    def sign(self, text: str) -> str:
        """The signature (RFC 8032), in hexadecimal digits."""
        return self._key.sign(text.encode()).hex()


def root_key(folder: Path, *, may_make: bool) -> RootKey:
    """The key in this folder, with its public half beside it.

    Args:
        folder: where the keys of the house are.
        may_make: whether a missing key is made: only before the first root, for a house that is older than roots.

    Raises:
        KeyMissing, KeyReadableByOthers, KeyUnreadable.
    """
    path = folder / KEY
    if may_make and not path.exists():
        write_key(path, os.urandom(KEY_BYTES))
    found = RootKey(read_key(path))
    with suppress(OSError):  # where the folder cannot be written, whoever checks needs the key itself
        _show(folder / PUBLIC, found.public)
    return found


def _show(path: Path, public: bytes) -> None:
    if not path.exists():
        path.write_text(public.hex(), encoding="ascii")
        path.chmod(0o444)


def public_root_key(folder: Path) -> bytes | None:
    """The public half, from its own file or else from the key; None where neither is.

    Raises:
        KeyUnreadable, KeyReadableByOthers.
    """
    path = folder / PUBLIC
    try:
        public = bytes.fromhex(path.read_text(encoding="ascii"))
        Ed25519PublicKey.from_public_bytes(public)
    except FileNotFoundError:
        with suppress(KeyMissing):
            return RootKey(read_key(folder / KEY)).public
        return None
    except (OSError, ValueError):
        raise KeyUnreadable(path=path) from None
    return public


def is_signed(public: bytes, signature: str, text: str) -> bool:
    """Whether this key signed this text."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
