"""What is the same in every test's house, made once in a process: tables, a furnished data folder, cheap passwords.

Each is what the product itself made there. Migrations are tested in processes and on folders of their own.
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import Connection, text

from models import passwords
from models.accounts import ensure_first_operator
from models.clock import SetClock
from models.composition import open_house
from models.migrations import running
from models.network import import_network, sample_network

HASHED_IN_SERVICE = passwords._hasher
"""The product's own, which takes a fifth of a second on purpose."""
HASHED_CHEAPLY = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SETTINGS_FILE = "staffetta.toml"

Upgrade = Callable[[Connection, str | None], None]


def with_tables_made_once(upgrade: Upgrade) -> Upgrade:
    """The migrations, run in a process once: every further empty SQLite database gets the tables that they made."""
    made: list[str] = []
    filled: list[tuple[str, list[dict[str, object]]]] = []

    def upgraded(connection: Connection, found: str | None) -> None:
        if found is not None or connection.dialect.name != "sqlite":
            upgrade(connection, found)
        elif not made:
            upgrade(connection, found)
            made.extend(_sentences(connection))
            filled.extend(_rows(connection))
        else:
            _make_again(connection, made, filled)

    return upgraded


def _sentences(connection: Connection) -> list[str]:
    """Tables first: what a trigger guards has to be filled before it."""
    ours = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    found = connection.execute(text(f"{ours} ORDER BY type <> 'table', rowid"))
    return [str(sentence) for sentence in found.scalars()]


def _rows(connection: Connection) -> list[tuple[str, list[dict[str, object]]]]:
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
    tables: dict[str, list[dict[str, object]]] = {}
    for name in names.scalars():
        every = text(f'SELECT * FROM "{name}"')  # noqa: S608  # the name is what SQLite calls a table of ours
        tables[name] = [dict(row) for row in connection.execute(every).mappings()]
    return [(name, rows) for name, rows in tables.items() if rows]


def _make_again(connection: Connection, made: list[str], filled: list[tuple[str, list[dict[str, object]]]]) -> None:
    for sentence in (one for one in made if one.startswith("CREATE TABLE")):
        connection.exec_driver_sql(sentence)
    for name, rows in filled:
        values = ", ".join(f":{column}" for column in rows[0])
        kept = text(f'INSERT INTO "{name}" VALUES ({values})')  # noqa: S608  # the names come from our own migrations
        connection.execute(kept, rows)
    for sentence in (one for one in made if not one.startswith("CREATE TABLE")):
        connection.exec_driver_sql(sentence)


def make_once() -> None:
    """From here on this process makes cheaply what its houses have in common."""
    running.upgrade = with_tables_made_once(running.upgrade)  # type: ignore[assignment]  # ours names its parameters otherwise: it is called by position
    passwords._hasher = HASHED_CHEAPLY


def with_network(folder: Path, settings: str, now: datetime) -> None:
    """Lay out a data folder with the invented network, which came at `now`.

    Its keys are those of every such folder of this process.
    """
    _lay_out(folder, settings, now, _first_with_network)


def with_operator(folder: Path, settings: str, now: datetime) -> str:
    """The same, and the first operator too; her password."""
    return _lay_out(folder, settings, now, _first_with_operator)


def _lay_out(folder: Path, settings: str, now: datetime, first: Callable[[str, datetime], tuple[Path, str]]) -> str:
    if "[database]" in settings:
        folder.mkdir(parents=True, exist_ok=True)
        return _make(folder, settings, now, operator=first is _first_with_operator)
    made, password = first(settings, now)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return password


@lru_cache
def _first_with_network(settings: str, now: datetime) -> tuple[Path, str]:
    folder = _folder_of_this_process()
    return folder, _make(folder, settings, now, operator=False)


@lru_cache
def _first_with_operator(settings: str, now: datetime) -> tuple[Path, str]:
    folder = _folder_of_this_process()
    return folder, _make(folder, settings, now, operator=True)


def _folder_of_this_process() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="staffetta-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _make(folder: Path, settings: str, now: datetime, *, operator: bool) -> str:
    (folder / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    house = open_house(folder, with_vault=True, clock=SetClock(now))
    try:
        import_network(house.database, sample_network(), "network.yaml", now)
        return (ensure_first_operator(house.database, now) or "") if operator else ""
    finally:
        house.close()
