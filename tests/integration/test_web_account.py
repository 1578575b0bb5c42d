"""Her own account at the desk: passkeys, sign-ins, recovery codes, her password; roles that rest without a passkey."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR
from models.adding_accounts import add_operator
from models.factors import FRESH
from models.trail import verify
from procedures.people import Role
from tests.authenticator import Authenticator
from tests.integration.test_web_stepping import LATER, pass_by
from tests.integration.webhouse import BASE, SETTINGS, WebHouse, text_of, web_house
from tests.signing import RECOVERY

pytestmark = pytest.mark.slow
HOME = "http://localhost:8480"
AWAY = "https://staffetta.example.org"
PASSWORD = "lampone trattore nuvola grigia"  # invented


class Site:
    """A desk under a name, to which passkeys can be bound."""

    def __init__(self, made: WebHouse, base: str) -> None:
        self.made, self.base = made, base
        self.device = self.new_device()

    def new_device(self) -> Authenticator:
        return Authenticator(origin=self.base, rp_id=self.base.partition("//")[2].partition(":")[0])

    def browser(self) -> TestClient:
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
        return TestClient(
            self.made.app, base_url=self.base, headers={"sec-fetch-site": "same-origin", "user-agent": agent}
        )

    def comes(self, name: str = FIRST_OPERATOR, password: str = "") -> TestClient:
        """A browser at the page that asks for the second factor."""
        browser = self.browser()
        answer = browser.post("/sign-in", data={"name": name, "password": password or self.made.password})
        assert answer.url.path == "/sign-in/code", text_of(answer)
        return browser

    def sets_first(self, name: str = FIRST_OPERATOR, password: str = "") -> TestClient:
        """Somebody's first sign-in, by a passkey."""
        browser = self.comes(name, password)
        answer = self.device.make(options(browser.get("/sign-in/code")))
        shown = browser.post("/sign-in/code", data={"passkey": answer, "label": "ditale"})
        assert len(RECOVERY.findall(shown.text)) == 10
        return browser

    def signs_in(self) -> TestClient:
        """A later one."""
        browser = self.comes()
        answer = self.device.use(options(browser.get("/sign-in/code")))
        assert browser.post("/sign-in/code", data={"code": answer}).url.path == "/"
        return browser

    def with_app(self, name: str = FIRST_OPERATOR, password: str = "") -> TestClient:
        """Somebody who signed in by an app."""
        browser = self.browser()
        self.made.telephones.sign_in(browser, name, password or self.made.password)
        return browser


def options(page: httpx2.Response) -> str:
    """What the page tells the browser about passkeys."""
    found = re.search(r'data-options="([^"]*)"', page.text)
    assert found is not None, text_of(page)
    return unescape(found[1])


def field(page: httpx2.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, text_of(page)
    return found[1]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Site]:
    with web_house(tmp_path / "data", settings=SETTINGS.replace(BASE, HOME)) as made:
        yield Site(made, HOME)


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Site]:
    with web_house(tmp_path / "data", settings=SETTINGS.replace(BASE, AWAY)) as made:
        yield Site(made, AWAY)


def test_at_the_first_sign_in_she_chooses_between_a_passkey_and_an_app(home: Site) -> None:
    page = home.comes().get("/sign-in/code")
    assert 'data-passkey="set"' in page.text
    assert 'id="secret"' in page.text
    assert "<noscript>" in page.text


def test_a_passkey_signs_her_in_and_proves_her_again(home: Site) -> None:
    home.sets_first()
    browser = home.signs_in()
    pass_by(home.made, LATER)
    asked = browser.post("/people", data={"name": "olga", "role.operator": "yes"})
    assert asked.status_code == 403
    proof = home.device.use(options(asked))
    made = browser.post("/people", data={"name": "olga", "role.operator": "yes", "proof": proof})
    assert made.status_code == 200
    assert "olga" in text_of(made)
    assert verify(home.made.house.database, home.made.house.keyring).faults == ()


def test_what_another_origin_signed_is_refused_in_plain_words(home: Site) -> None:
    home.sets_first()
    browser = home.comes()
    home.device.origin = "https://staffetta.example.com"
    answer = browser.post("/sign-in/code", data={"code": home.device.use(options(browser.get("/sign-in/code")))})
    assert answer.status_code == 422
    assert "non è stata accettata" in text_of(answer)
    assert browser.get("/").url.path == "/sign-in"


def test_host_and_forwarded_names_say_nothing_about_where_the_desk_lives(home: Site) -> None:
    browser = home.comes()
    forged = {"host": "staffetta.example.com", "x-forwarded-host": "staffetta.example.com"}
    assert '"id": "localhost"' in options(browser.get("/sign-in/code", headers=forged))


def test_where_browsers_make_no_passkeys_none_is_offered_and_why_is_said(desk: WebHouse, operator: TestClient) -> None:
    assert "data-passkey" not in desk.browser().post("/sign-in", data={}).text
    page = operator.get("/account")
    assert "data-passkey" not in page.text
    assert "base_url" in text_of(page)
    answer = operator.post("/account", data={"answer": "set-passkey", "passkey": "{}", "label": "x"})
    assert answer.status_code == 409


def test_she_sets_another_passkey_and_takes_the_first_away(home: Site) -> None:
    browser = home.sets_first()
    page = browser.get("/account")
    second = home.new_device()
    page = browser.post(
        "/account", data={"answer": "set-passkey", "passkey": second.make(options(page)), "label": "chiave"}
    )
    assert "ditale" in text_of(page)
    assert "chiave" in text_of(page)
    page = browser.post("/account", data={"answer": "take-passkey", "digest": field(page, "digest")})
    assert "ditale" not in text_of(page)
    home.device = second
    assert home.signs_in().get("/account").status_code == 200


def test_whoever_has_a_passkey_changes_nothing_here_by_the_app_s_code(home: Site) -> None:
    browser = home.with_app()
    page = browser.get("/account")
    browser.post(
        "/account", data={"answer": "set-passkey", "passkey": home.device.make(options(page)), "label": "ditale"}
    )
    thief = home.comes()
    thief.post("/sign-in/code", data={"code": home.made.telephones.recovery(FIRST_OPERATOR)})
    pass_by(home.made, FRESH * 2)
    own = home.new_device().make(options(thief.get("/account")))
    code = home.made.telephones.app_code(FIRST_OPERATOR, home.made.app.state.desk.sessions.now())
    answer = thief.post("/account", data={"answer": "set-passkey", "passkey": own, "label": "x", "proof": code})
    assert answer.status_code == 422
    assert "ha una passkey" in text_of(answer)


def test_she_sees_her_sign_ins_and_ends_one_and_all_others(home: Site) -> None:
    browser = home.sets_first()
    other, third = home.signs_in(), home.signs_in()
    page = browser.get("/account")
    assert text_of(page).count("Firefox, Linux") == 3
    browser.post("/account", data={"answer": "end", "sign-in": field(page, "sign-in")})
    assert sorted(one.get("/account").url.path for one in (other, third)) == ["/account", "/sign-in"]
    browser.post("/account", data={"answer": "end-others"})
    assert {one.get("/account").url.path for one in (other, third)} == {"/sign-in"}
    assert browser.get("/account").url.path == "/account"
    assert browser.post("/account", data={"answer": "end", "sign-in": "0" * 16}).status_code == 409


def test_new_recovery_codes_are_shown_once(home: Site) -> None:
    browser = home.sets_first()
    codes = RECOVERY.findall(browser.post("/account", data={"answer": "recovery"}).text)
    assert len(codes) == 10
    assert codes[0] not in browser.get("/account").text
    assert home.comes().post("/sign-in/code", data={"code": codes[0]}).url.path == "/"


def test_a_new_password_ends_her_other_sign_ins(home: Site) -> None:
    browser = home.sets_first()
    other = home.signs_in()
    form = {"answer": "password", "current": home.made.password, "password": PASSWORD, "again": PASSWORD}
    page = browser.post("/account", data=form)
    assert page.status_code == 200
    assert other.get("/account").url.path == "/sign-in"
    assert browser.get("/account").url.path == "/account"
    assert PASSWORD not in page.text + home.made.log.getvalue()
    home.comes(password=PASSWORD)


@pytest.mark.parametrize("wrong", [{"current": "another one"}, {"again": "x"}, {"password": "short", "again": "short"}])
def test_a_password_that_is_not_right_changes_nothing(home: Site, wrong: dict[str, str]) -> None:
    browser = home.sets_first()
    form = {"answer": "password", "current": home.made.password, "password": PASSWORD, "again": PASSWORD, **wrong}
    answer = browser.post("/account", data=form)
    assert answer.status_code in {409, 422}
    assert PASSWORD not in answer.text
    home.comes()


def test_passwords_are_not_given_back_by_the_page_that_asks_for_a_proof(home: Site) -> None:
    browser = home.sets_first()
    pass_by(home.made, LATER)
    form = {"answer": "password", "current": home.made.password, "password": PASSWORD, "again": PASSWORD}
    asked = browser.post("/account", data=form)
    assert asked.status_code == 403
    assert PASSWORD not in asked.text
    assert home.made.password not in asked.text


def test_behind_https_roles_rest_until_there_is_a_passkey(away: Site) -> None:
    browser = away.with_app()
    assert browser.get("/").url.path == "/"
    assert "sono sospesi" in text_of(browser.get("/"))
    assert browser.get("/people").url.path == "/account"
    assert browser.post("/people", data={"name": "olga"}).url.path == "/account"

    page = browser.get("/account")
    assert "sono sospesi finché" in text_of(page)
    browser.post("/account", data={"answer": "set-passkey", "passkey": away.device.make(options(page)), "label": "x"})
    assert browser.get("/people").url.path == "/people"
    assert "sono sospesi" not in text_of(browser.get("/"))


def test_behind_https_a_code_does_not_do_in_the_place_of_a_passkey(away: Site) -> None:
    browser = away.sets_first()
    assert browser.get("/people").url.path == "/people"
    codes = RECOVERY.findall(browser.post("/account", data={"answer": "recovery"}).text)
    other = away.comes()
    other.post("/sign-in/code", data={"code": codes[0]})
    assert other.get("/people").url.path == "/account"
    assert other.get("/cases/new").status_code == 200


def test_behind_https_an_operator_needs_no_passkey_and_an_auditor_is_led_to_set_one(away: Site) -> None:
    made = away.made
    for role, leads in ((Role.OPERATOR, "/"), (Role.AUDITOR, "/account")):
        password = add_operator(made.house.database, role.value, frozenset({role}), made.clock.now(), "shell")
        assert away.with_app(role.value, password).get("/").url.path == leads


def test_a_role_that_is_not_hers_is_not_betrayed_by_one_that_rests(away: Site) -> None:
    made = away.made
    password = add_operator(made.house.database, "auditor", frozenset({Role.AUDITOR}), made.clock.now(), "shell")
    browser = away.with_app("auditor", password)
    assert browser.get("/people").status_code == browser.get("/nothing").status_code == 404


def test_a_case_of_others_stays_closed_to_a_coordinator_whose_role_rests(away: Site) -> None:
    code = away.made.open_case()
    browser = away.with_app()
    assert code not in browser.get("/").text
    assert browser.get(f"/cases/{code}").status_code == 404
    page = browser.get("/account")
    browser.post("/account", data={"answer": "set-passkey", "passkey": away.device.make(options(page)), "label": "x"})
    assert code in browser.get("/").text
    assert browser.get(f"/cases/{code}").status_code == 200
