"""Editions at the desk: proposed, read beside the one in force, adopted by two, and running cases moved to them."""

import re
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from models.adding_accounts import add_operator
from models.trail import verify
from procedures.loading import SHIPPED
from procedures.people import Role
from tests.integration.webhouse import WebHouse, text_of

pytestmark = pytest.mark.slow

SHELTER = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8").replace("edition: 1\n", "edition: 2\n")
SOONER = SHELTER.replace("accept_within: 15 min", "accept_within: 12 min", 1)
EDITION = "/procedures/shelter/editions/2"


def second(desk: WebHouse) -> TestClient:
    """The browser of a second operator."""
    password = add_operator(desk.house.database, "berta", frozenset({Role.COORDINATOR}), desk.clock.now(), "shell")
    return desk.signed_in("berta", password)


def put(desk: WebHouse, text: str, file: str = "shelter.yaml") -> None:
    folder = desk.house.settings.data / "procedures"
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(text, encoding="utf-8")


def in_force(desk: WebHouse) -> int:
    return desk.house.procedures.library().current["shelter"].edition


def adopted(desk: WebHouse, operator: TestClient, text: str = SOONER) -> None:
    put(desk, text)
    operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    for browser in (operator, second(desk)):
        browser.post(EDITION, data={"answer": "adopt", "read": "yes"})


def test_a_file_that_nobody_adopted_is_said_not_to_be_in_force(desk: WebHouse, operator: TestClient) -> None:
    assert "Non in vigore" not in text_of(operator.get("/procedures"))
    put(desk, SOONER)
    page = text_of(operator.get("/procedures"))
    assert "shelter.yaml nessuno l'ha proposto" in page
    assert "Procedure non adottate" in text_of(operator.get("/status"))


def test_two_people_read_what_changes_and_adopt_it(desk: WebHouse, operator: TestClient) -> None:
    put(desk, SOONER)
    page = operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    assert page.url.path == EDITION
    assert "Che cosa cambia rispetto all'edizione 1" in text_of(page)
    assert "12 min" in text_of(page)
    page = operator.post(EDITION, data={"answer": "adopt", "read": "yes"})
    assert "Deve adottarla anche qualcun altro" in text_of(page)
    assert in_force(desk) == 1
    page = second(desk).post(EDITION, data={"answer": "adopt", "read": "yes"})
    assert "Adottata da berta" in text_of(page)
    assert in_force(desk) == 2


def test_the_same_person_twice_is_refused(desk: WebHouse, operator: TestClient) -> None:
    put(desk, SOONER)
    operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    operator.post(EDITION, data={"answer": "adopt", "read": "yes"})
    page = operator.post(EDITION, data={"answer": "adopt", "read": "yes"})
    assert page.status_code == 409
    assert "ha già adottato l'edizione 2" in text_of(page)
    assert in_force(desk) == 1


def test_reading_a_page_changes_nothing(desk: WebHouse, operator: TestClient) -> None:
    put(desk, SOONER)
    operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    before = verify(desk.house.database, desk.house.keyring).acts
    for path in (EDITION, f"{EDITION}?answer=adopt&read=yes", "/procedures", "/procedures/shelter/moving"):
        assert operator.get(path).status_code == 200
    assert operator.get("/procedures/propose?file=shelter.yaml").status_code == 404
    assert verify(desk.house.database, desk.house.keyring).acts == before


@pytest.mark.slow
def test_a_proposal_is_withdrawn(desk: WebHouse, operator: TestClient) -> None:
    put(desk, SOONER)
    operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    page = operator.post(EDITION, data={"answer": "withdraw"})
    assert page.url.path == "/procedures"
    assert operator.get(EDITION).status_code == 404


def test_a_text_with_a_fault_is_not_proposed_and_its_place_is_told(desk: WebHouse, operator: TestClient) -> None:
    put(desk, SOONER.replace("edition: 2\n", "edition: 2\nnonsense: 1\n"))
    page = operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    assert "Non proposto" in text_of(page)
    assert "nonsense" in text_of(page)


WRONG = [
    ("/procedures/propose", {"file": "../../staffetta.toml"}, 404),
    ("/procedures/propose", {}, 404),
    (EDITION, {"answer": "adopt"}, 400),
    (EDITION, {"answer": "nonsense", "read": "yes"}, 400),
    (EDITION, {}, 400),
    ("/procedures/shelter/editions/9", {"answer": "adopt", "read": "yes"}, 404),
    ("/procedures/nothing/editions/1", {"answer": "adopt", "read": "yes"}, 404),
    ("/procedures/shelter/editions/x", {"answer": "adopt", "read": "yes"}, 422),
    ("/procedures/shelter/moving", {"run": "all", "edition": "2", "reason": "law_changed"}, 400),
    ("/procedures/shelter/moving", {"run": "all", "edition": "x", "reason": "law_changed", "sure": "yes"}, 400),
    ("/procedures/nothing/moving", {"run": "all", "edition": "2", "reason": "law_changed", "sure": "yes"}, 404),
]


@pytest.mark.parametrize(("path", "data", "status"), WRONG)
@pytest.mark.slow
def test_a_form_that_is_not_ours_changes_nothing(
    path: str, data: dict[str, str], status: int, desk: WebHouse, operator: TestClient
) -> None:
    put(desk, SOONER)
    operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    before = verify(desk.house.database, desk.house.keyring).acts
    assert operator.post(path, data=data).status_code == status
    assert verify(desk.house.database, desk.house.keyring).acts == before


def test_a_stranger_adopts_nothing(desk: WebHouse) -> None:
    for path in ("/procedures/propose", EDITION, "/procedures/shelter/moving"):
        answer = desk.browser().post(path, data={"answer": "adopt"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def moving(operator: TestClient, run: str, **more: str) -> httpx2.Response:
    page = operator.get("/procedures/shelter/moving").text
    command = re.search(r'name="command" value="([^"]+)"', page)
    assert command is not None
    data = {"command": command[1], "run": run, "edition": "2", "reason": "law_changed", "sure": "yes", **more}
    return operator.post("/procedures/shelter/moving", data=data)


@pytest.mark.slow
def test_running_cases_are_previewed_and_moved(desk: WebHouse, operator: TestClient) -> None:
    codes = [desk.open_case(), desk.open_case()]
    adopted(desk, operator)
    page = operator.get("/procedures/shelter/moving")
    assert all(code in text_of(page) for code in codes)
    assert "In corso, e va avanti: Trovare un posto protetto." in text_of(page)
    assert "Far passare tutti quelli che possono: 2" in text_of(page)
    page = moving(operator, "all")
    assert "Ogni caso in corso segue questa edizione." in text_of(page)
    assert "segue l'edizione 2 (prima: 1): è cambiata la legge" in text_of(operator.get(f"/cases/{codes[0]}"))
    assert verify(desk.house.database, desk.house.keyring).sound


@pytest.mark.slow
def test_one_case_is_moved_and_the_other_stays(desk: WebHouse, operator: TestClient) -> None:
    codes = [desk.open_case(), desk.open_case()]
    adopted(desk, operator)
    moving(operator, desk.view(codes[0]).runs[0].ref)
    page = text_of(operator.get("/procedures/shelter/moving"))
    assert (codes[0] in page, codes[1] in page) == (False, True)


@pytest.mark.slow
def test_a_case_that_cannot_be_moved_says_why_and_has_no_button(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    adopted(desk, operator, SOONER.replace("ask: emergency_shelter", "ask: social_services", 1))
    page = operator.get("/procedures/shelter/moving")
    assert code in page.text
    assert "Resta dov'è." in text_of(page)
    assert "Far passare questo caso" not in page.text


@pytest.mark.slow
def test_what_was_read_must_be_what_is_done(desk: WebHouse, operator: TestClient) -> None:
    desk.open_case()
    adopted(desk, operator)
    page = moving(operator, "all", edition="1")
    assert page.status_code == 409
    assert "non è in vigore" in text_of(page)


@pytest.mark.slow
def test_a_run_that_is_none_is_told_and_the_same_form_twice_moves_once(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    adopted(desk, operator)
    page = moving(operator, "nonsense")
    assert (page.status_code, "Nessun passaggio fatto" in text_of(page)) == (409, True)
    form = {"command": "0" * 32, "run": desk.view(code).runs[0].ref}
    for _twice in range(2):
        data = {**form, "edition": "2", "reason": "law_changed", "sure": "yes"}
        assert operator.post("/procedures/shelter/moving", data=data).status_code == 200
    assert desk.events(code).count("pathway_moved") == 1


def test_a_folder_that_is_not_there_is_no_fault(desk: WebHouse, operator: TestClient) -> None:
    assert not Path(desk.house.settings.data / "procedures").exists()
    assert operator.get("/procedures").status_code == 200


def test_two_people_take_a_procedure_out_of_force_and_its_cases_are_shown_as_before(
    desk: WebHouse, operator: TestClient
) -> None:
    place = "/procedures/intake/editions/1"
    case = desk.open_case("intake", consents=frozenset({"intake"}))
    assert place in operator.get("/procedures/intake").text
    assert operator.post(place, data={"answer": "take-out"}).status_code == 400
    page = operator.post(place, data={"answer": "take-out", "read": "yes"})
    assert "Deve dirlo anche qualcun altro" in text_of(page)
    assert operator.post(place, data={"answer": "take-out", "read": "yes"}).status_code == 409
    page = second(desk).post(place, data={"answer": "take-out", "read": "yes"})
    assert "non più in vigore" in text_of(page)
    assert "intake" not in desk.house.procedures.library().current
    assert operator.get("/procedures/intake").status_code == 404
    for address in (f"/cases/{case}", "/cases/new", "/", "/procedures", "/status"):
        assert operator.get(address).status_code in {200, 302, 303}, address
    assert verify(desk.house.database, desk.house.keyring).sound


def test_one_who_wanted_it_out_lets_it_stay(desk: WebHouse, operator: TestClient) -> None:
    place = "/procedures/intake/editions/1"
    operator.post(place, data={"answer": "take-out", "read": "yes"})
    operator.post(place, data={"answer": "withdraw"})
    second(desk).post(place, data={"answer": "take-out", "read": "yes"})
    assert "intake" in desk.house.procedures.library().current


def test_what_another_procedure_starts_stays_and_the_page_says_which(desk: WebHouse, operator: TestClient) -> None:
    page = operator.post("/procedures/shelter/editions/1", data={"answer": "take-out", "read": "yes"})
    assert page.status_code == 409
    assert "intake" in text_of(page)
