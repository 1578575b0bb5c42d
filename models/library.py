"""The procedures in force, and every text that a running pathway is pinned to."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, select

from models.database import Database
from models.network import current_directory, directory_told
from models.prepared import Asked
from models.tables import PathwayText
from models.upserting import insert
from procedures.case import CaseState
from procedures.directory import Directory
from procedures.loading import SHIPPED, library_of, load_pathway, shipped_library, texts_of
from procedures.schema import Library, Pathway, StartStep


class Procedures:
    """What the rules decide with. Texts in force are kept before any case can be pinned to them."""

    def __init__(self, db: Database, now: datetime, folder: Path | None = None) -> None:
        """`folder` holds other pathways than those shipped.

        Raises:
            ProcedureFaults: a pathway in `folder` cannot work.
        """
        self._db = db
        self._library = shipped_library() if folder is None else library_of([folder])
        self._growing = threading.Lock()
        self._keep(texts_of([folder or SHIPPED]), now)

    def _keep(self, texts: Mapping[str, str], now: datetime) -> None:
        wanted = {
            pathway.content_hash: {
                "content_hash": pathway.content_hash,
                "name": pathway.name,
                "edition": pathway.edition,
                "text": texts[pathway.content_hash],
                "kept_at": now,
            }
            for pathway in self._library.current.values()
        }
        with self._db.read() as connection:
            kept = set(connection.execute(select(PathwayText.content_hash)).scalars())
        if missing := [row for content_hash, row in wanted.items() if content_hash not in kept]:
            with self._db.write() as connection:
                connection.execute(insert(PathwayText).on_conflict_do_nothing(), missing)

    def library(self) -> Library:
        """Pathways in force, the vocabulary, and every text that was ever kept."""
        with self._db.read() as connection:
            kept = set(connection.execute(select(PathwayText.content_hash)).scalars())
            return self._with(connection, kept)

    def directory(self) -> Directory:
        """The network in force."""
        return current_directory(self._db)

    def library_for(self, connection: Connection, state: CaseState) -> Library:
        """The library with every text that this case is pinned to, and those that these may still start."""
        library = self._with(connection, {run.content_hash for run in state.runs.values()})
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


def _out_of_force(library: Library, running: Sequence[Pathway]) -> set[str]:
    """What texts out of force would start, where no text of that name is in force or at hand."""
    old = [pathway for pathway in running if library.current.get(pathway.name) is not pathway]
    started = {step.pathway for pathway in old for step in pathway.steps.values() if isinstance(step, StartStep)}
    missing = started - library.current.keys()
    return missing - {pathway.name for pathway in library.by_hash.values()} if missing else missing


def _newest(connection: Connection, name: str) -> str:
    """The last text of that name that was in force: kept when whatever starts it was."""
    newest = select(PathwayText.content_hash).where(PathwayText.name == name).order_by(PathwayText.edition.desc())
    return connection.execute(newest.limit(1)).scalar_one()


def pinned_pathway(connection: Connection, content_hash: str) -> Pathway:
    """The pathway that a run is pinned to, from the text that was kept when it was in force."""
    query = select(PathwayText.name, PathwayText.edition, PathwayText.text)
    row = connection.execute(query.where(PathwayText.content_hash == content_hash)).one()
    return _read(row.text, f"{row.name} ({row.edition})")


@lru_cache(maxsize=64)
def _read(text: str, file: str) -> Pathway:
    return load_pathway(text, file)
