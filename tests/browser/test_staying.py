"""Before a sign-in ends: a warning, one key stays, and nothing that was typed is lost, also when nobody was there."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
NOTE = "Aspetta una chiamata dopo le 18"


def type_note(page: Page) -> None:
    """Into the form of a new case, where it stands folded."""
    page.locator("details", has=page.locator("#note")).locator("summary").first.click()
    page.fill("#note", NOTE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_minute_before_it_is_said_and_one_key_stays(served: Served, page: Page, theme: str) -> None:
    served.sign_in(page)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.clock.install()
    page.goto(f"{served.base}/cases/new")
    type_note(page)
    page.clock.fast_forward(12 * 60_000)
    expect(page.locator("#ending")).not_to_be_visible()

    page.clock.fast_forward(70_000)
    expect(page.get_by_role("dialog", name="L’accesso termina tra un minuto")).to_be_visible()  # noqa: RUF001  # Italian
    assert faults_of(page) == []
    with page.expect_response("**/stay"):
        page.keyboard.press("Enter")

    expect(page.locator("#ending")).not_to_be_visible()
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)
    page.clock.fast_forward(5 * 60_000)
    assert page.url == f"{served.base}/cases/new"


@pytest.mark.parametrize("how", ["nobody there", "locked"])
def test_what_was_typed_is_there_again_after_signing_in(served: Served, page: Page, how: str) -> None:
    served.sign_in(page)
    page.clock.install()
    page.goto(f"{served.base}/cases/new")
    type_note(page)
    if how == "locked":
        page.locator("h1").click()
        page.keyboard.press("l")
    else:
        page.clock.fast_forward(13 * 60_000 + 5_000)
        expect(page.locator("#ending")).to_be_visible()
        page.clock.fast_forward(61_000)
    page.wait_for_url(f"{served.base}/sign-in")
    assert NOTE not in page.locator("html").inner_html()

    served.give_password(page)
    page.fill("#code", served.recovery.pop())
    page.click("#by-code button")

    page.wait_for_url(f"{served.base}/cases/new")
    expect(page.locator("textarea[name=note]")).to_have_value(NOTE)
    expect(page.get_by_text("è di nuovo presente")).to_be_visible()


def test_answers_about_danger_are_not_among_what_is_kept(served: Served, page: Page) -> None:
    served.sign_in(page)
    page.goto(f"{served.base}/cases/new")
    type_note(page)
    page.locator("#screens > summary").click()
    page.locator("[id='screen.da5.weapon']").select_option("yes")
    page.locator("h1").click()
    with page.expect_request("**/drafts") as sent:
        page.keyboard.press("l")

    said = sent.value.post_data or ""
    assert "note" in said
    assert "screen" not in said


def test_single_keys_that_were_turned_off_stay_so_after_signing_out(served: Served, page: Page) -> None:
    served.sign_in(page)
    page.keyboard.press("?")
    page.get_by_label("I tasti singoli sono attivi").uncheck()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Esci").click()
    page.wait_for_url(f"{served.base}/sign-in")

    served.give_password(page)
    page.fill("#code", served.recovery.pop())
    page.click("#by-code button")
    page.wait_for_url(f"{served.base}/")
    page.keyboard.press("n")

    expect(page.get_by_role("heading", name="Casi aperti")).to_be_visible()
    assert page.url == f"{served.base}/"
