"""The doctor shows what has to stand in the DNS, and finds a key that signs nothing."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from cli.main import app
from models.network import sample_network


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
