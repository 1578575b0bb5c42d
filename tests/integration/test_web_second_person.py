"""A result that two people must give: by the link, at the desk, over the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from procedures import commands as c
from procedures.case import HandoffState
from procedures.events import AlertPurpose
from tests.integration.procedures_in_force import put_in_force, shipped_with
from tests.integration.webhouse import SETTINGS, WebHouse, hidden, text_of, web_house

pytestmark = pytest.mark.slow

TEXT = """
pathway: follow_up
edition: 9
title: {it: Percorso, en: Pathway}
consent: follow_up
steps:
  end_it:
    ask: first_contact
    title: {it: Togliere la protezione, en: End the protection}
    two_persons: true
    accept_within: 20 min
    complete_within: 3 h
    source: {text: "Invented for this story", verified: false}
    results:
      ended: {title: {it: Tolta, en: Taken away}, evidence: {ended_at: datetime, told_her: boolean}}
      kept: {title: {it: Tenuta, en: Kept}}
outcomes: {over: end_it}
"""
SHOWN = {"evidence.ended_at": "2026-11-24T10:00", "evidence.told_her": "yes"}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    put_in_force(monkeypatch, tmp_path, shipped_with("follow_up", TEXT))
    with web_house(tmp_path / "data", settings=SETTINGS) as made:
        yield made


@pytest.fixture
def code(house: WebHouse) -> str:
    """A case whose first person has recorded by link that the protection was taken away."""
    code = house.open_case("follow_up")
    asked = house.letter(code)
    house.browser().post(asked.path, data={"code": asked.code, "answer": "accept"})
    letter = house.letter(code, AlertPurpose.RESULT_LINK)
    form = {"code": letter.code, "answer": "complete", "result": "ended", **SHOWN}
    said = text_of(house.browser().post(letter.path, data=form))
    assert "attende una seconda persona" in said
    assert house.first(code).state is HandoffState.ACCEPTED
    return code


def test_the_second_confirms_by_the_link_that_was_sent(house: WebHouse, code: str) -> None:
    letter = house.letter(code, AlertPurpose.SECOND_PERSON)
    page = house.browser().post(letter.path, data={"code": letter.code})
    assert "Serve una seconda persona" in text_of(page)
    form = {"code": letter.code, "answer": "complete", "result": hidden(page, "result")}
    form |= {name: hidden(page, name) for name in SHOWN}
    assert "grazie" in text_of(house.browser().post(letter.path, data=form)).lower()
    assert house.first(code).state is HandoffState.COMPLETED


@pytest.mark.slow
def test_the_first_alone_can_do_no_more(house: WebHouse, code: str) -> None:
    letter = house.letter(code, AlertPurpose.RESULT_LINK)
    page = house.browser().post(letter.path, data={"code": letter.code})
    assert "Lo confermo" not in page.text
    house.browser().post(letter.path, data={"code": letter.code, "answer": "complete", "result": "ended", **SHOWN})
    assert house.first(code).state is HandoffState.ACCEPTED


def test_the_desk_sees_that_it_waits_and_may_confirm_on_behalf(house: WebHouse, code: str) -> None:
    operator = house.operator()
    assert "attende una seconda persona: Tolta" in text_of(operator.get(f"/cases/{code}"))
    address = f"/cases/{code}/handoffs/{house.first(code).ref}"
    page = operator.get(address)
    form = {"command": hidden(page), "answer": "complete", "result": hidden(page, "result")}
    operator.post(address, data={**form, **{name: hidden(page, name) for name in SHOWN}})
    assert house.first(code).state is HandoffState.COMPLETED


def test_one_operator_is_one_person(house: WebHouse) -> None:
    code = house.open_case("follow_up")
    about = {"case_id": house.view(code).row.case_id, "actor": "operator:1", "road": c.Road.DESK}
    about["ref"] = house.first(code).ref
    handle = house.house.handling.handle
    handle(c.AcceptHandoff.model_validate({**about, "id": house.house.ids.new_id()}))
    for _ in range(2):
        handle(c.CompleteHandoff.model_validate({**about, "id": house.house.ids.new_id(), "result": "kept"}))
    assert house.first(code).state is HandoffState.ACCEPTED
