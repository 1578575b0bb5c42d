"""DA-5 and DASH where a case is opened: they score themselves, show their source, and keep nothing but the level."""

import re

import httpx2
import pytest
from starlette.testclient import TestClient

from models.trail import verify
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow


def asked(browser: TestClient, **answers: str) -> httpx2.Response:
    form = {"command": hidden(browser.get("/cases/new")), "pathway": "intake", "territory": "valle_chiara"}
    return browser.post("/cases/new/risk", data={**form, **{name.replace("__", "."): v for name, v in answers.items()}})


def level(page: httpx2.Response) -> str:
    chosen = re.search(r'name="fact\.risk">.*?</select>', page.text, re.DOTALL)
    assert chosen is not None
    found = re.search(r'value="([a-z_]*)" selected', chosen[0])
    return found[1] if found else ""


def test_three_answers_raise_the_level_in_the_form_and_a_case_is_opened_with_it(operator: TestClient) -> None:
    page = asked(operator, screen__da5__weapon="yes", screen__da5__could_kill="yes", screen__da5__choked="yes")
    said = text_of(page)
    assert "DA-5: 3 su 5. Il pericolo è alto da 3 in su." in said
    assert "deve vederla subito un medico" in said
    assert "doi 10.1111/jan.13459" in said
    assert level(page) == "high"
    form = {"command": hidden(page), "pathway": "intake", "territory": "valle_chiara", "fact.risk": level(page)}
    case = operator.post("/cases/new", data={**form, "screen.da5.weapon": "yes", "consent.intake": "yes"})
    assert case.url.path.startswith("/cases/C-")
    assert "arma" not in text_of(case)


def test_a_low_score_lowers_nothing_and_says_that_it_is_no_safety(operator: TestClient) -> None:
    page = asked(operator, screen__da5__weapon="no", screen__dash="13", fact__risk="imminent")
    assert level(page) == "imminent"
    assert "DASH: 13 su 24." in text_of(page)
    assert "Un punteggio basso non è una garanzia." in text_of(page)
    assert level(asked(operator, screen__dash="14", fact__risk="imminent")) == "imminent"
    assert "lo dice già" in text_of(asked(operator, screen__dash="14", fact__risk="imminent"))


def test_judgement_decides_whatever_the_count_says(operator: TestClient) -> None:
    assert level(asked(operator, screen__dash="2", screen__judged="yes")) == "high"


def test_nothing_answered_scores_nothing_and_a_count_that_is_none_is_said(desk: WebHouse, operator: TestClient) -> None:
    before = verify(desk.house.database, desk.house.keyring).acts
    assert "Nessuna risposta, quindi nessun punteggio." in text_of(asked(operator))
    wrong = asked(operator, screen__dash="25")
    assert wrong.status_code == 422
    assert "un numero intero da 0 a 24" in text_of(wrong)
    assert 'value="25"' in wrong.text
    assert verify(desk.house.database, desk.house.keyring).acts == before
