"""Nothing leaves the machine: every process of a house at work is watched for connections and for names asked of a DNS.

The watch is Python's own audit hook, put into each child through `sitecustomize`. It writes before the connection is
made and refuses what is not loopback, so that a fault is found without a packet on the wire.
"""

import os
import signal
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

from cli.demo.mailserver import MailServer
from tests.integration.prefect_at_work import at_rest, free_port
from tests.integration.relay import furnish, no_place, open_shelter, run_id_of, settings_text, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[2]
WATCH = """
import os, sys
_kept = os.open(os.environ["WATCHED_IN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
def _loopback(host):
    import ipaddress
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
def _watch(event, args):
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        where = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        where = args[0]
    else:
        return
    fine = _loopback(where)
    program = " ".join(sys.orig_argv[1:4])
    os.write(_kept, f"{'loopback' if fine else 'OUTSIDE'} {event} {where} {program}\\n".encode())
    if not fine:
        raise PermissionError("outside")
sys.addaudithook(_watch)
"""


@pytest.fixture
def watch(tmp_path: Path) -> dict[str, str]:
    """The environment in which every Python process is watched."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    seen = tmp_path / "seen"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CI", "GITHUB", "PREFECT_"))}
    return inherited | {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))), "WATCHED_IN": str(seen)}


def lines(watch: dict[str, str]) -> list[str]:
    return Path(watch["WATCHED_IN"]).read_text(encoding="utf-8").splitlines()


def outside(watch: dict[str, str]) -> list[str]:
    return [line for line in lines(watch) if line.startswith("OUTSIDE")]


@pytest.mark.parametrize(
    "planted",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), 0.1)",
        "import socket; socket.getaddrinfo('somewhere.example.org', 443)",
        "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=0.1)",
    ],
)
def test_the_watch_sees_a_planted_connection(watch: dict[str, str], planted: str) -> None:
    subprocess.run([sys.executable, "-c", planted], env=watch, check=False, capture_output=True, timeout=20)
    assert outside(watch)


def test_a_house_at_work_speaks_to_loopback_alone(tmp_path: Path, watch: dict[str, str], mail: MailServer) -> None:
    data = tmp_path / "data"
    house = furnish(data, settings_text(mail.url, prefect_port=free_port()))
    serving = subprocess.Popen(
        [sys.executable, "-c", "from cli.main import app; app()", "serve", "--data", str(data), "--port", "0"],
        env=watch,
        cwd=tmp_path,
    )
    try:
        opened = open_shelter(house)
        wait_for(mail.received, 60)
        no_place(house, opened)
        wait_for(at_rest(house, run_id_of(opened), "Completed", tasks=4), 150)
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.wait(30)
        house.close()
    assert outside(watch) == []
    watched = {
        program for program in ("web", "flows.dispatcher", "prefect", "flows.engine") if _was_seen(watch, program)
    }
    assert {"flows.dispatcher", "flows.engine"} <= watched
    assert all(ip_address(host).is_loopback for host in _addresses(watch))


def _was_seen(watch: dict[str, str], program: str) -> bool:
    return any(f"-m {program}" in line for line in lines(watch))


def _addresses(watch: dict[str, str]) -> set[str]:
    """Every numeric address that anybody connected to."""
    hosts = {line.split()[2] for line in lines(watch) if " socket.connect " in line}
    return hosts - {"None", "localhost"}
