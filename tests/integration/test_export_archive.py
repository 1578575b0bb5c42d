"""The archive for an auditor: checked by one file in an empty folder, with nothing of ours, and nobody's name in it."""

import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from cli.main import app
from models.anchors import wished_at, written
from models.composition import open_house
from models.recording import earlier_hash
from models.rootkeys import public_root_key
from models.tables import EventRecord
from tests.houses import CANARY
from tests.trust.tampered import Furnished, Hand, furnished, tamper

pytestmark = pytest.mark.slow

Lines = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return furnished(tmp_path_factory.mktemp("furnished"), cases=2)


@pytest.fixture(scope="module")
def archive(made: Furnished) -> Path:
    return exported(made.now, made.now.parent / "trail.zip")


@pytest.fixture(scope="module")
def anchors(made: Furnished) -> Path:
    place = made.now.parent / "anchors.txt"
    place.write_text("\n".join(map(written, made.anchors)), encoding="utf-8")
    return place


def exported(data: Path, target: Path) -> Path:
    words = ["audit", "export", "--to", str(target), "--data", str(data), "--language", "en"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0, said.stderr
    return target


def checked(archive: Path, empty: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """As somebody outside does it: the one file out of the archive, alone in a folder, without anything installed."""
    empty.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive) as opened:
        opened.extract("verify.py", empty)
    command = [sys.executable, "-I", "-S", "verify.py", str(archive), "--language", "en", *words]
    return subprocess.run(command, cwd=empty, capture_output=True, text=True, check=False, timeout=60)


def changed(archive: Path, target: Path, change: Callable[[Lines], object]) -> Path:
    """The same archive, altered."""
    with zipfile.ZipFile(archive) as before, zipfile.ZipFile(target, "w") as after:
        names = [name for name in before.namelist() if name.endswith(".jsonl")]
        lines = {name: [json.loads(line) for line in before.read(name).splitlines()] for name in names}
        change(lines)
        for name in before.namelist():
            if name in lines:
                after.writestr(name, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines[name]))
            else:
                after.writestr(name, before.read(name))
    return target


def test_a_good_export_holds_up_to_its_anchors(made: Furnished, archive: Path, anchors: Path, tmp_path: Path) -> None:
    public = public_root_key(made.now / "keys")
    assert public is not None
    said = checked(archive, tmp_path / "empty", "--anchors", str(anchors), "--key", public.hex())
    assert said.returncode == 0, said.stdout + said.stderr
    assert "nothing was rewritten" in said.stdout
    assert "Faults: 0" in said.stdout


def test_without_anchors_and_key_it_says_what_is_believed(archive: Path, tmp_path: Path) -> None:
    said = checked(archive, tmp_path / "empty")
    assert said.returncode == 0
    assert "cannot be excluded" in said.stdout
    assert "compare" in said.stdout


def test_nobody_is_in_it(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    for word in (CANARY, "needs_transport", "sealed_routing", "@"):
        assert word.encode() not in everything


def test_an_export_is_told_outside_and_written_once(made: Furnished, archive: Path) -> None:
    house = open_house(made.now, with_vault=False)
    assert wished_at(house.database) is not None
    house.close()
    again = CliRunner().invoke(app, ["audit", "export", "--to", str(archive), "--data", str(made.now)])
    assert again.exit_code == 1
    assert archive.stat().st_mode & 0o777 == 0o600


def event(lines: Lines, number: int) -> dict[str, Any]:
    return [line for line in lines["trail.jsonl"] if not line["chain"].startswith("house:")][number]


CHANGES: dict[str, tuple[Callable[[Lines], object], str]] = {
    "altered": (lambda lines: event(lines, 4)["record"].__setitem__(5, "operator:x"), "was altered"),
    "removed": (lambda lines: lines["trail.jsonl"].remove(event(lines, 4)), "is not chained"),
    "cut": (lambda lines: lines["trail.jsonl"].pop(), "is missing"),
    "a look removed": (
        lambda lines: lines["trail.jsonl"].remove([one for one in lines["trail.jsonl"] if "reads" in one["chain"]][1]),
        "house:reads",
    ),
    "case removed": (
        lambda lines: lines.update(
            {"trail.jsonl": [one for one in lines["trail.jsonl"] if one["chain"] != event(lines, 0)["chain"]]}
        ),
        "is missing",
    ),
    "called an earlier edition's": (
        lambda lines: event(lines, 1).update(
            record=[*event(lines, 1)["record"][:5], "x", *event(lines, 1)["record"][6:-2], None, None], earlier=True
        ),
        "was altered",
    ),
    "root altered": (lambda lines: lines["roots.jsonl"][1]["record"].__setitem__(2, 3), "root 2"),
    "root removed": (lambda lines: lines["roots.jsonl"].pop(1), "is not chained"),
    "head altered": (lambda lines: lines["root_heads.jsonl"][3].update(hash="1" * 64), "does not follow"),
    "signed anew": (lambda lines: lines["roots.jsonl"][1].update(signature="1" * 128), "was not signed"),
    "rolled back": (lambda lines: lines["roots.jsonl"].pop(), "was told outside, and is not here"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_somebody_changed_in_it_is_found(archive: Path, anchors: Path, tmp_path: Path, name: str) -> None:
    change, told = CHANGES[name]
    said = checked(changed(archive, tmp_path / "changed.zip", change), tmp_path / "empty", "--anchors", str(anchors))
    assert said.returncode == 3, said.stdout + said.stderr
    assert told in said.stdout


def test_a_house_whose_roots_were_made_anew_is_found_by_the_anchors(
    made: Furnished, anchors: Path, tmp_path: Path
) -> None:
    chance = random.Random(1)  # noqa: S311  # draws which case
    kind = "a whole chain rewritten with right hashes"
    done = tamper(kind, made, tmp_path / "data", chance, turn=0, roots_too=True)
    done.house.close()
    archive = exported(tmp_path / "data", tmp_path / "trail.zip")
    assert checked(archive, tmp_path / "empty").returncode == 0
    said = checked(archive, tmp_path / "empty", "--anchors", str(anchors))
    assert said.returncode == 3
    assert "is not the one that was told outside" in said.stdout


@pytest.mark.parametrize("bytes_", [b"", b"PK\x03\x04 no", b"{}"])
def test_what_is_no_archive_says_so(archive: Path, tmp_path: Path, bytes_: bytes) -> None:
    checked(archive, tmp_path / "empty")
    (tmp_path / "bad.zip").write_bytes(bytes_)
    command = [sys.executable, "-I", "-S", "verify.py", str(tmp_path / "bad.zip")]
    said = subprocess.run(command, cwd=tmp_path / "empty", capture_output=True, text=True, check=False, timeout=60)
    assert (said.returncode, said.stderr) == (2, "")


def test_events_of_an_earlier_edition_are_counted_and_stay_whole(made: Furnished, tmp_path: Path) -> None:
    """What is sealed went into their hash whole: from outside nobody can make it again."""
    data = tmp_path / "data"
    shutil.copytree(made.older, data)
    house = open_house(data, with_vault=False)
    with house.database.write() as connection:
        for table in ("events", "roots", "root_heads", "anchors"):
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{act}")
        hand = Hand(house, connection, made.older, random.Random(1))  # noqa: S311  # draws nothing
        hand.roots_anew()
        for case_id in connection.execute(select(EventRecord.case_id).distinct()).scalars().all():
            hand.put(case_id, hand.events(case_id), hashed=earlier_hash)
    from models.trail import verify

    assert verify(house.database, house.keyring).sound
    house.close()
    said = checked(exported(data, tmp_path / "trail.zip"), tmp_path / "empty")
    assert said.returncode == 0
    assert "Rows of an earlier edition" in said.stdout
