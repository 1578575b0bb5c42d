"""The procedures in force, and every text that a running pathway is pinned to."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, select

from models.acts import append, ask_last_act, editions_in, last_act, take_turn
from models.database import Database
from models.network import current_directory, directory_told
from models.prepared import Asked, Prepared
from models.tables import PathwayText
from models.upserting import insert
from procedures.case import CaseState
from procedures.directory import Directory
from procedures.editions import PRODUCT, Act, ActKind, Editions, ever_in_force, in_force, last_in_force
from procedures.language.pathways import own_facts
from procedures.loading import SHIPPED, library_of, load_kept, shipped_facts, shipped_library, texts_of
from procedures.schema import Library, Pathway, StartStep

KEPT = Prepared(select(PathwayText.content_hash))


class Procedures:
    """What the rules decide with. Texts in force are kept before any case can be pinned to them."""

    def __init__(self, db: Database, now: datetime, folder: Path | None = None) -> None:
        """`folder` holds pathways to be tried out, in the place of all that is in force.

        What ships is in force from the first start, and recorded as such; whatever comes later is adopted by people.

        Raises:
            ProcedureFaults: a pathway in `folder` cannot work.
        """
        self._db = db
        self._library = shipped_library() if folder is None else library_of([folder])
        self._follows = folder is None
        self._acts_seen = 0
        self._growing = threading.Lock()
        self._keep(texts_of([folder or SHIPPED]), now)

    def _keep(self, texts: Mapping[str, str], now: datetime) -> None:
        wanted = self._library.current.values()
        with self._db.read() as connection:
            kept = set(connection.execute(select(PathwayText.content_hash)).scalars())
            news = self._news(editions_in(connection), now)
        missing = [pathway for pathway in wanted if pathway.content_hash not in kept]
        if not missing and not news:
            return
        with self._db.write() as connection:
            known = take_turn(connection)
            for pathway in missing:
                keep_text(connection, pathway, texts[pathway.content_hash], now)
            for act in self._news(known, now):
                known = append(connection, known, act)

    def _news(self, known: Editions, now: datetime) -> list[Act]:
        """What ships and was not recorded yet."""
        recorded = {one.content_hash for editions in known.values() for one in editions if one.shipped}
        shipped = self._library.current.values() if self._follows else ()
        return [
            Act(ActKind.SHIPPED, now, PRODUCT, pathway.name, pathway.edition, pathway.content_hash)
            for pathway in shipped
            if pathway.content_hash not in recorded
        ]

    def library(self) -> Library:
        """Pathways in force, the vocabulary, and every text that was ever kept."""
        with self._db.look() as connection:
            last = last_act(connection)
            kept = {row.content_hash for row in KEPT.read(connection)}
        if (last == self._acts_seen or not self._follows) and kept <= self._library.by_hash.keys():
            return self._library
        with self._db.read() as connection:
            self._follow(connection, ask_last_act(connection))
            return self._with(connection, kept)

    def editions(self) -> Editions:
        """Every edition that is known, as the acts of the network made it."""
        with self._db.read() as connection:
            return editions_in(connection)

    def _follow(self, connection: Connection, acts: Asked) -> None:
        """Take what came into force since, by whichever process; `acts` was asked for the last act."""
        last = int(acts.first().seq)
        if last == self._acts_seen or not self._follows:
            return
        known = editions_in(connection)
        wanted = [one for name in known if (one := in_force(known, name)) is not None]
        gone = [one for name in known if in_force(known, name) is None and (one := last_in_force(known, name))]
        declaring = declaring_texts(connection, known)
        library = self._with(connection, {*(one.content_hash for one in (*wanted, *gone)), *declaring})
        current, last_ones = (
            {one.pathway: library.by_hash[one.content_hash] for one in editions} for editions in (wanted, gone)
        )
        with self._growing:
            texts = [*(library.by_hash[text] for text in declaring), *current.values()]
            facts = {**shipped_facts(), **own_facts(texts)}
            self._library = self._library.model_copy(update={"current": current, "last": last_ones, "facts": facts})
            self._acts_seen = last

    def directory(self) -> Directory:
        """The network in force."""
        return current_directory(self._db)

    def library_for(self, connection: Connection, state: CaseState, acts: Asked) -> Library:
        """The library with every text that this case is pinned to, and those that these may still start."""
        self._follow(connection, acts)
        texts = {text for run in state.runs.values() for text in (run.content_hash, *run.earlier)}
        library = self._with(connection, texts)
        running = [library.by_hash[run.content_hash] for run in state.runs.values()]
        while lost := _out_of_force(library, running):
            newest = {_newest(connection, name) for name in lost}
            library = self._with(connection, newest)
            running += [library.by_hash[content_hash] for content_hash in newest]
        return library

    def directory_told(self, connection: Connection, asked: Asked) -> Directory | None:
        """The network in force within a transaction, where `network.IN_FORCE` was asked; None before any import."""
        return directory_told(self._db, connection, asked)

    def _with(self, connection: Connection, hashes: set[str]) -> Library:
        if missing := hashes - self._library.by_hash.keys():
            found = [pinned_pathway(connection, content_hash) for content_hash in missing]
            with self._growing:
                by_hash = {**self._library.by_hash, **{pathway.content_hash: pathway for pathway in found}}
                self._library = self._library.model_copy(update={"by_hash": by_hash})
        return self._library


def declaring_texts(connection: Connection, known: Editions) -> list[str]:
    """The hashes of the texts that were ever in force and may declare facts of their own, the oldest first."""
    named = select(PathwayText.content_hash).where(PathwayText.text.contains("facts"))
    hashes = set(connection.execute(named).scalars())
    return [one.content_hash for one in ever_in_force(known) if one.content_hash in hashes]


def _out_of_force(library: Library, running: Sequence[Pathway]) -> set[str]:
    """What texts out of force would start, where no text of that name is in force or at hand."""
    old = [pathway for pathway in running if library.current.get(pathway.name) is not pathway]
    started = {step.pathway for pathway in old for step in pathway.steps.values() if isinstance(step, StartStep)}
    missing = started - library.current.keys()
    return missing - {pathway.name for pathway in library.by_hash.values()} if missing else missing


def keep_text(connection: Connection, pathway: Pathway, text: str, now: datetime) -> None:
    """Keep the exact text of a pathway, once."""
    row = {
        "content_hash": pathway.content_hash,
        "name": pathway.name,
        "edition": pathway.edition,
        "text": text,
        "kept_at": now,
    }
    connection.execute(insert(PathwayText).on_conflict_do_nothing(), [row])


def _newest(connection: Connection, name: str) -> str:
    """The last text of that name that was in force: kept when whatever starts it was."""
    newest = select(PathwayText.content_hash).where(PathwayText.name == name).order_by(PathwayText.edition.desc())
    return connection.execute(newest.limit(1)).scalar_one()


def pinned_pathway(connection: Connection, content_hash: str) -> Pathway:
    """The pathway that a run is pinned to, from the text that was kept when it was in force."""
    query = select(PathwayText.name, PathwayText.edition, PathwayText.text)
    row = connection.execute(query.where(PathwayText.content_hash == content_hash)).one()
    return _read(row.text, f"{row.name} ({row.edition})")


def text_of(connection: Connection, content_hash: str) -> str:
    """The exact text that is kept under this hash."""
    query = select(PathwayText.text).where(PathwayText.content_hash == content_hash)
    return str(connection.execute(query).scalar_one())


@lru_cache(maxsize=64)
def _read(text: str, file: str) -> Pathway:
    return load_kept(text, file)
