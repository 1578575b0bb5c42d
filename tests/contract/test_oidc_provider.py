"""A provider of other hands than ours (`oidc-provider-mock`), as it runs: the whole way, and a no."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR, operator_named
from models.identities import Elsewhere, identity_of, tie_identity
from tests.identity_provider import WELL_KNOWN, settings_for
from tests.integration.webhouse import SETTINGS, WebHouse, text_of, web_house

pytestmark = pytest.mark.slow
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')
PATIENCE = 60
SUBJECT = "marta"


def free_port() -> int:
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    """Its address; it runs as a program of its own."""
    base = f"http://127.0.0.1:{(port := free_port())}"
    program = [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port)]
    program += ["--require-nonce", "--user-claims", f'{{"sub": "{SUBJECT}", "acr": "mfa"}}']
    with (tmp_path / "provider.log").open("wb") as log, subprocess.Popen(program, stdout=log, stderr=log) as running:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and running.poll() is None:
            try:
                httpx2.get(base + WELL_KNOWN, trust_env=False)
                break
            except httpx2.TransportError:
                time.sleep(0.1)  # between two looks at whether it answers
        yield base
        running.terminate()


@pytest.fixture
def desk(tmp_path: Path, provider: str) -> Iterator[WebHouse]:
    settings = SETTINGS + settings_for(provider, tmp_path, 'acr_values = "mfa"\n')
    with web_house(tmp_path / "data", settings=settings) as made:
        yield made


def comes_back(browser: TestClient, form: dict[str, str]) -> httpx2.Response:
    """What our page says after that form was sent over there."""
    away = browser.get("/sign-in/provider", follow_redirects=False).headers["location"]
    answer = httpx2.post(away, data=form, trust_env=False)
    assert answer.status_code == 302, answer.text
    return browser.get(answer.headers["location"])


def sends(browser: TestClient, page: httpx2.Response) -> httpx2.Response:
    form = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
    return browser.post("/sign-in/provider", data=form)


def test_whoever_it_knows_and_we_know_gets_to_her_second_factor(desk: WebHouse, provider: str) -> None:
    database, keyring = desk.house.database, desk.house.keyring
    account = operator_named(database, FIRST_OPERATOR)
    browser = desk.browser()
    stranger = sends(browser, comes_back(browser, {"sub": SUBJECT}))
    assert stranger.status_code == 403, text_of(stranger)

    tie_identity(database, account, identity_of(keyring, Elsewhere(provider, SUBJECT)), desk.clock.now(), "shell")
    answer = sends(browser, comes_back(browser, {"sub": SUBJECT}))
    assert answer.url.path == "/sign-in/code", text_of(answer)


def test_whoever_it_knows_without_the_strength_we_ask_for_does_not_get_in(desk: WebHouse) -> None:
    browser = desk.browser()
    answer = sends(browser, comes_back(browser, {"sub": "somebody weak"}))
    assert answer.status_code == 403
    assert "abbastanza sicuro" in text_of(answer)


def test_a_no_over_there_lets_nobody_in(desk: WebHouse) -> None:
    """This one forgets the state that it must give back (RFC 6749, 4.1.2.1): the way counts as one nobody went."""
    answer = comes_back(desk.browser(), {"action": "deny"})
    assert answer.status_code == 403
    assert "Ricominci" in text_of(answer)
