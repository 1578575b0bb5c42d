"""The list of what was done without her consent, and whoever says afterwards whether the law allowed it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.erasing import confirm_erasure, propose_erasure
from models.reviews import waiting
from models.trail import verify
from procedures.commands import CancelCase, Road
from tests.integration.webhouse import WebHouse, hidden, text_of, web_house

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        yield made


def test_a_coordinator_reviews_what_was_begun_on_a_basis_in_law(house: WebHouse) -> None:
    code = house.open_case("intake", facts={"risk": "imminent"})
    browser = house.operator()
    page = browser.get("/reviews")
    assert code in page.text
    assert "Da riesaminare entro" in text_of(page)
    form = {"command": hidden(page), "run": hidden(page, "run"), "step": "", "finding": "grounded"}
    after = browser.post(f"/reviews/{code}", data=form)
    assert "Non c'è nulla da riesaminare." in text_of(after)
    assert "la legge lo permetteva" in text_of(browser.get(f"/cases/{code}"))
    assert waiting(house.house.database, house.clock.now()).pathways == 0
    assert not verify(house.house.database, house.house.keyring).faults


def test_what_nobody_reviews_in_a_week_stands_on_the_board(house: WebHouse) -> None:
    code = house.open_case("intake", facts={"risk": "imminent"})
    browser = house.operator()
    said = "Fatto senza il suo consenso e non riesaminato in tempo: 1."
    assert said not in text_of(browser.get("/"))
    house.pass_by(code, days=7, seconds=1)
    assert said in text_of(house.operator().get("/"))


def test_a_drill_is_listed_and_never_late(house: WebHouse) -> None:
    code = house.open_case("intake", facts={"risk": "imminent"}, drill=True)
    house.pass_by(code, days=8)
    assert code in house.operator().get("/reviews").text
    assert waiting(house.house.database, house.clock.now()).late == 0


def test_what_was_erased_waits_for_nobody_and_the_list_goes_on(house: WebHouse) -> None:
    gone = house.open_case("intake", facts={"risk": "imminent"})
    stays = house.open_case("intake", facts={"risk": "imminent"})
    asked = {"id": house.house.ids.new_id(), "case_id": house.view(gone).row.case_id, "actor": "operator:1"}
    house.house.handling.handle(CancelCase.model_validate({**asked, "road": Road.CLI, "reason": "her_wish"}))
    propose_erasure(house.house, gone, "her_request", "operator:1")
    confirm_erasure(house.house, gone, "operator:2")
    page = house.operator().get("/reviews")
    assert page.status_code == 200
    assert stays in page.text
    assert gone not in page.text
