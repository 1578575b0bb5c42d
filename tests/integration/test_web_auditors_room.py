"""Samples that are drawn again by anybody, who looked at what, and what is handed out: each an act itself."""

import csv
import hashlib
import io
import json

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR
from models.adding_accounts import add_operator
from models.reads import ReadKind, reads
from models.sampling import LONGEST_NOTE
from models.trail import verify
from procedures.auditing import LARGEST
from procedures.people import Role
from tests.integration.test_web_people import only
from tests.integration.webhouse import CANARY, WebHouse, text_of
from web.spreadsheets import csv_of

pytestmark = pytest.mark.slow


@pytest.fixture
def auditor(desk: WebHouse) -> TestClient:
    return only(desk, Role.AUDITOR)


def order(seed: str, codes: list[str]) -> list[str]:
    """As the page of help says that anybody does it."""
    return sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())


def test_a_sample_is_drawn_by_its_seed_and_can_be_drawn_again_without_us(desk: WebHouse, auditor: TestClient) -> None:
    codes = [desk.open_case() for _ in range(7)]
    drill = desk.open_case(drill=True)
    page = auditor.post("/audit/samples", data={"seed": "autunno-2026", "size": "3"})
    wanted = order("autunno-2026", codes)[:3]
    assert [code for code in codes if code in page.text] == [code for code in codes if code in wanted]
    assert drill not in page.text
    assert "autunno-2026" in page.text
    assert page.text.index(wanted[0]) < page.text.index(wanted[1]) < page.text.index(wanted[2])
    again = auditor.post("/audit/samples", data={"seed": "autunno-2026", "size": "3"})
    assert again.url == page.url
    desk.clock.pass_by(minutes=1)
    desk.open_case()
    assert wanted[2] in auditor.get(page.url.path).text
    assert auditor.post("/audit/samples", data={"seed": "", "size": "2"}).status_code == 200
    assert auditor.post("/audit/samples", data={"seed": "a b", "size": "2"}).status_code == 409
    assert auditor.get("/audit/samples/99").status_code == 404
    assert auditor.post("/audit/samples", data={"seed": "x", "size": str(LARGEST + 1)}).status_code == 409


def test_a_case_is_ticked_with_a_note_that_is_sealed_and_chained(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    place = auditor.post("/audit/samples", data={"seed": "x", "size": "1"}).url.path
    said = {"code": code, "finding": "question", "note": "Chi ha avvisato Zia Pina"}  # invented
    page = auditor.post(place, data=said)
    assert "una domanda a chi ha il caso" in text_of(page)
    assert "Zia Pina" in page.text
    assert "Ancora da guardare: 0." in text_of(page)
    assert auditor.post(place, data=said).status_code == 409
    assert auditor.post(place, data={**said, "note": "x" * (LONGEST_NOTE + 1)}).status_code == 400
    assert auditor.post(place, data={**said, "code": "C-0000-0000"}).status_code == 404
    with desk.house.database.read() as connection:
        kept = connection.execute(text("SELECT payload, sealed_note FROM audit_acts WHERE kind = 'looked'")).one()
    assert "Pina" not in kept.payload
    assert b"Pina" not in kept.sealed_note
    whole = verify(desk.house.database, desk.house.keyring)
    assert (whole.sound, whole.audit_acts) == (True, 2)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit_acts SET actor = 'operator:x' WHERE seq = 1", "hash"),
        ("UPDATE audit_acts SET sealed_note = x'00' WHERE seq = 2", "hash"),
        ("DELETE FROM audit_acts WHERE seq = 2", "tail"),
    ],
)
def test_what_an_auditor_did_cannot_be_changed_unseen(
    desk: WebHouse, auditor: TestClient, statement: str, code: str
) -> None:
    case = desk.open_case()
    place = auditor.post("/audit/samples", data={"seed": "x", "size": "1"}).url.path
    auditor.post(place, data={"code": case, "finding": "in_order", "note": "a"})
    with desk.house.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_acts_no_update")
        connection.exec_driver_sql("DROP TRIGGER audit_acts_no_delete")
        connection.exec_driver_sql(statement)
    assert code in {fault.code for fault in verify(desk.house.database, desk.house.keyring).faults}


def test_small_counts_of_the_figures_are_not_shown(desk: WebHouse, auditor: TestClient) -> None:
    for _ in range(4):
        desk.open_case()
    assert "Valle Chiara non mostrato Tutti non mostrato" in text_of(auditor.get("/audit/samples"))
    for _ in range(2):
        desk.open_case()
    assert "Valle Chiara 6 Tutti 6" in text_of(auditor.get("/audit/samples"))


def test_looks_are_found_by_case_person_and_day(desk: WebHouse, auditor: TestClient) -> None:
    first, second = desk.open_case(), desk.open_case()
    operator = desk.operator()
    operator.get(f"/cases/{first}")
    operator.get(f"/cases/{second}")
    shown = text_of(auditor.get("/audit/reads"))
    assert f"{FIRST_OPERATOR} {first} ha guardato il caso" in shown
    shown = auditor.get("/audit/reads", params={"code": second.lower()}).text
    assert second in shown
    assert first not in shown
    assert "2026-11-24" in auditor.get("/audit/reads", params={"day": "2026-11-24"}).text
    assert "Nessuno." in text_of(auditor.get("/audit/reads", params={"day": "2026-11-23"}))
    assert "Nessuno." in text_of(auditor.get("/audit/reads", params={"person": "nobody"}))
    for wrong in ("yesterday", "2026-02-30", "0001-01-01", "9999-12-31"):
        assert auditor.get("/audit/reads", params={"day": wrong}).status_code == 400, wrong
    for number in ("9" * 30, "-1"):
        assert auditor.get("/audit/reads", params={"before": number}).status_code == 400
        assert auditor.get(f"/audit/samples/{number}").status_code == 404
        assert auditor.get(f"/audit/cases/{first}", params={"after": number}).status_code == 200
    assert auditor.get("/audit/reads", params={"code": "'; DROP"}).status_code == 400


def test_what_is_handed_out_opens_in_a_spreadsheet_and_stands_in_the_chain(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    add_operator(desk.house.database, "=cmd", frozenset({Role.OPERATOR}), desk.clock.now(), "shell")
    desk.operator().get(f"/cases/{code}")
    answer = auditor.post("/audit/reads", data={"format": "csv", "code": code})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    (heads, row) = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert heads == ["N.", "Quando", "Chi", "Caso", "Che cosa"]
    assert row[2:] == [FIRST_OPERATOR, code, "ha guardato il caso"]
    assert "righe: 1" in text_of(auditor.get("/audit/reads"))
    assert verify(desk.house.database, desk.house.keyring).audit_acts == 1

    whole = auditor.post(f"/audit/cases/{code}/export", data={"format": "json"})
    assert len(json.loads(whole.content)) == len(desk.events(code))
    assert CANARY not in whole.text
    assert reads(desk.house.database, code)[0].kind is ReadKind.EXPORT
    assert (
        "ha fatto consegnare" in text_of(auditor.get("/audit/reads")) or "traccia" in auditor.get("/audit/reads").text
    )


def test_a_formula_stays_a_text() -> None:
    said = csv_of(["a"], [["=1+1"], ["@x"], ["-2"], ["+3"], ["plain;with"], ["4"]])
    assert said == "\ufeffa\r\n'=1+1\r\n'@x\r\n'-2\r\n'+3\r\n\"plain;with\"\r\n4\r\n"


def test_how_to_read_it_stands_there_in_both_languages(auditor: TestClient) -> None:
    assert "Che cosa significa il rosso" in auditor.get("/audit/help").text
    auditor.post("/language", data={"language": "en"})
    page = auditor.get("/audit/help").text
    assert "What red means" in page
    assert "Somebody changed it." in page
