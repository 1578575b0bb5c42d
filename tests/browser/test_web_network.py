"""The network room as a browser sees it: nothing for axe to find, room on a narrow telephone, and no script needed."""

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from models.network import import_network, sample_network
from tests.browser.conftest import Served, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PAGES = ("/network", "/network/rotas", "/network/proposals")
NARROW = 320


def with_a_gap_and_protocols(served: Served) -> None:
    text = sample_network()
    for old, new in (
        ('until: "2027-01-01T00:00+01:00"}', 'until: "2026-12-01T08:00+01:00"}'),
        ("signed_on: 2025-03-08}", "signed_on: 2025-03-08, protocol_ends_on: 2026-11-01}"),
        ("signed_on: 2025-03-08}", "signed_on: 2025-03-08, protocol_ends_on: 2027-01-01}"),
    ):
        text = text.replace(old, new, 1)
    house = served.desk.house
    import_network(house.database, text, "network.yaml", house.clock.now())


@pytest.mark.parametrize(("scheme", "width", "language"), [("light", NARROW, "en"), ("dark", 1280, "it")])
def test_axe_finds_nothing_in_the_network_room(
    served: Served, page: Page, scheme: str, width: int, language: str
) -> None:
    with_a_gap_and_protocols(served)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    served.sign_in(page)
    page.locator(f"button[name=language][value={language}]").click()
    found = {}
    for path in PAGES:
        page.goto(f"{served.base}{path}")
        for closed in page.locator("main details > summary").all():
            closed.click()
        found[path] = faults_of(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    for kept, content in (("faults", b"bodies: 1"), ("", sample_network().replace("rank: 10", "rank: 11", 1).encode())):
        page.set_input_files("#file", FilePayload(name="rete.yaml", mimeType="text/yaml", buffer=content))
        with page.expect_navigation():
            page.locator("#send button").click()
        found[kept] = faults_of(page)
    found["proposal"] = faults_of(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert served.complaints == []


def test_the_network_room_needs_no_script(served: Served, chromium: Browser) -> None:
    with_a_gap_and_protocols(served)
    with chromium.new_context(locale="it-IT", java_script_enabled=False) as context:
        page = context.new_page()
        served.sign_in(page)
        page.click("nav a[href='/network']")
        assert "Turni scoperti nei prossimi 14 giorni" in page.inner_text("#gaps")
        page.click("a[href='/network/rotas']")
        page.click("nav.weeks a >> nth=2")
        assert "La settimana del" in page.inner_text("#week")
