"""The way to the provider and back, kept in the browser that goes it: sealed, for ten minutes, and gone once.

The cookie is `SameSite=Lax`, the only one: whoever comes back comes from another site (trust.md, sign-in cookie).
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from models.identities import StateOver
from models.keyring_errors import SealBroken
from models.sealing import Place, seal, unseal
from models.vault import Keyring
from web.origins import Origins

GOOD_FOR = timedelta(minutes=10)
LONGEST_COOKIE = 2048
PLACE = Place("cookie", "", "", "way", "people")


@dataclass(frozen=True, slots=True, repr=False)
class Way:
    """One way to the provider and back."""

    state: str
    nonce: str
    verifier: str
    until: str
    """When it is over, in ISO 8601."""
    account: str = ""
    """Whose account is to be tied; empty for a sign-in."""

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return datetime.fromisoformat(self.until)


def new_way(now: datetime, account: str = "") -> Way:
    """A way that begins now; 256 random bits each."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Way(state, nonce, verifier, (now + GOOD_FOR).isoformat(), account)


def keep_way(answer: Response, origins: Origins, keyring: Keyring, way: Way) -> None:
    """Let the browser keep it."""
    sealed = seal(_key(keyring), json.dumps(asdict(way)).encode(), PLACE)
    answer.set_cookie(
        origins.way_cookie,
        base64.urlsafe_b64encode(sealed).decode().rstrip("="),
        max_age=round(GOOD_FOR.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=origins.secure,
        path="/",
    )


def forget_way(answer: Response, origins: Origins) -> None:
    """Let the browser forget it."""
    answer.delete_cookie(origins.way_cookie, httponly=True, samesite="lax", secure=origins.secure, path="/")


def way_back(kept: str, keyring: Keyring, state: str, now: datetime) -> Way:
    """The way that this browser went, where it comes back with its state and in time.

    Raises:
        StateOver: it did not go that way, or it took too long.
    """
    try:
        sealed = base64.urlsafe_b64decode(kept[:LONGEST_COOKIE] + "=" * (-len(kept[:LONGEST_COOKIE]) % 4))
        way = Way(**json.loads(unseal(_key(keyring), sealed, PLACE)))
    except (SealBroken, ValueError, TypeError, binascii.Error):
        raise StateOver from None
    if not hmac.compare_digest(way.state.encode(), state.encode()) or now >= way.ends_at:
        raise StateOver
    return way


def _key(keyring: Keyring) -> bytes:
    """A key for this alone."""
    return hmac.digest(keyring.people_key, b"staffetta ways to the provider", hashlib.sha256)
