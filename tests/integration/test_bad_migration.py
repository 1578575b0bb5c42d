"""A migration that is killed half-way: the next opening does it again from the start, and nothing is lost."""

import os
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, event, text

from models.composition import open_house
from models.database import REVISION
from models.migrations.running import settings_for
from models.trail import verify
from models.views import open_cases
from tests.houses import CARRIERS, Told

pytestmark = pytest.mark.slow
BEFORE = "0001"
SINCE = frozenset({"acts", "act_heads", "network_acts"})
"""Tables that it did not know: what ships is recorded in them anew, with the time of that; an import is not."""
AT_STATEMENTS = 12
AFTER_MILLISECONDS = (1, 5, 15, 40)


@dataclass(frozen=True)
class Old:
    """A house as an earlier edition left it."""

    data: Path
    rows: Mapping[str, Sequence[Any]]


def rows(data: Path) -> Mapping[str, Sequence[Any]]:
    """Every row of every table that the earlier edition knew."""
    house = open_house(data, with_vault=False)
    try:
        assert house.database.revision() == REVISION
        assert verify(house.database, house.keyring).sound
        assert len(open_cases(house.database)) == 1
        with house.database.read() as connection:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
            return {
                name: connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).all()  # noqa: S608  # its own names
                for name in sorted(names)
                if name not in {"alembic_version", "sqlite_sequence", *SINCE}
            }
    finally:
        house.close()


def put_back(data: Path) -> None:
    """Take the tables back to the earlier edition; what the cases are stays."""
    house = open_house(data, with_vault=False)
    try:
        with house.database.write() as connection:
            command.downgrade(settings_for(connection), BEFORE)
    finally:
        house.close()


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Old:
    data = tmp_path_factory.mktemp("old") / "data"
    told = Told(data, settings=CARRIERS)
    told.opened()
    told.close()
    found = rows(data)
    put_back(data)
    return Old(data, found)


def killed_at(data: Path, number: int) -> bool:
    """Open the house in a process of its own that kills itself at that statement; whether it got so far."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        open_house(data, with_vault=False)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def killed_after(data: Path, milliseconds: int) -> bool:
    child = os.fork()
    if child == 0:
        open_house(data, with_vault=False)
        time.sleep(5)  # killed before it ends
        os._exit(0)
    time.sleep(milliseconds / 1000)  # the moment of the kill
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def statements(old: Old, folder: Path) -> int:
    """How many there are in an opening that migrates."""
    shutil.copytree(old.data, folder)
    seen: list[object] = []

    def count(*given: object) -> None:
        seen.append(given)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    try:
        open_house(folder, with_vault=False).close()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
        event.remove(Engine, "commit", count)
    return len(seen)


def test_a_migration_killed_half_way_is_done_again_from_the_start(tmp_path: Path, old: Old) -> None:
    there_are = statements(old, tmp_path / "counted")
    points = sorted({1 + round(step * (there_are - 1) / (AT_STATEMENTS - 1)) for step in range(AT_STATEMENTS)})
    assert len(points) >= 10
    for point in points:
        data = tmp_path / f"at-{point}"
        shutil.copytree(old.data, data)
        assert killed_at(data, point), point
        assert rows(data) == old.rows, point


def test_a_migration_killed_again_and_again_ends_well(tmp_path: Path, old: Old) -> None:
    data = tmp_path / "data"
    shutil.copytree(old.data, data)
    for milliseconds in AFTER_MILLISECONDS:
        assert killed_after(data, milliseconds)
    for point in (30, 20, 10, 3):
        killed_at(data, point)
    assert rows(data) == old.rows
