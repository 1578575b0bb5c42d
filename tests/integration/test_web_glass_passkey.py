"""Where others reach the desk, the glass is broken with a passkey: a code can be talked out of an operator."""

import pytest
from starlette.testclient import TestClient

from models.adding_accounts import add_operator
from models.glass import broken_glasses
from procedures.people import Role
from tests.integration.test_web_account import Site, away, home, options
from tests.integration.test_web_stepping import LATER, pass_by
from tests.integration.webhouse import text_of
from tests.signing import RECOVERY

__all__ = ["away", "home"]
pytestmark = pytest.mark.slow
WHY = {"command": "0123456789abcdef0123", "category": "in_danger", "reason": "invented"}


def operator(site: Site) -> str:
    made = site.made
    return add_operator(made.house.database, "berta", frozenset({Role.OPERATOR}), made.clock.now(), "shell")


def broken(site: Site) -> int:
    return len(broken_glasses(site.made.house))


def test_an_operator_with_a_code_is_led_to_set_a_passkey_and_the_page_says_so_before(away: Site) -> None:
    code = away.made.open_case()
    browser = away.with_app("berta", operator(away))
    assert "serve una passkey" in text_of(browser.get("/glass"))
    for one in (code, "C-0000-0000"):
        assert browser.post("/glass", data={**WHY, "code": one}).url.path == "/account"
    assert broken(away) == 0
    page = browser.get("/account")
    browser.post("/account", data={"answer": "set-passkey", "passkey": away.device.make(options(page)), "label": "x"})
    assert browser.post("/glass", data={**WHY, "code": code}).url.path == f"/cases/{code}"
    assert broken(away) == 1


def test_whoever_has_a_passkey_proves_herself_with_it_where_the_form_is(away: Site) -> None:
    code = away.made.open_case()
    browser = away.sets_first("berta", operator(away))
    pass_by(away.made, LATER)
    asked = browser.post("/glass", data={**WHY, "code": code})
    assert (asked.status_code, broken(away)) == (403, 0)
    proof = away.device.use(options(asked))
    assert browser.post("/glass", data={**WHY, "code": code, "proof": proof}).url.path == f"/cases/{code}"
    assert broken(away) == 1


def test_a_recovery_code_breaks_no_glass(away: Site) -> None:
    code, password = away.made.open_case(), operator(away)
    codes = recovery_codes(away, password)
    other = away.comes("berta", password)
    other.post("/sign-in/code", data={"code": codes[0]})
    assert other.post("/glass", data={**WHY, "code": code}).url.path == "/account"
    assert broken(away) == 0


def recovery_codes(site: Site, password: str) -> list[str]:
    browser: TestClient = site.sets_first("berta", password)
    found: list[str] = RECOVERY.findall(browser.post("/account", data={"answer": "recovery"}).text)
    return found


def test_on_this_machine_alone_a_code_is_enough(home: Site) -> None:
    code = home.made.open_case()
    browser = home.with_app("berta", operator(home))
    assert browser.post("/glass", data={**WHY, "code": code}).url.path == f"/cases/{code}"
