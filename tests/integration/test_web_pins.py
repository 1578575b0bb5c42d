"""An administrator draws PINs at the desk: shown once, after a fresh proof, and in the acts under her name."""

import re

import pytest
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR
from models.pins import issued_pins, proves
from models.trail import verify
from procedures.people import Role
from tests.integration.test_web_people import only
from tests.integration.test_web_relations import actor
from tests.integration.test_web_stepping import LATER, pass_by
from tests.integration.webhouse import WebHouse, text_of

pytestmark = pytest.mark.slow
ABOUT = {"case_id": "none", "ref": "none", "actor": "person:olga"}


def drawn(page: str) -> str:
    (pin,) = re.findall(r"<code>(\d{6})</code>", page)
    return str(pin)


def test_a_pin_is_drawn_shown_once_and_proves(desk: WebHouse, operator: TestClient) -> None:
    assert "nessun PIN" in text_of(operator.get("/pins"))
    page = operator.post("/pins", data={"answer": "issue", "person": "olga"})
    pin = drawn(page.text)
    assert page.headers["cache-control"] == "no-store"
    assert proves(desk.house, ABOUT, "olga", pin)
    assert pin not in operator.get("/pins").text
    assert pin not in desk.log.getvalue()
    acts = desk.house.database
    with acts.read() as connection:
        (by,) = connection.exec_driver_sql("SELECT actor FROM standing_acts").scalars()
    assert by == actor(desk, FIRST_OPERATOR)
    assert verify(acts, desk.house.keyring).sound


def test_the_next_one_is_another_and_a_lost_one_is_nothing(desk: WebHouse, operator: TestClient) -> None:
    first = drawn(operator.post("/pins", data={"answer": "issue", "person": "olga"}).text)
    second = drawn(operator.post("/pins", data={"answer": "issue", "person": "olga"}).text)
    assert first == second or not proves(desk.house, ABOUT, "olga", first)
    assert operator.post("/pins", data={"answer": "lost", "person": "olga"}).url.path == "/pins"
    assert not proves(desk.house, ABOUT, "olga", second)
    assert "Questa persona non ha" in text_of(operator.post("/pins", data={"answer": "lost", "person": "olga"}))


def test_at_a_desk_that_was_left_no_pin_is_drawn(desk: WebHouse, operator: TestClient) -> None:
    pass_by(desk, LATER)
    asked = operator.post("/pins", data={"answer": "issue", "person": "olga"})
    assert asked.status_code == 403
    assert 'name="person" value="olga"' in asked.text
    assert not issued_pins(desk.house.database)
    again = {"answer": "issue", "person": "olga", "proof": desk.telephones.recovery(FIRST_OPERATOR)}
    assert drawn(operator.post("/pins", data=again).text)


def test_nobody_outside_the_network_has_one(desk: WebHouse, operator: TestClient) -> None:
    page = operator.post("/pins", data={"answer": "issue", "person": "nobody"})
    assert page.status_code >= 400
    assert "<code>" not in page.text
    assert not issued_pins(desk.house.database)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_but_an_administrator_draws_pins(desk: WebHouse, role: Role) -> None:
    browser = only(desk, role)
    assert "/pins" not in browser.get("/account").text
    assert browser.get("/pins").status_code == 404
    assert browser.post("/pins", data={"answer": "issue", "person": "olga"}).status_code == 404
    assert not issued_pins(desk.house.database)
