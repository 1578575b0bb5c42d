"""Opening a house: folders, keys, tables, and what keeps it shut."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import models.tables  # noqa: F401  # fills the metadata
from models.acts import ask_last_act
from models.clock import SystemClock
from models.columns import Base
from models.composition import House, open_house
from models.database import REVISION
from models.keyring_errors import KeyMissing, KeyReadableByOthers, KeyUnreadable
from models.migrations.running import scripts
from models.store_errors import (
    CommandIdReused,
    FastClockRefused,
    OnlyDrills,
    StoreFailed,
    StoreTooNew,
    UnwritableFolder,
)
from models.trail import verify
from models.views import open_cases
from procedures.schema import StartStep
from tests.houses import Told, open_case


def test_the_tables_are_those_that_the_migrations_make(tmp_path: Path) -> None:
    house = open_house(tmp_path, with_vault=True)
    with house.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert scripts().get_heads() == [REVISION]
    house.close()


def test_a_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        house = open_house(tmp_path / "data", with_vault=True)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").rglob("*")}
    assert (tmp_path / "data").stat().st_mode & 0o777 == modes["keys"] == modes["run"] == 0o700
    assert modes["route.key"] == modes["vault.key"] == modes["token.key"] == 0o400
    house.close()


def test_a_house_opened_again_keeps_what_is_in_it(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    code = told.opened().state.code
    told.close()
    again = open_house(tmp_path / "data", with_vault=True)
    assert [row.code for row in open_cases(again.database)] == [code]
    assert verify(again.database, again.keyring).sound
    again.close()


def test_processes_that_start_together_open_one_house(tmp_path: Path) -> None:
    houses: list[House] = []
    threads = [
        threading.Thread(target=lambda: houses.append(open_house(tmp_path / "data", with_vault=True))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({house.keyring.token_key for house in houses}) == 1
    assert len(houses) == len(threads)
    for house in houses:
        house.close()


def test_a_key_that_others_can_read_keeps_the_house_shut(tmp_path: Path) -> None:
    open_house(tmp_path, with_vault=True).close()
    (tmp_path / "keys" / "vault.key").chmod(0o440)
    with pytest.raises(KeyReadableByOthers, match=r"chmod 400 .*vault\.key"):
        open_house(tmp_path, with_vault=True)


def test_a_lost_key_is_not_made_anew(tmp_path: Path) -> None:
    open_house(tmp_path, with_vault=True).close()
    (tmp_path / "keys" / "route.key").unlink()
    with pytest.raises(KeyMissing, match="safe copy"):
        open_house(tmp_path, with_vault=True)


def test_a_file_that_holds_no_key_keeps_the_house_shut(tmp_path: Path) -> None:
    open_house(tmp_path, with_vault=True).close()
    key = tmp_path / "keys" / "route.key"
    key.chmod(0o600)
    key.write_text("not a key", encoding="ascii")
    with pytest.raises(KeyUnreadable):
        open_house(tmp_path, with_vault=True)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableFolder, match="Choose another with --data"):
        open_house(tmp_path / "file" / "data", with_vault=True)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_house(tmp_path, with_vault=True).close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UnwritableFolder, match="permission denied"):
        open_house(tmp_path, with_vault=True)


def test_a_later_editions_database_is_left_alone(tmp_path: Path) -> None:
    house = open_house(tmp_path, with_vault=True)
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    house.close()
    with pytest.raises(StoreTooNew):
        open_house(tmp_path, with_vault=True)


def test_a_broken_database_says_so_without_its_content(tmp_path: Path) -> None:
    open_house(tmp_path, with_vault=True).close()
    (tmp_path / "staffetta.sqlite").write_bytes(b"this is no database" * 500)
    with pytest.raises(StoreFailed, match="SQLITE_NOTADB"):
        open_house(tmp_path, with_vault=True)


def test_a_full_disk_says_that_nothing_was_saved(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    with told.house.database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine = told.house.database.engine
    engine.dispose()
    from sqlalchemy import event

    event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}"))
    saved = 0
    with pytest.raises(StoreFailed, match=r"Not saved.*SQLITE_FULL"):  # noqa: PT012  # room for a few is left
        for _ in range(50):
            told.opened()
            saved += 1
    assert len(open_cases(told.house.database)) == saved
    assert verify(told.house.database, told.house.keyring).sound
    told.close()


def test_a_failure_that_somebody_remembers_keeps_no_line_in_the_past(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    command = open_case(told.house)
    told.house.handling.handle(command)
    with pytest.raises(CommandIdReused) as remembered:
        told.house.handling.handle(open_case(told.house, id=command.id, territory="costa_serena"))
    other = open_house(tmp_path / "data", with_vault=True)
    other.handling.handle(open_case(other))
    other.close()
    assert len(open_cases(told.house.database)) == 2
    told.house.handling.handle(open_case(told.house))
    assert len(open_cases(told.house.database)) == 3
    assert remembered.value
    told.close()


FAST = """
[clock]
speed = 60
origin = 2026-11-24T20:00:00Z
"""


def test_under_a_fast_clock_only_drills_are_opened(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    fast = open_house(told.house.settings.data, with_vault=True, clock=SystemClock(60.0, datetime.now(UTC)))
    with pytest.raises(OnlyDrills):
        fast.handling.handle(open_case(told.house))
    assert fast.handling.handle(open_case(told.house, drill=True)).state.drill
    fast.close()
    told.close()


def test_the_clock_may_not_run_fast_over_a_real_case(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    told.opened()
    told.close()
    (tmp_path / "data" / "staffetta.toml").write_text(FAST, encoding="utf-8")
    with pytest.raises(FastClockRefused, match="real cases are open"):
        open_house(tmp_path / "data", with_vault=True)


def test_pathways_stay_pinned_to_the_text_they_started_with(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    text = told.house.procedures.library().current["shelter"]
    pinned = text.content_hash
    assert told.house.procedures.library().by_hash[pinned] == text
    told.opened()
    from models.library import Procedures
    from procedures.loading import SHIPPED

    other = tmp_path / "other"
    other.mkdir()
    for file in SHIPPED.glob("*.yaml"):
        (other / file.name).write_text(
            file.read_text(encoding="utf-8").replace("edition: 1", "edition: 2"), encoding="utf-8"
        )
    later = Procedures(told.house.database, told.clock.now(), other)
    assert later.library().current["shelter"].edition == 2
    assert later.library().by_hash[pinned] == text
    told.close()


def test_a_text_that_runs_keeps_what_it_starts_when_a_release_ships_it_no_more(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    state = told.opened(pathway="intake").state
    started = {
        step.pathway
        for step in told.house.procedures.library().current["intake"].steps.values()
        if isinstance(step, StartStep)
    }
    from models.library import Procedures
    from procedures.loading import SHIPPED

    other = tmp_path / "other"
    other.mkdir()
    (other / "shelter.yaml").write_bytes((SHIPPED / "shelter.yaml").read_bytes())
    later = Procedures(told.house.database, told.clock.now(), other)
    with told.house.database.read() as connection:
        library = later.library_for(connection, state, ask_last_act(connection))
    assert started > {"shelter"}
    assert {library.named(name).name for name in started} == started
    told.close()
