"""`staffetta keys`, as somebody types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.composition import open_house
from models.keyfiles import key_path, read_key

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    open_house(tmp_path / "data", with_vault=True).close()
    return tmp_path / "data"


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["keys", *words, "--data", str(data), "--language", "en"])


def shares(data: Path, tmp_path: Path, name: str) -> list[str]:
    places = [tmp_path / f"{name}{number}" for number in range(3)]
    for place in places:
        place.mkdir()
    ran = run(data, "split", *(word for place in places for word in ("--to", str(place))))
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout.split()


def test_the_list_shows_fingerprints_and_never_a_key(data: Path) -> None:
    ran = run(data, "show")
    for name in ("route", "vault", "token", "find"):
        assert name in ran.stdout
        assert read_key(key_path(data / "keys", name)).hex()[:16] not in ran.stdout


def test_a_rotation_and_its_end(data: Path) -> None:
    assert run(data, "rotate").exit_code == 0
    assert [row["stage"] for row in json.loads(run(data, "show", "--json").stdout)] == [
        "",
        "old",
        "",
        "old",
        "",
        "",
        "",
    ]
    early = run(data, "retire")
    assert (early.exit_code, "30 days" in early.stderr) == (1, True)
    assert run(data, "retire", "--now").exit_code == 0
    assert [row["stage"] for row in json.loads(run(data, "show", "--json").stdout)] == ["", "", "", "", ""]


def test_lost_keys_come_back_from_any_two_shares(data: Path, tmp_path: Path) -> None:
    one, _two, three = shares(data, tmp_path, "medium")
    assert run(data, "try", one, three).exit_code == 0
    assert run(data, "recover", one, three).exit_code == 1
    before = run(data, "show", "--json").stdout
    for file in (data / "keys").iterdir():
        file.rename(tmp_path / file.name)
    assert run(data, "recover", one, three).exit_code == 0
    assert [row["fingerprint"] for row in json.loads(run(data, "show", "--json").stdout)] == [
        row["fingerprint"] for row in json.loads(before)
    ]
    open_house(data, with_vault=True).close()


def test_after_a_rotation_the_rehearsal_finds_the_old_shares(data: Path, tmp_path: Path) -> None:
    one, two, _three = shares(data, tmp_path, "old")
    run(data, "rotate")
    tried = run(data, "try", one, two)
    assert (tried.exit_code, "staffetta keys split" in tried.stderr) == (3, True)
    new_one, new_two, _three = shares(data, tmp_path, "new")
    assert run(data, "try", new_one, new_two).exit_code == 0
    mixed = run(data, "try", one, new_two)
    assert (mixed.exit_code, "do not belong together" in mixed.stderr) == (1, True)
