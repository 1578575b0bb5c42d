"""One-tap links: derived from the delivery, so that a repeat carries the same one; only hashes are kept.

Limits are those of trust.md, "one-tap link": 128 bits, SHA-256 at rest, one delivery, one purpose, ends with the
handoff. A link opens a page; only a POST with the code of the message acts.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, Row, bindparam, select, update

from models.database import Database
from models.prepared import Prepared
from models.tables import LinkRecord
from procedures.events import LinkUse

TOKEN_BYTES = 16
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""30 letters and digits that nobody mistakes for another: no 0, 1, I, L, O, U."""
CODE_LENGTH = 6
WRONG_CODES = 10
"""After so many the link is closed."""
FINDING = Prepared(select(LinkRecord.__table__).where(LinkRecord.token_hash == bindparam("asked")))
COUNTING = Prepared(
    update(LinkRecord)
    .where(LinkRecord.token_hash == bindparam("asked"), LinkRecord.wrong_codes < WRONG_CODES)
    .values(wrong_codes=LinkRecord.wrong_codes + bindparam("wrong", type_=Integer))
    .returning(LinkRecord.wrong_codes)
)


class LinkStatus(StrEnum):
    """What a link can still do."""

    GOOD = "good"
    EXPIRED = "expired"
    USED = "used"
    """Answered: by this link, a sibling, or another road."""
    WITHDRAWN = "withdrawn"
    """The handoff ended in another way, or somebody else took it."""
    SUPERSEDED = "superseded"
    """A newer link for the result was sent to the same person."""
    REVOKED = "revoked"
    """Somebody else answered in the name of the person whose it is."""
    BLOCKED = "blocked"
    """Ten wrong codes."""


@dataclass(frozen=True)
class Link:
    """What a token opens."""

    token_hash: str
    delivery_id: str
    alert_id: str
    case_id: str
    about_ref: str
    """The handoff it is about."""
    use: LinkUse
    person: str
    status: LinkStatus
    expires_at: datetime
    closed_at: datetime | None

    @property
    def actor(self) -> str:
        """How the trail names whoever answers by this link."""
        return f"person:{self.person}"


def link_token(key: bytes, delivery_id: str) -> str:
    """The token of a delivery's link: 128 bits, 22 characters fit for a URL. `key` is `keyring.token_key`."""
    digest = hmac.digest(key, f"link:{delivery_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode("ascii")


def link_code(key: bytes, delivery_id: str) -> str:
    """The six characters that the message shows beside its link."""
    number = int.from_bytes(hmac.digest(key, f"code:{delivery_id}".encode(), hashlib.sha256), "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[place])
    return "".join(letters)


def token_hash(token: str) -> str:
    """What is kept of a token: enough, since 128 random bits cannot be tried out."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_link(db: Database, token: str, now: datetime) -> Link | None:
    """The link of this token with its status; None for a token that no message carried."""
    with db.read() as connection:
        row = FINDING.first(connection, asked=token_hash(token))
    return None if row is None else _link(row, now)


def _link(row: Row[tuple[object, ...]], now: datetime) -> Link:
    return Link(
        token_hash=row.token_hash,
        delivery_id=row.delivery_id,
        alert_id=row.alert_id,
        case_id=row.case_id,
        about_ref=row.about_ref,
        use=LinkUse(row.use),
        person=row.person,
        status=_status(row, now),
        expires_at=row.expires_at,
        closed_at=row.closed_at,
    )


def _status(row: Row[tuple[object, ...]], now: datetime) -> LinkStatus:
    if row.wrong_codes >= WRONG_CODES:
        return LinkStatus.BLOCKED
    if row.closed_because is not None:
        return LinkStatus(row.closed_because)
    return LinkStatus.EXPIRED if now >= row.expires_at else LinkStatus.GOOD


def code_fits(db: Database, key: bytes, link: Link, code: str, now: datetime) -> bool:
    """Whether `code` is the one in the message (capitals, spaces and hyphens do not matter).

    A wrong one is counted; the tenth blocks the link. A right one on a closed link is still right, so that a late
    answer can be recorded and its sender told whom to call; on a blocked link nothing is right.
    """
    typed = "".join(code.split()).replace("-", "").upper()
    right = hmac.compare_digest(typed.encode(), link_code(key, link.delivery_id).encode())
    # A right code is written too: many guesses at once are counted one after the other.
    with db.write() as connection:
        counted = COUNTING.first(connection, asked=link.token_hash, wrong=0 if right else 1)
        if counted is not None and counted.wrong_codes == WRONG_CODES:
            closing = update(LinkRecord).where(LinkRecord.token_hash == link.token_hash, LinkRecord.closed_at.is_(None))
            connection.execute(closing.values(closed_at=now, closed_because=LinkStatus.BLOCKED.value))
    return right and counted is not None
