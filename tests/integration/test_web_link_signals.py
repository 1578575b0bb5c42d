"""A service that took a handoff on tells by its link what has happened outside, if its word counts for that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from procedures.commands import Road
from procedures.events import AlertPurpose, SignalGiven
from tests.integration.procedures_in_force import put_in_force, shipped, shipped_with
from tests.integration.webhouse import Letter, WebHouse, text_of, web_house

pytestmark = pytest.mark.slow

SIGNALS = """signals:
  found:
    title: {it: Posto trovato altrove, en: A place was found elsewhere}
    from: [operator, emergency_shelter]
    evidence: {places_asked: integer}
  again: {title: {it: Ha chiamato di nuovo, en: She called again}, from: [emergency_shelter, police]}
  moved: {title: {it: Si trasferisce, en: She moves}, from: [operator, police]}
"""
ENDS = "    ends_when: {no_place: signal.found}\n"
WAITS = "[signal.again]\n"


@pytest.fixture(autouse=True)
def _pathways_with_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every house has a shelter that reckons with what the shelters themselves tell."""
    text = shipped("shelter")
    text = text.replace("steps:\n", SIGNALS + "steps:\n", 1)
    text = text.replace("    complete_within: 4 h\n", "    complete_within: 4 h\n" + ENDS, 1)
    text = text.replace("[find_place.housed]\n", WAITS, 1)
    text = text.replace("outcomes:\n", "outcomes:\n  moved: signal.moved\n", 1)
    put_in_force(monkeypatch, tmp_path, shipped_with("shelter", text))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        yield made


@pytest.fixture
def code(house: WebHouse) -> str:
    return house.open_case(facts={"risk": "high"})


@pytest.fixture
def letter(house: WebHouse, code: str) -> Letter:
    """The message that came after *we take it*."""
    request = house.letter(code)
    house.browser().post(request.path, data={"code": request.code, "answer": "accept"})
    return house.letter(code, AlertPurpose.RESULT_LINK)


def given(house: WebHouse, code: str) -> list[tuple[str, str, str, Road]]:
    """Each signal: which, whose word, who, and by which road."""
    entries = [entry.recorded for entry in house.view(code).timeline]
    return [
        (entry.event.signal, entry.event.said_by, entry.actor, entry.road)
        for entry in entries
        if isinstance(entry.event, SignalGiven)
    ]


def again(letter: Letter, times: str = "0") -> dict[str, str]:
    return {"code": letter.code, "answer": "signal", "signal": "again", "times": times}


@pytest.mark.slow
def test_what_their_word_counts_for_stands_on_the_page_and_nothing_else(house: WebHouse, letter: Letter) -> None:
    page = text_of(house.browser().post(letter.path, data={"code": letter.code}))

    assert "È successo qualcos" in page
    assert "Posto trovato altrove" in page
    assert "Ha chiamato di nuovo" in page
    assert "Si trasferisce" not in page


def test_looking_gives_nothing(house: WebHouse, code: str, letter: Letter) -> None:
    before, browser = house.events(code), house.browser()

    browser.get(letter.path)
    browser.get(letter.path, params=again(letter))
    browser.post(letter.path, data=again(letter) | {"code": "WRONG2"})
    browser.post(letter.path, data={"code": letter.code})

    assert house.events(code) == before


def test_the_same_form_twice_is_one_signal_and_a_later_one_is_another(
    house: WebHouse, code: str, letter: Letter
) -> None:
    browser = house.browser()

    pages = [browser.post(letter.path, data=again(letter)) for _ in range(2)]
    once = given(house, code)
    browser.post(letter.path, data=again(letter, times="1"))

    assert [page.status_code for page in pages] == [200, 200]
    assert "È annotato. Ciò che ne segue si fa subito." in text_of(pages[0])
    assert 'name="times" value="1"' in pages[0].text
    referent = house.house.procedures.directory().services["casa_approdo"].referent
    assert once == [("again", "emergency_shelter", f"person:{referent}", Road.LINK)]
    assert len(given(house, code)) == 2
    assert "step_started" in house.events(code)
    assert any(row.step == "escort" for row in house.view(code).handoffs)


def test_a_signal_that_ends_their_own_work_is_thanked_for_both_times(
    house: WebHouse, code: str, letter: Letter
) -> None:
    form = {"code": letter.code, "answer": "signal", "signal": "found", "times": "0", "evidence.places_asked": "3"}
    browser = house.browser()

    pages = [browser.post(letter.path, data=form) for _ in range(2)]
    other = browser.post(letter.path, data=again(letter))

    assert "Grazie: è annotato" in pages[0].text
    assert pages[1].text == pages[0].text
    assert house.first(code).state == "cancelled"
    assert (other.status_code, len(given(house, code))) == (410, 1)


@pytest.mark.slow
def test_what_does_not_fit_comes_back_with_what_was_typed(house: WebHouse, code: str, letter: Letter) -> None:
    form = {"code": letter.code, "answer": "signal", "signal": "found", "times": "0", "evidence.places_asked": "many"}
    page = house.browser().post(letter.path, data=form)

    assert page.status_code == 422
    assert 'value="many"' in page.text
    assert 'role="alert"' in page.text
    assert given(house, code) == []


@pytest.mark.parametrize("signal", ["moved", "lost", ""])
def test_a_signal_that_is_not_theirs_is_refused(house: WebHouse, code: str, letter: Letter, signal: str) -> None:
    page = house.browser().post(letter.path, data=again(letter) | {"signal": signal})

    assert page.status_code == 422
    assert given(house, code) == []


def test_before_they_took_it_they_are_asked_nothing_of_the_kind(house: WebHouse, code: str) -> None:
    request = house.letter(code)

    page = house.browser().post(request.path, data=again(request))

    assert "Posto trovato altrove" not in text_of(page)
    assert given(house, code) == []
