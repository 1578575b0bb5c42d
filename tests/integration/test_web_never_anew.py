"""A step that nobody decides anew: the desk does not offer it, and it is refused there and over the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.apihouse import api_house, caller
from tests.integration.procedures_in_force import put_in_force, shipped_with
from tests.integration.webhouse import WebHouse, hidden, text_of

ENDS = 'source: {text: "Invented for this story", verified: false}'
TEXT = f"""
pathway: follow_up
edition: 9
title: {{it: Percorso, en: Pathway}}
consent: follow_up
steps:
  judge:
    ask: first_contact
    title: {{it: Valutare, en: Judge}}
    anew: never
    accept_within: 20 min
    complete_within: 3 h
    {ENDS}
    results: {{yes_to_it: {{}}, no_to_it: {{}}}}
  go_on:
    ask: first_contact
    title: {{it: Proseguire, en: Go on}}
    needs: [judge]
    accept_within: 20 min
    complete_within: 3 h
    {ENDS}
outcomes: {{over: go_on}}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    put_in_force(monkeypatch, tmp_path, shipped_with("follow_up", TEXT))
    with api_house(tmp_path / "data") as (made, _):
        yield made


def judged(house: WebHouse) -> str:
    """A case in which the step is done, and the next one is asked."""
    code = house.open_case("follow_up")
    browser, path = house.operator(), f"/cases/{code}/handoffs/{house.first(code).ref}"
    browser.post(path, data={"command": hidden(browser.get(path)), "answer": "accept"})
    browser.post(path, data={"command": hidden(browser.get(path)), "answer": "complete", "result": "no_to_it"})
    assert "handoff_completed" in house.events(code)
    return code


@pytest.fixture
def code(house: WebHouse) -> str:
    return judged(house)


def test_the_desk_offers_nothing_and_says_why(house: WebHouse, code: str) -> None:
    browser, run = house.operator(), house.view(code).runs[0].ref
    anew = f"/cases/{code}/anew/{run}/judge"
    assert anew not in browser.get(f"/cases/{code}").text
    page = browser.get(anew)
    assert "nessuno può decidere di nuovo" in text_of(page)
    assert 'name="result"' not in page.text


@pytest.mark.parametrize("reason", ["appeal", "recorded_wrongly"])
@pytest.mark.slow
def test_a_form_kept_from_before_and_a_program_are_refused(house: WebHouse, code: str, reason: str) -> None:
    browser, run = house.operator(), house.view(code).runs[0].ref
    form = {"result": "yes_to_it", "reason": reason, "hanging.go_on": "keep"}
    kept = hidden(browser.get(f"/cases/{code}"))
    refused = browser.post(f"/cases/{code}/anew/{run}/judge", data={"command": kept, **form})
    assert (refused.status_code, "nessuno può decidere di nuovo" in text_of(refused)) == (409, True)
    asked = {"step": "judge", "result": "yes_to_it", "reason": reason, "keep": ["go_on"]}
    answer = caller(house, "steering").post(f"/cases/{code}/decide", asked)
    told = answer.json()
    assert (answer.status_code, told["type"]) == (409, "urn:staffetta:problem:never-anew")
    assert "step_decided_anew" not in house.events(code)
