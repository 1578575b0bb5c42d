"""A wrong setting is named with its place, in one line that says what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.settings import BadSettings, BadSettingsFile, load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "staffetta.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_house_without_a_file_has_settings_that_work(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert (settings.desk.port, settings.desk.language, settings.clock.speed) == (8480, "it", 1.0)
    assert settings.database_url == f"sqlite:///{tmp_path}/staffetta.sqlite"
    assert settings.key_folder == tmp_path / "keys"


def test_the_environment_stands_above_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "[desk]\nport = 1000\nlanguage = 'en'\n")
    monkeypatch.setenv("STAFFETTA__DESK__PORT", "2000")
    desk = load_settings(tmp_path).desk
    assert (desk.port, desk.language) == (2000, "en")


def test_another_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text("[desk]\nport = 1000\n", encoding="utf-8")
    assert load_settings(tmp_path / "data", path).desk.port == 1000


def test_carriers_are_apprise_urls_by_kind_of_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "sms.url"
    secret.write_text("staffetta-sms://user:secret@gateway\n", encoding="utf-8")
    write(tmp_path, f"[carriers.sms]\nurl_file = '{secret}'\n")
    monkeypatch.setenv("STAFFETTA__CARRIERS__EMAIL__URL", "staffetta-mail://localhost")
    carriers = load_settings(tmp_path).carriers
    assert carriers["email"].read_url() == "staffetta-mail://localhost"
    assert carriers["sms"].read_url() == "staffetta-sms://user:secret@gateway"
    assert "localhost" not in repr(carriers["email"])


@pytest.mark.parametrize(
    ("text", "key", "why"),
    [
        ("[desk]\nprot = 1\n", "desk.prot", "no such key"),
        ("[dsek]\nport = 1\n", "dsek", "no such key"),
        ("[desk]\nport = 'many'\n", "desk.port", "valid integer"),
        ("[desk]\nport = 70000\n", "desk.port", "at most 65535"),
        ("[desk]\nlanguage = 'de'\n", "desk.language", "match"),
        ("[clock]\nspeed = 60\n", "clock", "needs an origin"),
        ("[clock]\nspeed = 0\n", "clock.speed", "more than 0"),
        ("[carriers.email]\n", "carriers.email", "either url or url_file"),
        ("[desk.carriers.fax]\nurl = 'x://y'\n", "desk.carriers", "email and sms"),
        ("[desk.carriers.sms]\nurl = 'x://y'\nper_minute = 6\n", "desk.carriers", "per_minute"),
        ("[carriers.sms]\nurl = 'x://y'\nper_minute = 0\n", "carriers.sms.per_minute", "1"),
        ("[desk.carriers.sms]\n", "desk.carriers.sms", "either url or url_file"),
        ("data = '/elsewhere'\n", "data", "--data"),
    ],
)
def test_a_bad_key_in_the_file_is_named(tmp_path: Path, text: str, key: str, why: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(BadSettings) as error:
        load_settings(tmp_path)
    assert error.value.data["key"] == key
    assert error.value.data["place"] == path
    assert why in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("STAFFETTA__DESK__PROT", "1", "no such key"),
        ("STAFFETTA__DSEK__PORT", "1", "the sections are"),
        ("STAFFETTA__DATA", "/elsewhere", "the sections are"),
        ("STAFFETTA__DESK__PORT", "many", "valid integer"),
    ],
)
def test_a_bad_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, why: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings) as error:
        load_settings(tmp_path)
    assert error.value.data["key"] == variable
    assert error.value.data["place"] == "the environment"
    assert why in str(error.value)


def test_a_value_is_never_repeated(tmp_path: Path) -> None:
    write(tmp_path, "[desk]\nport = 'hunter2'\n")
    with pytest.raises(BadSettings) as error:
        load_settings(tmp_path)
    assert "hunter2" not in str(error.value)


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    write(tmp_path, "desk: port: 1\n")
    with pytest.raises(BadSettingsFile, match=r"staffetta\.toml"):
        load_settings(tmp_path)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettingsFile, match="it is not there"):
        load_settings(tmp_path, tmp_path / "nowhere.toml")


def test_a_fast_clock_begins_at_its_origin(tmp_path: Path) -> None:
    write(tmp_path, "[clock]\nspeed = 60\norigin = 2026-11-24T20:00:00Z\n")
    clock = load_settings(tmp_path).clock
    assert (clock.speed, clock.origin) == (60, datetime(2026, 11, 24, 20, tzinfo=UTC))


def test_nobody_is_asked_for_time_stamps_unless_a_server_is_set(tmp_path: Path) -> None:
    assert load_settings(tmp_path).anchors.stamp_url is None


def test_a_server_of_time_stamps_needs_the_certificates_by_which_it_is_believed(tmp_path: Path) -> None:
    write(tmp_path, '[anchors]\nstamp_url = "https://stamps.example.org/tsr"\n')
    with pytest.raises(BadSettings) as failure:
        load_settings(tmp_path)
    assert "stamp_ca" in str(failure.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:3161/", "http://localhost/tsr", "https://stamps.example.org/tsr"])
def test_certificates_stay_good_for_older_stamps_beside_any_server_and_without_one(tmp_path: Path, url: str) -> None:
    write(tmp_path, f'[anchors]\nstamp_url = "{url}"\nstamp_ca = "ca.pem"\n')
    assert load_settings(tmp_path).anchors.stamp_url == url
    write(tmp_path, '[anchors]\nstamp_ca = "ca.pem"\n')
    assert load_settings(tmp_path).anchors.stamp_ca == Path("ca.pem")
