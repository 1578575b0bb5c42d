"""Where a reader of a long list stands: an opaque mark that only this house can make, good for that one list."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from procedures.errors import StaffettaError

TAG_BYTES = 12
LONGEST = 400
"""Characters: what is longer was not made here."""


class CursorNotOurs(StaffettaError):
    """A cursor that was not given out for this very list, or was changed."""

    template = "This cursor belongs to another list. Start again without one."


def pack(key: bytes, what: str, place: Sequence[str | int]) -> str:
    """The cursor of that place in the list `what` (its filters belong to its name)."""
    text = json.dumps(place, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_tag(key, what, text) + text).rstrip(b"=").decode("ascii")


def unpack(key: bytes, what: str, cursor: str) -> list[Any]:
    """The place again.

    Raises:
        CursorNotOurs: not made by `pack` with this key for this list.
    """
    if len(cursor) > LONGEST:
        raise CursorNotOurs
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorNotOurs from None
    tag, text = packed[:TAG_BYTES], packed[TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(key, what, text)):
        raise CursorNotOurs
    place: list[Any] = json.loads(text)
    return place


def _tag(key: bytes, what: str, text: bytes) -> bytes:
    return hmac.digest(key, b"cursor:" + what.encode() + b"\0" + text, hashlib.sha256)[:TAG_BYTES]
