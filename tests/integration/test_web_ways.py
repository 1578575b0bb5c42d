"""How she is reached: covered until she was asked again today, each look noted, and written to only where she asked."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from cli.demo.gateway import Answer, SmsGateway
from cli.demo.mailserver import MailServer
from models.act_tables import WayActRecord
from models.composition import open_house
from models.erasing import confirm_erasure, propose_erasure
from models.keyring_errors import NoVaultKey
from models.reads import ReadKind, reads
from models.safe_ways import name_way, ways_of
from models.trail import verify
from notifiers.gsm import SEGMENT, septets
from notifiers.her_words import LANGUAGES, SENTENCES, SUBJECTS
from procedures.commands import CancelCase, Road
from procedures.erasures import CaseErased
from procedures.people import Role
from procedures.safe_ways import Way, WayKind
from tests.integration.test_web_relations import actor, opened_by, somebody
from tests.integration.webhouse import SETTINGS, WebHouse, hidden, text_of, web_house

pytestmark = pytest.mark.slow
NUMBER, MAIL = "+393335550123", "quetzal@example.net"  # invented
HOURS = "zaffiro, il martedi dopo le nove"  # invented
BETRAYS = (
    "violen", "centro", "center", "centre", "rete", "network", "serviz", "service", "aiuto", "help", "caso", "case",
    "polizia", "police", "refug", "rifugio", "staffetta", "avvocat", "lawyer", "sportello",
)  # fmt: skip


@pytest.fixture
def sms() -> Iterator[SmsGateway]:
    with SmsGateway.start() as gateway:
        yield gateway


@pytest.fixture
def letters() -> Iterator[MailServer]:
    with MailServer.start() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, sms: SmsGateway, letters: MailServer) -> Iterator[WebHouse]:
    """A house whose desk has carriers of its own."""
    mail = letters.url.replace("staffetta@example.org", "ciao@posta.example")
    own = f'[desk.carriers.sms]\nurl = "{sms.url}"\n[desk.carriers.email]\nurl = "{mail}"\n'
    with web_house(tmp_path / "data", settings=SETTINGS + own) as made:
        yield made


@pytest.fixture
def anna(desk: WebHouse) -> TestClient:
    return somebody(desk, "anna")


def does(browser: TestClient, code: str, answer: str, **more: str) -> httpx2.Response:
    address = f"/cases/{code}/ways"
    return browser.post(address, data={"command": hidden(browser.get(address)), "answer": answer, **more})


def named(browser: TestClient, code: str, kind: str = "sms", address: str = NUMBER, **more: str) -> str:
    """The id of a way that she just named."""
    done = does(browser, code, "name", kind=kind, address=address, when=HOURS, **more)
    assert done.status_code == 200, text_of(done)
    found: list[str] = re.findall(r'name="way" value="([0-9a-f]{32})"', done.text)
    return found[-1]


def looks(desk: WebHouse, code: str) -> list[str]:
    return [one.actor for one in reads(desk.house.database, code) if one.kind is ReadKind.CONTACT]


def test_an_address_is_covered_and_each_look_at_it_is_noted(desk: WebHouse, anna: TestClient) -> None:
    code = opened_by(desk, "anna")
    way = named(anna, code)
    assert NUMBER not in anna.get(f"/cases/{code}/ways").text
    assert looks(desk, code) == []
    for _ in range(2):
        assert NUMBER in does(anna, code, "show", way=way).text
    assert looks(desk, code) == [actor(desk, "anna")] * 2
    assert verify(desk.house.database, desk.house.keyring).sound


def test_after_a_day_she_is_asked_again_before_anybody_uses_it(desk: WebHouse, anna: TestClient) -> None:
    code = opened_by(desk, "anna")
    way = named(anna, code)
    desk.clock.pass_by(hours=24)
    refused = does(anna, code, "show", way=way)
    assert (refused.status_code, NUMBER in refused.text) == (409, False)
    assert "da chiedere di nuovo" in text_of(anna.get(f"/cases/{code}/ways"))
    assert NUMBER in does(anna, code, "asked", way=way).text
    assert NUMBER in does(anna, code, "show", way=way).text
    (one,) = (one for one in ways_of(desk.house, code, actor(desk, "anna")).ways if one.way_id == way)
    assert (one.known.asked_by, one.known.asked_at) == (actor(desk, "anna"), desk.clock.now())


def test_who_does_not_ask_her_says_why_and_it_opens_for_her_alone_for_an_hour(desk: WebHouse, anna: TestClient) -> None:
    carla = somebody(desk, "carla", frozenset({Role.COORDINATOR}))
    code = opened_by(desk, "anna")
    way = named(anna, code)
    desk.clock.pass_by(days=2)
    assert does(anna, code, "unasked", way=way, reason="").status_code == 422
    assert NUMBER in does(anna, code, "unasked", way=way, reason="zaffiro chiama").text
    assert does(carla, code, "show", way=way).status_code == 409
    desk.clock.pass_by(hours=1)
    assert does(anna, code, "show", way=way).status_code == 409


def test_what_she_called_safe_until_a_day_opens_no_more_after_it(desk: WebHouse, anna: TestClient) -> None:
    code = opened_by(desk, "anna")
    way = named(anna, code, until=f"{desk.clock.now():%Y-%m-%d}")
    assert NUMBER in does(anna, code, "show", way=way).text
    desk.clock.pass_by(hours=10)
    assert does(anna, code, "show", way=way).status_code == 409
    assert does(anna, code, "asked", way=way).status_code == 409
    assert NUMBER in does(anna, code, "unasked", way=way, reason="zaffiro chiama").text


def test_what_is_not_safe_any_more_is_gone_at_once(desk: WebHouse, anna: TestClient) -> None:
    code = opened_by(desk, "anna")
    way = named(anna, code)
    does(anna, code, "end", way=way)
    assert way not in anna.get(f"/cases/{code}/ways").text
    for answer in ("show", "asked", "wish", "write"):
        more = {"sentence": "call_back", "language": "it"}
        refused = does(anna, code, answer, way=way, **more)
        assert (refused.status_code, NUMBER in refused.text) == (409, False), answer


def test_what_was_noted_when_the_case_was_opened_is_covered_as_well(desk: WebHouse) -> None:
    browser = somebody(desk, "carla", frozenset({Role.COORDINATOR}))
    code = desk.open_case()
    for page in (f"/cases/{code}", f"/cases/{code}/ways"):
        assert "5550 999" not in browser.get(page).text
    assert "5550 999" in does(browser, code, "show", way="opening").text
    assert does(browser, code, "wish", way="opening").status_code == 409
    desk.clock.pass_by(days=1)
    assert does(browser, code, "show", way="opening").status_code == 409


def test_nobody_writes_to_her_who_did_not_ask_for_it(desk: WebHouse, anna: TestClient, sms: SmsGateway) -> None:
    code = opened_by(desk, "anna")
    way, call = named(anna, code), named(anna, code, "call")
    said = {"sentence": "call_back", "language": "it"}
    assert "Non ha chiesto" in text_of(does(anna, code, "write", way=way, **said))
    assert does(anna, code, "wish", way=call).status_code == 409
    does(anna, code, "wish", way=way)
    does(anna, code, "unwish", way=way)
    assert does(anna, code, "write", way=way, **said).status_code == 409
    does(anna, code, "wish", way=way)
    desk.clock.pass_by(days=1)
    assert does(anna, code, "write", way=way, **said).status_code == 409
    assert sms.requests == 0


def test_what_she_asked_for_leaves_once_and_says_nothing(
    desk: WebHouse, anna: TestClient, sms: SmsGateway, letters: MailServer
) -> None:
    code = opened_by(desk, "anna")
    way, by_mail = named(anna, code), named(anna, code, "email", MAIL)
    does(anna, code, "wish", way=way)
    does(anna, code, "wish", way=by_mail)
    same = {"command": "0123456789abcdef0123", "sentence": "call_back", "language": "it"}
    for _ in range(2):
        answer = does(anna, code, "write", way=way, **same)
        assert "il gestore l'ha preso" in text_of(answer)
    does(anna, code, "write", way=by_mail, sentence="as_agreed", language="fr")
    (text,), (mail,) = sms.received(), letters.received()
    assert (text.recipient, text.body) == (NUMBER, SENTENCES["call_back"]["it"])
    assert b"Subject: Salut\r\n" in mail.raw
    head = mail.raw.partition(b"\r\n\r\n")[0].lower()
    for word in (b"auto-submitted", b"staffetta", b"127.0.0.1", b"example.org"):
        assert word not in head
    assert "Scritto per la via che ha chiesto" in text_of(anna.get(f"/cases/{code}/ways"))
    assert verify(desk.house.database, desk.house.keyring).sound


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=500), "incerto"),
        (Answer(status=400), "rifiutato per sempre"),
        (Answer(status=429), "non è partito"),
    ],
)
def test_what_the_carrier_says_is_shown_at_once(
    desk: WebHouse, anna: TestClient, sms: SmsGateway, answer: Answer, said: str
) -> None:
    code = opened_by(desk, "anna")
    way = named(anna, code)
    does(anna, code, "wish", way=way)
    sms.misbehave(answer)
    assert said in text_of(does(anna, code, "write", way=way, sentence="call_back", language="it"))
    assert said in text_of(anna.get(f"/cases/{code}/ways"))


def test_a_stop_between_keeping_and_sending_is_an_uncertain_text(
    desk: WebHouse, anna: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = opened_by(desk, "anna")
    way = named(anna, code)
    does(anna, code, "wish", way=way)

    def stops(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("web.ways.write_to_her", stops)
    assert does(anna, code, "write", way=way, sentence="call_back", language="it").status_code == 500
    assert "incerto" in text_of(anna.get(f"/cases/{code}/ways"))


def test_without_a_carrier_of_its_own_the_desk_writes_to_nobody(tmp_path: Path) -> None:
    with web_house(tmp_path / "data") as desk:
        anna = somebody(desk, "anna")
        code = opened_by(desk, "anna")
        way = named(anna, code)
        does(anna, code, "wish", way=way)
        refused = does(anna, code, "write", way=way, sentence="call_back", language="it")
        assert (refused.status_code, "gestore proprio" in text_of(refused)) == (409, True)


def test_nothing_of_it_is_anywhere_but_in_the_vault(
    desk: WebHouse, anna: TestClient, sms: SmsGateway, letters: MailServer
) -> None:
    code = opened_by(desk, "anna")
    way, by_mail = named(anna, code, may_say="zaffiro"), named(anna, code, "email", MAIL)
    does(anna, code, "unasked", way=way, reason="zaffiro chiama")
    for one in (way, by_mail):
        does(anna, code, "show", way=one)
        does(anna, code, "wish", way=one)
        does(anna, code, "write", way=one, sentence="call_back", language="it")
    does(anna, code, "name", kind="sms", address=MAIL)
    assert len(sms.received()) == len(letters.received()) == 1
    written = b"".join(file.read_bytes() for file in desk.house.settings.data.rglob("*") if file.is_file())
    for word in (NUMBER, NUMBER[3:], MAIL, "zaffiro"):
        assert word.encode() not in written
        assert word not in desk.log.getvalue()
    view = desk.view(code)
    assert NUMBER not in repr(view.timeline)
    assert "incerto" not in repr(view.alerts)


def test_a_process_without_the_vault_key_reads_no_way(desk: WebHouse, anna: TestClient) -> None:
    code = opened_by(desk, "anna")
    named(anna, code)
    with closing(open_house(desk.house.settings.data, with_vault=False)) as dispatcher:
        with dispatcher.database.read() as connection:
            row = connection.execute(select(WayActRecord.__table__)).one()
        place = {"table": "way_acts", "case_id": row.case_id, "row": row.way, "field": "way"}
        assert dispatcher.keyring.unseal("vault", row.sealed, **place) is None
        with pytest.raises(NoVaultKey):
            name_way(dispatcher, code, actor(desk, "anna"), Way(WayKind.CALL, NUMBER), "0123456789abcdef01")


def test_an_erasure_takes_it_and_the_chain_holds(desk: WebHouse, anna: TestClient) -> None:
    code, by = opened_by(desk, "anna"), actor(desk, "anna")
    named(anna, code)
    case_id = desk.view(code).row.case_id
    about = {"id": desk.house.ids.new_id(), "case_id": case_id, "actor": by, "road": Road.DESK}
    desk.house.handling.handle(CancelCase.model_validate({**about, "reason": "her_wish"}))
    propose_erasure(desk.house, code, "her_request", by)
    confirm_erasure(desk.house, code, "operator:2")
    with pytest.raises(CaseErased):
        ways_of(desk.house, code, by)
    assert anna.get(f"/cases/{code}/ways").status_code == 404
    assert verify(desk.house.database, desk.house.keyring).sound


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ("UPDATE way_acts SET kind = 'wished' WHERE seq = 1", "hash"),
        ("DELETE FROM way_acts WHERE seq = 2", "tail"),
        ("UPDATE way_acts SET sealed = x'00' WHERE seq = 1", "hash"),
    ],
)
def test_whoever_changes_it_is_found(desk: WebHouse, anna: TestClient, spoilt: str, fault: str) -> None:
    code = opened_by(desk, "anna")
    does(anna, code, "wish", way=named(anna, code))
    with closing(sqlite3.connect(desk.house.settings.data / "staffetta.sqlite", isolation_level=None)) as raw:
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(spoilt)
        raw.execute("DROP TRIGGER way_acts_no_update")
        raw.execute("DROP TRIGGER way_acts_no_delete")
        raw.execute(spoilt)
    assert fault in {one.code for one in verify(desk.house.database, desk.house.keyring).faults}


def test_no_sentence_betrays_who_writes_or_why() -> None:
    for texts in (*SENTENCES.values(), SUBJECTS):
        assert texts.keys() == LANGUAGES.keys()
        for text in texts.values():
            assert septets(text) <= SEGMENT
            assert not [word for word in BETRAYS if word in text.lower()], text
