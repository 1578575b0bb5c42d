"""The rooms of auditors and coordinators in a browser: clean for axe, on a small screen, and without a script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from models.accounts import FIRST_OPERATOR, operator_named
from models.adding_accounts import give_role
from models.database import Database
from procedures.people import Role
from tests.browser.conftest import Served, faults_of
from tests.integration.test_web_auditcase import tamper

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def auditing(served: Served) -> str:
    """The first operator is an auditor, too; the code of a case that escalated and in which somebody changed a row."""
    database: Database = served.desk.house.database
    account = operator_named(database, FIRST_OPERATOR)
    assert account is not None
    give_role(database, account, Role.AUDITOR, served.desk.clock.now(), "shell")
    code = served.desk.open_case()
    served.desk.wait_for_coordinator(code)
    tamper(served.desk, "UPDATE events SET actor = 'operator:x' WHERE seq = 3")
    return code


@pytest.mark.parametrize(("scheme", "width", "language"), [("light", 320, "en"), ("dark", 1280, "it")])
def test_axe_finds_nothing_in_the_rooms_and_nothing_runs_off_a_small_screen(
    served: Served, page: Page, scheme: str, width: int, language: str
) -> None:
    code = auditing(served)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    served.sign_in(page)
    page.locator(f"button[lang={language}]").click()
    page.goto(f"{served.base}/audit/samples")
    page.locator("main form button").click()
    sample = page.url.removeprefix(served.base)
    found, wide = {}, []
    for path in (
        "/audit",
        "/audit/help",
        "/audit/reads",
        "/audit/samples",
        sample,
        "/audit/verify",
        f"/audit/cases/{code}",
        f"/audit/cases/{code}/lanes",
        "/coordination",
    ):
        page.goto(f"{served.base}{path}")
        for closed in page.locator("main details > summary").all():
            closed.click()
        found[path] = faults_of(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert wide == []
    assert served.complaints == []


def test_an_auditor_works_without_javascript(served: Served, chromium: Browser) -> None:
    code = auditing(served)
    with chromium.new_context(java_script_enabled=False, locale="it-IT") as context:
        page = context.new_page()
        served.sign_in(page)
        page.goto(f"{served.base}/audit")
        page.fill("#code", code)
        page.keyboard.press("Enter")
        expect(page.locator("#event-3 .fault")).to_contain_text("Evento 3: è stato alterato")
        page.get_by_role("link", name="In corsie").click()
        page.locator("main details > summary").first.press("Enter")
        expect(page.locator("main details[open] li").first).to_be_visible()
        page.goto(f"{served.base}/audit/verify")
        page.get_by_role("button", name="Avviare una verifica").click()
        expect(page.locator("#check-state")).to_be_visible()


def test_a_check_shows_how_far_it_is_and_ends_before_ones_eyes(served: Served, page: Page) -> None:
    auditing(served)
    served.sign_in(page)
    page.goto(f"{served.base}/audit/verify")
    page.get_by_role("button", name="Avviare una verifica").click()
    expect(page.locator("#check-state")).to_contain_text("La verifica è finita", timeout=10_000)
    expect(page.locator("#verify")).to_contain_text("è stato alterato")
