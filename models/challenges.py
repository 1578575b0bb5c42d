"""What a passkey is asked to sign: a challenge that is bound to one sign-in, one purpose and five minutes.

Nothing is kept for it. It holds its moment and a keyed hash over that, over what it is for, and over the token of the
sign-in to which it was shown. Whatever a passkey does gives the sign-in another token and ends that one: so each is
good once, and a page that is only looked at writes nothing.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from models.vault import Keyring

GOOD_FOR = timedelta(minutes=5)
MOMENT_BYTES = 8
NONCE_BYTES = 16
SEAL_BYTES = 32


class Purpose(StrEnum):
    """What is signed for: an answer to one is none to the other."""

    SET = "set"
    PROVE = "prove"


def challenge(keyring: Keyring, purpose: Purpose, token: str, now: datetime) -> bytes:
    """One for this sign-in, from now on."""
    head = int(now.timestamp()).to_bytes(MOMENT_BYTES, "big") + secrets.token_bytes(NONCE_BYTES)
    return head + _sealed(keyring, purpose, token, head)


def is_ours(keyring: Keyring, purpose: Purpose, token: str, shown: bytes, now: datetime) -> bool:
    """Whether this was drawn for this sign-in and purpose, in the last five minutes."""
    head, sealed = shown[:-SEAL_BYTES], shown[-SEAL_BYTES:]
    if len(head) != MOMENT_BYTES + NONCE_BYTES:
        return False
    if not hmac.compare_digest(sealed, _sealed(keyring, purpose, token, head)):
        return False
    age = int(now.timestamp()) - int.from_bytes(head[:MOMENT_BYTES], "big")
    return 0 <= age <= GOOD_FOR.total_seconds()


def _sealed(keyring: Keyring, purpose: Purpose, token: str, head: bytes) -> bytes:
    said = b"passkey challenge " + purpose.value.encode() + b" " + token.encode() + b" " + head
    return hmac.new(keyring.people_key, said, hashlib.sha256).digest()
