"""The doctor shows what has to stand in the DNS, and finds a key that signs nothing."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from cli.main import app
from cli.signatures import gateway_lines, half_set_lines
from models.network import sample_network
from models.settings import load_settings


def doctor(data: Path) -> dict[str, tuple[str, str]]:
    said = CliRunner().invoke(app, ["doctor", "--json", "--data", str(data), "--language", "en"])
    return {one["what"]: (one["health"], one["said"]) for one in json.loads(said.stdout)}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "dkim.pem"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(rsa.generate_private_key(65537, 2048).private_bytes(pem, pkcs8, serialization.NoEncryption()))
    file.chmod(0o400)
    return file


def test_the_doctor_shows_the_record_and_finds_a_key_that_others_can_read(tmp_path: Path, key: Path) -> None:
    data, network = tmp_path / "data", tmp_path / "network.yaml"
    network.write_text(sample_network(), encoding="utf-8")
    CliRunner().invoke(app, ["network", "import", str(network), "--data", str(data)])
    url = f"staffetta-mail://127.0.0.1:9/?from=rete@example.org&tls=none&dkim_selector=st1&dkim_key={key}"
    (data / "staffetta.toml").write_text(f'[carriers.email]\nurl = "{url}"\n', encoding="utf-8")

    health, said = doctor(data)["signed mail"]
    assert health == "good"
    assert 'st1._domainkey.example.org. TXT "v=DKIM1; k=rsa; p=MII' in said

    key.chmod(0o444)
    found = doctor(data)
    assert "signed mail" not in found
    assert found["carriers"][0] == "to be mended"
    assert f"Others can read {key}" in found["carriers"][1]


def test_the_doctor_says_what_goes_out_and_is_not_listened_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "staffetta.toml").write_text(
        '[carriers.pec]\nurl = "staffetta-pec://localhost"\n[carriers.voice]\nurl = "staffetta-voice://localhost"\n',
        encoding="utf-8",
    )
    pec, voice = half_set_lines(load_settings(tmp_path))
    assert "[pec]" in pec
    assert "[voice]" in voice
    for name, value in (("PEC__HOST", "imaps.example.org"), ("PEC__USER", "rete"), ("PEC__PASSWORD", "x" * 8)):
        monkeypatch.setenv(f"STAFFETTA__{name}", value)
    monkeypatch.setenv("STAFFETTA__VOICE__SECRET", "x" * 32)
    assert list(half_set_lines(load_settings(tmp_path))) == []


@pytest.mark.parametrize(
    ("base_url", "lines"),
    [
        ("https://desk.example.org", 0),
        ("http://127.0.0.1:8480", 0),
        ("http://localhost:8480", 0),
        ("http://10.0.0.7:8480", 1),
    ],
)
def test_browsers_take_messages_from_a_page_that_they_trust(tmp_path: Path, base_url: str, lines: int) -> None:
    (tmp_path / "staffetta.toml").write_text(
        f'[desk]\nbase_url = "{base_url}"\n[carriers.push]\nurl = "staffetta-push:///"\n', encoding="utf-8"
    )
    assert len(list(half_set_lines(load_settings(tmp_path)))) == lines


def test_a_driver_that_was_never_run_live_is_named_as_such_where_settings_are_looked_at(tmp_path: Path) -> None:
    url = "staffetta-sms://u5er:t0ken@smspanel.aruba.it/?from=Rete&tls=required&gateway=aruba"
    secret = tmp_path / "sms.url"
    secret.write_text(url, encoding="ascii")
    secret.chmod(0o400)
    (tmp_path / "staffetta.toml").write_text(
        f'[sms]\nanswers = true\n[carriers.sms]\nurl_file = "{secret}"\n', encoding="utf-8"
    )

    shown = CliRunner().invoke(app, ["config", "show", "--json", "--data", str(tmp_path), "--language", "en"])
    (row,) = [one for one in json.loads(shown.stdout) if one["key"] == "carriers.sms.gateway"]
    assert row["value"] == "Aruba SMS: written from its public documentation, never run against the live service"
    assert row["from"] == str(tmp_path / "staffetta.toml")
    assert "t0ken" not in shown.stdout

    never, agcom, mute = gateway_lines(load_settings(tmp_path), {"sms": url})
    assert "Aruba SMS" in never
    assert "AGCOM" in agcom
    assert "answers = false" in mute
    with_number = url.replace("Rete", "+393399957000")
    assert list(gateway_lines(load_settings(tmp_path), {"sms": with_number})) == [never]
