"""Tests that share a server, or that need the machine for themselves, run in one worker: a group is a group."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STORY = """
import os
import pytest

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(8))
def test_together(number):
    with open("workers", "a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + " ")
"""


@pytest.mark.slow
def test_those_of_one_group_run_in_one_worker(tmp_path: Path) -> None:
    (tmp_path / "test_story.py").write_text(STORY, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"]
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    said = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout
    workers = (tmp_path / "workers").read_text(encoding="utf-8").split()
    assert len(workers) == 8
    assert len(set(workers)) == 1
