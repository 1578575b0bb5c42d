"""What the check says of whoever holds the keys: nothing without an anchor, and with one until when all is well."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.anchors import written
from models.composition import open_house
from models.rootkeys import public_root_key, root_key
from models.roots import RootMaker

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A house, and beside it what somebody outside kept of its first root."""
    house = open_house(tmp_path / "data", with_vault=False)
    key = root_key(house.settings.key_folder, may_make=True)
    root = RootMaker(house.database, key).make(house.clock.now())
    house.close()
    assert root is not None
    (tmp_path / "good.txt").write_text(written(root), encoding="utf-8")
    (tmp_path / "later.txt").write_text(written(root).replace("root 1", "root 7"), encoding="utf-8")
    return tmp_path / "data"


def asked(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["audit", *words, "--data", str(data), "--language", "en"])


def test_without_an_anchor_rewriting_cannot_be_excluded(data: Path) -> None:
    said = asked(data, "verify")
    assert said.exit_code == 0
    assert "cannot be excluded" in said.stderr


def test_an_anchor_says_until_when_nothing_was_rewritten(data: Path) -> None:
    said = asked(data, "verify", "--anchors", str(data.parent / "good.txt"))
    assert said.exit_code == 0
    assert "nothing was rewritten" in said.stderr


def test_an_anchor_that_the_house_does_not_reach_is_found(data: Path) -> None:
    said = asked(data, "verify", "--json", "--anchors", str(data.parent / "later.txt"))
    assert said.exit_code == 3
    found = json.loads(said.stdout)
    assert (found["sound"], found["unchanged_until"]) == (False, None)
    assert [(fault["code"], fault["seq"]) for fault in found["faults"]] == [("anchor", 7)]


def test_the_public_half_of_the_key_is_printed(data: Path) -> None:
    public = public_root_key(data / "keys")
    assert public is not None
    assert asked(data, "key").stdout.strip() == public.hex()
    assert json.loads(asked(data, "key", "--json").stdout) == {"public_key": public.hex()}


def test_a_house_without_that_key_says_what_is_missing(data: Path) -> None:
    for name in ("root.key", "root.pub"):
        (data / "keys" / name).unlink()
    said = asked(data, "key")
    assert said.exit_code == 1
    assert "root.pub" in said.stderr
