"""What cannot be undone waits for the code of its case: a wrong one keeps the button off, or the desk refuses it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from procedures.case import CaseStatus
from tests.browser.conftest import Served, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def fill(page: Page, served: Served, code: str) -> None:
    page.goto(f"{served.base}/cases/{code}")
    page.get_by_text("Annulla questo caso").click()
    page.select_option("#reason", "her_wish")
    page.fill("#confirmation", "C-0000-0000")


def test_a_wrong_code_keeps_the_button_off(served: Served, page: Page) -> None:
    code = served.desk.open_case()
    served.sign_in(page)
    fill(page, served, code)
    button = page.get_by_role("button", name="Annulla il caso")
    expect(button).to_be_disabled()
    assert faults_of(page) == []

    page.fill("#confirmation", code.lower())
    expect(button).to_be_enabled()
    button.click()

    expect(page.locator("h1")).to_contain_text("annullato")


def test_without_javascript_a_wrong_code_cancels_nothing(served: Served, chromium: Browser) -> None:
    code = served.desk.open_case()
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        served.sign_in(page)
        fill(page, served, code)
        page.get_by_role("button", name="Annulla il caso").click()
        expect(page.get_by_role("alert").first).to_be_visible()

    assert served.desk.view(code).row.status is CaseStatus.OPEN
