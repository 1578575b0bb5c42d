"""A case is open to whoever has to do with it, and to others it is what an unknown one is."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from models.accounts import operator_named
from models.adding_accounts import add_operator
from models.trail import verify
from procedures.commands import Road
from procedures.people import Role
from tests.houses import open_case
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow
NOWHERE = "C-0000-0000"
OPERATOR, COORDINATOR = frozenset({Role.OPERATOR}), frozenset({Role.COORDINATOR})


@pytest.fixture
def anna(desk: WebHouse) -> TestClient:
    """An operator's browser."""
    return somebody(desk, "anna")


@pytest.fixture
def berta(desk: WebHouse) -> TestClient:
    """Another operator's."""
    return somebody(desk, "berta")


def somebody(desk: WebHouse, name: str, roles: frozenset[Role] = OPERATOR) -> TestClient:
    password = add_operator(desk.house.database, name, roles, desk.clock.now(), "shell")
    return desk.signed_in(name, password)


def actor(desk: WebHouse, name: str) -> str:
    return f"operator:{operator_named(desk.house.database, name)}"


def opened_by(desk: WebHouse, name: str, **changes: object) -> str:
    """The code of a case that this account opened."""
    changes = {"actor": actor(desk, name), "road": Road.DESK, **changes}
    return desk.house.handling.handle(open_case(desk.house, **changes)).state.code


def test_whoever_opened_a_case_sees_it_and_no_other_operator_does(
    desk: WebHouse, anna: TestClient, berta: TestClient
) -> None:
    code = opened_by(desk, "anna")
    assert CANARY in anna.get(f"/cases/{code}").text
    assert code in anna.get("/").text
    assert berta.get(f"/cases/{code}").status_code == 404
    assert code not in berta.get("/").text
    assert code not in berta.get("/board").text


def test_a_coordinator_who_is_nobody_of_the_network_sees_the_whole_of_it(desk: WebHouse, anna: TestClient) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    coordinator = somebody(desk, "carla", COORDINATOR)
    assert coordinator.get(f"/cases/{code}").status_code == 200
    assert code in coordinator.get("/").text


def rooms(code: str, ref: str, run: str, step: str) -> Iterator[tuple[str, str]]:
    """Every page and every form of a case."""
    for page in ("", "/live", "/who-now", f"/handoffs/{ref}", f"/anew/{run}/{step}"):
        yield "GET", f"/cases/{code}{page}"
    forms = ("/consents", "/cancel", "/facts", "/steering", "/signals", f"/handoffs/{ref}", f"/anew/{run}/{step}")
    for form in forms:
        yield "POST", f"/cases/{code}{form}"


FORMS = {
    "/consents": {"answer": "give", "consent": "shelter"},
    "/cancel": {"reason": "opened_by_mistake"},
    "/steering": {"answer": "never_contact"},
}


def test_forbidden_is_byte_for_byte_what_unknown_is_at_every_door_of_a_case(
    desk: WebHouse, anna: TestClient, berta: TestClient
) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    handoff, before = desk.first(code), desk.events(code)
    run = desk.view(code).runs[0].ref
    theirs, nowhere = (list(rooms(one, handoff.ref, run, handoff.step)) for one in (code, NOWHERE))
    for (method, path), (_, unknown) in zip(theirs, nowhere, strict=True):
        ending = path.removeprefix(f"/cases/{code}")
        form = {"command": "0123456789abcdef0123", "confirmation": code, **FORMS.get(ending, {"answer": "accept"})}
        answers = [
            berta.request(method, one, data=form) if method == "POST" else berta.get(one) for one in (path, unknown)
        ]
        assert [one.status_code for one in answers] == [404, 404], path
        assert answers[0].content == answers[1].content
        assert list(answers[0].headers.items()) == list(answers[1].headers.items())
    assert desk.events(code) == before


def test_what_is_forbidden_is_noted_and_costs_what_the_unknown_does(desk: WebHouse, berta: TestClient) -> None:
    assert berta.get("/").status_code == 200
    code = desk.open_case()
    for one in (code, NOWHERE, code, NOWHERE):
        berta.get(f"/cases/{one}")
    with desk.house.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT kind, length(case_id), case_id FROM reads").all()
    assert [row[0] for row in kept] == ["tried", "tried"]
    assert {row[1] for row in kept} == {32, len(desk.view(code).row.case_id)}
    assert NOWHERE not in str(kept)
    assert verify(desk.house.database, desk.house.keyring).sound


def test_the_count_of_open_cases_is_of_hers(desk: WebHouse, anna: TestClient, berta: TestClient) -> None:
    assert berta.get("/").status_code == 200
    for _ in range(3):
        opened_by(desk, "anna")
    own = opened_by(desk, "berta")
    assert own in berta.get("/").text
    assert "1 caso aperto" in text_of(berta.get("/"))
    assert "3 casi aperti" in text_of(anna.get("/"))


def test_an_administrator_sees_no_case_by_any_relation(desk: WebHouse) -> None:
    browser = somebody(desk, "ada", frozenset({Role.ADMINISTRATOR}))
    code = opened_by(desk, "ada")
    assert browser.get(f"/cases/{code}").status_code == 404
