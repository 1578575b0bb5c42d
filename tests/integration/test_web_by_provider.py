"""Signing in elsewhere (OpenID Connect), against a provider on loopback: who gets in, and what is said."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import text
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR, operator_named
from models.adding_accounts import add_operator
from models.identities import Elsewhere, identity_of, tie_identity
from models.trail import verify
from procedures.people import Role
from tests.identity_provider import (
    CLIENT,
    FOREIGN_KEY,
    KEY,
    SECRET,
    WELL_KNOWN,
    HonestProvider,
    a_key,
    identity_provider,
    settings_for,
)
from tests.integration.webhouse import BASE, SETTINGS, WebHouse, text_of, web_house
from tests.signing import KEY as APP_KEY

pytestmark = pytest.mark.slow
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')


@dataclass
class Both:
    """A house, and the provider that its settings name."""

    desk: WebHouse
    provider: HonestProvider

    def leaves(self, browser: TestClient, path: str = "/sign-in/provider") -> str:
        """Where the browser is sent."""
        answer = browser.get(path, follow_redirects=False)
        assert answer.status_code == 303, text_of(answer)
        return answer.headers["location"]

    def comes_back(self, browser: TestClient, query: str = "", path: str = "/sign-in/provider") -> httpx2.Response:
        """The page with the form, for a browser that said yes over there."""
        query = query or self.provider.goes(self.leaves(browser, path))
        return browser.get(f"/sign-in/provider/back?{query}", headers={"sec-fetch-site": "cross-site"})

    def sends(self, browser: TestClient, page: httpx2.Response, path: str = "/sign-in/provider") -> httpx2.Response:
        """What follows when she sends that form."""
        return browser.post(path, data={name: unescape(value) for name, value in HIDDEN.findall(page.text)})

    def goes(self, browser: TestClient) -> httpx2.Response:
        """The whole way."""
        return self.sends(browser, self.comes_back(browser))

    def tie(self, name: str = FIRST_OPERATOR) -> None:
        database, keyring = self.desk.house.database, self.desk.house.keyring
        digest = identity_of(keyring, Elsewhere(self.provider.base, self.provider.subject))
        tie_identity(database, operator_named(database, name), digest, self.desk.clock.now(), "shell")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with identity_provider() as provider:
        settings = SETTINGS + settings_for(provider.base, tmp_path, "time_out = 1\n")
        with web_house(tmp_path / "data", settings=settings) as made:
            yield Both(made, provider)


def check_failed(both: Both, answer: httpx2.Response, reason: str, status: int) -> None:
    """One sentence and a reference, the same in the log with a word of ours; nothing that came in, nobody let in."""
    shown = text_of(answer)
    assert answer.status_code == status, shown
    reference = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert reference is not None
    log = both.desk.log.getvalue()
    line = next(json.loads(one) for one in log.splitlines() if reference[1] in one)
    assert line["where"] == reason
    for secret in (
        "mario",
        "example.org",
        "code-of-this-way",
        SECRET,
        "Traceback",
        both.provider.begun.get("state", "no state yet"),
    ):
        assert secret not in log
    for secret in ("mario", SECRET, "Traceback", "joserfc", "httpx"):
        assert secret not in answer.text


def test_she_signs_in_elsewhere_and_shows_her_second_factor_here(both: Both) -> None:
    both.desk.operator()
    both.tie()
    browser = both.desk.browser()
    assert "/sign-in/provider" in browser.get("/sign-in").text

    answer = both.goes(browser)

    assert answer.url.path == "/sign-in/code"
    assert browser.get("/", follow_redirects=False).headers["location"] == "/sign-in"
    code = both.desk.telephones.recovery(FIRST_OPERATOR)
    assert browser.post("/sign-in/code", data={"code": code}).url.path == "/"
    page = browser.get("/account")
    assert "iniziato altrove" in text_of(page)
    assert "ultimo uso" in text_of(page)
    assert verify(both.desk.house.database, both.desk.house.keyring).faults == ()


def test_whoever_has_no_second_factor_yet_sets_one_first(both: Both) -> None:
    both.tie()
    browser = both.desk.browser()
    answer = both.goes(browser)
    assert APP_KEY.search(answer.text)
    assert browser.get("/", follow_redirects=False).status_code == 303


def test_the_provider_is_asked_for_a_code_with_pkce_and_for_nothing_about_her(both: Both) -> None:
    both.provider.goes(both.leaves(both.desk.browser()))
    asked = both.provider.begun
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{BASE}/sign-in/provider/back"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))


def test_an_unknown_identity_is_refused_in_clear_words_and_gets_no_account(both: Both) -> None:
    browser = both.desk.browser()
    answer = both.goes(browser)
    check_failed(both, answer, "UnknownIdentity", 403)
    assert "amministra" in text_of(answer)
    with both.desk.house.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM operators")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM sign_ins")).scalar() == 0


def test_the_same_name_at_another_issuer_is_somebody_else(both: Both) -> None:
    keyring = both.desk.house.keyring
    one = identity_of(keyring, Elsewhere("https://id.example.org", "mario"))
    assert one != identity_of(keyring, Elsewhere("https://id.example.com", "mario"))
    assert one != identity_of(keyring, Elsewhere("https://id.example.org", "Mario"))


def test_she_ties_her_own_account_while_signed_in_and_takes_it_away_again(both: Both) -> None:
    browser = both.desk.operator()
    page = both.comes_back(browser, path="/account/provider")
    tied = both.sends(browser, page, "/account/provider")
    assert tied.url.path == "/account", text_of(tied)
    assert both.goes(both.desk.browser()).url.path == "/sign-in/code"

    fields = dict(HIDDEN.findall(tied.text))
    browser.post("/account", data={"answer": "take-identity", "identity": fields["identity"]})
    check_failed(both, both.goes(both.desk.browser()), "UnknownIdentity", 403)
    assert verify(both.desk.house.database, both.desk.house.keyring).faults == ()


def test_tying_asks_for_a_fresh_proof(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = both.desk.operator()
    page = both.comes_back(browser, path="/account/provider")
    monkeypatch.setattr("web.sessions.FRESH", timedelta(seconds=-1))
    asked = both.sends(browser, page, "/account/provider")
    assert asked.status_code == 403
    code = both.desk.telephones.recovery(FIRST_OPERATOR)
    kept = {name: unescape(value) for name, value in HIDDEN.findall(asked.text)}
    answer = browser.post("/account/provider", data={**kept, "proof": code})
    assert answer.url.path == "/account", text_of(answer)


def test_nobody_ties_an_account_with_a_way_that_another_began(both: Both) -> None:
    password = add_operator(
        both.desk.house.database, "olga", frozenset({Role.OPERATOR}), both.desk.clock.now(), "shell"
    )
    browser = both.desk.operator()
    page = both.comes_back(browser, path="/account/provider")
    other = both.desk.signed_in("olga", password)
    other.cookies.set("staffetta-way", browser.cookies["staffetta-way"])
    check_failed(both, both.sends(other, page, "/account/provider"), "StateOver", 403)
    check_failed(both, both.sends(browser, page, "/sign-in/provider"), "StateOver", 403)


def test_an_administrator_ties_an_account_and_another_one_cannot_have_the_same(both: Both) -> None:
    database = both.desk.house.database
    add_operator(database, "olga", frozenset({Role.OPERATOR}), both.desk.clock.now(), "shell")
    browser = both.desk.operator()
    olga = operator_named(database, "olga")
    form = {"answer": "identity", "subject": both.provider.subject}
    assert browser.post(f"/people/{olga}", data=form).status_code == 200
    assert both.goes(both.desk.browser()).url.path == "/sign-in/code"
    again = browser.post(f"/people/{operator_named(database, FIRST_OPERATOR)}", data=form)
    assert again.status_code == 409
    assert browser.post(f"/people/{olga}", data={"answer": "identity", "subject": "a\u00e8"}).status_code == 409
    browser.post(f"/people/{olga}", data={"answer": "take-identities"})
    check_failed(both, both.goes(both.desk.browser()), "UnknownIdentity", 403)


def test_who_she_is_there_is_kept_nowhere(both: Both) -> None:
    both.tie()
    both.goes(both.desk.browser())
    files = [one for one in (both.desk.house.settings.data).rglob("*") if one.is_file()]
    assert len(files) > 3
    for file in files:
        kept = file.read_bytes()
        assert both.provider.subject.encode() not in kept, file.name
        assert b"mario.rossi" not in kept
        assert b"code-of-this-way" not in kept


def test_an_identity_that_was_put_into_the_database_is_found(both: Both) -> None:
    account = operator_named(both.desk.house.database, FIRST_OPERATOR)
    put = "INSERT INTO identities (digest, operator_id, made_at) VALUES ('d', :account, '2026-11-24 16:00:00')"
    with both.desk.house.database.write() as connection:
        connection.execute(text(put), {"account": account})
    found = verify(both.desk.house.database, both.desk.house.keyring).faults
    assert any("elsewhere" in str(fault) for fault in found)


def test_opening_the_address_does_nothing_and_the_form_counts_once(both: Both) -> None:
    both.tie()
    browser = both.desk.browser()
    page = both.comes_back(browser)
    assert page.status_code == 200
    assert both.provider.said == []
    kept = browser.cookies["staffetta-way"]
    assert both.sends(browser, page).url.path == "/sign-in/code"
    browser.cookies.set("staffetta-way", kept)
    check_failed(both, both.sends(browser, page), "StateOver", 403)
    assert len(both.provider.said) == 1


def test_the_cookie_of_the_way_is_lax_short_and_says_nothing(both: Both) -> None:
    answer = both.desk.browser().get("/sign-in/provider", follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(cookie.split("; "))
    both.provider.goes(answer.headers["location"])
    assert both.provider.begun["state"] not in cookie
    assert both.provider.begun["nonce"] not in cookie


def test_a_way_that_another_browser_went_or_that_took_too_long_is_over(both: Both) -> None:
    both.tie()
    browser = both.desk.browser()
    query = both.provider.goes(both.leaves(browser))
    check_failed(both, both.comes_back(both.desk.browser(), query), "StateOver", 403)
    check_failed(both, both.comes_back(browser, query.replace("state=", "state=x")), "StateOver", 403)
    page = both.comes_back(browser, query)
    late = both.desk.app.state.desk.sessions
    now = late.now
    late.now = lambda: now() + timedelta(minutes=11)
    check_failed(both, both.sends(browser, page), "StateOver", 403)


def test_a_provider_that_says_no_is_told_in_one_sentence(both: Both) -> None:
    browser = both.desk.browser()
    state = both.provider.goes(both.leaves(browser)).partition("&")[0]
    back = f"{state}&error=access_denied&error_description=mario.rossi@example.org%20<script>"
    check_failed(both, both.comes_back(browser, back), "denied", 403)


def test_another_issuer_in_the_address_is_a_mix_up(both: Both) -> None:
    both.tie()
    browser = both.desk.browser()
    query = both.provider.goes(both.leaves(browser))
    check_failed(
        both, both.sends(browser, both.comes_back(browser, f"{query}&iss=https://evil.example")), "mix-up", 502
    )
    assert both.provider.said == []


def test_a_provider_that_names_itself_must_do_so(both: Both) -> None:
    both.tie()
    both.provider.metadata = {"authorization_response_iss_parameter_supported": True}
    browser = both.desk.browser()
    check_failed(both, both.goes(browser), "mix-up", 502)
    query = both.provider.goes(both.leaves(browser))
    answer = both.sends(browser, both.comes_back(browser, f"{query}&iss={both.provider.base}"))
    assert answer.url.path == "/sign-in/code"


def unsigned(claims: dict[str, Any]) -> str:
    rest = jwt.encode({"alg": "RS256"}, claims, KEY).partition(".")[2]
    none = jwt.encode({"alg": "HS256"}, {"alg": "none"}, OctKey.import_key("x" * 32)).split(".")[1]
    return f"{none}.{rest.partition('.')[0]}."


def by_our_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def by_their_public_key(claims: dict[str, Any]) -> str:
    """HS256 with the published key as its secret: what a careless reader takes."""
    head = jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key("x" * 32)).rpartition(".")[0]
    digest = hmac.digest(KEY.as_pem(private=False), head.encode(), hashlib.sha256)
    return f"{head}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def by_somebody_else(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, FOREIGN_KEY)


SIGNED_WRONGLY: list[Callable[[dict[str, Any]], str]] = [
    unsigned,
    by_our_secret,
    by_their_public_key,
    by_somebody_else,
    lambda _claims: "nonsense",
    lambda _claims: "x" * 20_000,
]


@pytest.mark.parametrize("sign", SIGNED_WRONGLY)
def test_a_token_that_is_not_signed_by_the_provider_lets_nobody_in(
    both: Both, sign: Callable[[dict[str, Any]], str]
) -> None:
    both.tie()
    both.provider.sign = sign
    answer = both.goes(both.desk.browser())
    check_failed(both, answer, "too-large" if sign is SIGNED_WRONGLY[-1] else "signature", 502)


NOW = int(time.time())
WRONG_CLAIMS: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://evil.example"}, "iss"),
    ({"iss": None}, "iss"),
    ({"nonce": "of another way"}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"aud": "another client"}, "audience"),
    ({"aud": [CLIENT, "another client"]}, "audience"),
    ({"aud": None}, "audience"),
    ({"azp": "another client"}, "claims"),
    ({"exp": NOW - 3600}, "claims"),
    ({"exp": None}, "claims"),
    ({"exp": "soon"}, "claims"),
    ({"iat": NOW + 3600}, "claims"),
    ({"iat": NOW - 3600}, "old"),
    ({"iat": None}, "claims"),
    ({"nbf": NOW + 3600}, "claims"),
    ({"at_hash": "wrong"}, "claims"),
    ({"sub": None}, "claims"),
    ({"sub": ""}, "subject"),
    ({"sub": "x" * 256}, "subject"),
    ({"sub": 7}, "claims"),
]


@pytest.mark.parametrize(("claims", "reason"), WRONG_CLAIMS)
def test_a_token_that_says_something_else_lets_nobody_in(both: Both, claims: dict[str, Any], reason: str) -> None:
    both.tie()
    both.provider.claims = claims
    check_failed(both, both.goes(both.desk.browser()), reason, 502)


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"issuer": "https://evil.example"}, "issuer"),
        ({"token_endpoint": "http://192.0.2.1/token"}, "places"),
        ({"jwks_uri": None}, "places"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "places"),
        ({"code_challenge_methods_supported": ["plain"]}, "no-pkce"),
    ],
)
def test_a_provider_that_is_not_the_one_we_mean_is_not_gone_to(
    both: Both, metadata: dict[str, Any], reason: str
) -> None:
    both.provider.metadata = metadata
    check_failed(both, both.desk.browser().get("/sign-in/provider"), reason, 502)


@pytest.mark.parametrize(
    ("answer", "reason", "status"),
    [
        ((200, b"no json"), "no-json", 502),
        ((200, b"[" * 100_000), "no-json", 502),
        ((200, b"[]"), "no-json", 502),
        ((200, b"{}"), "no-token", 502),
        ((200, b'{"id_token": 7}'), "no-token", 502),
        ((200, b" " * 300_000), "too-large", 502),
        ((302, b"{}"), "code", 502),
        ((400, b'{"error": "invalid_grant"}'), "code", 502),
        ((500, b"{}"), "broken", 503),
    ],
)
def test_whatever_else_it_answers_is_a_sentence(
    both: Both, answer: tuple[int, bytes], reason: str, status: int
) -> None:
    both.tie()
    both.provider.answer = answer
    check_failed(both, both.goes(both.desk.browser()), reason, status)


def test_a_provider_that_answers_letter_by_letter_is_left(both: Both) -> None:
    both.tie()
    both.provider.drips = 0.3
    check_failed(both, both.goes(both.desk.browser()), "slow", 503)


def test_a_provider_that_is_not_there_is_said_and_the_password_still_lets_in(tmp_path: Path) -> None:
    with identity_provider() as provider:
        settings = SETTINGS + settings_for(provider.base, tmp_path)
    with web_house(tmp_path / "data", settings=settings) as made:
        both = Both(made, provider)
        check_failed(both, made.browser().get("/sign-in/provider"), "unreachable", 503)
        assert made.operator().get("/").status_code == 200


def test_few_wait_for_the_provider_at_once(both: Both) -> None:
    provider = both.desk.app.state.desk.provider
    hands = [provider._hand() for _ in range(4)]
    for hand in hands:
        hand.__enter__()
    check_failed(both, both.desk.browser().get("/sign-in/provider"), "busy", 503)
    for hand in hands:
        hand.__exit__(None, None, None)
    assert both.leaves(both.desk.browser())


def test_a_new_key_of_the_provider_is_asked_for(both: Both) -> None:
    both.tie()
    assert both.goes(both.desk.browser()).url.path == "/sign-in/code"
    new = a_key("two")
    both.provider.keys = [new]
    both.provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, new)
    provider = both.desk.app.state.desk.provider
    ticking = provider._ticking
    provider._ticking = lambda: ticking() + 60
    assert both.goes(both.desk.browser()).url.path == "/sign-in/code"


def test_a_sign_in_over_there_must_be_as_strong_as_the_settings_ask(tmp_path: Path) -> None:
    with identity_provider() as provider:
        settings = SETTINGS + settings_for(provider.base, tmp_path, 'acr_values = "mfa urn:spid:2"\n')
        with web_house(tmp_path / "data", settings=settings) as made:
            both = Both(made, provider)
            both.tie()
            check_failed(both, both.goes(made.browser()), "acr", 403)
            assert provider.begun["acr_values"] == "mfa urn:spid:2"
            for weak in ("pwd", ["mfa"], "mfa urn:spid:2"):
                provider.claims = {"acr": weak}
                check_failed(both, both.goes(made.browser()), "acr", 403)
            provider.claims = {"acr": "mfa"}
            assert both.goes(made.browser()).url.path == "/sign-in/code"


def test_without_a_provider_nobody_is_asked_and_there_is_no_such_page(desk: WebHouse) -> None:
    browser = desk.browser()
    nowhere = browser.get("/nothing/here")
    for path in ("/sign-in/provider", "/sign-in/provider/back?state=a&code=b"):
        assert (browser.get(path).status_code, browser.get(path).text) == (404, nowhere.text)
    assert browser.post("/sign-in/provider", data={"state": "a", "code": "b"}).status_code == 404
    assert "/sign-in/provider" not in browser.get("/sign-in").text
    assert desk.operator().get("/account/provider").status_code == 404


def test_the_provider_is_asked_only_when_somebody_goes_there(both: Both) -> None:
    both.desk.operator().get("/account")
    both.desk.browser().get("/sign-in")
    assert both.provider.asked == []
    both.leaves(both.desk.browser())
    assert both.provider.asked == [WELL_KNOWN]
