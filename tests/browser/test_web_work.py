"""A day's work in a real browser: by keyboard, without JavaScript, with somebody else answering meanwhile."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from procedures.case import HandoffState
from procedures.events import AlertPurpose
from tests.browser.conftest import Served, serving
from tests.integration.procedures_in_force import put_in_force, shipped
from tests.integration.webhouse import CANARY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CALLED = """signals:
  called:
    title: {it: Ha chiamato di nuovo, en: She called again}
    from: [emergency_shelter]
    evidence: {places_asked: integer}
"""


def test_a_case_is_opened_by_keyboard_alone(served: Served, page: Page) -> None:
    served.sign_in(page)
    page.goto(f"{served.base}/cases/new")

    page.focus("#territory")
    page.keyboard.press("Escape")
    page.keyboard.type("Valle")
    page.focus("[id='consent.intake']")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    page.wait_for_url(f"{served.base}/cases/C-*")
    expect(page.get_by_role("heading", name="Avvisati ora")).to_be_visible()
    expect(page.locator(".alerted")).to_contain_text("Centro Luna, ascolto")


def test_the_first_tab_leads_past_the_header(served: Served, page: Page) -> None:
    served.sign_in(page)
    page.goto(f"{served.base}/")

    page.keyboard.press("Tab")

    expect(page.locator(":focus")).to_have_text("Vai al contenuto")


def test_an_answer_elsewhere_appears_on_the_open_page(served: Served, page: Page) -> None:
    code = served.desk.open_case()
    letter = served.desk.letter(code)
    served.sign_in(page)
    page.goto(f"{served.base}/cases/{code}")
    expect(page.locator(".state-requested")).to_have_count(1)

    served.desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})

    expect(page.locator("#live .state-accepted").first).to_be_visible(timeout=8000)


def test_what_is_being_typed_survives_the_refresh(served: Served, page: Page) -> None:
    code = served.desk.open_case()
    letter = served.desk.letter(code)
    served.sign_in(page)
    page.goto(f"{served.base}/cases/{code}")
    page.get_by_text("Annulla questo caso").click()
    page.fill("#confirmation", "C-HALF")

    served.desk.browser().post(letter.path, data={"code": letter.code})

    expect(page.locator("#live .state-acknowledged").first).to_be_visible(timeout=8000)
    expect(page.locator("#confirmation")).to_have_value("C-HALF")


def test_the_desk_works_without_javascript(served: Served, chromium: Browser) -> None:
    with chromium.new_context(java_script_enabled=False, locale="it-IT") as context:
        page = context.new_page()
        served.sign_in(page)
        page.goto(f"{served.base}/cases/new")
        page.select_option("#territory", "valle_chiara")
        page.check("[id='consent.intake']")
        page.get_by_text("Chi è (facoltativo)").click()
        page.fill("#name", CANARY)
        page.get_by_role("button", name="Apri il caso").click()
        assert CANARY not in page.url
        code = page.url.rpartition("/")[2]

        page.locator("a[id^=answer-]").first.click()
        page.get_by_role("button", name="Lo prendono in carico").click()
        expect(page.locator(".state-accepted").first).to_have_text("preso in carico")

        page.get_by_text("Annulla questo caso").click()
        page.select_option("#reason", "her_wish")
        page.fill("#confirmation", code)
        page.get_by_role("button", name="Annulla il caso").click()
        expect(page.locator("h1")).to_contain_text("annullato")


def test_a_service_answers_from_a_telephone_without_javascript(served: Served, chromium: Browser) -> None:
    code = served.desk.open_case()
    letter = served.desk.letter(code)
    with chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{served.base}{letter.path}")
        page.fill("#code", letter.code.lower())
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Lo prendiamo in carico").click()
        expect(page.locator("a[href^='tel:+39']")).to_be_visible()

        result = served.desk.letter(code, AlertPurpose.RESULT_LINK)
        page.goto(f"{served.base}{result.path}")
        page.fill("#code", result.code)
        page.keyboard.press("Enter")
        page.get_by_text("Nessun posto libero").click()
        page.locator("[id='no_place-places_asked']").fill("4")
        page.get_by_role("button", name="Registra questo esito").click()
        expect(page.locator("h1")).to_have_text("Grazie: il passaggio è concluso")

    assert served.desk.first(code).state is HandoffState.COMPLETED


def test_signing_out_leaves_nothing_to_go_back_to(served: Served, page: Page) -> None:
    code = served.desk.open_case()
    served.sign_in(page)
    page.goto(f"{served.base}/cases/{code}")
    page.get_by_role("button", name="Esci").click()
    page.wait_for_url(f"{served.base}/sign-in")

    page.go_back()

    expect(page.get_by_role("heading", name="Accedi")).to_be_visible()
    assert [cookie.get("name") for cookie in page.context.cookies()] == ["staffetta-device"], "which opens nothing"


def test_a_service_tells_from_a_telephone_what_has_happened_outside(
    tmp_path: Path, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = shipped("shelter").replace("steps:\n", CALLED + "steps:\n", 1)
    text = text.replace("[find_place.housed]", "[signal.called]", 1)
    put_in_force(monkeypatch, tmp_path, {"shelter": text})
    with serving(tmp_path) as served, chromium.new_context(java_script_enabled=False) as context:
        code = served.desk.open_case(facts={"risk": "high"})
        request = served.desk.letter(code)
        served.desk.browser().post(request.path, data={"code": request.code, "answer": "accept"})
        letter = served.desk.letter(code, AlertPurpose.RESULT_LINK)
        page = context.new_page()
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{served.base}{letter.path}")
        page.fill("#code", letter.code)
        page.keyboard.press("Enter")
        page.get_by_text("Ha chiamato di nuovo", exact=True).click()
        page.locator("#signal-called-places_asked").fill("2")
        page.get_by_role("button", name="È successo: Ha chiamato di nuovo").click()
        expect(page.get_by_role("status")).to_have_text("È annotato. Ciò che ne segue si fa subito.")

        desk = context.new_page()
        served.sign_in(desk)
        desk.goto(f"{served.base}/cases/{code}")
        expect(desk.locator(".timeline")).to_contain_text("è successo «Ha chiamato di nuovo»")
        expect(desk.locator(".step-active", has_text="Accompagnarla in sicurezza")).to_be_visible()
