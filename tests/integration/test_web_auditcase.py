"""One case in three columns: whatever somebody changed past the house shows in red, with its number."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from models.history import FlowRunNote, FlowTaskNote, keep_flow_run, keep_flow_tasks, run_facts_by_ref
from models.reads import reads
from models.recording import read_events
from models.told_history import untold_of
from procedures.commands import CancelCase, Road
from procedures.people import Role
from tests.integration.test_web_kept_away import tied
from tests.integration.test_web_people import only
from tests.integration.test_web_relations import opened_by, somebody
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@pytest.fixture
def auditor(desk: WebHouse) -> TestClient:
    return only(desk, Role.AUDITOR)


def tamper(desk: WebHouse, statement: str, **places: object) -> None:
    """What somebody with the file, and without the triggers, can do."""
    with desk.house.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS events_no_update")
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS events_no_delete")
        connection.execute(text(statement), places)


def row(page: str, number: int) -> str:
    """The table row of an event."""
    return page.partition(f'<tr id="event-{number}"')[2].partition("</tr>")[0]


def test_an_auditor_reads_a_case_without_what_identifies_anybody_and_that_is_noted(
    desk: WebHouse, auditor: TestClient
) -> None:
    code = desk.open_case("intake", facts={"risk": "high"})
    page = auditor.get(f"/audit/cases/{code}")
    assert page.status_code == 200
    assert "La traccia regge" in text_of(page)
    assert 'class="fault"' not in page.text
    assert CANARY not in page.text
    assert "high" not in row(page.text, 1)
    assert reads(desk.house.database, code)[0].kind == "trail"
    assert auditor.get("/audit/cases", params={"code": code.lower()}).url.path == f"/audit/cases/{code}"
    assert auditor.get("/audit/cases/C-0000-0000").status_code == 404
    assert auditor.get("/audit/cases", params={"code": "../x"}).url.path == "/audit"


def test_what_an_event_changed_stands_beside_it(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    letter = desk.letter(code)
    desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})
    page = auditor.get(f"/audit/cases/{code}")
    accepted = next(entry.seq for entry in desk.view(code).timeline if entry.kind == "handoff_accepted")
    assert f"Passaggio {desk.first(code).ref}" in row(page.text, accepted)
    assert "stato: allertato → " in row(page.text, accepted) or "→ preso in carico" in row(page.text, accepted)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET actor = 'operator:x' WHERE seq = 3", "Evento 3: è stato alterato"),
        ("DELETE FROM events WHERE seq = 3", "Evento 3: manca"),
        ("UPDATE events SET payload = '{}' WHERE seq = 3", "Evento 3: non si può leggere"),
        ("UPDATE events SET prev_hash = 'x' || substr(prev_hash, 2) WHERE seq = 3", "Evento 3: non è concatenato"),
    ],
)
def test_a_row_that_somebody_changed_is_red_with_its_number(
    desk: WebHouse, auditor: TestClient, statement: str, said: str
) -> None:
    code = desk.open_case()
    tamper(desk, statement)
    page = auditor.get(f"/audit/cases/{code}")
    assert page.status_code == 200
    assert said in " ".join(row(page.text, 3).replace('<p class="fault">', "").split())
    assert 'class="row-over"' in row(page.text, 3)
    assert "differisce" in row(page.text, 3)
    assert '<a href="#event-3">3</a>' in page.text


def test_a_list_that_says_otherwise_than_the_events_is_red_at_the_event(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    requested = next(entry.seq for entry in desk.view(code).timeline if entry.kind == "handoff_requested")
    ref = desk.first(code).ref
    tamper(desk, "UPDATE handoffs SET step = 'escort' WHERE ref = :ref", ref=ref)
    page = auditor.get(f"/audit/cases/{code}")
    shown = text_of(page)
    assert (
        f"Evento {requested}: Passaggio {ref}, passo: è conservato escort, dagli eventi discende find_place." in shown
    )
    assert "Differenze: 1." in shown


def test_a_row_that_follows_from_nothing_is_told_of_no_event(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    tamper(desk, "UPDATE handoffs SET ref = 'H-ZZZZ-ZZZZ'")
    shown = text_of(auditor.get(f"/audit/cases/{code}"))
    assert "Passaggio H-ZZZZ-ZZZZ non discende da alcun evento e ha una riga." in shown


def told(desk: WebHouse, code: str, *, rebuilt: bool = False) -> tuple[str, int]:
    """Have the mirror say what an engine would have told; the run's id and the number of its alert."""
    run = desk.view(code).runs[0]
    facts = run_facts_by_ref(desk.house.database, run.ref)
    assert facts is not None
    desk.send_everything(2)
    with desk.house.database.read() as connection:
        case_id = desk.view(code).row.case_id
        events = list(read_events(connection, desk.house.keyring, case_id))
    alert = next(one.seq for one in events if one.event.kind == "alert_queued")
    keep_flow_run(
        desk.house.database,
        FlowRunNote(run.run_id, "f" * 8, events[-1].seq, "Awaiting find_place", NOW, rebuilt),
    )
    note = FlowTaskNote(run.run_id, alert, "t" * 8, "alert find_place", "accepted", NOW, NOW, "x: accepted")
    keep_flow_tasks(desk.house.database, [note])
    return run.run_id, alert


def test_prefects_run_stands_beside_the_event_it_tells(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    assert "Prefect non sa ancora di questo percorso" in text_of(auditor.get(f"/audit/cases/{code}"))
    run_id, alert = told(desk, code, rebuilt=True)
    page = auditor.get(f"/audit/cases/{code}")
    assert "alert find_place" in row(page.text, alert)
    assert "ricostruita" in page.text
    with desk.house.database.write() as connection:
        connection.execute(text("DELETE FROM flow_tasks"))
        connection.execute(text("UPDATE flow_runs SET state_name = 'Completed'"))
    again = text_of(auditor.get(f"/audit/cases/{code}"))
    assert f"Evento {alert}: L'esecuzione in Prefect non racconta questo evento" in again
    assert "L'esecuzione in Prefect è a «Completed»; secondo la traccia è a «Awaiting find_place»." in again
    keep_flow_tasks(desk.house.database, [FlowTaskNote(run_id, 1, None, "end find_place", "completed", NOW, NOW, None)])
    assert "ciò che non discende da alcun evento: end find_place" in text_of(auditor.get(f"/audit/cases/{code}"))


def test_a_prefect_that_was_wiped_is_said_to_be(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    run = desk.view(code).runs[0]
    note = FlowRunNote(run.run_id, f"lost-{run.run_id}", 0, "Lost", NOW, rebuilt=True)
    keep_flow_run(desk.house.database, note)
    shown = text_of(auditor.get(f"/audit/cases/{code}"))
    assert "Prefect ha perso questa esecuzione" in shown
    assert "La traccia regge" in shown
    assert untold_of(desk.house.database, run.run_id, note) == ()


def test_a_run_that_is_over_shows_the_table_that_is_its_artifact(desk: WebHouse, auditor: TestClient) -> None:
    code = desk.open_case()
    asked = {"id": desk.house.ids.new_id(), "case_id": desk.view(code).row.case_id, "actor": "operator:1"}
    desk.house.handling.handle(CancelCase.model_validate({**asked, "road": Road.CLI, "reason": "her_wish"}))
    run_id, _alert = told(desk, code)
    assert run_id
    page = auditor.get(f"/audit/cases/{code}")
    ref = desk.view(code).runs[0].ref
    assert f"handoffs-{ref.lower()}" in page.text
    assert f"{desk.first(code).ref} Trovare un posto protetto: annullato" in text_of(page)


def test_an_auditor_who_is_excluded_finds_no_such_case(desk: WebHouse) -> None:
    browser = tied(desk, "anna", "ada", frozenset({Role.AUDITOR}))
    somebody(desk, "berta")
    code = opened_by(desk, "berta", exclusions=frozenset({"ada"}))
    other = opened_by(desk, "berta", exclusions=frozenset({"gina"}))
    for ending in ("", "/lanes"):
        answers = [browser.get(f"/audit/cases/{one}{ending}") for one in (code, "C-0000-0000")]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    assert browser.post(f"/audit/cases/{code}/export", data={"format": "csv"}).status_code == 404
    assert browser.get(f"/audit/cases/{other}").status_code == 200
