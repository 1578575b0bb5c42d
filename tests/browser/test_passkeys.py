"""Passkeys in Chromium, with its virtual authenticator: set, used, not verified, taken away, asked from elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from models.accounts import FIRST_OPERATOR
from models.factors import FRESH
from tests.browser.conftest import Served, faults_of, serving
from tests.integration.test_web_stepping import pass_by

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
SET, USED = 'form[data-passkey="set"]', 'form[data-passkey="prove"]'


@dataclass
class Device:
    """Chromium's own authenticator, as the DevTools protocol steers it."""

    session: CDPSession
    name: str

    def verifies(self, *, good: bool) -> None:
        """Whether it recognises its owner from now on."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.name, "isUserVerified": good})

    def keys(self) -> int:
        return len(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.name})["credentials"])


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Served]:
    """A desk under a name."""
    with serving(tmp_path, host="localhost") as served:
        yield served


@pytest.fixture
def device(page: Page) -> Device:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Device(session, made["authenticatorId"])


def sets_first(served: Served, page: Page) -> None:
    """The first sign-in, by a passkey."""
    served.give_password(page)
    page.fill(f"{SET} #label", "telefono")
    page.click(f"{SET} button")
    page.wait_for_selector(".codes")
    page.click("main a.btn")
    page.wait_for_url(f"{served.base}/")


def signs_out(served: Served, page: Page) -> None:
    page.click('form[action="/sign-out"] button')
    page.wait_for_url(f"{served.base}/sign-in")


def test_a_passkey_is_set_at_the_first_sign_in_signs_her_in_and_proves_her_again(
    named: Served, page: Page, device: Device
) -> None:
    named.watch(page)
    sets_first(named, page)
    assert device.keys() == 1
    signs_out(named, page)
    named.give_password(page)
    found = faults_of(page)
    page.click(f"{USED} button")
    page.wait_for_url(f"{named.base}/")

    pass_by(named.desk, FRESH * 1.1)
    page.goto(f"{named.base}/people")
    page.fill("#name", "olga")
    page.click("main section .btn-primary")
    found += faults_of(page)
    page.click(f"{USED} button")
    expect(page.locator("#handed")).to_contain_text("olga")
    page.goto(f"{named.base}/account")
    found += faults_of(page)
    assert found == []
    refused = [said for said in named.complaints if "403" not in said]
    assert refused == []
    assert all(url.startswith((named.base, "data:")) for url in named.asked)


def test_without_user_verification_there_is_no_passkey_and_none_lets_her_in(
    named: Served, page: Page, device: Device
) -> None:
    device.verifies(good=False)
    named.give_password(page)
    page.fill(f"{SET} #label", "telefono")
    page.click(f"{SET} button")
    expect(page.locator(f"{SET} [data-failed]")).to_be_visible()
    assert device.keys() == 0

    device.verifies(good=True)
    page.click(f"{SET} button")
    page.wait_for_selector(".codes")
    page.click("main a.btn")
    signs_out(named, page)
    device.verifies(good=False)
    named.give_password(page)
    page.click(f"{USED} button")
    expect(page.locator(f"{USED} [data-failed]")).to_be_visible()
    page.goto(f"{named.base}/")
    page.wait_for_url(f"{named.base}/sign-in")


def test_a_passkey_that_was_taken_away_lets_nobody_in(named: Served, page: Page, device: Device) -> None:
    named.sign_in(page)
    page.goto(f"{named.base}/account")
    page.fill(f"{SET} #label", "telefono")
    page.click(f"{SET} button")
    page.wait_for_selector("text=telefono")
    page.click('button[value="take-passkey"]')
    page.wait_for_selector('button[value="take-passkey"]', state="detached")
    assert device.keys() == 1  # the device does not know
    signs_out(named, page)
    named.give_password(page)
    assert page.locator(USED).count() == 0
    named.show_code(page)


def test_a_passkey_is_of_no_use_at_another_origin(named: Served, page: Page, device: Device) -> None:
    """The same desk, asked under another of its addresses: the browser has no passkey for that one."""
    sets_first(named, page)
    signs_out(named, page)
    elsewhere = named.base.replace("localhost", "127.0.0.1")
    page.goto(f"{elsewhere}/sign-in")
    page.fill("#name", FIRST_OPERATOR)
    page.fill("#password", named.desk.password)
    page.click("main button")
    page.wait_for_url(f"{elsewhere}/sign-in/code")
    page.click(f"{USED} button")
    expect(page.locator(f"{USED} [data-failed]")).to_be_visible()
    page.goto(f"{elsewhere}/")
    page.wait_for_url(f"{elsewhere}/sign-in")


def test_without_scripts_the_page_says_so_and_codes_work(named: Served, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(locale="it-IT", java_script_enabled=False) as plain:
        tab = plain.new_page()
        named.give_password(tab)
        assert not tab.locator(SET).is_visible()
        expect(tab.locator("noscript p")).to_be_visible()
        tab.fill("#code", named.code_of(tab))
        tab.click("#by-code button")
        tab.wait_for_selector(".codes")
