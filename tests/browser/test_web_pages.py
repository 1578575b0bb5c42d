"""Pages as a browser sees them: nothing for axe to find, nothing from elsewhere, nothing on the console."""

import pytest
from playwright.sync_api import Page

from procedures.events import AlertPurpose
from tests.browser.conftest import Served, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_nothing_at_the_desk(served: Served, page: Page, scheme: str, width: int) -> None:
    code = served.desk.open_case("intake", drill=True, facts={"injuries": "yes", "needs_shelter": "yes"})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{served.base}/sign-in")
    found = {"sign-in": faults_of(page)}
    served.give_password(page)
    page.locator("main details > summary").click()
    found["second factor"] = faults_of(page)
    served.show_code(page)
    found["board"] = faults_of(page)
    handoff = f"/cases/{code}/handoffs/{served.desk.first(code).ref}"
    for path in (
        "/cases/new",
        "/who-now",
        "/handover",
        "/procedures",
        "/procedures/shelter",
        "/people",
        "/pins",
        "/account",
        f"/cases/{code}",
        f"/cases/{code}/who-now",
        handoff,
    ):
        page.goto(f"{served.base}{path}")
        for closed in page.locator("main details > summary").all():
            closed.click()
        found[path] = faults_of(page)

    assert {where: faults for where, faults in found.items() if faults} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_behind_a_link(served: Served, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    code = served.desk.open_case("intake", drill=True)
    letter = served.desk.letter(code)
    found = {}
    page.goto(f"{served.base}{letter.path}")
    found["code"] = faults_of(page)
    page.fill("#code", "WRONG2")
    page.click("button")
    found["wrong code"] = faults_of(page)
    page.fill("#code", letter.code)
    page.click("button")
    found["asked"] = faults_of(page)
    page.click("button[value=accept]")
    found["taken"] = faults_of(page)
    result = served.desk.letter(code, AlertPurpose.RESULT_LINK)
    page.goto(f"{served.base}{result.path}")
    page.fill("#code", result.code)
    page.click("button")
    page.click("summary >> nth=0")
    found["result"] = faults_of(page)
    page.goto(f"{served.base}{letter.path}")
    found["used"] = faults_of(page)

    assert {where: faults for where, faults in found.items() if faults} == {}


def test_the_desk_asks_nobody_but_itself_and_the_console_stays_silent(served: Served, page: Page) -> None:
    code = served.desk.open_case("intake", drill=True)
    served.watch(page)
    served.sign_in(page)
    for path in ("/cases/new", f"/cases/{code}", "/"):
        page.goto(f"{served.base}{path}")
    with page.expect_response(lambda answer: "/board?seen=" in answer.url):
        pass

    assert [url for url in served.asked if not url.startswith(served.base)] == []
    assert served.complaints == []


def test_a_link_asks_for_its_page_and_its_style_and_keeps_nothing(served: Served, page: Page) -> None:
    letter = served.desk.letter(served.desk.open_case())
    served.watch(page)

    page.goto(f"{served.base}{letter.path}")

    asked = [url for url in served.asked if not url.startswith("data:")]
    assert asked == [f"{served.base}{letter.path}", f"{served.base}/static/link.css"]
    assert page.context.cookies() == []
    assert served.complaints == []


def test_a_page_fits_a_telephone(served: Served, page: Page) -> None:
    code = served.desk.open_case("intake", drill=True)
    page.set_viewport_size({"width": 360, "height": 740})
    served.sign_in(page)

    for path in ("/", "/cases/new", f"/cases/{code}", served.desk.letter(code).path):
        page.goto(f"{served.base}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_on_paper_there_is_nothing_to_press_and_ink_is_dark(served: Served, page: Page) -> None:
    code = served.desk.open_case("intake", drill=True)
    served.sign_in(page)
    page.emulate_media(media="print", color_scheme="dark")

    for path in ("/handover", f"/cases/{code}"):
        page.goto(f"{served.base}{path}")
        assert not any(one.is_visible() for one in page.locator("nav, form, button, footer, .btn").all()), path
        assert page.locator("h1").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
        assert page.locator("main").get_by_text(code).first.is_visible()
