"""What somebody typed, and where she was, outlasts the end of her sign-in; nobody else gets it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR
from models.adding_accounts import add_operator
from models.desk_tables import Draft
from models.drafts import LONGEST
from models.erasing import confirm_erasure, propose_erasure
from procedures.people import Role
from tests.integration.test_web_board import cancel
from tests.integration.webhouse import BASE, CANARY, WebHouse

pytestmark = pytest.mark.slow


def draft(browser: TestClient, answer: str, place: str, said: str = "") -> tuple[int, str]:
    got = browser.post("/drafts", data={"answer": answer, "place": place, "said": said})
    return got.status_code, got.json()["said"] if got.status_code == 200 else ""


@pytest.mark.parametrize("place", ["/cases/new", "/cases/CODE", "/cases/CODE/ways"])
def test_what_was_typed_is_kept_sealed_and_given_back_once_to_her_alone(
    desk: WebHouse, operator: TestClient, place: str
) -> None:
    place = place.replace("CODE", desk.open_case())
    assert draft(operator, "keep", place, f'["{CANARY}"]') == (204, "")
    password = add_operator(desk.house.database, "olga", frozenset({Role.COORDINATOR}), desk.clock.now(), "shell")
    other = desk.signed_in("olga", password)

    with desk.house.database.read() as connection:
        (sealed,) = connection.execute(select(Draft.sealed)).scalars()
    assert CANARY.encode() not in sealed
    assert "data-drafted" in operator.get(place).text
    assert draft(other, "take", place) == (200, "")
    assert draft(desk.operator(), "take", place) == (200, f'["{CANARY}"]')
    assert draft(operator, "take", place) == (200, "")
    assert "data-drafted" not in operator.get(place).text


def test_it_is_gone_after_a_day_and_with_the_key_of_its_case(desk: WebHouse, operator: TestClient) -> None:
    draft(operator, "keep", "/find", "[1]")
    desk.clock.pass_by(hours=25)
    assert draft(operator, "take", "/find") == (200, "")
    code = desk.open_case()
    draft(operator, "keep", f"/cases/{code}", "[1]")
    cancel(desk, code)
    propose_erasure(desk.house, code, "her_request", "operator:one")
    confirm_erasure(desk.house, code, "operator:other")
    assert draft(operator, "take", f"/cases/{code}") == (200, "")


def test_there_is_an_end_to_what_is_kept(operator: TestClient) -> None:
    assert draft(operator, "keep", "/find", "x" * (LONGEST + 1))[0] == 400


def lands(desk: WebHouse) -> str:
    """Where she is once she has signed in again."""
    browser = desk.browser()
    browser.post("/sign-in", data={"name": FIRST_OPERATOR, "password": desk.password})
    shown = browser.post("/sign-in/code", data={"code": desk.telephones.recovery(FIRST_OPERATOR)})
    return str(shown.url.path)


@pytest.mark.parametrize("how", ["signed out", "idle"])
def test_whoever_signs_in_again_is_where_she_was(
    desk: WebHouse, operator: TestClient, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = desk.open_case()
    where = f"/cases/{code}"
    operator.get(where)
    if how == "signed out":
        operator.post("/sign-out", headers={"referer": f"{BASE}{where}"})
    else:
        now = desk.app.state.desk.sessions.now
        monkeypatch.setattr(desk.app.state.desk.sessions, "now", lambda: now() + timedelta(minutes=16))
        assert operator.get(where).url.path == "/sign-in"
        monkeypatch.undo()

    assert lands(desk) == where
    assert lands(desk) == "/"


@pytest.mark.parametrize("referer", ["https://evil.example/cases", f"{BASE}//evil.example", f"{BASE}/h/x", "x", ""])
def test_nowhere_else_is_led_to(desk: WebHouse, operator: TestClient, referer: str) -> None:
    operator.post("/sign-out", headers={"referer": referer})

    assert lands(desk) == "/"


def test_staying_says_how_long_and_only_to_who_is_signed_in(desk: WebHouse, operator: TestClient) -> None:
    assert operator.post("/stay", data={"answer": "stay"}).json() == {"left": 14 * 60}
    assert desk.browser().post("/stay", data={"answer": "stay"}).url.path == "/sign-in"
