"""Consents, what she is told and what is said of her, as people at the desk and behind a link see them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.pins import issue_pin
from procedures.events import AlertPurpose
from tests.integration.procedures_in_force import put_in_force, shipped, shipped_with
from tests.integration.webhouse import WebHouse, hidden, text_of, web_house

TERMS = "consent: {of: shelter, governs: what_is_said}\n"
NOBODY_SAYS = "Nessuno vi dice per chi è"
DESK_PHONE = "+39 06 555 0401"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    """A house whose shelter is asked for with or without her consent, which governs what is said."""
    text = shipped("shelter").replace("consent: shelter\n", TERMS, 1)
    put_in_force(monkeypatch, tmp_path, shipped_with("shelter", text))
    with web_house(tmp_path / "data") as made:
        yield made


def consent(house: WebHouse, code: str, name: str, answer: str) -> str:
    browser = house.operator()
    page = browser.get(f"/cases/{code}")
    form = {"command": hidden(page), "consent": name, "answer": answer}
    return text_of(browser.post(f"/cases/{code}/consents", data=form))


@pytest.mark.slow
def test_whoever_takes_it_is_not_told_whom_it_is_for_until_that_may_be_said(house: WebHouse) -> None:
    code = house.open_case("shelter")
    consent(house, code, "shelter", "revoke")
    letter, browser = house.letter(code), house.browser()
    asked = text_of(browser.post(letter.path, data={"code": letter.code}))
    assert NOBODY_SAYS in asked
    taken = text_of(browser.post(letter.path, data={"code": letter.code, "answer": "accept"}))
    assert NOBODY_SAYS in taken
    assert DESK_PHONE not in taken
    consent(house, code, "shelter", "give")
    result = house.letter(code, AlertPurpose.RESULT_LINK)
    later = text_of(house.browser().post(result.path, data={"code": result.code}))
    assert NOBODY_SAYS not in later
    assert DESK_PHONE in later


def test_the_desk_is_told_from_whom_a_childs_consent_comes_and_that_its_age_comes_first(house: WebHouse) -> None:
    code = house.open_case("children_who_witnessed", consents=frozenset())
    page = text_of(house.operator().get(f"/cases/{code}"))
    assert "In attesa di un consenso: Minori che hanno assistito alla violenza (il minore)" in page
    assert "dipende da un'età: registrare prima la data di nascita" in page
    refused = consent(house, code, "child.children_who_witnessed", "give")
    assert "Chi dà il consenso child.children_who_witnessed dipende da un'età" in refused


@pytest.mark.slow
def test_a_parents_word_stands_as_such_on_the_page(house: WebHouse) -> None:
    facts = {"child_born_on": "2018-05-03"}
    code = house.open_case("children_who_witnessed", facts=facts, consents=frozenset())
    assert "Chi lo dice: un genitore" in text_of(house.operator().get(f"/cases/{code}"))
    said = consent(house, code, "child.children_who_witnessed", "give")
    assert "Consenso dato: Minori che hanno assistito alla violenza (il minore), da parte di: un genitore." in said


@pytest.mark.slow
def test_what_she_was_not_told_stands_on_the_page_until_she_is(house: WebHouse) -> None:
    code = house.open_case("intake", facts={"risk": "imminent"})
    page = text_of(house.operator().get(f"/cases/{code}"))
    assert "Questo non le è ancora stato detto" in page
    assert "le viene detto in: Dirle che cosa è stato fatto senza il suo consenso" in page
    letter, browser = house.letter_about(code, "talk_to_her"), house.browser()
    refs = {row.ref for row in house.view(code).handoffs if row.step == "talk_to_her"}
    (asked,) = (one.person for one in house.alerts(code, AlertPurpose.REQUEST) if one.about in refs)
    pin = issue_pin(house.house, asked, "shell")
    browser.post(letter.path, data={"code": letter.code, "answer": "accept", "pin": pin})
    result = house.letter_about(code, "talk_to_her", AlertPurpose.RESULT_LINK)
    form = {"code": result.code, "answer": "complete", "result": "told", "evidence.told_at": "2026-11-24T17:05"}
    browser.post(result.path, data=form)
    assert "Questo non le è ancora stato detto" not in text_of(house.operator().get(f"/cases/{code}"))
