"""The lock, the blur and the keys of the desk in a real browser: what somebody at reception could still read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_lock_leaves_nothing_of_a_case_in_any_tab(served: Served, page: Page) -> None:
    code = served.desk.open_case()
    served.sign_in(page)
    page.goto(f"{served.base}/cases/{code}")
    other = page.context.new_page()
    other.goto(f"{served.base}/cases/{code}")
    page.bring_to_front()
    # The answer leaves the page where it is: what stands there is what stood there before the desk answered.
    page.route("**/sign-out", lambda route: route.fulfill(status=204))

    page.keyboard.press("l")

    expect(page.locator("main")).to_have_count(0)
    assert code not in page.locator("html").inner_html()
    # The desk heard nothing from the first tab: the other one ends the sign-in by itself.
    other.wait_for_url(f"{served.base}/sign-in")
    assert code not in other.locator("html").inner_html()


def test_after_the_lock_neither_back_nor_the_address_shows_the_case(served: Served, page: Page) -> None:
    code = served.desk.open_case()
    served.sign_in(page)
    page.goto(f"{served.base}/cases/{code}")
    served.watch(page)
    other = page.context.new_page()
    other.goto(f"{served.base}/cases/{code}")
    page.bring_to_front()

    page.keyboard.press("l")
    page.wait_for_url(f"{served.base}/sign-in")
    other.wait_for_url(f"{served.base}/sign-in")
    assert code not in other.locator("html").inner_html()
    page.go_back()
    page.wait_for_url("**/sign-in*")

    expect(page.locator("#password")).to_be_visible()
    assert code not in page.locator("html").inner_html()
    page.goto(f"{served.base}/cases/{code}")
    expect(page.locator("#password")).to_be_visible()
    assert not [said for said in served.complaints if "Content Security Policy" in said]


def test_an_idle_page_blurs_and_a_key_shows_it_again(served: Served, page: Page) -> None:
    served.sign_in(page)
    page.clock.install()
    page.goto(f"{served.base}/")
    page.clock.fast_forward(119_000)
    expect(page.locator("body")).not_to_have_class("veiled")

    page.clock.fast_forward(2_000)
    expect(page.locator("body")).to_have_class("veiled")
    assert "blur" in page.locator("body").evaluate("body => getComputedStyle(body).filter")

    page.keyboard.press("Shift")
    expect(page.locator("body")).not_to_have_class("veiled")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_keys_are_shown_and_can_be_turned_off(served: Served, page: Page, theme: str) -> None:
    served.sign_in(page)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(f"{served.base}/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tasti")).to_be_visible()
    assert faults_of(page) == []

    page.get_by_label("I tasti singoli sono attivi").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("l")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Casi aperti")).to_be_visible()

    page.get_by_role("button", name="Tasti").click()
    page.get_by_label("I tasti singoli sono attivi").check()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url(f"{served.base}/cases/new")


def test_a_letter_typed_into_a_field_is_only_a_letter(served: Served, page: Page) -> None:
    served.sign_in(page)
    page.goto(f"{served.base}/find")
    page.focus("#telephone")

    page.keyboard.type("ln?")

    expect(page.locator("#telephone")).to_have_value("ln?")
