"""The network, the settings and the health of a house on the command line."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.carrying import usable_carriers
from cli.demo.mailserver import MailServer
from cli.errors import CarrierReadableByOthers
from cli.main import app
from models.network import sample_network
from models.settings import load_settings


@pytest.fixture
def network(tmp_path: Path) -> Path:
    file = tmp_path / "network.yaml"
    file.write_text(sample_network(), encoding="utf-8")
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data), "--language", "en"])


@contextmanager
def listening() -> Iterator[int]:
    """The port of a server that lets everybody in and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def set_carriers(data: Path, *, mail: int, sms: int) -> None:
    (data / "staffetta.toml").write_text(
        f'[carriers.email]\nurl = "staffetta-mail://rete:s3cret@127.0.0.1:{mail}/?from=rete@example.org&tls=none"\n'
        f'[carriers.sms]\nurl = "staffetta-sms://127.0.0.1:{sms}/?from=Rete&tls=none"\n',
        encoding="utf-8",
    )
    (data / "staffetta.toml").chmod(0o600)


def health(data: Path) -> dict[str, str]:
    return {one["what"]: one["health"] for one in json.loads(run(data, "doctor", "--json").stdout)}


def test_a_network_comes_out_word_for_word_as_it_went_in(data: Path, network: Path) -> None:
    assert run(data, "network", "import", str(network)).stdout == "1\n"
    assert run(data, "network", "import", str(network)).exit_code == 0
    assert run(data, "network", "export").stdout == network.read_text(encoding="utf-8")


def test_an_import_warns_of_the_channels_that_nobody_carries(data: Path, network: Path) -> None:
    warned = "No carrier is set for: email, sms."
    assert warned in run(data, "network", "import", str(network)).stderr
    set_carriers(data, mail=25, sms=80)
    assert warned not in run(data, "network", "import", str(network)).stderr


def test_a_password_file_for_the_service_user_alone_is_read(data: Path) -> None:
    data.mkdir()
    url = data / "mail.url"
    url.write_text("staffetta-mail://u:s3cret@127.0.0.1/?from=rete@example.org&tls=none", encoding="utf-8")
    url.chmod(0o400)
    (data / "staffetta.toml").write_text(f'[carriers.email]\nurl_file = "{url}"\n', encoding="utf-8")
    assert usable_carriers(load_settings(data)) == {"email": url.read_text(encoding="utf-8")}
    url.chmod(0o440)
    with pytest.raises(CarrierReadableByOthers):
        usable_carriers(load_settings(data))


def test_before_the_first_import_there_is_nothing_to_export(data: Path, network: Path) -> None:
    data.mkdir()
    ran = run(data, "network", "export")
    assert ran.exit_code == 1
    assert "network import" in ran.stderr


def test_checking_a_network_changes_nothing(data: Path, network: Path) -> None:
    assert run(data, "network", "check", str(network)).exit_code == 0
    network.write_text(sample_network().replace("    territories:", "    teritories:", 1), encoding="utf-8")
    found = run(data, "network", "check", str(network), "--json")
    assert found.exit_code == 3
    assert {"file", "line", "column", "code", "message", "help", "severity"} <= set(json.loads(found.stdout)[0])
    assert not data.exists()


def test_the_shipped_procedures_are_sound_and_the_sample_network_serves_them(data: Path, network: Path) -> None:
    from procedures.loading import SHIPPED

    assert run(data, "procedures", "check", str(SHIPPED), "--network", str(network)).exit_code == 0


def test_a_competence_that_nobody_offers_is_told_where_it_is_asked(data: Path, network: Path) -> None:
    from procedures.loading import SHIPPED

    network.write_text(sample_network().replace("emergency_shelter", "summer_camp"), encoding="utf-8")
    found = run(
        data, "procedures", "check", str(SHIPPED / "shelter.yaml"), "--network", str(network), "--format", "github"
    )
    assert found.exit_code == 3
    assert found.stdout.startswith(f"::warning file={SHIPPED / 'shelter.yaml'},line=")


def test_a_pathway_is_shown_in_words(data: Path) -> None:
    shown = run(data, "procedures", "show", "shelter")
    assert "Asked: emergency shelter." in shown.stdout
    assert "nobody has read it there" in shown.stdout
    assert run(data, "procedures", "show", "shelter", "--format", "svg").stdout.startswith("<svg ")
    assert "Signatures" in run(data, "procedures", "show", "shelter", "--format", "html").stdout
    assert json.loads(run(data, "procedures", "show", "shelter", "--json").stdout)["name"] == "shelter"
    assert run(data, "procedures", "show", "nowhere").exit_code == 4


def test_what_changed_between_two_editions_is_told_in_words(data: Path, tmp_path: Path) -> None:
    from procedures.loading import SHIPPED

    text = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8")
    new = tmp_path / "shelter-2.yaml"
    new.write_text(text.replace("accept_within: 15 min", "accept_within: 12 min", 1), encoding="utf-8")
    told = run(data, "procedures", "diff", "shelter", str(new)).stdout
    assert "+ Within 12 min somebody says whether they take it." in told
    assert run(data, "procedures", "diff", "shelter", "shelter").stdout == "Both say the same.\n"


def test_config_says_where_each_value_came_from_and_hides_secrets(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data.mkdir()
    (data / "staffetta.toml").write_text(
        '[desk]\nport = 9000\nlanguage = "it"\n[carriers.email]\nurl = "staffetta-mail://u:s3cret@mail.example.org/?from=a@example.org"\n',
        encoding="utf-8",
    )
    (data / "staffetta.toml").chmod(0o600)
    monkeypatch.setenv("STAFFETTA__DESK__LANGUAGE", "en")
    shown = run(data, "config", "show", "--json")
    rows = {row["key"]: row for row in json.loads(shown.stdout)}
    assert rows["desk.port"] == {"key": "desk.port", "value": "9000", "from": str(data / "staffetta.toml")}
    assert rows["desk.language"]["from"] == "STAFFETTA__DESK__LANGUAGE"
    assert rows["desk.host"]["from"] == "the program's own choice"
    assert "s3cret" not in shown.stdout + run(data, "config", "show").stdout


def test_the_doctor_names_what_is_missing_until_it_is_there(data: Path, network: Path) -> None:
    assert health(data) == {"data folder": "to be mended"}
    data.mkdir()
    assert health(data)["network"] == "to be mended"
    run(data, "network", "import", str(network))
    assert health(data)["carriers"] == "to be mended"
    with listening() as mail, listening() as gateway:
        set_carriers(data, mail=mail, sms=gateway)
        well = run(data, "doctor")
    assert well.exit_code == 0, well.stdout
    assert "in place" in well.stderr


def test_the_doctor_warns_of_a_desk_that_can_be_read_on_the_way(
    data: Path, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(data, "network", "import", str(network))
    monkeypatch.setenv("STAFFETTA__DESK__BASE_URL", "http://staffetta.example.org")
    with listening() as mail, listening() as gateway:
        set_carriers(data, mail=mail, sms=gateway)
        found = run(data, "doctor")
        assert found.exit_code == 3
        assert "write https://" in found.stderr
        monkeypatch.setenv("STAFFETTA__DESK__BASE_URL", "http://127.0.0.1:8480")
        assert run(data, "doctor").exit_code == 0


def test_the_doctor_says_which_carrier_is_dead_and_what_to_do(data: Path, network: Path) -> None:
    run(data, "network", "import", str(network))
    with MailServer.start() as server:
        pass
    with listening() as gateway:
        set_carriers(data, mail=server.port, sms=gateway)
        found = run(data, "doctor")
    assert found.exit_code == 3
    place = f"127.0.0.1:{server.port}"
    assert found.stderr.splitlines() == [
        "To be mended: 1.",
        f"The carrier email cannot be reached at {place}: nothing listens there. Start that server or correct its url.",
    ]
    assert "s3cret" not in found.stdout + found.stderr


@pytest.mark.slow
def test_the_doctor_sees_that_nobody_sends(data: Path, network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(data, "network", "import", str(network))
    start = "2026-11-24T08:00:00Z"
    monkeypatch.setenv("STAFFETTA__CLOCK__ORIGIN", start)
    monkeypatch.setenv("STAFFETTA__CLOCK__SPEED", "60")
    opened = run(data, "case", "open", "--drill", "--territory", "valle_chiara", "--consent", "intake")
    assert opened.exit_code == 0, opened.stderr
    monkeypatch.setenv("STAFFETTA__CLOCK__SPEED", "61")
    assert health(data)["deadlines"] == "to be mended"


def test_keys_that_others_can_read_are_told(data: Path, network: Path) -> None:
    run(data, "network", "import", str(network))
    (data / "keys" / "route.key").chmod(0o444)
    examined = run(data, "doctor")
    assert examined.exit_code == 3
    assert "route.key" in examined.stdout
