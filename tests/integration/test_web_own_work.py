"""The network's own work at the desk: started with a form of its own, and in no list of cases."""

import pytest
from starlette.testclient import TestClient

from models.board import board
from models.own_work import own_work
from models.pulse import pulse
from models.trail import verify
from models.views import all_cases, ended_cases, open_cases
from procedures.case import CaseStatus
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow

MEETING = {"pathway": "tavolo_meeting", "territory": "valle_chiara", "fact.meeting_at": "2027-02-01T15:00"}


def started(operator: TestClient, **changes: str) -> str:
    """The code of a meeting that was started with the form."""
    page = operator.post("/network-work", data=MEETING | changes | {"command": hidden(operator.get("/network-work"))})
    assert page.status_code == 200, text_of(page)
    return page.url.path.removeprefix("/cases/")


def test_a_meeting_is_started_in_one_form_and_whoever_convenes_it_is_asked_at_once(operator: TestClient) -> None:
    code = started(operator)

    assert code.startswith("N-")
    page = text_of(operator.get(f"/cases/{code}"))
    assert "deve rispondere entro" in page
    assert "Fissare data e ordine del giorno" in page
    assert "Riunione del Tavolo" in text_of(operator.get("/network-work"))


def test_nothing_on_its_page_speaks_of_a_survivor(operator: TestClient) -> None:
    page = text_of(operator.get(f"/cases/{started(operator)}"))

    for said in (
        "È un suo desiderio",
        "Se la si può contattare",
        "Consensi",
        "Livello di rischio",
        "Annullare il caso",
    ):
        assert said not in page
    assert "Non si fa più" in page


def test_it_stands_among_the_cases_nowhere_and_is_not_counted(desk: WebHouse, operator: TestClient) -> None:
    house = desk.house
    code = started(operator)
    case = desk.open_case()

    found = board(house.database)
    assert ([line.code for line in found.lines], found.total) == ([case], 1)
    assert [row.code for row in open_cases(house.database)] == [case]
    assert [row.code for row in all_cases(house.database)] == [case]
    assert pulse(house.database, house.clock.now()).open_cases == 1
    assert [work.row.code for work in own_work(house.database)] == [code]
    assert code not in operator.get("/").text


def test_it_is_called_off_for_a_reason_of_its_own(desk: WebHouse, operator: TestClient) -> None:
    code = started(operator)
    form = {"command": hidden(operator.get(f"/cases/{code}")), "confirmation": code}

    assert operator.post(f"/cases/{code}/cancel", data=form | {"reason": "her_wish"}).status_code == 422
    operator.post(f"/cases/{code}/cancel", data=form | {"reason": "called_off"})

    assert desk.view(code).row.status is CaseStatus.CANCELLED
    assert ended_cases(desk.house.database, 10) == []
    assert [work.row.code for work in own_work(desk.house.database, ended=10)] == [code]
    assert verify(desk.house.database, desk.house.keyring).faults == ()


def test_the_form_of_a_case_offers_it_not_and_refuses_it(operator: TestClient) -> None:
    page = operator.get("/cases/new")
    assert "tavolo_meeting" not in page.text
    assert "fact.meeting_at" not in page.text

    form = {"pathway": "tavolo_meeting", "territory": "valle_chiara", "command": hidden(page)}
    refused = operator.post("/cases/new", data=form)

    assert "non appartiene a nessun caso" in text_of(refused)


def test_its_own_form_takes_no_pathway_about_a_survivor(operator: TestClient) -> None:
    form = {"pathway": "intake", "territory": "valle_chiara", "command": hidden(operator.get("/network-work"))}
    refused = operator.post("/network-work", data=form)
    assert "riguarda una persona" in text_of(refused)
