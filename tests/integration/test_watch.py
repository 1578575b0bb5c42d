"""The outside watcher: what the house says to it and to nobody else, what it makes of it, and what it needs to run."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from flows.journal import open_journal
from flows.watcher import House, watch
from models.heartbeat import (
    ASKING,
    DISPATCHER,
    ENGINE,
    NONCE,
    SIGNATURE,
    Beat,
    Marks,
    asking,
    faults_in,
    watch_key,
)
from models.settings_faults import BadSettings, BadSettingsFile, SettingsReadableByOthers
from models.watch_settings import load_watch_settings
from notifiers.language import said
from procedures.errors import StaffettaError
from procedures.vigil import Seen
from tests.integration.apihouse import served
from tests.integration.webhouse import SETTINGS, WebHouse, text_of, web_house

pytestmark = pytest.mark.slow

NONCE_ONE = "0" * 31 + "1"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        yield made


def key_of(house: WebHouse) -> bytes:
    return watch_key(house.house.keyring.token_key)


def asked(house: WebHouse, key: bytes | None = None, nonce: str = NONCE_ONE) -> httpx2.Response:
    """The heartbeat as a watcher with this secret asks for it."""
    shown = {NONCE: nonce, ASKING: asking(key or key_of(house), nonce)}
    return TestClient(house.app, base_url="http://127.0.0.1:8480").get("/heartbeat", headers=shown)


def faults(house: WebHouse) -> tuple[str, ...] | None:
    answer = asked(house)
    return faults_in(key_of(house), NONCE_ONE, Beat(answer.content, answer.headers[SIGNATURE]))


def at_work(house: WebHouse) -> None:
    """Dispatcher and engine have just marked that they move."""
    marks = Marks(house.house.settings.run_folder)
    marks.mark(DISPATCHER)
    marks.mark(ENGINE)


def test_a_house_whose_parts_move_says_so_and_signs_it(house: WebHouse) -> None:
    at_work(house)
    assert faults(house) == ()


def test_a_desk_that_answers_alone_does_not_pass_for_a_house(house: WebHouse) -> None:
    assert faults(house) == ("dispatcher-silent", "engine-silent")


def test_without_prefect_no_engine_is_missed(tmp_path: Path) -> None:
    with web_house(tmp_path / "data", settings=f"{SETTINGS}[prefect]\nenabled = false\n") as house:
        assert faults(house) == ("dispatcher-silent",)


def test_what_waits_too_long_is_said_too(house: WebHouse) -> None:
    at_work(house)
    house.open_case()
    house.clock.pass_by(seconds=30)
    assert faults(house) == ("messages-late",)


def test_whoever_does_not_know_the_secret_finds_nothing_there(house: WebHouse) -> None:
    assert asked(house, watch_key(b"other")).status_code == 404
    assert asked(house, nonce="").status_code == 404
    assert asked(house, nonce="x" * 32).status_code == 404
    assert asked(house, nonce="0" * 4000).status_code == 404
    assert house.browser().get("/heartbeat").status_code == 404


def test_the_page_of_the_house_says_whether_anybody_watches(house: WebHouse) -> None:
    operator = house.operator()
    assert "nessuno chiede: se questa macchina muore" in text_of(operator.get("/status"))
    house.browser().get("/heartbeat")
    assert "nessuno chiede" in text_of(operator.get("/status"))
    asked(house)
    assert "Sorvegliante su un'altra macchina bene chiede" in text_of(operator.get("/status"))


def test_the_heartbeat_holds_nothing_of_a_case(house: WebHouse) -> None:
    code = house.open_case()
    assert code not in asked(house).text
    assert set(json.loads(asked(house).text)) == {"nonce", "faults"}


def written(place: Path, url: str, key: str, mail: str) -> Path:
    place.write_text(
        f'url = "{url}"\nkey = "{key}"\nevery = 0.05\nsilent_after = 0.1\nagain_every = 60.0\n'
        f'[carriers.email]\nurl = "{mail}"\n[[tell]]\nemail = "coordinatrice@example.org"\nlanguage = "en"\n',
        encoding="utf-8",
    )
    place.chmod(0o600)
    return place


GONE = "http://127.0.0.1:1"
SECRET = "ab" * 32


def test_a_look_tells_a_living_house_from_a_stranger_and_from_silence(house: WebHouse, tmp_path: Path) -> None:
    at_work(house)

    async def look(url: str, key: str) -> Seen:
        watched = House(load_watch_settings(written(tmp_path / "watch.toml", url, key, MAIL)))
        try:
            return (await watched.look()).seen
        finally:
            await watched.aclose()

    with served(house) as url:
        assert asyncio.run(look(url, key_of(house).hex())) is Seen.WELL
        assert asyncio.run(look(url, SECRET)) is Seen.STRANGE
    assert asyncio.run(look(url, key_of(house).hex())) is Seen.SILENT


MAIL = "staffetta-mail://127.0.0.1:2525?tls=none&from=sorveglia@example.org"


async def watched_until(settings: Path, mail: MailServer, said_here: list[str], subject: str) -> None:
    """Watch until such a mail has come."""
    found = load_watch_settings(settings)
    journal = open_journal("watcher", StringIO())
    task = asyncio.create_task(watch(found, {"email": mail.url}, journal, say=said_here.append))
    try:
        await asyncio.to_thread(mail.wait_for, lambda one: subject in one.subject, 30)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_the_coordinator_is_told_of_a_house_that_is_gone(tmp_path: Path) -> None:
    with MailServer.start() as mail:
        settings = written(tmp_path / "watch.toml", GONE, SECRET, mail.url)
        asyncio.run(watched_until(settings, mail, [], "needs you"))
        (letter,) = mail.received()
    assert letter.recipient == "coordinatrice@example.org"
    assert "It has not answered since" in letter.body
    assert "http" not in letter.body


def test_a_watcher_that_cannot_send_says_so_and_goes_on_trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.watcher.AGAIN_FIRST", 0.1)
    said_here: list[str] = []
    with MailServer.start() as mail:
        mail.misbehave(*[Turn(Stage.RCPT, reply="451 4.7.1 greylisted")] * 2)
        settings = written(tmp_path / "watch.toml", GONE, SECRET, mail.url)
        asyncio.run(watched_until(settings, mail, said_here, "needs you"))
    assert said_here == ["email", "email"]


LOADED = """
import json, sys
from cli.main import app
try:
    app(["watch", sys.argv[1], "--once", "--json"])
except SystemExit as end:
    code = end.code
heavy = {"prefect", "sqlalchemy", "alembic", "fastapi"} & {name.partition(".")[0] for name in sys.modules}
print(json.dumps({"code": code, "heavy": sorted(heavy)}))
"""


@pytest.mark.slow
def test_the_watcher_needs_neither_database_nor_prefect(tmp_path: Path) -> None:
    with MailServer.start() as mail:
        settings = written(tmp_path / "watch.toml", GONE, SECRET, mail.url)
        ran = subprocess.run([sys.executable, "-c", LOADED, str(settings)], capture_output=True, text=True, check=True)
        (test,) = mail.received()
    assert json.loads(ran.stdout.splitlines()[-1]) == {"code": 3, "heavy": []}
    assert "test of the watcher" in test.subject


GOOD = f"""url = "https://staffetta.example.org"
key = "{SECRET}"
[carriers.email]
url = "{MAIL}"
[[tell]]
email = "coordinatrice@example.org"
"""


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ("url = ", "uri = ", "url"),
        ("https://", "ftp://", "url"),
        (SECRET, "abcd", "key"),
        (SECRET, "x" * 64, "key"),
        ("[carriers.email]", "every = 0\n[carriers.email]", "every"),
        ("[carriers.email]", "every = 31\n[carriers.email]", "every"),
        ("[carriers.email]", "silent_after = 76\n[carriers.email]", "silent_after"),
        ("[carriers.email]", 'silent_after = "long"\n[carriers.email]', "silent_after"),
        ("[carriers.email]", "look_within = 11\n[carriers.email]", "look_within"),
        ("[carriers.email]", "again_every = 0\n[carriers.email]", "again_every"),
        ("[carriers.email]", "[carriers.fax]", "carriers"),
        ("[carriers.email]", "nonsense = 1\n[carriers.email]", "nonsense"),
        ('email = "coordinatrice@example.org"', "", "tell.0"),
        ('email = "coordinatrice@example.org"', 'sms = "+390801234567"', ""),
        ('email = "coordinatrice@example.org"', 'email = "two words"', "tell.0.email"),
        ('email = "coordinatrice@example.org"', 'sms = "112"', "tell.0.sms"),
        ('email = "coordinatrice@example.org"', 'email = "a@example.org"\nlanguage = "de"', "tell.0.language"),
        ("[[tell]]\n", "[tell]\n", "tell"),
    ],
)
def test_a_wrong_setting_of_the_watcher_is_named(tmp_path: Path, right: str, wrong: str, key: str) -> None:
    assert right in GOOD
    error = refused(tmp_path, GOOD.replace(right, wrong))
    assert isinstance(error, BadSettings)
    assert error.data["key"] == key
    assert said(error, "it") != said(error, "en")
    assert SECRET not in said(error, "it")


def refused(folder: Path, text: str, mode: int = 0o600) -> StaffettaError:
    place = folder / "watch.toml"
    place.write_text(text, encoding="utf-8")
    place.chmod(mode)
    with pytest.raises(StaffettaError) as caught:
        load_watch_settings(place)
    return caught.value


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path, GOOD, 0o644), SettingsReadableByOthers)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettingsFile):
        load_watch_settings(tmp_path / "nowhere.toml")


def test_good_settings_need_four_lines_beside_their_carrier(tmp_path: Path) -> None:
    place = tmp_path / "watch.toml"
    place.write_text(GOOD, encoding="utf-8")
    place.chmod(0o600)
    assert load_watch_settings(place).patience.silent_after.total_seconds() == 60
