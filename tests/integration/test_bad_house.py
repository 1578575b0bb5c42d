"""A house whose files are not as they must be: every part of it says so in one to three lines, and changes nothing."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from models.network import sample_network
from tests.houses import Told
from web.__main__ import main as desk

RUNNER = CliRunner()
NOT_LOST = {"run", "log"}
"""Folders that hold nothing of value."""


@dataclass(frozen=True)
class Sound:
    """A house that is as it must be, to be broken in copies."""

    data: Path
    code: str
    network: Path


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    folder = tmp_path_factory.mktemp("sound")
    told = Told(folder / "data", settings="")
    code = told.opened(drill=True).state.code
    told.close()
    network = folder / "network.yaml"
    network.write_text(sample_network(), encoding="utf-8")
    return Sound(folder / "data", code, network)


def newer(data: Path) -> None:
    with closing(sqlite3.connect(data / "staffetta.sqlite")) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()


def replaced(name: str, content: bytes) -> Callable[[Path], None]:
    def replace(data: Path) -> None:
        path = data / name
        mode = path.stat().st_mode & 0o777
        for beside in data.glob(f"{path.name}-*"):
            beside.unlink()
        path.unlink()
        path.write_bytes(content)
        path.chmod(mode)

    return replace


def removed(name: str) -> Callable[[Path], None]:
    return lambda data: (data / name).unlink()


def opened_to_all(name: str) -> Callable[[Path], None]:
    return lambda data: (data / name).chmod(0o644)


def folder_at(name: str) -> Callable[[Path], None]:
    def make(data: Path) -> None:
        if (data / name).exists():
            (data / name).unlink()
        (data / name).mkdir()

    return make


def file_at(name: str) -> Callable[[Path], None]:
    def make(data: Path) -> None:
        shutil.rmtree(data / name)
        (data / name).write_text("", encoding="utf-8")

    return make


def damaged(data: Path) -> None:
    path = data / "staffetta.sqlite"
    kept = path.read_bytes()
    path.write_bytes(kept[:100] + b"\xff" * 8000 + kept[8100:])


KEYS = ("route", "vault", "token")
NOISE = bytes(range(256)) * 64
BROKEN: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "database from a later edition": (newer, "later edition"),
    "database is noise": (replaced("staffetta.sqlite", NOISE), "database"),
    "database is a text": (replaced("staffetta.sqlite", b"hello\n" * 1000), "database"),
    "database is a folder": (folder_at("staffetta.sqlite"), "database"),
    "database is damaged": (damaged, "database"),
    "database is empty": (replaced("staffetta.sqlite", b""), "backup"),
    "database is gone": (removed("staffetta.sqlite"), "backup"),
    "key store is noise": (replaced("keys.sqlite", NOISE), "key store"),
    "key store is a folder": (folder_at("keys.sqlite"), "key store"),
    "key store is empty": (replaced("keys.sqlite", b""), "safe copy"),
    "key store is gone": (removed("keys.sqlite"), "safe copy"),
    "run folder is a file": (file_at("run"), "run"),
    "lock is a folder": (folder_at("run/opening.lock"), "opening.lock"),
    "keys are a file": (file_at("keys"), "key"),
    **{f"{key} key is gone": (removed(f"keys/{key}.key"), key) for key in KEYS},
    **{f"{key} key is short": (replaced(f"keys/{key}.key", b"00ff"), key) for key in KEYS},
    **{f"{key} key is long": (replaced(f"keys/{key}.key", b"0" * 4096), key) for key in KEYS},
    **{f"{key} key is empty": (replaced(f"keys/{key}.key", b""), key) for key in KEYS},
    **{f"{key} key is noise": (replaced(f"keys/{key}.key", NOISE), key) for key in KEYS},
    **{f"{key} key is a folder": (folder_at(f"keys/{key}.key"), key) for key in KEYS},
    **{f"{key} key is for all": (opened_to_all(f"keys/{key}.key"), "chmod") for key in KEYS},
}  # fmt: skip
NEEDS_NO_VAULT = {one for one in BROKEN if one.startswith("vault")}


def kept(data: Path) -> Mapping[str, str]:
    """Everything of value that is in the folder."""
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file()
        and path.relative_to(data).parts[0] not in NOT_LOST
        and not path.name.endswith(("-wal", "-shm"))
    }


def commands(sound: Sound, data: Path) -> Iterator[tuple[list[str], int]]:
    """Words that need the house, with the exit code that its failure has."""
    house = ["--data", str(data), "--language"]
    opening = ["case", "open", "--territory", "valle_chiara", "--fact", "risk=high", "--drill", *house]
    yield opening, 1
    yield ["serve", "desk", "--port", "0", *house], 1
    yield ["case", "list", *house], 1
    yield ["case", "show", sound.code, *house], 1
    yield ["audit", "verify", *house], 1
    yield ["network", "import", str(sound.network), *house], 1
    yield ["user", "list", *house], 1
    yield ["doctor", *house], 3


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_house_is_told_and_left_as_it_is(
    tmp_path: Path, sound: Sound, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(sound.data, data)
    change, word = BROKEN[broken]
    change(data)
    before = kept(data)
    looked_at = list(commands(sound, data))
    for words, code in looked_at[:2] if broken in NEEDS_NO_VAULT else looked_at:
        english = RUNNER.invoke(app, [*words, "en"])
        italian = RUNNER.invoke(app, [*words, "it"]) if words[0] in {"serve", "doctor"} else None
        for ran in filter(None, (english, italian)):
            lines = ran.stderr.strip().splitlines()
            assert ran.exit_code == code, (words[:2], ran.exit_code, ran.stdout, ran.stderr)
            assert 1 <= len(lines) <= 3, (words[:2], ran.stderr)
            assert "Traceback" not in ran.stderr
            assert "Something broke" not in ran.stderr, ran.stderr
            assert "si è rotto" not in ran.stderr, ran.stderr
        assert word in english.stderr, english.stderr
        assert italian is None or english.stderr != italian.stderr, english.stderr
        assert kept(data) == before, words[:2]
    assert desk(["--data", str(data), "--port", "0"]) == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert 1 <= len(said) <= 3
    assert kept(data) == before


def test_signs_of_a_house_that_died_keep_nobody_out(tmp_path: Path, sound: Sound) -> None:
    data = tmp_path / "data"
    shutil.copytree(sound.data, data)
    for name in ("dispatcher.sock", "desk.sock", "engine.sock", "house.lock", "dispatcher.lock"):
        (data / "run" / name).write_bytes(b"old")
    assert RUNNER.invoke(app, ["case", "list", "--data", str(data)]).exit_code == 0


def test_the_files_of_a_house_are_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        told = Told(tmp_path / "data")
        told.opened()
        modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "data").glob("*.sqlite*")}
        told.close()
    finally:
        os.umask(before)
    assert "staffetta.sqlite" in modes
    assert set(modes.values()) == {0}, modes
