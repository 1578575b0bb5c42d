"""Dangerous acts ask for the second factor once more: five minutes old at most, each code once, and no form is lost."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR, operator_named, operators
from models.factors import FRESH, MOST_WRONG
from procedures.people import Role
from tests.integration.test_web_people import door_of, only, rooms_of
from tests.integration.webhouse import WebHouse, text_of
from web.sessions import Sessions

pytestmark = pytest.mark.slow
DANGEROUS = {
    ("POST", "/account"),
    ("POST", "/account/provider"),
    ("POST", "/erasures"),
    ("POST", "/glass"),
    ("POST", "/network/proposals/{number}"),
    ("POST", "/network/rotas/changes"),
    ("POST", "/people"),
    ("POST", "/people/{account}"),
    ("POST", "/pins"),
    ("POST", "/procedures/propose"),
    ("POST", "/procedures/{name}/editions/{number}"),
}
LATER = FRESH + timedelta(seconds=1)


def sessions(desk: WebHouse) -> Sessions:
    found = desk.app.state.desk.sessions
    assert isinstance(found, Sessions)
    return found


def pass_by(desk: WebHouse, elapsed: timedelta) -> None:
    """Time goes by on the wall."""
    before = sessions(desk).now
    sessions(desk).now = lambda: before() + elapsed


def code(desk: WebHouse) -> str:
    """What the first operator has on paper."""
    return desk.telephones.recovery(FIRST_OPERATOR)


def cookie(browser: TestClient) -> str:
    return dict(browser.cookies)["staffetta"]


def roles(desk: WebHouse, name: str) -> frozenset[Role]:
    return next(one.roles for one in operators(desk.house.database, desk.clock.now()) if one.name == name)


def account(desk: WebHouse, name: str) -> str:
    return f"/people/{operator_named(desk.house.database, name)}"


def test_each_dangerous_act_has_a_door_that_asks(desk: WebHouse) -> None:
    asking = {(method, path) for method, path, route in rooms_of(desk) if (door := door_of(route)) and door.proven}
    assert asking == DANGEROUS


def test_whoever_signed_in_just_now_is_not_asked_again(desk: WebHouse, operator: TestClient) -> None:
    only(desk, Role.AUDITOR)
    operator.post(account(desk, "auditor"), data={"answer": "give", "role": "operator"})
    assert Role.OPERATOR in roles(desk, "auditor")


def test_after_five_minutes_she_proves_herself_and_her_form_goes_on(desk: WebHouse, operator: TestClient) -> None:
    pass_by(desk, LATER)
    asked = operator.post("/people", data={"name": "olga", "role.auditor": "yes"})
    assert asked.status_code == 403
    assert "nulla di quanto ha compilato va perso" in text_of(asked)
    assert 'name="name" value="olga"' in asked.text
    assert 'name="role.auditor" value="yes"' in asked.text

    made = operator.post("/people", data={"name": "olga", "role.auditor": "yes", "proof": code(desk)})
    assert made.status_code == 200
    assert roles(desk, "olga") == {Role.AUDITOR}
    assert operator.post(account(desk, "olga"), data={"answer": "invite"}).status_code == 200


def test_nothing_is_done_before_she_proved_herself(desk: WebHouse, operator: TestClient) -> None:
    only(desk, Role.AUDITOR)
    pass_by(desk, LATER)
    operator.post(account(desk, "auditor"), data={"answer": "give", "role": "operator"})
    operator.post(account(desk, "auditor"), data={"answer": "give", "role": "operator", "proof": "000000"})
    assert roles(desk, "auditor") == {Role.AUDITOR}


def test_a_proof_renews_the_sign_in_and_the_token_before_is_over(desk: WebHouse, operator: TestClient) -> None:
    pass_by(desk, LATER)
    before, stolen = cookie(operator), desk.browser()
    stolen.cookies.set("staffetta", before)
    operator.post("/people", data={"name": "olga", "role.auditor": "yes", "proof": code(desk)})
    assert cookie(operator) != before
    assert operator.get("/people").url.path == "/people"
    assert stolen.get("/people").url.path == "/sign-in"


def test_a_proof_prolongs_no_sign_in(desk: WebHouse, operator: TestClient) -> None:
    for _ in range(80):
        pass_by(desk, timedelta(minutes=6))
        if operator.get("/people").url.path == "/sign-in":
            break
        if left := desk.telephones.left(FIRST_OPERATOR):
            operator.post("/people", data={"name": "", "proof": left.pop()})
    else:
        pytest.fail("the sign-in never ended")


def test_the_cookie_that_follows_comes_with_a_refusal_too(desk: WebHouse, operator: TestClient) -> None:
    pass_by(desk, LATER)
    answer = operator.post("/people/nobody", data={"answer": "invite", "proof": code(desk)})
    assert answer.status_code == 404
    assert operator.get("/people").url.path == "/people"


def test_a_code_proves_once(desk: WebHouse, operator: TestClient) -> None:
    used = code(desk)
    pass_by(desk, LATER)
    operator.post("/people", data={"name": "olga", "role.auditor": "yes", "proof": used})
    pass_by(desk, LATER)
    again = operator.post("/people", data={"name": "bruna", "role.auditor": "yes", "proof": used})
    assert again.status_code == 422
    assert used not in again.text
    assert 'value="bruna"' in again.text


def test_wrong_proofs_are_counted_like_wrong_codes_at_the_door(desk: WebHouse, operator: TestClient) -> None:
    pass_by(desk, LATER)
    for _ in range(MOST_WRONG):
        assert operator.post("/people", data={"name": "olga", "proof": "000000"}).status_code == 422
    assert operator.post("/people", data={"name": "olga", "proof": code(desk)}).status_code == 429


def test_a_room_of_others_asks_for_no_proof(desk: WebHouse) -> None:
    auditor = only(desk, Role.AUDITOR)
    pass_by(desk, LATER)
    assert auditor.post("/people", data={"name": "olga"}).status_code == 404
