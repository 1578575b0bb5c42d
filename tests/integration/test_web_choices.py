"""The desk where a procedure says on whose word it is opened, and which of several services is asked."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.integration.procedures_in_force import put_in_force
from tests.integration.webhouse import WebHouse, hidden, text_of

INTAKE = """
pathway: intake
edition: 1
title: {it: Protezione d'ufficio, en: Protection}
consent: intake
opened_by: [police]
steps:
  talk: {tell: first_contact, title: {it: Ascolto, en: Talk}}
  assess:
    ask: risk_assessment
    title: {it: Valutare il rischio, en: Assess the risk}
    choose: {different_from: talk}
    needs: [talk]
    accept_within: 15 min
    complete_within: 4 h
    source: {text: "Invented for this story", verified: false}
  tell_there: {tell: police, title: {it: Avvisare altrove, en: Tell there}, choose: {territory: fact.relationship}}
outcomes: {over: assess}
"""
FORM = {"pathway": "intake", "territory": "valle_chiara", "desk": "", "consent.intake": "yes"}


@pytest.fixture(autouse=True)
def _pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_force(monkeypatch, tmp_path, {"intake": INTAKE})


def test_the_form_asks_on_whose_word_and_for_the_fact_that_says_where(operator: TestClient) -> None:
    page = operator.get("/cases/new").text
    asked, _, _ = page.partition("<main")[2].partition("<details")
    assert '<option value="police"' in asked
    assert "fact.relationship" in asked


def test_on_another_word_it_is_refused_in_plain_words(operator: TestClient) -> None:
    page = operator.post("/who-now", data=FORM | {"command": hidden(operator.get("/who-now"))})
    assert page.status_code == 422
    assert "Con Protezione d'ufficio non si apre un caso" in text_of(page)


def test_who_would_be_called_and_who_is_say_why_nobody_is(desk: WebHouse, operator: TestClient) -> None:
    form = FORM | {"by": "police", "command": hidden(operator.get("/who-now"))}
    asked = text_of(operator.post("/who-now", data=form))
    assert "territorio non detto" in asked
    assert "Valutare il rischio Protezione d'ufficio Centro Ginestra, ascolto" in asked

    opened = operator.post("/cases/new", data=form)
    assert "non è stato detto in quale territorio cercare" in text_of(opened)
    code = opened.url.path.removeprefix("/cases/")
    desk.send_everything(after=1)
    page = text_of(operator.get(f"/cases/{code}"))
    assert "la procedura porta a Centro Ginestra, ascolto: nessun ente di «Ascolto»; non scelti: Centro Luna" in page
