"""What goes wrong is said in one to three lines on standard error, with an exit code that a program can read."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from models.network import sample_network

pytestmark = pytest.mark.slow

BROKEN = """pathway: broken
edition: one
steps:
  first:
    aks: shelter
    tell: [police
"""


def staffetta(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"STAFFETTA__DESK__LANGUAGE": "en"} | environment,
    )


def said(ran: subprocess.CompletedProcess[str], code: int) -> str:
    """What standard error says, once it is as it must be."""
    lines = ran.stderr.strip().splitlines()
    assert ran.returncode == code, ran.stderr
    assert 1 <= len(lines) <= 3, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A house that no test here changes."""
    folder = tmp_path_factory.mktemp("house")
    network = folder / "network.yaml"
    network.write_text(sample_network(), encoding="utf-8")
    imported = staffetta("network", "import", str(network), "--data", str(folder / "data"))
    assert imported.returncode == 0, imported.stderr
    assert imported.stdout == "1\n"
    return str(folder / "data")


def test_a_broken_procedure_is_told_with_its_places(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(BROKEN, encoding="utf-8")
    ran = staffetta("procedures", "check", str(file))
    said(ran, 3)
    assert ran.stdout.startswith(f"{file}:")


def test_a_broken_network_is_not_imported(tmp_path: Path) -> None:
    file = tmp_path / "network.yaml"
    file.write_text("bodies: [\n", encoding="utf-8")
    ran = staffetta("network", "import", str(file), "--data", str(tmp_path / "data"))
    assert str(file) in said(ran, 3)
    assert ran.stdout == ""


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    ran = staffetta("network", "import", str(tmp_path / "nowhere.yaml"), "--data", str(tmp_path / "data"))
    assert "nowhere.yaml" in said(ran, 1)
    assert not (tmp_path / "data").exists()


def test_an_unknown_fact_is_told_with_those_that_are_known(data: str) -> None:
    ran = staffetta("case", "open", "--territory", "valle_chiara", "--fact", "rsik=high", "--data", data)
    message = said(ran, 4)
    assert "rsik" in message
    assert "risk" in message


def test_the_value_of_a_fact_is_never_repeated(data: str) -> None:
    ran = staffetta("case", "open", "--territory", "valle_chiara", "--fact", "risk=Giovanna", "--data", data)
    assert "Giovanna" not in said(ran, 5)


def test_a_fact_without_a_value_is_wrong_usage(data: str) -> None:
    assert "risk=high" in said(
        staffetta("case", "open", "--territory", "valle_chiara", "--fact", "risk", "--data", data), 2
    )


def test_an_unknown_case_is_not_found(data: str) -> None:
    assert said(staffetta("case", "show", "C-0000-0000", "--data", data), 4)


def test_a_house_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    assert str(tmp_path / "data") in said(staffetta("case", "list", "--data", str(tmp_path / "data")), 1)
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    network = tmp_path / "network.yaml"
    network.write_text(sample_network(), encoding="utf-8")
    ran = staffetta("network", "import", str(network), "--data", str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file" / "data") in said(ran, 1)


def test_an_unknown_setting_is_named(data: str) -> None:
    ran = staffetta("case", "list", "--data", data, STAFFETTA__DESK__PROT="8481")
    assert "PROT" in said(ran, 1).upper()


def test_a_port_in_use_is_named(data: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in said(staffetta("serve", "--port", port, "--data", data), 1)


def test_a_house_does_not_start_with_a_carrier_that_cannot_be_used(data: str) -> None:
    url = "staffetta-mail://u:s3cret@mail.example.org/?from=rete@example.org&tls=none"
    ran = staffetta("serve", "--port", "0", "--data", data, STAFFETTA__CARRIERS__EMAIL__URL=url)
    message = said(ran, 1)
    assert "tls=none is for loopback" in message
    assert "s3cret" not in message


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("staffetta-mail://mail.example.org/?from=rete@example.org", "tls="),
        ("gopher://mail.example.org/", "unknown scheme"),
        ("staffetta-mail://mail.example.org/?from=rete@example.org&tls=required&verify=no", "verify"),
    ],
)
def test_a_carrier_that_is_set_wrongly_is_a_failure_and_nothing_missing(data: str, url: str, word: str) -> None:
    assert word in said(
        staffetta("serve", "--port", "0", "--data", data, STAFFETTA__CARRIERS__EMAIL__URL=url),
        1,
    )


def test_a_house_at_work_warns_of_the_channels_that_nobody_carries(data: str) -> None:
    words = [sys.executable, "-m", "cli.main", "serve", "dispatcher", "--data", data, "--language", "en"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as house:
        assert house.stderr is not None
        try:
            told = [house.stderr.readline() for _ in range(2)]
        finally:
            house.terminate()
        assert any(line.startswith("No carrier is set for: email, sms.") for line in told), told
        house.stderr.read()
    assert house.returncode == 0


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_carrier_whose_password_others_can_read_is_refused(data: str, tmp_path: Path, mode: int) -> None:
    file = tmp_path / "mail.url"
    file.write_text("staffetta-mail://u:s3cret@127.0.0.1/?from=rete@example.org&tls=none", encoding="utf-8")
    file.chmod(mode)
    ran = staffetta("serve", "--port", "0", "--data", data, STAFFETTA__CARRIERS__EMAIL__URL_FILE=str(file))
    message = said(ran, 1)
    assert f"chmod 400 {file}" in message
    assert "s3cret" not in message


@pytest.mark.parametrize("more", [(), ("--territory", "valle_chiara")])
def test_where_no_network_is_the_first_thing_to_do_is_said(tmp_path: Path, more: tuple[str, ...]) -> None:
    message = said(staffetta("who-now", "--data", str(tmp_path), *more), 1)
    assert "staffetta network import FILE" in message


def test_the_doctor_can_look_at_a_folder_that_is_no_disk() -> None:
    assert "/proc" in said(staffetta("doctor", "--data", "/proc"), 3)


def test_what_is_wrong_with_a_setting_is_told_in_italian_too(data: str) -> None:
    ran = staffetta("case", "list", "--data", data, STAFFETTA__DESK__PORT="many", STAFFETTA__DESK__LANGUAGE="it")
    assert "non è un numero intero" in said(ran, 1)


def test_the_failure_is_told_in_italian_where_nobody_asks_otherwise(data: str) -> None:
    ran = staffetta(
        "case", "open", "--territory", "valle_chiara", "--fact", "risk", "--data", data, STAFFETTA__DESK__LANGUAGE="it"
    )
    assert "vuole un nome e un valore" in said(ran, 2)
