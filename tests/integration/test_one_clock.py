"""All processes of a house count from one moment: a wall set back or forward moves no deadline, and people are told."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.examining import Health, examine
from flows.clockwatch import watch_clock
from flows.journal import open_journal
from models import clock, since_boot
from models.composition import House, open_house
from models.network import import_network, sample_network
from models.settings import FILE_NAME
from tests.houses import CARRIERS, open_case

SECOND = timedelta(seconds=1)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """How far somebody set the wall."""
    set_by = [timedelta()]
    monkeypatch.setattr(clock, "wall_now", lambda: datetime.now(UTC) + set_by[0])
    return set_by


def house_in(folder: Path) -> House:
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_text(CARRIERS, encoding="utf-8")
    return open_house(folder, with_vault=True)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_process_that_starts_after_the_wall_was_set_shows_the_time_of_the_others(
    tmp_path: Path, wall: list[timedelta], hours: int
) -> None:
    first = house_in(tmp_path / "data")
    wall[0] = timedelta(hours=hours)
    second = house_in(tmp_path / "data")
    assert abs(first.clock.now() - second.clock.now()) < SECOND
    assert abs(second.clock.now() - datetime.now(UTC)) < SECOND
    for house in (first, second):
        house.close()


def test_after_another_start_of_the_machine_the_wall_is_taken_anew(
    tmp_path: Path, wall: list[timedelta], monkeypatch: pytest.MonkeyPatch
) -> None:
    house_in(tmp_path / "data").close()
    another = tmp_path / "boot_id"
    another.write_text("another-start\n", encoding="ascii")
    monkeypatch.setattr(since_boot, "BOOT_ID", another)
    wall[0] = timedelta(hours=2)
    house = house_in(tmp_path / "data")
    assert abs(house.clock.now() - datetime.now(UTC) - wall[0]) < SECOND
    house.close()


def test_after_another_start_time_is_never_behind_the_newest_event(
    tmp_path: Path, wall: list[timedelta], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = house_in(tmp_path / "data")
    import_network(house.database, sample_network(), "network.yaml", house.clock.now())
    opened_at = house.handling.handle(open_case(house)).state.opened_at
    house.close()
    another = tmp_path / "boot_id"
    another.write_text("another-start\n", encoding="ascii")
    monkeypatch.setattr(since_boot, "BOOT_ID", another)
    wall[0] = timedelta(hours=-2)
    house = house_in(tmp_path / "data")
    assert opened_at is not None
    assert house.clock.now() >= opened_at
    assert clock.far_astray(house.clock) is not None
    house.close()


@pytest.mark.parametrize("said", ["nonsense", "{boot} 2026-11-24T20:00:00", "{boot} 9999-12-31T23:59:59+00:00"])
def test_a_moment_that_cannot_be_read_is_reckoned_anew(tmp_path: Path, said: str) -> None:
    house_in(tmp_path / "data").close()
    boot = since_boot.BOOT_ID.read_text("ascii").strip()
    (tmp_path / "data" / "run" / since_boot.FILE).write_text(said.format(boot=boot), encoding="ascii")
    house = house_in(tmp_path / "data")
    assert abs(house.clock.now() - datetime.now(UTC)) < SECOND
    house.close()


def test_a_moment_that_cannot_be_kept_keeps_nobody_from_starting_and_the_doctor_says_so(tmp_path: Path) -> None:
    house_in(tmp_path / "data").close()
    (tmp_path / "data" / FILE_NAME).chmod(0o600)
    place = tmp_path / "data" / "run" / since_boot.FILE
    place.unlink()
    place.mkdir()
    house = house_in(tmp_path / "data")
    assert abs(house.clock.now() - datetime.now(UTC)) < SECOND
    house.close()
    (found,) = [finding for finding in examine(tmp_path / "data", None) if finding.what == "clock"]
    assert (found.health, str(place) in found.said) == (Health.LOOK, True)
    assert [one.name for one in place.parent.glob("clock.*")] == []


def test_a_wall_that_was_set_is_told_once_and_so_is_its_return(tmp_path: Path, wall: list[timedelta]) -> None:
    house = house_in(tmp_path / "data")
    log = io.StringIO()

    async def watched() -> None:
        watching = asyncio.create_task(watch_clock(house, open_journal("dispatcher", log), every=0.01))
        for set_by in (timedelta(), timedelta(hours=-2), timedelta()):
            wall[0] = set_by
            await asyncio.sleep(0.1)
        watching.cancel()

    asyncio.run(watched())
    assert log.getvalue().count("clock-astray") == 1
    assert "-7200" in log.getvalue()
    assert log.getvalue().count("clock-agrees") == 1
    house.close()


def test_the_doctor_says_what_to_do(tmp_path: Path, wall: list[timedelta]) -> None:
    house_in(tmp_path / "data").close()
    (tmp_path / "data" / FILE_NAME).chmod(0o600)
    wall[0] = timedelta(hours=2)
    (said,) = [finding.said for finding in examine(tmp_path / "data", None) if finding.what == "clock"]
    assert "+7200 s" in said
    assert str(tmp_path / "data" / "run" / "clock") in said
