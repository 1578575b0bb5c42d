"""Somebody of a service, on a telephone: she is invited, signs in with an app, takes it, ends it, and sees no more."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pyotp.totp import TOTP

from models.accounts import operator_named
from models.adding_accounts import invite_new
from models.tying import tie_account
from procedures.case import HandoffState
from procedures.people import Role
from tests.browser.conftest import Served, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PASSWORD = "lampone trattore nuvola grigia"  # invented
NARROW = ViewportSize(width=320, height=640)


def joins(served: Served, page: Page, person: str) -> None:
    """By the link of her invitation, with a password and an app."""
    house = served.desk.house
    roles = frozenset({Role.SERVICE_MEMBER})
    token = invite_new(house.database, person, roles, house.clock.now(), "shell")
    tie_account(house, operator_named(house.database, person), person, "shell")
    page.goto(f"{served.base}/join/{token}")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("main button")
    page.fill("#name", person)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.fill("#code", TOTP(page.locator("#secret").text_content() or "").now())
    page.click("#by-code button")
    page.wait_for_selector(".codes")
    page.click("main a.btn")
    page.wait_for_url(f"{served.base}/inbox")


def is_narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_handoff_is_taken_begun_and_ended_without_javascript(served: Served, chromium: Browser) -> None:
    code = served.desk.open_case("shelter", facts={"risk": "high"})
    with chromium.new_context(java_script_enabled=False, locale="it-IT", viewport=NARROW) as context:
        page = context.new_page()
        joins(served, page, "olga")
        ref = served.desk.first(code).ref
        expect(page.locator(".card.ask")).to_contain_text("Trovare un posto protetto")
        page.get_by_role("button", name=f"Lo prendiamo in carico {ref}").click()
        page.wait_for_url(f"{served.base}/inbox/{ref}")
        expect(page.locator("a[href^='tel:+39']").first).to_be_visible()
        page.locator("summary", has_text="Accolta in un posto protetto").click()
        page.locator("[id='housed-place_confirmed_at']").fill("2026-11-24T17:00")
        page.get_by_role("button", name="Registra questo esito Accolta").click()
        page.wait_for_url(f"{served.base}/inbox?done=complete")
        expect(page.locator("main")).not_to_contain_text(ref)
        gone, unknown = (page.goto(f"{served.base}/inbox/{one}") for one in (ref, "ZZZZZ-ZZZZZ"))
        assert gone is not None
        assert unknown is not None
        assert (gone.status, unknown.status) == (404, 404)
        assert served.desk.first(code).state is HandoffState.COMPLETED

        escort = next(row for row in served.desk.view(code).handoffs if row.step == "escort")
        services = served.desk.house.procedures.directory().services
        driver = chromium.new_context(java_script_enabled=False, locale="it-IT", viewport=NARROW)
        other = driver.new_page()
        joins(served, other, services[escort.service or ""].referent)
        other.get_by_role("button", name=f"Lo prendiamo in carico {escort.ref}").click()
        expect(other.locator("dl.facts")).to_contain_text("Livello di rischio")
        other.get_by_role("button", name="Il lavoro è iniziato").click()
        expect(other.get_by_role("status")).to_contain_text("Registrato: il lavoro è iniziato.")
        driver.close()

    operator = chromium.new_context(locale="it-IT").new_page()
    served.sign_in(operator)
    operator.goto(f"{served.base}/cases/{code}")
    expect(operator.locator(".timeline")).to_contain_text("Casa Approdo")
    operator.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_inbox_and_nothing_runs_off_a_small_screen(
    served: Served, page: Page, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size(NARROW)
    served.watch(page)
    joins(served, page, "olga")
    found, wide = {"empty": faults_of(page)}, []
    code = served.desk.open_case("shelter", drill=True)
    other = served.desk.open_case("shelter")
    ref = served.desk.first(code).ref
    for where, path in (("asked", "/inbox"), ("card", f"/inbox/{ref}")):
        page.goto(f"{served.base}{path}")
        for closed in page.locator("main details > summary").all():
            closed.click()
        found[where] = faults_of(page)
        wide += [] if is_narrow(page) else [where]
    page.locator("main button[value=accept]").click()
    for closed in page.locator("main details > summary").all():
        closed.click()
    found["held"] = faults_of(page)
    wide += [] if is_narrow(page) else ["held"]
    page.goto(f"{served.base}/inbox")
    found["both"] = faults_of(page)
    assert served.desk.first(other).ref in page.content()

    assert {where: faults for where, faults in found.items() if faults} == {}
    assert wide == []
    assert [url for url in served.asked if not url.startswith(served.base)] == []
    assert served.complaints == []
