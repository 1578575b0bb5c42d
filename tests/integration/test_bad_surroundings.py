"""A command in bad company: a reader who leaves, an old terminal, a full disk, nowhere to write, a key pressed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.houses import Told

pytestmark = pytest.mark.slow
STAFFETTA = [sys.executable, "-m", "cli.main"]
MORE_THAN_A_PIPE_HOLDS = 300_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company") / "data"
    told = Told(folder, settings="")
    told.opened()
    told.close()
    return folder


def surroundings(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STAFFETTA")}
    return kept | {"STAFFETTA__DESK__LANGUAGE": "it"} | more


def in_shell(line: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("staffetta", " ".join(STAFFETTA))],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env=surroundings(**more),
    )


def calm(ran: subprocess.CompletedProcess[bytes]) -> str:
    said = ran.stderr.decode("utf-8")
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert "si è rotto" not in said
    assert len(said.strip().splitlines()) <= 3, said
    return said


def test_a_reader_who_leaves_early_hears_no_complaint(data: Path) -> None:
    ran = in_shell(f"staffetta procedures show shelter --data {data} | true")
    assert calm(ran) == ""


def test_nothing_is_done_where_nothing_can_be_said(data: Path) -> None:
    ran = in_shell(f"staffetta case open --drill --territory valle_chiara --data {data} >&-")
    assert ran.returncode == 1
    assert "/dev/null" in calm(ran)
    again = in_shell(f"staffetta case list --all --data {data} | wc -l")
    assert again.stdout.strip() == b"2", "a heading and the one case that was there"


def test_output_that_finds_no_room_is_a_failure(data: Path) -> None:
    ran = in_shell(f"staffetta case list --data {data} > /dev/full")
    assert ran.returncode == 1
    assert "il disco è pieno" in calm(ran)


def test_letters_that_the_terminal_lacks_are_written_around(data: Path) -> None:
    shown = in_shell(f"staffetta procedures show shelter --json --data {data}", PYTHONIOENCODING="ascii")
    calm(shown)
    assert not shown.stdout.decode("ascii").count("\\x")
    assert json.loads(shown.stdout)["name"] == "shelter"
    assert not json.dumps(json.loads(shown.stdout), ensure_ascii=False).isascii()
    told = in_shell(f"staffetta case show C-0000-0000 --data {data}", PYTHONIOENCODING="ascii")
    calm(told)
    assert told.returncode == 4


def test_no_home_and_no_terminal_harm_nothing(data: Path) -> None:
    bare = subprocess.run(
        [*STAFFETTA, "case", "list", "--data", str(data)],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C", "PYTHONUTF8": "0"},
    )
    calm(bare)
    assert bare.returncode == 0


def test_a_folder_that_is_gone_while_one_stands_in_it_is_told(tmp_path: Path) -> None:
    ran = in_shell(
        f"mkdir {tmp_path}/here; cd {tmp_path}/here; rmdir {tmp_path}/here; staffetta case list", PYTHONPATH=str(ROOT)
    )
    assert ran.returncode == 1
    assert calm(ran) != ""


def test_ctrl_c_ends_a_command_without_a_word_too_many(data: Path) -> None:
    waiting = subprocess.Popen(
        [*STAFFETTA, "network", "import", "/dev/stdin", "--data", str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=surroundings(),
    )
    assert waiting.stdin is not None
    waiting.stdin.write(b" " * MORE_THAN_A_PIPE_HOLDS)  # ends when it reads, however long it took to get there
    waiting.stdin.flush()
    waiting.send_signal(signal.SIGINT)
    out, said = waiting.communicate(timeout=30)
    assert waiting.returncode == 130
    assert out == b""
    assert b"Traceback" not in said
