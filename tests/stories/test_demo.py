"""`make demo` as a stranger runs it."""

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("stories")]


def test_the_demo_ends_by_itself_with_all_that_it_promises() -> None:
    command = [sys.executable, "-m", "cli.demo", "--exit", "--language", "en"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "✗" not in done.stdout
    assert done.stdout.count("✓") == 11
