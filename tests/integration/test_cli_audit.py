"""What in Prefect's record differed from the trail, on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.composition import open_house
from models.reports import mend_reports, note_report


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A house in whose history two things were seen; one was mended since."""
    house = open_house(tmp_path / "data", with_vault=False)
    now = house.clock.now()
    note_report(house.database, "run-one", "cancelled", now=now)
    mend_reports(house.database, "run-one", now=now)
    note_report(house.database, "run-two", "deleted", now=now)
    note_report(house.database, "run-two", "deleted", now=now)
    house.close()
    return tmp_path / "data"


def history(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["audit", "history", *words, "--data", str(data), "--language", "en"])


def test_what_is_not_mended_makes_the_check_find_something(data: Path) -> None:
    said = history(data)
    assert said.exit_code == 3
    assert "cancelled in Prefect" in said.stdout
    assert "deleted in Prefect" in said.stdout
    assert "Reports: 2, not mended yet: 1" in said.stderr


def test_only_what_is_open_can_be_asked_for(data: Path) -> None:
    said = history(data, "--open", "--json")
    (one,) = json.loads(said.stdout)
    assert (one["flow_run"], one["kind"], one["seen"], one["mended_at"]) == ("run-two", "deleted", 2, None)


def test_a_house_in_which_nothing_differed_is_well(tmp_path: Path) -> None:
    open_house(tmp_path / "data", with_vault=False).close()
    said = history(tmp_path / "data")
    assert said.exit_code == 0
    assert "Reports: 0" in said.stderr
