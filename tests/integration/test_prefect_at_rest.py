"""Prefect's server with nothing to do: it must not take the processor from those who alert."""

import time
from pathlib import Path

import pytest

from tests.integration.prefect_at_work import PrefectAtWork

TIMES, SECONDS, AT_MOST = 5, 4.0, 0.3
"""Seen at some 0.05; one that looks for something to write without a pause takes all that it gets, 0.6 or more."""

pytestmark = pytest.mark.slow


def processor_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / 100


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, to see what a process uses")
def test_a_server_with_nothing_to_do_leaves_the_processor_alone(prefect: PrefectAtWork) -> None:
    pid = prefect.supervisor.pids()["prefect"]
    shares: list[float] = []
    while len(shares) < TIMES and min(shares, default=1.0) >= AT_MOST:
        before = processor_seconds(pid)
        time.sleep(SECONDS)
        shares.append((processor_seconds(pid) - before) / SECONDS)
    assert min(shares) < AT_MOST, shares
