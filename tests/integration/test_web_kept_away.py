"""Whoever is excluded from a case never sees it, whatever relation she has, and nothing tells her why."""

import pytest
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR, operator_named
from models.passing import give_case, related
from models.trail import verify
from models.tying import tie_account
from procedures.people import Role
from procedures.relations import UnknownColleague
from tests.integration.test_web_relations import COORDINATOR, NOWHERE, account, actor, opened_by, somebody
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow
SHELL = "shell"


def tied(desk: WebHouse, name: str, person: str, roles: frozenset[Role] = frozenset({Role.OPERATOR})) -> TestClient:
    browser = somebody(desk, name, roles)
    tie_account(desk.house, account(desk, name), person, SHELL)
    return browser


@pytest.mark.parametrize("excluded", ["ada", "centro_luna"])
@pytest.mark.parametrize("roles", [frozenset({Role.OPERATOR}), COORDINATOR])
def test_she_who_is_excluded_or_whose_body_is_never_sees_the_case(
    desk: WebHouse, excluded: str, roles: frozenset[Role]
) -> None:
    browser = tied(desk, "anna", "ada", roles)
    code = opened_by(desk, "anna", exclusions=frozenset({excluded}))
    answers = [browser.get(f"/cases/{one}") for one in (code, NOWHERE)]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert code not in browser.get("/").text
    other = opened_by(desk, "anna", exclusions=frozenset({"gina"}))
    assert CANARY in browser.get(f"/cases/{other}").text
    assert other in browser.get("/").text


def test_a_tie_counts_from_the_next_page_on(desk: WebHouse) -> None:
    browser = somebody(desk, "anna")
    code = opened_by(desk, "anna", exclusions=frozenset({"ada"}))
    assert browser.get(f"/cases/{code}").status_code == 200
    tie_account(desk.house, account(desk, "anna"), "ada", SHELL)
    assert browser.get(f"/cases/{code}").status_code == 404
    assert verify(desk.house.database, desk.house.keyring).sound


def test_nobody_gives_a_case_to_her_from_whom_it_is_kept(desk: WebHouse) -> None:
    somebody(desk, "anna")
    tied(desk, "berta", "ada")
    code = opened_by(desk, "anna", exclusions=frozenset({"ada"}))
    found = related(desk.house, code, actor(desk, "anna"))
    assert "berta" not in [name for _account, name in found.colleagues]
    with pytest.raises(UnknownColleague):
        give_case(desk.house, code, account(desk, "berta"), actor(desk, "anna"), keep=True)


def test_a_coordinator_of_the_file_answers_for_her_territories_alone(desk: WebHouse) -> None:
    here, there = tied(desk, "carla", "ines", COORDINATOR), tied(desk, "delia", "mara", COORDINATOR)
    code = desk.open_case()
    assert [one.get(f"/cases/{code}").status_code for one in (here, there)] == [200, 404]
    assert code in here.get("/").text
    assert code not in there.get("/").text


def test_one_whom_the_file_names_nowhere_coordinates_nothing(desk: WebHouse) -> None:
    browser = tied(desk, "carla", "gina", COORDINATOR)
    assert browser.get(f"/cases/{desk.open_case()}").status_code == 404


def test_an_administrator_says_who_somebody_is_but_never_of_herself(desk: WebHouse, operator: TestClient) -> None:
    somebody(desk, "anna")
    operator.post(f"/people/{account(desk, 'anna')}", data={"answer": "tie", "person": "ada"})
    assert 'value="ada" selected' in operator.get("/people").text
    unknown = operator.post(f"/people/{account(desk, 'anna')}", data={"answer": "tie", "person": "nobody"})
    assert unknown.status_code == 422
    own = operator.post(f"/people/{operator_named(desk.house.database, FIRST_OPERATOR)}", data={"answer": "tie"})
    assert own.status_code == 409
    assert "altra amministratrice" in text_of(own)
    assert verify(desk.house.database, desk.house.keyring).sound
