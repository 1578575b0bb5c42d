"""Several are asked at once: of two that accept at the same moment exactly one has it, on both databases."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.trail import verify
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, Road
from procedures.events import AlertPurpose, AnswerCameLate, HandoffAccepted, HandoffTakenByOther
from tests.houses import CARRIERS, Told
from tests.integration.procedures_in_force import put_in_force
from tests.integration.webhouse import WebHouse, hidden, text_of, web_house

pytestmark = pytest.mark.slow

INTAKE = """
pathway: intake
edition: 1
title: {it: Ascolto, en: Listening}
consent: intake
steps:
  listen:
    ask: first_contact
    title: {it: Ascoltarla, en: Listen to her}
    choose: {how_many: first}
    accept_within: 15 min
    complete_within: 4 h
    source: {text: "Invented for this story", verified: false}
"""
FORM = {"pathway": "intake", "territory": "valle_chiara", "desk": "", "consent.intake": "yes"}


@pytest.fixture(autouse=True)
def _pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_force(monkeypatch, tmp_path, {"intake": INTAKE})


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        yield made


def test_of_two_that_accept_at_once_exactly_one_has_it(told: Told) -> None:
    opened = told.opened(pathway="intake", consents=frozenset({"intake"}))
    refs = list(opened.state.handoffs)
    assert len(refs) == 2
    together, said = threading.Barrier(2), []

    def accept(ref: str) -> None:
        command = AcceptHandoff(
            id=f"accept-{ref}-000000", case_id=told.case_id, actor=f"person:{ref}", road=Road.LINK, ref=ref
        )
        together.wait()
        said.append(told.house.handling.handle(command))

    threads = [threading.Thread(target=accept, args=(ref,)) for ref in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = [one.event for handled in said for one in handled.events]
    for kind in (HandoffAccepted, HandoffTakenByOther, AnswerCameLate):
        assert len([event for event in events if isinstance(event, kind)]) == 1, kind
    state = max((handled.state for handled in said), key=lambda one: one.version)
    assert sorted(state.handoffs[ref].state for ref in refs) == [HandoffState.ACCEPTED, HandoffState.CANCELLED]
    assert verify(told.house.database, told.house.keyring).sound


def test_the_link_of_the_others_says_that_it_is_taken_and_whom_to_telephone(house: WebHouse) -> None:
    operator = house.operator()
    page = operator.post("/cases/new", data=FORM | {"command": hidden(operator.get("/cases/new"))})
    code = page.url.path.removeprefix("/cases/")
    first, second = (house.letter(code, which=which) for which in (0, 1))
    house.browser().post(first.path, data={"code": first.code, "answer": "accept"})
    closed = house.browser().get(second.path)
    assert closed.status_code == 410
    assert "Lo ha preso un altro servizio" in text_of(closed)
    assert 'href="tel:' in closed.text
    late = house.browser().post(second.path, data={"code": second.code, "answer": "accept"})
    assert "un altro ha detto di sì prima della sua risposta" in text_of(late)
    assert len(house.alerts(code, AlertPurpose.TAKEN_BY_OTHER)) == 1
    shown = text_of(operator.get(f"/cases/{code}"))
    assert "non deve più rispondere: un altro ha preso per primo «Ascoltarla»" in shown
    assert "Un altro servizio lo ha preso per primo" in shown
