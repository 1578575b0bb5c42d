"""The key store: the wrapped keys of the cases, in a file of its own, with backups of its own.

It is written before anything is sealed. A key without a case is an orphan and harms nobody; a case without its key
could never be read.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, bindparam, insert, select

from models.sqlite import BEGIN, sqlite_engine
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

KEEPING = insert(WRAPPED_KEYS).prefix_with("OR IGNORE")
READING = select(WRAPPED_KEYS.c.wrapped).where(
    WRAPPED_KEYS.c.case_id == bindparam("case_id"), WRAPPED_KEYS.c.kind == bindparam("kind")
)


class KeyStore:
    """Where the wrapped keys are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**{BEGIN: "IMMEDIATE"})

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store, making it if it is not there."""
        if not path.exists():
            path.touch(mode=0o600)
        store = cls(sqlite_engine(f"sqlite:///{path}"))
        with store._writing.begin() as connection:  # it is this very class
            KEY_TABLES.create_all(connection)
        return store

    def keep(self, case_id: str, wrapped: Mapping[KeyKind, bytes]) -> bool:
        """Keep the wrapped keys of a case; False where it has keys already, which stay. Durable when this returns."""
        rows = [{"case_id": case_id, "kind": kind, "wrapped": key} for kind, key in wrapped.items()]
        with self._writing.begin() as connection:
            return connection.execute(KEEPING, rows).rowcount == len(rows)

    def wrapped(self, case_id: str, kind: str) -> bytes | None:
        """The wrapped key, if there is one."""
        with self._engine.begin() as connection:
            found: bytes | None = connection.execute(READING, {"case_id": case_id, "kind": kind}).scalar()
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
