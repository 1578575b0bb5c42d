"""Statements of the one transaction, made into SQL once.

SQLAlchemy builds and looks up a statement anew for each execution, which costs more than SQLite's own work: on the path
of an alert that is time in which nobody is called. These keep their SQL and the conversions of their values.

The driver's errors do not pass SQLAlchemy's `hide_parameters` here; that is safe because `Database` ends every one of
them in an error of ours that never quotes its text.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, Insert, Select, Update, bindparam, insert, update
from sqlalchemy.sql.compiler import SQLCompiler

from models.columns import Base

Convert = Callable[[Any], Any] | None
Statement = Insert | Update | Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class _Made:
    """A statement as one dialect says it."""

    sql: str
    values: Sequence[tuple[str | None, Convert, Any]]
    """The values in the order of their places: a name with its conversion, or no name and a fixed value."""
    columns: Sequence[Convert]
    row: Callable[..., Any]
    values_at: int = 0
    """Where the values of an insert begin, which may stand there several times: on PostgreSQL each row that is sent
    alone costs both sides some 50 µs. None (0) where anything follows them, and on SQLite, which gains nothing."""


class Prepared:
    """One statement whose values are all named parameters."""

    def __init__(
        self, statement: Insert | Update | Select[*tuple[Any, ...]], columns: Sequence[str] | None = None
    ) -> None:
        """`columns` are those an insert fills."""
        self._statement = statement
        self._columns = columns
        self._make = lru_cache(maxsize=4)(self._made)

    def _made(self, dialect: Dialect) -> _Made:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        assert isinstance(compiled, SQLCompiler)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        values = [_value(name, binds[name], dialect) for name in compiled.positiontup or ()]
        selected = self._statement.exported_columns
        if not selected:
            return _Made(compiled.string, values, (), tuple, self._values_at(compiled.string, dialect))
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in selected]
        row = namedtuple("Row", [str(column.key) for column in selected])  # type: ignore[misc]  # noqa: PYI024  # names are known at run time alone
        return _Made(compiled.string, values, readers, row)

    def _values_at(self, sql: str, dialect: Dialect) -> int:
        repeatable = dialect.name == "postgresql" and type(self._statement) is Insert
        return sql.rindex("VALUES ") + len("VALUES ") if repeatable else 0

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute with each of these rows."""
        if not rows:
            return
        made = self._make(connection.dialect)
        with closing(connection.connection.cursor()) as cursor:
            if made.values_at and len(rows) > 1:
                together = made.sql + f", {made.sql[made.values_at :]}" * (len(rows) - 1)
                cursor.execute(together, [value for row in rows for value in _placed(made, row)])
            else:
                cursor.executemany(made.sql, [_placed(made, row) for row in rows])

    def send(self, connection: Connection, **values: Any) -> None:
        """Execute, and let the answer be: where statements travel together, nobody waits for it."""
        made = self._make(connection.dialect)
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(made.sql, _placed(made, values))

    def ask(self, connection: Connection, **values: Any) -> "Asked":
        """Send a question, and wait for its answer later: where statements travel together, one journey brings all.

        Take every answer before anything is written.
        """
        made = self._make(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(made.sql, _placed(made, values))
        return Asked(made, cursor)

    def read(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows of a select, or those that a change returns, by the names of their columns."""
        return self.ask(connection, **values).rows()

    def first(self, connection: Connection, **values: Any) -> Any:
        """The first row of a select, or None."""
        return next(iter(self.read(connection, **values)), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is on its way."""

    _made: _Made
    _cursor: Any

    def rows(self) -> list[Any]:
        """Its answer, once."""
        with closing(self._cursor):
            return _read(self._made, self._cursor.fetchall())

    def first(self) -> Any:
        """The first row of its answer, or None."""
        return next(iter(self.rows()), None)


def _read(made: _Made, found: Sequence[Sequence[Any]]) -> list[Any]:
    return [
        made.row(
            *(value if read is None else read(value) for value, read in zip(line, made.columns, strict=True)),
        )
        for line in found
    ]


def _placed(made: _Made, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        [
            fixed if name is None else (row[name] if convert is None else convert(row[name]))
            for name, convert, fixed in made.values
        ]
    )


def _value(name: str, bind: BindParameter[Any], dialect: Dialect) -> tuple[str | None, Convert, Any]:
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.required:
        return name, convert, None
    return None, None, bind.effective_value if convert is None else convert(bind.effective_value)


def columns_of(table: type[Base]) -> list[str]:
    """The names of a table's columns."""
    return [column.key for column in table.__table__.columns]


def inserting(table: type[Base]) -> Prepared:
    """Insert rows that name every column."""
    return Prepared(insert(table.__table__), columns_of(table))  # type: ignore[arg-type]  # a Table, as declared


def updating(table: type[Base], key: str, columns: Sequence[str]) -> Prepared:
    """Change `columns` of the row with this `key`; rows name all of them."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    target = table.__table__
    return Prepared(update(target).where(target.c[key] == bindparam(f"the_{key}")).values(values))  # type: ignore[arg-type]  # as above


def changed(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as `updating` wants it."""
    return {f"the_{key}": row[key], **{f"new_{name}": value for name, value in row.items()}}
