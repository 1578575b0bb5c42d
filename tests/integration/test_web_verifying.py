"""The check of the whole trail from a page: it is left, stopped, gone on with, and survives a restart of the desk."""

import time

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from models.checks import TRAIL, last_check
from models.trail import verify
from models.verify_jobs import VerifyState, claim_job, do_slice, go_on_with_job, last_job, start_job, stop_job
from procedures.people import Role
from tests.integration.test_web_auditcase import tamper
from tests.integration.test_web_people import only
from tests.integration.webhouse import WebHouse, text_of
from web import verifying

pytestmark = pytest.mark.slow


@pytest.fixture
def auditor(desk: WebHouse) -> TestClient:
    return only(desk, Role.AUDITOR)


def wait(desk: WebHouse) -> None:
    """Until the check has come to its end."""
    for _ in range(200):
        job = last_job(desk.house.database, desk.clock.now())
        if job is not None and job.state is VerifyState.DONE:
            return
        time.sleep(0.05)
    pytest.fail("the check never ended")


def test_a_check_is_started_on_a_page_and_its_result_is_kept(desk: WebHouse, auditor: TestClient) -> None:
    desk.open_case()
    assert auditor.get("/audit/verify").status_code == 200
    auditor.post("/audit/verify", data={"answer": "start"})
    wait(desk)
    shown = text_of(auditor.get("/audit/verify/live"))
    assert "La verifica è finita: tutto regge" in shown
    assert "Casi 1 di 1" in shown
    check = last_check(desk.house.database, TRAIL)
    assert check is not None
    assert (check.tried, check.faults) == (1, 0)


def test_what_it_finds_is_said_with_its_number_and_explained_in_both_languages(
    desk: WebHouse, auditor: TestClient
) -> None:
    code = desk.open_case()
    tamper(desk, "UPDATE events SET actor = 'operator:x' WHERE seq = 2")
    auditor.post("/audit/verify", data={"answer": "start"})
    wait(desk)
    page = auditor.get("/audit/verify")
    assert "qualcosa non regge" in page.text
    assert f'href="/audit/cases/{code}#event-2"' in page.text
    assert "è stato alterato" in text_of(page)
    assert "Qualcuno l'ha cambiata." in text_of(page)
    auditor.post("/language", data={"language": "en"})
    assert "Somebody changed it." in text_of(auditor.get("/audit/verify"))


def test_it_is_done_in_slices_and_goes_on_where_it_was_left(
    desk: WebHouse, auditor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.verify_jobs.SLICE", 2)
    monkeypatch.setattr(verifying, "go_on", lambda _house: None)  # as if the desk had died at once
    for _ in range(5):
        desk.open_case()
    auditor.post("/audit/verify", data={"answer": "start"})
    assert "Nessuno ci sta lavorando" in text_of(auditor.get("/audit/verify"))
    house = desk.house
    assert claim_job(house, "one")
    assert not claim_job(house, "two")
    assert do_slice(house, "one")  # roots and the chains of the house
    assert do_slice(house, "one")
    job = last_job(house.database, desk.clock.now())
    assert job is not None
    assert (job.cases, job.total) == (2, 5)
    assert "Casi 2 di 5" in text_of(auditor.get("/audit/verify"))

    auditor.post("/audit/verify", data={"answer": "stop"})
    assert not do_slice(house, "one")
    assert auditor.post("/audit/verify", data={"answer": "start"}).status_code == 409
    auditor.post("/audit/verify", data={"answer": "go_on"})
    desk.clock.pass_by(minutes=2)
    assert claim_job(house, "two")
    while do_slice(house, "two"):
        pass
    job = last_job(house.database, desk.clock.now())
    assert job is not None
    assert (job.cases, job.state, job.fault_count) == (5, VerifyState.DONE, 0)
    assert auditor.post("/audit/verify", data={"answer": "stop"}).status_code == 409


def test_a_check_counts_what_the_whole_check_counts(desk: WebHouse) -> None:
    for _ in range(3):
        desk.open_case()
    with desk.house.database.write() as connection:
        connection.execute(text("UPDATE handoffs SET step = 'escort'"))
    start_job(desk.house, "operator:1")
    stop_job(desk.house)
    go_on_with_job(desk.house)
    verifying.go_on(desk.house).join(20)
    job = last_job(desk.house.database, desk.clock.now())
    whole = verify(desk.house.database, desk.house.keyring)
    assert job is not None
    assert (job.cases, job.events, job.fault_count) == (whole.cases, whole.events, len(whole.faults))
    assert job.fault_count > 0
