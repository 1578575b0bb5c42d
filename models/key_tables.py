"""The tables of the key store. They are no part of the main database, and have backups of their own."""

from typing import Literal

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table

from models.columns import UtcDateTime
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
WRAPPING_KEYS = Table(
    "wrapping_keys",
    KEY_TABLES,
    Column("kind", String, primary_key=True, info={"class": DataClass.OPERATIONAL}),
    Column("fingerprint", String, nullable=False, info={"class": DataClass.OPERATIONAL}),
    Column("since", UtcDateTime, nullable=False, info={"class": DataClass.OPERATIONAL}),
)
"""What new wraps go under, once keys were replaced; no row before."""
ERASED = Table(
    "erased",
    KEY_TABLES,
    Column("number", Integer, primary_key=True, info={"class": DataClass.OPERATIONAL}),
    Column("case_id", String, nullable=False, unique=True, info={"class": DataClass.OPERATIONAL}),
    sqlite_autoincrement=True,
)
"""Cases whose keys were destroyed, in that order: processes that hold an opened key look here."""
MARKS = Table(
    "telephone_marks",
    KEY_TABLES,
    Column("mark", BigInteger, primary_key=True, info={"class": DataClass.OPERATIONAL}),
    Column("case_id", String, primary_key=True, index=True, info={"class": DataClass.OPERATIONAL}),
)
"""Of each telephone of a case 32 bits of a keyed hash, to find it by; they go with its keys.
Without the key a mark says nothing: any number may have it."""
