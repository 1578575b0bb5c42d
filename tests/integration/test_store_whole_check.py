"""The whole check looks at everything, goes on where it was stopped, and finds on many cores what it finds on one."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import models.whole_check
from models.trail import CasesChecked, check_cases
from models.whole_check import FILE, verify_whole
from tests.trust.tampered import Done, Furnished, furnished, tamper

pytestmark = pytest.mark.slow


class Stopped(Exception):
    """The check was interrupted."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return furnished(tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def done(made: Furnished, tmp_path: Path) -> Iterator[Done]:
    done = tamper("an event altered", made, tmp_path / "data", random.Random(3), turn=0)  # noqa: S311  # draws which
    yield done
    done.house.close()


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A case a piece, each of which is remembered."""
    monkeypatch.setattr("models.trail.TOGETHER", 1)
    monkeypatch.setattr(models.whole_check, "KEEP_EVERY", 1)


def stop_at(monkeypatch: pytest.MonkeyPatch, number: int) -> list[str]:
    """The check is interrupted at the so manieth case; the ids of those that it looked at."""
    seen: list[str] = []

    def check(connection: object, keyring: object, case_ids: list[str]) -> CasesChecked:
        if len(seen) == number:
            raise Stopped
        seen.extend(case_ids)
        return check_cases(connection, keyring, case_ids)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(models.whole_check, "check_cases", check)
    return seen


def test_a_check_that_was_stopped_goes_on_and_forgets_no_fault(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = verify_whole(done.house, from_start=True)
    seen = stop_at(monkeypatch, 3)
    with pytest.raises(Stopped):
        verify_whole(done.house)
    assert len(seen) == 3
    stop_at(monkeypatch, 2)
    assert verify_whole(done.house) == whole
    assert not (done.house.settings.run_folder / FILE).exists()


def test_from_the_start_looks_at_everything_again(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, 2)
    with pytest.raises(Stopped):
        verify_whole(done.house)
    seen = stop_at(monkeypatch, 99)
    verify_whole(done.house, from_start=True)
    assert len(seen) == 4


@pytest.mark.parametrize("kept", ["", "{}", '{"began": "2020-01-01T00:00:00+00:00", "after": "z"}', "[]"])
def test_what_is_no_memory_of_a_check_is_not_believed(done: Done, kept: str) -> None:
    (done.house.settings.run_folder / FILE).write_text(kept, encoding="utf-8")
    assert verify_whole(done.house).cases == 4


@pytest.mark.slow
def test_several_processes_find_what_one_finds(done: Done) -> None:
    one = verify_whole(done.house, workers=1)
    assert one.faults
    assert verify_whole(done.house, workers=2) == one
