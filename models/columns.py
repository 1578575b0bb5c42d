"""How a column says what it holds: its data class, and times that are always aware and in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from procedures.classification import DataClass


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. A naive one is refused: nobody could say which hour it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Towards the database, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a naive datetime was to be kept"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database; SQLite keeps no zone, and only UTC was put in."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Every table of the main database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any] | type[TypeEngine[Any]]]] = {
        datetime: UtcDateTime,
        bytes: LargeBinary,
    }


def _column(data_class: DataClass, *args: Any, **options: Any) -> MappedColumn[Any]:
    return mapped_column(*args, info={"class": data_class}, **options)


Column = Callable[..., MappedColumn[Any]]
open_: Column = partial(_column, DataClass.OPEN)
operational: Column = partial(_column, DataClass.OPERATIONAL)
routing: Column = partial(_column, DataClass.ROUTING)
identity: Column = partial(_column, DataClass.IDENTITY)
