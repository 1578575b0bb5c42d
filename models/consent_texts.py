"""The texts that she is read before she says yes or no: kept whole, in editions, and known by their hash.

The hash stands in the trail of her case beside her word, so that what she was read can be shown for as long as the case
is kept, also after the text was changed. An edition is never altered and never deleted: triggers refuse it.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from models.act_tables import ConsentTextRecord
from models.chains import ActFault
from models.composition import House
from models.database import Database
from models.encoding import canonical
from models.store_errors import ConsentTextUnusable
from procedures.commands import LANGUAGE
from procedures.errors import UnknownConsent
from procedures.marking import N_

LONGEST = 20_000
"""Characters of one text: more than anybody listens to."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One edition of what is read to her about one consent."""

    hash: str
    """SHA-256 of the canonical JSON of consent, edition and texts."""
    consent: str
    edition: int
    texts: Mapping[str, str]
    """By language, as ISO 639 calls it."""
    at: datetime
    actor: str


def keep_text(house: House, consent: str, texts: Mapping[str, str], actor: str) -> ConsentText:
    """Keep these texts as the next edition; where they are those of the latest one, that one is handed back.

    Raises:
        UnknownConsent: no procedure asks for it.
        ConsentTextUnusable: a language that is none, or a text that is empty or too long.
        StoreBusy, StoreFailed: not saved.
    """
    library = house.procedures.library()
    known = library.consents() | library.consents_ever()
    if consent not in known:
        raise UnknownConsent(consent=consent, known=", ".join(sorted(known)))
    kept = {language: text.strip() for language, text in texts.items()}
    _check(kept)
    with house.database.write() as connection:
        latest = _latest(connection, consent)
        if latest is not None and latest.texts == kept:
            return latest
        edition = latest.edition + 1 if latest else 1
        found = ConsentText(_hash(consent, edition, kept), consent, edition, kept, house.clock.now(), actor)
        row = {"hash": found.hash, "consent": consent, "edition": edition, "texts": canonical(kept)}
        connection.execute(insert(ConsentTextRecord), [{**row, "at": found.at, "actor": actor}])
    return found


def latest_texts(db: Database) -> Mapping[str, ConsentText]:
    """The edition that is read today, by consent."""
    with db.read() as connection:
        rows = connection.execute(select(ConsentTextRecord.__table__).order_by(ConsentTextRecord.edition)).all()
    return {row.consent: _of(row) for row in rows}


def texts_by_hash(db: Database, hashes: Collection[str]) -> Mapping[str, ConsentText]:
    """Those editions, as far as they are kept."""
    query = select(ConsentTextRecord.__table__).where(ConsentTextRecord.hash.in_(sorted(hashes)))
    with db.read() as connection:
        return {row.hash: _of(row) for row in connection.execute(query)}


def read_out(db: Database, consent: str, language: str | None, shown: str | None = None) -> str | None:
    """The hash of what she was read: the text that was `shown`, else that of today. None where nothing was read.

    Nothing is taken to have been read where nobody says in which language.
    """
    if language is None:
        return None
    known = texts_by_hash(db, [shown]) if shown else {}
    if shown and shown in known and known[shown].consent == consent:
        return shown
    latest = latest_texts(db).get(consent)
    return latest.hash if latest else None


def check_texts(connection: Connection) -> Sequence[ActFault]:
    """Whatever text is not what its hash says."""
    return list(_altered(connection))


def _altered(connection: Connection) -> Iterator[ActFault]:
    for row in connection.execute(select(ConsentTextRecord.__table__).order_by(ConsentTextRecord.hash)):
        if row.hash != _hash(row.consent, row.edition, json.loads(row.texts)):
            yield ActFault(None, "text", f"a text of the consent {row.consent} was altered")


def _latest(connection: Connection, consent: str) -> ConsentText | None:
    query = select(ConsentTextRecord.__table__).where(ConsentTextRecord.consent == consent)
    row = connection.execute(query.order_by(ConsentTextRecord.edition.desc()).limit(1)).one_or_none()
    return _of(row) if row else None


def _of(row: Row[Any]) -> ConsentText:
    return ConsentText(row.hash, row.consent, row.edition, json.loads(row.texts), row.at, row.actor)


def _hash(consent: str, edition: int, texts: Mapping[str, str]) -> str:
    return sha256(canonical([consent, edition, dict(texts)]).encode()).hexdigest()


def _check(texts: Mapping[str, str]) -> None:
    if not texts:
        raise ConsentTextUnusable(language="-", why=N_("there is none"))
    for language, text in texts.items():
        if not re.fullmatch(LANGUAGE, language):
            raise ConsentTextUnusable(language=language, why=N_("a language has two or three small letters"))
        if not text:
            raise ConsentTextUnusable(language=language, why=N_("it is empty"))
        if len(text) > LONGEST:
            raise ConsentTextUnusable(language=language, why=N_("it is longer than 20,000 characters"))
