"""The key store: the wrapped keys of the cases, in a place of its own, with backups of its own.

It is written before anything is sealed. A key without a case is an orphan and harms nobody; a case without its key
could never be read. A house keeps it in a file; several machines that work on one database share one key store too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select, update

from models.asking_again import asked_again
from models.database import Database, engine_for
from models.key_tables import ERASED, KEY_TABLES, MARKS, WRAPPED_KEYS, WRAPPING_KEYS, KeyKind
from models.keyring_errors import StaleKey
from models.prepared import Prepared

SETTING = "[keys] store_url"
OF_CASE = WRAPPED_KEYS.c.case_id == bindparam("case_id")
KEEPING = Prepared(insert(WRAPPED_KEYS), ["case_id", "kind", "wrapped"])
KNOWN = Prepared(select(WRAPPED_KEYS.c.kind).where(OF_CASE).limit(literal_column("1")))
ERASED_SINCE = Prepared(
    select(ERASED.c.number, ERASED.c.case_id).where(ERASED.c.number > bindparam("seen")).order_by(ERASED.c.number)
)
MARKING = Prepared(insert(MARKS), ["mark", "case_id"])
MARKED = Prepared(select(MARKS.c.case_id).where(MARKS.c.mark == bindparam("asked")).order_by(MARKS.c.case_id))
Marks = Mapping[str, Collection[int]]
"""By case, of its telephones."""
NO_MARKS: Marks = {}
AT_ONCE = 500
"""So many cases in one question."""
READING = Prepared(select(WRAPPED_KEYS.c.wrapped).where(OF_CASE, WRAPPED_KEYS.c.kind == bindparam("kind")))
IN_FORCE = Prepared(select(WRAPPING_KEYS.c.kind, WRAPPING_KEYS.c.fingerprint))


@dataclass(frozen=True, slots=True)
class Wrap:
    """One wrapped key."""

    case_id: str
    kind: KeyKind
    wrapped: bytes


class KeyStore:
    """Where the wrapped keys are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, place: Path | str) -> Self:
        """Open the store in this file, or at this address of a database, making it if it is not there.

        Raises:
            BadDatabaseAddress, StoreBusy, StoreFailed.
        """
        if isinstance(place, Path):
            if not place.exists():
                place.touch(mode=0o600)
            place = f"sqlite:///{place}"
        database = Database(engine_for(place, SETTING))
        try:
            database.make(KEY_TABLES)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def has(self, case_id: str) -> bool:
        """Whether this case has keys.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.look() as connection:
            return KNOWN.first(connection, case_id=case_id) is not None

    def keep(
        self, wrapped: Mapping[str, Mapping[KeyKind, bytes]], under: Mapping[KeyKind, str], marks: Marks = NO_MARKS
    ) -> None:
        """Keep the wrapped keys of these new cases, all in one commit. Durable when this returns.

        `under` are the fingerprints of what they are wrapped under; `marks` what they are found by.

        Raises:
            StaleKey: others are in force by now. Nothing was kept.
            StoreRaced: one of the cases has other keys, which stay. Nothing was kept.
            StoreBusy, StoreFailed: not kept.
        """
        rows = [
            {"case_id": case_id, "kind": kind, "wrapped": key}
            for case_id, keys in wrapped.items()
            for kind, key in keys.items()
        ]
        if rows:
            found = [{"mark": mark, "case_id": case_id} for case_id in wrapped for mark in set(marks.get(case_id, ()))]
            asked_again(self._database, lambda: self._keep(rows, under, found))

    def _keep(
        self, rows: Sequence[Mapping[str, Any]], under: Mapping[KeyKind, str], marks: Sequence[Mapping[str, Any]]
    ) -> None:
        with self._database.write() as connection:
            if any(under.get(row.kind, row.fingerprint) != row.fingerprint for row in IN_FORCE.read(connection)):
                raise StaleKey
            kept = [READING.first(connection, case_id=row["case_id"], kind=row["kind"]) for row in rows]
            if all(
                one is not None and bytes(one.wrapped) == row["wrapped"] for one, row in zip(kept, rows, strict=True)
            ):
                return  # a commit whose answer was lost
            KEEPING.run(connection, rows)
            MARKING.run(connection, marks)

    def wrapped(self, case_id: str, kind: str) -> bytes | None:
        """The wrapped key, if there is one.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.look() as connection:
            found = READING.first(connection, case_id=case_id, kind=kind)
        return None if found is None else bytes(found.wrapped)

    def wrapped_of(self, case_ids: Sequence[str], kind: str) -> Mapping[str, bytes]:
        """The wrapped keys of these cases, by case, in one look; what is missing is left out.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.read() as connection:
            asked = {case_id: READING.ask(connection, case_id=case_id, kind=kind) for case_id in case_ids}
            found = {case_id: one.first() for case_id, one in asked.items()}
        return {case_id: bytes(row.wrapped) for case_id, row in found.items() if row is not None}

    def is_empty(self) -> bool:
        """Whether it holds the keys of no case.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.read() as connection:
            return connection.execute(select(WRAPPED_KEYS.c.case_id).limit(1)).first() is None

    def in_force(self) -> Mapping[KeyKind, str]:
        """The fingerprints of what new wraps go under, by kind; empty before any key was replaced.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.look() as connection:
            return {row.kind: row.fingerprint for row in IN_FORCE.read(connection)}

    def since(self, kind: KeyKind) -> datetime | None:
        """Since when new wraps go under that key."""
        query = select(WRAPPING_KEYS.c.since).where(WRAPPING_KEYS.c.kind == kind)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def put_in_force(self, kind: KeyKind, fingerprint: str, now: datetime) -> None:
        """Have new wraps go under this key from now on.

        Raises:
            StoreBusy, StoreFailed.
        """
        ours = WRAPPING_KEYS.c.kind == kind
        values = {"kind": kind, "fingerprint": fingerprint, "since": now}
        with self._database.write() as connection:
            found = connection.execute(select(WRAPPING_KEYS.c.fingerprint).where(ours)).scalar()
            if found is None:
                connection.execute(insert(WRAPPING_KEYS), [values])
            elif found != fingerprint:
                connection.execute(update(WRAPPING_KEYS).where(ours).values(values))

    def wraps(self, kind: KeyKind, after: str, limit: int) -> Sequence[Wrap]:
        """At most `limit` wraps of this kind, in the order of their cases, from behind `after` on."""
        query = select(WRAPPED_KEYS).where(WRAPPED_KEYS.c.kind == kind, WRAPPED_KEYS.c.case_id > after)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(WRAPPED_KEYS.c.case_id).limit(limit)).all()
        return [Wrap(row.case_id, kind, bytes(row.wrapped)) for row in found]

    def rewrap(self, old: Sequence[Wrap], new: Sequence[Wrap]) -> None:
        """Put these wraps into the place of those, all in one commit; what changed meanwhile is left alone."""
        with self._database.write() as connection:
            for before, after in zip(old, new, strict=True):
                _replace(connection, before, after)

    def erased_since(self, seen: int) -> tuple[int, Sequence[str]]:
        """Cases whose keys were destroyed after number `seen`, and the number of the last of them.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.look() as connection:
            found = ERASED_SINCE.read(connection, seen=seen)
        return (found[-1].number if found else seen), [row.case_id for row in found]

    def having_keys(self, case_ids: Sequence[str]) -> Sequence[str]:
        """Those of these cases whose keys are here.

        Raises:
            StoreBusy, StoreFailed.
        """
        found: list[str] = []
        with self._database.read() as connection:
            for at in range(0, len(case_ids), AT_ONCE):
                query = select(WRAPPED_KEYS.c.case_id).where(WRAPPED_KEYS.c.case_id.in_(case_ids[at : at + AT_ONCE]))
                found += connection.execute(query.distinct()).scalars()
        return found

    def erase(self, case_ids: Sequence[str]) -> bool:
        """Destroy the keys of these cases, in the file and in its log.

        False where the log could not be cut because somebody reads on, or where the table's owner alone may write it
        anew: call it again later, or let the owner run VACUUM FULL.

        Raises:
            StoreBusy, StoreFailed: call it again.
        """
        with self._database.write() as connection:
            for case_id in case_ids:
                for table in (WRAPPED_KEYS, MARKS):
                    connection.execute(delete(table).where(table.c.case_id == case_id))
                if connection.execute(select(ERASED.c.number).where(ERASED.c.case_id == case_id)).first() is None:
                    connection.execute(insert(ERASED).values(case_id=case_id))
        wiped = [self._database.wipe(table.name) for table in (WRAPPED_KEYS, MARKS)]
        return all(wiped)

    def marked(self, mark: int) -> Sequence[str]:
        """The cases that have a telephone of this mark, and, one time in four thousand million, others.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.look() as connection:
            return [row.case_id for row in MARKED.read(connection, asked=mark)]

    def has_marks(self) -> bool:
        """Whether any telephone is kept.

        Raises:
            StoreBusy, StoreFailed.
        """
        with self._database.read() as connection:
            return connection.execute(select(MARKS.c.case_id).limit(1)).first() is not None

    def lengthen_log(self) -> None:
        """Make its log long in advance. Raises StoreBusy, StoreFailed: it grows as it goes."""
        self._database.lengthen_log()

    def close(self) -> None:
        """Let go of the file, or of the line."""
        self._database.close()


def _replace(connection: Connection, before: Wrap, after: Wrap) -> None:
    ours = (WRAPPED_KEYS.c.case_id == before.case_id, WRAPPED_KEYS.c.kind == before.kind)
    changing = update(WRAPPED_KEYS).where(*ours, WRAPPED_KEYS.c.wrapped == before.wrapped)
    connection.execute(changing.values(wrapped=after.wrapped))
