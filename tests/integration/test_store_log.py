"""SQLite's log is made long in advance, and nothing of what is kept is touched by that."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from flows.dispatcher import lengthen_logs
from flows.journal import open_journal
from models.composition import House
from models.sqlite_log import LONG, lengthen_log
from models.store_errors import StoreBusy
from tests.integration.relay import furnish, settings_text

SECONDS = 5.0


def a_database(place: Path) -> sqlite3.Connection:
    """Somebody has it open, as desk and dispatcher do, and one thing is kept in it."""
    line = sqlite3.connect(place, isolation_level=None)
    line.execute("PRAGMA journal_mode=WAL")
    line.execute("PRAGMA synchronous=FULL")
    line.execute("CREATE TABLE kept (word TEXT)")
    line.execute("INSERT INTO kept VALUES ('before')")
    return line


def words_in(place: Path) -> list[str]:
    """What whoever comes next finds there."""
    with closing(sqlite3.connect(place)) as line:
        assert line.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [word for (word,) in line.execute("SELECT word FROM kept ORDER BY rowid")]


def log_of(place: Path) -> Path:
    """Its log."""
    return place.with_name(f"{place.name}-wal")


def test_the_log_is_long_once_and_the_tables_are_as_they_were(tmp_path: Path) -> None:
    place = tmp_path / "staffetta.sqlite"
    with closing(a_database(place)) as line:
        assert lengthen_log(place, SECONDS)
        assert log_of(place).stat().st_size >= LONG
        assert not lengthen_log(place, SECONDS)
        tables = [name for (name,) in line.execute("SELECT name FROM sqlite_master")]
        assert tables == ["kept"]


def test_a_commit_makes_it_no_longer(tmp_path: Path) -> None:
    place = tmp_path / "staffetta.sqlite"
    with closing(a_database(place)) as line:
        lengthen_log(place, SECONDS)
        before = log_of(place).stat().st_size
        line.execute("INSERT INTO kept VALUES (?)", ("x" * 50_000,))
        assert log_of(place).stat().st_size == before


def test_whoever_finds_the_files_after_a_power_cut_finds_every_commit(tmp_path: Path) -> None:
    """Behind the last commit the log holds what was taken back: whoever recovers must not take that for kept."""
    place, left = tmp_path / "staffetta.sqlite", tmp_path / "left" / "staffetta.sqlite"
    left.parent.mkdir()
    with closing(a_database(place)) as line:
        lengthen_log(place, SECONDS)
        line.execute("INSERT INTO kept VALUES ('after')")
        for file in (place, log_of(place)):  # as they lie on the disk: nobody closed anything
            shutil.copy(file, left.parent / file.name)
    assert words_in(left) == ["before", "after"]


def test_a_power_cut_before_the_next_commit_keeps_what_was_there(tmp_path: Path) -> None:
    place, left = tmp_path / "staffetta.sqlite", tmp_path / "left" / "staffetta.sqlite"
    left.parent.mkdir()
    with closing(a_database(place)):
        lengthen_log(place, SECONDS)
        for file in (place, log_of(place)):
            shutil.copy(file, left.parent / file.name)
    assert words_in(left) == ["before"]


def test_whoever_writes_meanwhile_is_waited_for(tmp_path: Path) -> None:
    place = tmp_path / "staffetta.sqlite"
    with closing(a_database(place)) as line:
        line.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            lengthen_log(place, 0.05)
        line.execute("INSERT INTO kept VALUES ('mine')")
        line.execute("COMMIT")
    assert words_in(place) == ["before", "mine"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(furnish(tmp_path / "data", settings_text("staffetta-mail://localhost"))) as made:
        yield made


def test_the_dispatcher_makes_both_logs_long(house: House) -> None:
    lengthen_logs(house, open_journal("dispatcher", StringIO()))
    found = sorted(log.stat().st_size >= LONG for log in house.settings.data.rglob("*-wal"))
    assert found == [True, True]


def test_where_that_cannot_be_it_is_said_and_nobody_stops(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> None:
        raise StoreBusy

    monkeypatch.setattr(house.database, "lengthen_log", busy)
    said = StringIO()
    lengthen_logs(house, open_journal("dispatcher", said))
    assert "log-not-lengthened" in said.getvalue()
    assert "store-busy" in said.getvalue()
