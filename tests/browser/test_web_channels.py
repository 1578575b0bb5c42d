"""Somebody of a service, on a telephone, tests a channel of hers: a real mail leaves, and the page says what became."""

import re
from io import StringIO

import pytest
from playwright.sync_api import Browser, expect

from cli.demo.background import BackgroundLoop
from cli.demo.mailserver import MailServer
from flows.journal import open_journal
from flows.own_letters import OwnLetters
from notifiers.carriers import Carriers
from tests.browser.conftest import Served, faults_of
from tests.browser.test_web_inbox import NARROW, is_narrow, joins

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def dispatched(served: Served, mail: MailServer) -> None:
    """The dispatcher looks once."""

    async def look() -> None:
        carriers = Carriers({"email": mail.url})
        try:
            await OwnLetters(served.desk.house, carriers, open_journal("dispatcher", StringIO())).look()
        finally:
            await carriers.aclose()

    loop = BackgroundLoop("dispatcher")  # Playwright's own runs in this thread
    loop.run(look())
    loop.stop()


def test_a_channel_that_was_never_tested_is_tested_and_verified(served: Served, chromium: Browser) -> None:
    with MailServer.start() as mail, chromium.new_context(locale="it-IT", viewport=NARROW) as context:
        page = context.new_page()
        served.watch(page)
        joins(served, page, "olga")
        page.get_by_role("link", name="Prova i Suoi recapiti").click()
        card = page.locator("#channels section").first
        expect(card).to_contain_text("mai provato")
        found = {"never": faults_of(page)}
        card.get_by_role("button", name="Prova: e-mail").click()
        expect(card).to_contain_text("la prova sta partendo")
        dispatched(served, mail)
        expect(card).to_contain_text("consegnata al gestore in")  # by itself: nobody loads the page again
        expect(card).to_contain_text("funziona")
        found["tested"] = faults_of(page)
        (received,) = mail.received()
        code = re.search(r"\b\d{6}\b", received.body)
        assert code is not None
        card.get_by_label("Codice del messaggio").fill(code[0])
        card.get_by_role("button", name="Verifica").click()
        expect(card).to_contain_text("Verificato: Lei ha digitato un codice inviato lì.")
        found["verified"] = faults_of(page)
        assert is_narrow(page)
        page.goto(f"{served.base}/turns")
        page.get_by_role("button", name="Crea un indirizzo").click()
        expect(page.locator("code")).to_contain_text("/calendar/")
        found["turns"] = faults_of(page)
        assert {where: faults for where, faults in found.items() if faults} == {}
        assert is_narrow(page)
        assert served.complaints == []


def test_without_javascript_the_outcome_comes_too_and_rules_and_absences_are_kept(
    served: Served, chromium: Browser
) -> None:
    with (
        MailServer.start() as mail,
        chromium.new_context(java_script_enabled=False, locale="it-IT", viewport=NARROW) as context,
    ):
        page = context.new_page()
        joins(served, page, "olga")
        page.goto(f"{served.base}/channels")
        page.get_by_role("button", name="Prova: e-mail").click()
        dispatched(served, mail)
        expect(page.locator("#channels section").first).to_contain_text("consegnata al gestore in")
        page.get_by_label("A che posto").first.select_option("2")
        page.get_by_label("A che posto").last.select_option("1")
        page.get_by_label("Da che ora (vuoto: sempre)").last.fill("07:00")
        page.get_by_label("Fino a che ora").last.fill("22:00")
        page.get_by_role("button", name="Salva queste regole").click()
        expect(page.locator("legend").first).to_contain_text("SMS")
        expect(page.locator("main")).to_contain_text("Queste sono le Sue regole.")
        page.get_by_label("Dal, ora di Roma").fill("2026-01-01T08:00")
        page.get_by_label("Al, ora di Roma", exact=True).fill("2026-01-02T08:00")
        page.get_by_role("button", name="Annotarla").click()
        expect(page.get_by_role("alert")).to_contain_text("L'assenza finirebbe nel passato.")
        expect(page.get_by_label("Al, ora di Roma", exact=True)).to_have_value("2026-01-02T08:00")
