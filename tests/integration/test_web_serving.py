"""The desk as a process of its own, and what it says when it cannot start."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.integration.webhouse import SETTINGS, web_house
from web import app as web_app

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
    return found


def start(data: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "web", "--data", str(data), "--port", str(port)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_without_naming_its_software_and_stops_when_told(tmp_path: Path, port: int) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "staffetta.toml").write_text(SETTINGS.replace("8480", str(port)), encoding="utf-8")
    desk = start(tmp_path / "data", port)
    try:
        answer = _when_ready(f"http://127.0.0.1:{port}/h/{'A' * 22}")
        assert answer.status_code == 404
        assert "server" not in answer.headers
        assert "date" in answer.headers
    finally:
        desk.send_signal(signal.SIGTERM)
        said, logged = desk.communicate(timeout=20)
    assert said == ""
    assert "A" * 22 not in logged
    assert '"/h/{token}"' in logged


def _when_ready(url: str) -> httpx2.Response:
    for _ in range(150):
        try:
            return httpx2.get(url)
        except httpx2.TransportError:
            time.sleep(0.1)  # another process is starting: there is nothing here to wait on
    pytest.fail("the desk never listened")


def test_a_port_in_use_is_one_line_and_status_1(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        desk = start(tmp_path / "data", port)
        said, complained = desk.communicate(timeout=30)

    assert (desk.returncode, said) == (1, "")
    assert complained.count("\n") == 1
    assert f"La porta {port} di 127.0.0.1 non si può usare" in complained


def test_a_folder_that_cannot_be_written_is_one_line_and_status_1(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").write_text("no folder: not even root can write below it", encoding="utf-8")

    desk = start(tmp_path / "file" / "data", port)
    _, complained = desk.communicate(timeout=30)

    assert desk.returncode == 1
    assert complained.count("\n") == 1


def test_without_the_style_of_others_pages_are_plain_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_app, "has_vendor", lambda: False)
    with web_house(tmp_path / "data") as desk:
        page = desk.operator().get("/")

    assert "vendor" not in page.text
    assert "Nessun caso aperto" in page.text


@pytest.fixture
def at_work(tmp_path: Path, port: int) -> Iterator[int]:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "staffetta.toml").write_text(SETTINGS.replace("8480", str(port)), encoding="utf-8")
    process = start(tmp_path / "data", port)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)  # between two looks at a port
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def test_a_head_without_end_is_cut_off(at_work: int) -> None:
    with socket.create_connection(("127.0.0.1", at_work), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        line.sendall(b"x-without-end: " + b"y" * 20_000)
        assert line.recv(64).startswith(b"HTTP/1.1 431")


def test_a_long_body_after_a_short_head_is_no_long_head(at_work: int) -> None:
    body = b"name=x&password=" + b"y" * 40_000
    with httpx2.Client() as client:
        for _ in range(2):
            answer = client.post(
                f"http://127.0.0.1:{at_work}/sign-in",
                content=body,
                headers={"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"},
            )
            assert answer.status_code != 431
            assert answer.status_code < 500
