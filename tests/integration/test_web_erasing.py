"""Erasing at the desk: one coordinator proposes, another confirms; what is coming is seen before and held back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from models.erasing import certificates, erasures_in, propose_erasure
from models.reach import KNOWN
from models.retaining import Retained, retain
from models.trail import verify
from models.tying import tie_account
from procedures.commands import CancelCase, Road
from procedures.people import Role
from tests.integration.test_web_relations import NOWHERE, account, actor, opened_by, somebody
from tests.integration.webhouse import CANARY, SETTINGS, WebHouse, text_of, web_house
from web.stepping import ProofNeeded

pytestmark = pytest.mark.slow
COORDINATOR = frozenset({Role.COORDINATOR})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WebHouse]:
    """A house that keeps cases for forty days."""
    with web_house(tmp_path / "data", settings=SETTINGS + "[retention]\ndays = 40\n") as made:
        yield made


@pytest.fixture
def carla(desk: WebHouse) -> TestClient:
    return somebody(desk, "carla", COORDINATOR)


@pytest.fixture
def berta(desk: WebHouse) -> TestClient:
    return somebody(desk, "berta", COORDINATOR)


def over(desk: WebHouse) -> str:
    """The code of a case that is over."""
    code = desk.open_case()
    about = {"id": desk.house.ids.new_id(), "case_id": desk.view(code).row.case_id, "actor": "operator:1"}
    desk.house.handling.handle(CancelCase.model_validate({**about, "road": Road.DESK, "reason": "her_wish"}))
    return code


def does(browser: TestClient, code: str, answer: str, **more: str) -> httpx2.Response:
    return browser.post("/erasures", data={"code": code, "answer": answer, **more})


def test_one_coordinator_proposes_and_another_confirms(desk: WebHouse, carla: TestClient, berta: TestClient) -> None:
    code = over(desk)
    assert code in does(carla, code, "propose", reason="her_request").text
    assert does(carla, code, "confirm", confirmation=code).status_code == 409
    assert does(berta, code, "confirm", confirmation="C-1").status_code == 422
    assert certificates(desk.house.database) == []
    assert does(berta, code, "confirm", confirmation=code).status_code == 200
    (certificate,) = certificates(desk.house.database)
    assert certificate.code == code
    assert carla.get(f"/cases/{code}").status_code == 404
    assert verify(desk.house.database, desk.house.keyring).sound


def test_an_erased_case_closes_no_list_to_whoever_is_a_person_of_the_network(
    desk: WebHouse, carla: TestClient, berta: TestClient
) -> None:
    tie_account(desk.house, account(desk, "carla"), "lidia", "shell")
    gone, here = over(desk), desk.open_case()
    does(carla, gone, "propose", reason="her_request")
    does(berta, gone, "confirm", confirmation=gone)
    KNOWN.clear()  # as after a restart
    board = carla.get("/board")
    assert board.status_code == 200
    assert here in board.text
    assert carla.get(f"/cases/{gone}").status_code == 404


def test_the_page_says_when_it_is_final_and_what_remains(desk: WebHouse, carla: TestClient) -> None:
    text = text_of(carla.get("/erasures"))
    assert f"{(desk.clock.now() + timedelta(days=30)).date()}" in text
    assert "Restano il codice" in text
    assert CANARY not in text


def test_a_proposal_is_taken_back(desk: WebHouse, carla: TestClient, berta: TestClient) -> None:
    code = over(desk)
    does(carla, code, "propose", reason="opened_by_mistake")
    does(berta, code, "withdraw")
    assert does(berta, code, "confirm", confirmation=code).status_code == 409
    assert carla.get(f"/cases/{code}").status_code == 200


def test_a_case_that_runs_is_not_erased(desk: WebHouse, carla: TestClient) -> None:
    assert does(carla, desk.open_case(), "propose", reason="her_request").status_code == 409


def test_a_month_ahead_it_is_seen_and_can_be_held_back(desk: WebHouse, carla: TestClient, berta: TestClient) -> None:
    code = over(desk)
    desk.clock.pass_by(days=9)
    assert code not in carla.get("/erasures").text
    desk.clock.pass_by(days=2)
    assert code in carla.get("/erasures").text
    until = f"{desk.clock.now() + timedelta(days=60):%Y-%m-%d}"
    assert does(carla, code, "hold", reason="proceeding", until="").status_code == 422
    assert does(carla, code, "hold", reason="because", until=until).status_code == 409
    assert does(carla, code, "hold", reason="proceeding", until="2099-01-01").status_code == 409
    assert until in does(carla, code, "hold", reason="proceeding", until=until).text
    desk.clock.pass_by(days=40)
    assert retain(desk.house) == Retained(0, 0)
    assert does(berta, code, "propose", reason="retention_over").status_code == 409
    desk.clock.pass_by(days=22)
    assert retain(desk.house) == Retained(1, 0)
    assert verify(desk.house.database, desk.house.keyring).sound


def test_a_hold_stands_against_the_calendar_and_not_against_her_wish(
    desk: WebHouse, carla: TestClient, berta: TestClient
) -> None:
    code = over(desk)
    until = f"{desk.clock.now() + timedelta(days=60):%Y-%m-%d}"
    does(carla, code, "hold", reason="inspection", until=until)
    does(carla, code, "propose", reason="her_request")
    does(berta, code, "confirm", confirmation=code)
    assert len(certificates(desk.house.database)) == 1


def test_what_retention_proposed_waits_while_somebody_holds_it(
    desk: WebHouse, carla: TestClient, berta: TestClient
) -> None:
    code = over(desk)
    desk.clock.pass_by(days=41)
    assert retain(desk.house) == Retained(1, 0)
    until = f"{desk.clock.now() + timedelta(days=5):%Y-%m-%d}"
    does(carla, code, "hold", reason="complaint", until=until)
    assert does(berta, code, "confirm", confirmation=code).status_code == 409
    does(carla, code, "end_hold")
    does(berta, code, "confirm", confirmation=code)
    assert len(certificates(desk.house.database)) == 1


def test_the_second_factor_is_asked_before_anything_is_looked_up(
    desk: WebHouse, carla: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = over(desk)

    def stale(visit: object, form: object) -> None:
        raise ProofNeeded(visit, form)  # type: ignore[arg-type]  # as the door gives them

    monkeypatch.setattr("web.rooms.freshly_proven", stale)
    asked = [does(carla, one, "propose", reason="her_request") for one in (code, NOWHERE)]
    assert [one.status_code for one in asked] == [403, 403]
    with desk.house.database.read() as connection:
        assert erasures_in(connection).cases == {}


def test_a_case_that_is_not_hers_is_one_that_is_not_there(desk: WebHouse, carla: TestClient) -> None:
    somebody(desk, "anna")
    code = opened_by(desk, "anna")
    tie_account(desk.house, account(desk, "carla"), "mara", "shell")
    answers = [does(carla, one, "propose", reason="her_request") for one in (code, NOWHERE)]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert code not in carla.get("/erasures").text


def test_a_relation_that_ends_in_between_lets_no_erasure_through(
    desk: WebHouse, carla: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = over(desk)
    monkeypatch.setattr("web.doorkeeper.Visit.case_id", lambda _visit, _code: "open a moment ago")
    monkeypatch.setattr("models.relations.open_to", lambda *_given: None)
    assert does(carla, code, "propose", reason="her_request").status_code == 404
    propose_erasure(desk.house, code, "her_request", actor(desk, "carla"))  # it was not proposed before
