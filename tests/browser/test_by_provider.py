"""Signing in elsewhere in Chromium: over to a provider of other hands on loopback, and back to her second factor."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, Route

from models.accounts import FIRST_OPERATOR, operator_named
from models.identities import Elsewhere, identity_of, tie_identity
from tests.browser.conftest import Served
from tests.contract.test_oidc_provider import SUBJECT, provider
from tests.identity_provider import settings_for
from tests.integration.webhouse import SETTINGS, web_house

__all__ = ["provider"]
pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def served(tmp_path: Path, provider: str) -> Iterator[Served]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        settings = SETTINGS.replace("127.0.0.1:8480", f"127.0.0.1:{port}") + settings_for(provider, tmp_path)
        with web_house(tmp_path / "data", settings=settings) as desk:
            server = uvicorn.Server(uvicorn.Config(desk.app, log_level="error", access_log=False, lifespan="off"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            yield Served(desk, f"http://127.0.0.1:{port}")
            server.should_exit = True
            thread.join(10)


def test_she_goes_to_the_provider_and_comes_back_signed_in(page: Page, served: Served, provider: str) -> None:
    house = served.desk.house
    digest = identity_of(house.keyring, Elsewhere(provider, SUBJECT))
    account = operator_named(house.database, FIRST_OPERATOR)
    tie_identity(house.database, account, digest, served.desk.clock.now(), "shell")
    served.watch(page)

    def only_here(route: Route) -> None:
        """The provider's page would have its style from elsewhere."""
        if route.request.url.startswith((served.base, provider)):
            route.continue_()
        else:
            route.abort()

    page.route("**/*", only_here)
    page.goto(f"{served.base}/sign-in")
    page.click('a[href="/sign-in/provider"]')
    page.fill('input[name="sub"]', SUBJECT)
    page.click("text=Authorize >> nth=-1")
    page.wait_for_url(f"{served.base}/sign-in/provider/back?*")
    page.click("main button")
    page.wait_for_url(f"{served.base}/sign-in/code")
    served.show_code(page)

    page.goto(f"{served.base}/account")
    assert "iniziato altrove" in (page.text_content("main") or "")
    assert [one for one in served.complaints if "Content Security Policy" in one] == []
