"""Every setting wrong in several ways, in the file and through the environment: one line, its name, what to do.

The settings are walked as the model has them, so a new one is tried here too; a kind of value that no wrong one is
known for fails.
"""

import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from cli.carrying import usable_carriers, usable_desk_carriers
from models import settings_values as values
from models.settings import BadSettings, BadSettingsFile, Settings, load_settings
from models.settings_faults import OTHER, SettingsReadableByOthers
from notifiers.language import said
from procedures.errors import StaffettaError

WRONG: Mapping[object, tuple[str, ...]] = {
    str: ("7", "true", "[]", "{a = 1}"),
    int: ('"many"', "1.5", "[]", "{a = 1}", '""', "99999999999999999999"),
    float: ('"fast"', "nan", "[]", "{a = 1}", '""'),
    bool: ('"perhaps"', "7", "[]", "{a = 1}", '""', '"-1"'),
    Path: ("7", "true", "[]", "{a = 1}", '""', '"a\\u0000b"'),
    AwareDatetime: ('"soon"', "true", "[]", "{a = 1}", '""', "2026-11-24T20:00:00", "2026-13-24T20:00:00Z"),
}
"""Values in TOML that do not fit the type."""
UNFIT: Mapping[str, tuple[str, ...]] = {
    "_web_address": ('""', '"staffetta.example.org"', '"ftp://example.org"', '"https://u:s3cret@example.org"'),
    "_host": ('""', '"two words"', '"::::"', '"http://127.0.0.1"'),
    "_database": ('""', '"nonsense"', '"mysql://localhost/x"', '"sqlite://"'),
    "_mailbox": (
        '""',
        '"anna"',
        '"anna@localhost"',
        '"Anna <anna@example.org>"',
        '"a@example.org\\nBcc: b@example.org"',
    ),
    "_issuer": (
        '""',
        '"id.example.org"',
        '"http://id.example.org"',
        '"https://u:s3cret@id.example.org"',
        '"https://a?b=c"',
    ),
    "_stamp_server": (
        '""',
        '"stamps.example.org"',
        '"http://stamps.example.org/tsr"',
        '"https://u:s3cret@stamps.example.org"',
        '"https://stamps.example.org/?key=s3cret"',
    ),
    "_provider_words": ('""', '" "', '"two  blanks"', '"a\\u001bb"', '"perch\u00e9"'),
    "_provider_name": ('""', '" "', '"a\\u001bb"', f'"{"x" * 61}"'),
    "_path": ('"\\u001b[2J"',),
}
"""Values of the right type that one of our own checks refuses."""
TEXTS = {"desk.language": ('""', '"de"', '"IT"', '"italiano"')}
"""Texts with a pattern of their own."""
FREE: frozenset[str] = frozenset()
"""Settings for which every text does. There is none, and a new one should have a reason."""

CARRIER_URLS = tuple(f"{where}carriers.email.{which}url" for where in ("", "desk.") for which in ("", "second."))
"""Looked at by whoever sends, not by the settings: see `WRONG_URLS`."""
WRONG_URLS = (
    "",
    "nonsense",
    "://",
    "staffetta-mail://",
    "staffetta-mail://[::1/?from=a@example.org&tls=none",
    "staffetta-mail://127.0.0.1:99999/?from=a@example.org&tls=none",
    "staffetta-mail://127.0.0.1/?tls=none",
    "staffetta-mail://u:s3cret@mail.example.org/?from=a@example.org&tls=none",
    "staffetta-mail://u:s3cret@127.0.0.1/?from=a@example.org&tls=none&verify=no",
    "staffetta-sms://127.0.0.1/?from=a-name-that-is-too-long&tls=none",
    "gopher://s3cret",
    "json://127.0.0.1/",
    "seven://{address}",
    "seven://s3cret/{address}\x1b[2J",
)


def leaves(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting, by its key; the carriers by one kind of contact."""
    for name, field in model.model_fields.items():
        key = f"{above}{name}"
        if key == "data":
            continue
        section = sectioned(field.annotation)
        if section is not None:
            yield from leaves(section, f"{key}.")
        elif get_origin(field.annotation) is Mapping:
            yield from leaves(get_args(field.annotation)[1], f"{key}.email.")
        else:
            yield key, field


def sectioned(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) in {Union, types.UnionType}:
        annotation = next((one for one in get_args(annotation) if sectioned(one)), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def kinds_and_checks(annotation: Any, metadata: tuple[object, ...] = ()) -> tuple[set[object], list[object]]:
    """The plain types that a setting takes, and what else is asked of it."""
    if annotation is AwareDatetime:
        return {AwareDatetime}, list(metadata)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return kinds_and_checks(inner, (*metadata, *more))
    if origin in {Union, types.UnionType}:
        found = [kinds_and_checks(one, metadata) for one in get_args(annotation) if one is not type(None)]
        return {kind for kinds, _ in found for kind in kinds}, [check for _, checks in found for check in checks]
    return {annotation}, list(metadata)


def wrong_values(key: str, field: FieldInfo) -> list[str]:
    kinds, checks = kinds_and_checks(field.annotation, tuple(field.metadata))
    found = [value for kind in kinds for value in WRONG[kind]]
    for check in checks:
        if isinstance(check, AfterValidator):
            found += UNFIT[check.func.__name__]
        if isinstance(check, Ge):
            found.append(str(int(check.ge) - 1))  # type: ignore[call-overload]  # a number
        if isinstance(check, Gt):
            found += [str(check.gt), "-1"]
        if isinstance(check, Le):
            found.append(str(int(check.le) + 1))  # type: ignore[call-overload]  # a number
    return found + list(TEXTS.get(key, ()))


EVERY = dict(leaves(Settings))
IN_FILE = [(key, value) for key, field in EVERY.items() for value in wrong_values(key, field)]


def as_variable(key: str) -> str:
    return f"STAFFETTA__{key.replace('.', '__').upper()}"


def in_variables() -> Iterator[tuple[str, str]]:
    """The same in the environment, where everything is text: so texts are left out that are wrong only in TOML."""
    for key, field in EVERY.items():
        kinds, _ = kinds_and_checks(field.annotation, tuple(field.metadata))
        texts = [value for value in wrong_values(key, field) if value not in WRONG[str]]
        if kinds == {Path}:
            texts = ['"\\u001b[2J"', '""', '"a\tb"']
        for text in texts:
            plain = text.strip('"').replace("\\u001b", "\x1b").replace("\\u0000", "\x01")
            if kinds == {bool} and plain == "7":
                plain = "maybe"
            yield key, plain


def refused(folder: Path, config: Path | None = None) -> StaffettaError:
    """What is said, once it is one good line in each language."""
    with pytest.raises(StaffettaError) as caught:
        load_settings(folder, config)
    error = caught.value
    for language in ("it", "en"):
        line = said(error, language)
        assert "\n" not in line
        assert line.isprintable()
        assert len(line) < 500
        assert "s3cret" not in line
    assert said(error, "it") != said(error, "en")
    return error


def check_told(error: StaffettaError, name: str) -> None:
    assert isinstance(error, BadSettings)
    assert str(error.data["key"]) == name
    why = str(error.data.get("why", ""))
    assert why != OTHER, "what is wrong has words of its own"
    if why:
        assert why not in said(error, "it"), "the reason is said in Italian too"


@pytest.mark.parametrize("key", EVERY)
def test_every_setting_is_tried_in_at_least_three_ways(key: str) -> None:
    assert len([one for one, _ in IN_FILE if one == key]) >= 3
    assert key in CARRIER_URLS or len([one for one, _ in in_variables() if one == key]) >= 3
    kinds, checks = kinds_and_checks(EVERY[key].annotation, tuple(EVERY[key].metadata))
    plain = kinds == {str} and not any(isinstance(check, AfterValidator) for check in checks)
    assert not plain or key in TEXTS or key in FREE or key in CARRIER_URLS, "any text would do: add a check"


def test_every_check_of_a_setting_has_wrong_values() -> None:
    ours = {name for name in vars(values) if name.startswith("_") and not name.startswith("__")}
    used = {
        check.func.__name__
        for field in EVERY.values()
        for check in kinds_and_checks(field.annotation, tuple(field.metadata))[1]
        if isinstance(check, AfterValidator)
    }
    assert used <= set(UNFIT)
    assert set(UNFIT) <= ours


@pytest.mark.parametrize(("key", "value"), IN_FILE)
def test_a_wrong_value_in_the_file_is_named(tmp_path: Path, key: str, value: str) -> None:
    section, _, name = key.rpartition(".")
    (tmp_path / "staffetta.toml").write_text(f"[{section}]\n{name} = {value}\n", encoding="utf-8")
    error = refused(tmp_path)
    if isinstance(error, BadSettingsFile):  # TOML itself cannot hold it
        return
    assert str(error.data["key"]).startswith(key.removesuffix(f".{name}") if section == "carriers.email" else key)
    check_told(error, str(error.data["key"]))


@pytest.mark.parametrize(("key", "value"), list(in_variables()))
def test_a_wrong_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: str) -> None:
    monkeypatch.setenv(as_variable(key), value)
    error = refused(tmp_path)
    check_told(error, str(error.data["key"]))
    assert str(error.data["key"]).startswith(as_variable(key).rpartition("__")[0])


@pytest.mark.parametrize("key", EVERY)
def test_an_unknown_key_beside_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    section = key.rpartition(".")[0]
    (tmp_path / "staffetta.toml").write_text(f"[{section}]\nnonsense = 1\n", encoding="utf-8")
    check_told(refused(tmp_path), f"{section}.nonsense")
    (tmp_path / "staffetta.toml").unlink()
    monkeypatch.setenv(as_variable(f"{section}.nonsense"), "1")
    check_told(refused(tmp_path), as_variable(f"{section}.nonsense"))


SECTIONS = sorted({key.partition(".")[0] for key in EVERY})


@pytest.mark.parametrize("value", ["7", '"text"', "[]", "[{}]", "true"])
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_none_is_named(tmp_path: Path, section: str, value: str) -> None:
    (tmp_path / "staffetta.toml").write_text(f"{section} = {value}\n", encoding="utf-8")
    check_told(refused(tmp_path), section)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_given_whole_in_the_environment_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    monkeypatch.setenv(f"STAFFETTA__{section.upper()}", "1")
    assert str(refused(tmp_path).data["key"]) == f"STAFFETTA__{section.upper()}"


@pytest.mark.parametrize("value", ["", "text", "[", "7", "{}"])
def test_a_carrier_given_whole_in_the_environment_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("STAFFETTA__CARRIERS__EMAIL", value)
    assert str(refused(tmp_path).data["key"]) == "STAFFETTA__CARRIERS__EMAIL"


@pytest.mark.parametrize("kind", ["mail", "e-mail", "EMAIL", "fax"])
def test_a_carrier_for_no_kind_of_contact_is_refused(tmp_path: Path, kind: str) -> None:
    text = f'[carriers."{kind}"]\nurl = "staffetta-mail://localhost"\n'
    (tmp_path / "staffetta.toml").write_text(text, encoding="utf-8")
    assert "email" in str(refused(tmp_path))


@pytest.mark.parametrize("url", WRONG_URLS)
def test_a_carrier_that_cannot_be_used_is_named_without_its_address(tmp_path: Path, url: str) -> None:
    file = tmp_path / "mail.url"
    file.write_text(url, encoding="utf-8")
    file.chmod(0o400)
    (tmp_path / "staffetta.toml").write_text(f'[carriers.email]\nurl_file = "{file}"\n', encoding="utf-8")
    with pytest.raises(StaffettaError) as caught:
        usable_carriers(load_settings(tmp_path))
    for language in ("it", "en"):
        line = said(caught.value, language)
        assert "email" in line
        assert "s3cret" not in line
        assert line.isprintable()
    assert said(caught.value, "it") != said(caught.value, "en")


@pytest.mark.parametrize("url", [*WRONG_URLS, "jsons://gateway.example.org/{address}"])
def test_a_carrier_of_the_desks_own_is_one_of_ours_and_whole(tmp_path: Path, url: str) -> None:
    file = tmp_path / "hers.url"
    file.write_text(url, encoding="utf-8")
    file.chmod(0o400)
    (tmp_path / "staffetta.toml").write_text(f'[desk.carriers.email]\nurl_file = "{file}"\n', encoding="utf-8")
    with pytest.raises(StaffettaError) as caught:
        usable_desk_carriers(load_settings(tmp_path))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 100_000])
def test_a_file_that_holds_no_carrier_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mail.url"
    file.write_bytes(content)
    file.chmod(0o400)
    (tmp_path / "staffetta.toml").write_text(f'[carriers.email]\nurl_file = "{file}"\n', encoding="utf-8")
    with pytest.raises(StaffettaError):
        usable_carriers(load_settings(tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        b"desk: port: 1\n",
        b"[desk\n",
        b"[desk]\nport = \n",
        b"[desk]\nport = 1\nport = 2\n",
        b"[desk]\n[desk]\n",
        b"port\n",
        b"\xff\xfe[\x00d\x00",
        b"[desk]\nlanguage = '\xe8'\n",
        b"a = " + b"[" * 5000,
        b"a = " + b"9" * 5000,
        b"[clock]\norigin = 2026-02-30T00:00:00Z\n",
        b"# x\n" * 100_000,
        b"\x00" * 10,
    ],
    ids=lambda content: repr(content[:24]),
)
def test_a_file_that_is_no_settings_file_is_named(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "staffetta.toml"
    place.write_bytes(content)
    error = refused(tmp_path)
    assert isinstance(error, BadSettingsFile)
    assert error.data["place"] == place


def test_a_mark_at_the_beginning_of_the_file_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "staffetta.toml").write_bytes(b"\xef\xbb\xbf[desk]\nport = 1000\n")
    assert load_settings(tmp_path).desk.port == 1000


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "staffetta.toml").mkdir()
    assert "è una cartella" in said(refused(tmp_path), "it")


def test_a_device_without_an_end_is_no_settings_file(tmp_path: Path) -> None:
    assert "256 KiB" in str(refused(tmp_path, Path("/dev/zero")))


@pytest.mark.parametrize("name", ["nowhere.toml", "file/nowhere.toml", "x" * 300, "a\0b"])
def test_a_file_that_was_named_and_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert isinstance(refused(tmp_path, tmp_path / name), BadSettingsFile)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
@pytest.mark.parametrize(
    "text",
    [
        '[carriers.email]\nurl = "staffetta-mail://u:s3cret@127.0.0.1/?from=rete@example.org&tls=none"\n',
        '[carriers.sms]\nurl = "seven://s3cret/{address}"\n',
        '[database]\nurl = "postgresql+psycopg://u:s3cret@127.0.0.1/staffetta"\n',
    ],
)
def test_a_password_in_a_file_that_others_can_read_is_refused(tmp_path: Path, text: str, mode: int) -> None:
    place = tmp_path / "staffetta.toml"
    place.write_text(text, encoding="utf-8")
    place.chmod(mode)
    error = refused(tmp_path)
    assert isinstance(error, SettingsReadableByOthers)
    assert f"chmod 600 {place}" in str(error)
    place.chmod(0o600)
    load_settings(tmp_path)


def test_without_a_password_others_may_read_the_settings(tmp_path: Path) -> None:
    place = tmp_path / "staffetta.toml"
    place.write_text('[carriers.email]\nurl = "staffetta-mail://127.0.0.1/?from=a@example.org&tls=none"\n', "utf-8")
    place.chmod(0o644)
    assert set(load_settings(tmp_path).carriers) == {"email"}
