"""The key store: the wrapped keys of the cases, in a place of its own, with backups of its own.

It is written before anything is sealed. A key without a case is an orphan and harms nobody; a case without its key
could never be read. A house keeps it in a file; several machines that work on one database share one key store too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    literal_column,
    select,
)

from models.asking_again import asked_again
from models.database import Database, engine_for
from models.prepared import Prepared
from procedures.classification import DataClass

KeyKind = Literal["route", "vault"]
KEY_TABLES = MetaData()
WRAPPED_KEYS = Table(
    "wrapped_keys",
    KEY_TABLES,
    Column("case_id", String, primary_key=True, info={"class": DataClass.OPERATIONAL}),
    Column("kind", String, primary_key=True, info={"class": DataClass.OPERATIONAL}),
    Column("wrapped", LargeBinary, nullable=False, info={"class": DataClass.IDENTITY}),
)
SETTING = "[keys] store_url"
OF_CASE = WRAPPED_KEYS.c.case_id == bindparam("case_id")
KEEPING = Prepared(insert(WRAPPED_KEYS), ["case_id", "kind", "wrapped"])
KNOWN = Prepared(select(WRAPPED_KEYS.c.kind).where(OF_CASE).limit(literal_column("1")))
READING = Prepared(select(WRAPPED_KEYS.c.wrapped).where(OF_CASE, WRAPPED_KEYS.c.kind == bindparam("kind")))


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

    def keep(self, wrapped: Mapping[str, Mapping[KeyKind, bytes]]) -> None:
        """Keep the wrapped keys of these new cases, all in one commit. Durable when this returns.

        Raises:
            StoreRaced: one of the cases has other keys, which stay. Nothing was kept.
            StoreBusy, StoreFailed: not kept.
        """
        rows = [
            {"case_id": case_id, "kind": kind, "wrapped": key}
            for case_id, keys in wrapped.items()
            for kind, key in keys.items()
        ]
        if rows:
            asked_again(self._database, lambda: self._keep(rows))

    def _keep(self, rows: Sequence[Mapping[str, Any]]) -> None:
        with self._database.write() as connection:
            kept = [READING.first(connection, case_id=row["case_id"], kind=row["kind"]) for row in rows]
            if all(
                one is not None and bytes(one.wrapped) == row["wrapped"] for one, row in zip(kept, rows, strict=True)
            ):
                return  # a commit whose answer was lost
            KEEPING.run(connection, rows)

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

    def close(self) -> None:
        """Let go of the file, or of the line."""
        self._database.close()
