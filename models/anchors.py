"""What is told of a root outside the house: how it is written, how it is read again, and who asked for it at once.

An anchor holds the number, count, hash, signature and time of a root, and nothing else. Kept where nobody of the house
can reach it, it shows what no check inside can: that whoever holds the keys rewrote the house, or put back an old copy.
"""

import email
import email.policy
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from models.database import Database
from models.ids import RandomIds
from models.root_tables import AnchorRecord, AnchorWish, RootRecord
from models.roots import Root
from procedures.errors import StaffettaError

LARGEST = 1024 * 1024
"""Bytes of a file with anchors: a mail of ours has some hundred."""
WRITTEN = re.compile(
    r"\broot\s+(\d{1,12})\s+count\s+(\d{1,15})\s+time\s+([0-9T:.+-]{20,40})\s+hash\s+([0-9a-f]{64})"
    r"\s+signature\s+([0-9a-f]{128})\b"
)


class NoAnchors(StaffettaError):
    """There is no anchor in what was named."""

    template = "There is no anchor in {path}. Name a saved mail of the house (.eml), or a folder of them."


class UnreadableAnchors(StaffettaError):
    """A file with anchors cannot be read."""

    template = "{path} cannot be read. Name a saved mail of the house (.eml), or a folder of them."


def written(root: Root) -> str:
    """A root as it is told outside."""
    at = root.at.isoformat(timespec="microseconds")
    return f"root {root.number}\ncount {root.entries}\ntime {at}\nhash {root.hash}\nsignature {root.signature}\n"


def read_written(text: str) -> Iterator[Root]:
    """Every anchor in a text, in whichever lines it was saved."""
    for number, entries, at, hash_, signature in WRITTEN.findall(text):
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            continue
        if moment.tzinfo is not None:
            yield Root(int(number), int(entries), moment, hash_, signature)


def read_anchors(path: Path) -> Sequence[Root]:
    """The anchors in a file, or in every file of a folder, by their numbers.

    Raises:
        NoAnchors: there is none.
        UnreadableAnchors: something cannot be read.
    """
    try:
        files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        found = {root for file in files for text in _texts(file) for root in read_written(text)}
    except (OSError, ValueError):
        raise UnreadableAnchors(path=path) from None
    if not found:
        raise NoAnchors(path=path)
    return sorted(found, key=lambda root: (root.number, root.hash, root.signature))


def _texts(file: Path) -> Iterable[str]:
    with file.open("rb") as opened:
        kept = opened.read(LARGEST)
    yield kept.decode("utf-8", errors="replace")
    if file.suffix.lower() == ".eml":
        for part in email.message_from_bytes(kept, policy=email.policy.default).walk():
            if part.get_content_type() == "text/plain":
                yield str(part.get_content())


def anchor_now(db: Database, now: datetime, why: str) -> None:
    """Ask that a root be told outside at once: at each break-glass, export and erasure. The dispatcher does it.

    Raises:
        StoreBusy, StoreFailed: it was not asked.
    """
    with db.write() as connection:
        wish_anchor(connection, now, why)


def wish_anchor(connection: Connection, now: datetime, why: str) -> None:
    """The same, within a transaction, so that it is asked if and only if the thing is done."""
    connection.execute(insert(AnchorWish).values(wish_id=RandomIds().new_id(), at=now, why=why))


def last_wish(connection: Connection) -> datetime | None:
    """When somebody last asked for it."""
    found: datetime | None = connection.execute(select(func.max(AnchorWish.at))).scalar()
    return found


def wished_at(db: Database) -> datetime | None:
    """The same, in a look of its own."""
    with db.read() as connection:
        return last_wish(connection)


def last_taken(connection: Connection, place: str) -> tuple[int, datetime] | None:
    """The last root that this place took, and when."""
    query = select(AnchorRecord.root, AnchorRecord.at).where(AnchorRecord.place == place, AnchorRecord.taken.is_(True))
    row = connection.execute(query.order_by(AnchorRecord.at.desc(), AnchorRecord.root.desc()).limit(1)).first()
    return None if row is None else (row.root, row.at)


def is_due(db: Database, root: Root, place: str, now: datetime, every: timedelta) -> bool:
    """Whether this place is to be told of this root: it was not told for so long, or somebody asked since."""
    with db.read() as connection:
        taken, wish = last_taken(connection, place), last_wish(connection)
    if taken is None:
        return True
    number, at = taken
    return root.number > number and (now - at >= every or (wish is not None and wish > at))


def is_behind(db: Database, place: str, now: datetime, patience: timedelta) -> bool:
    """Whether there is a root older than that which this place was not told, nor any after it."""
    with db.read() as connection:
        taken = last_taken(connection, place)
        query = select(func.min(RootRecord.at)).where(RootRecord.seq > (taken[0] if taken else 0))
        since: datetime | None = connection.execute(query).scalar()
    return since is not None and now - since >= patience


def keep_anchor(
    db: Database,
    root: Root,
    place: str,
    now: datetime,
    *,
    taken: bool,
    code: str | None = None,
    stamp: bytes | None = None,
) -> None:
    """Keep what became of telling a root to a place.

    Raises:
        StoreBusy, StoreFailed.
    """
    values = {"root": root.number, "place": place, "at": now, "taken": taken, "code": code, "stamp": stamp}
    with db.write() as connection:
        connection.execute(insert(AnchorRecord).values(anchor_id=RandomIds().new_id(), **values))
