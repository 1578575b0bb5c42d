"""The second link, for the result: its typed evidence, a first sign of work, and a new link when it grew old."""

import pytest

from procedures.case import HandoffState
from procedures.events import AlertPurpose
from tests.integration.webhouse import Letter, WebHouse, text_of

pytestmark = pytest.mark.slow

EVIDENCE = "evidence.place_confirmed_at"


@pytest.fixture
def code(desk: WebHouse) -> str:
    return desk.open_case()


@pytest.fixture
def letter(desk: WebHouse, code: str) -> Letter:
    """The message that came after *we take it*."""
    request = desk.letter(code)
    desk.browser().post(request.path, data={"code": request.code, "answer": "accept"})
    return desk.letter(code, AlertPurpose.RESULT_LINK)


def test_opening_it_changes_nothing(desk: WebHouse, code: str, letter: Letter) -> None:
    before = desk.events(code)

    page = desk.browser().post(letter.path, data={"code": letter.code})

    assert "Accolta in un posto protetto" in page.text
    assert "Sportello del Centro Luna" in page.text
    assert desk.events(code) == before


def test_evidence_that_does_not_fit_comes_back_with_what_was_typed(desk: WebHouse, letter: Letter) -> None:
    form = {"code": letter.code, "answer": "complete", "result": "no_place", "evidence.places_asked": "many"}

    page = desk.browser().post(letter.path, data=form)

    assert page.status_code == 422
    assert 'value="many"' in page.text
    assert 'role="alert"' in page.text


def test_a_result_without_a_name_is_asked_for_again_in_words(desk: WebHouse, letter: Letter) -> None:
    page = desk.browser().post(letter.path, data={"code": letter.code, "answer": "complete"})

    assert page.status_code == 422
    assert "Scegliere com'è andata a finire." in text_of(page)


def test_the_result_brings_it_home(desk: WebHouse, code: str, letter: Letter) -> None:
    form = {"code": letter.code, "answer": "complete", "result": "housed", EVIDENCE: "2026-11-24T17:20"}
    browser = desk.browser()

    page = browser.post(letter.path, data=form)
    again = browser.post(letter.path, data=form)

    assert page.status_code == 200
    assert again.text == page.text
    handoff = next(row for row in desk.view(code).handoffs if row.step == "find_place")
    assert (handoff.state, handoff.result) == (HandoffState.COMPLETED, "housed")
    assert desk.events(code).count("handoff_completed") == 1


@pytest.mark.slow
def test_another_result_afterwards_is_recorded_as_late(desk: WebHouse, code: str, letter: Letter) -> None:
    browser = desk.browser()
    first = {"code": letter.code, "answer": "complete", "result": "housed", EVIDENCE: "2026-11-24T17:20"}
    browser.post(letter.path, data=first)

    second = {"code": letter.code, "answer": "complete", "result": "no_place", "evidence.places_asked": "4"}
    page = browser.post(letter.path, data=second)

    assert "arrivata dopo un" in page.text
    assert desk.events(code)[-1] == "answer_came_late"


def test_a_new_link_goes_to_the_same_contact_and_replaces_the_old_one(
    desk: WebHouse, code: str, letter: Letter
) -> None:
    browser = desk.browser()

    page = browser.post(letter.path, data={"code": letter.code, "answer": "renew"})

    assert "nuovo collegamento" in page.text
    first, second = desk.alerts(code, AlertPurpose.RESULT_LINK)
    assert first.person == second.person
    old = browser.get(letter.path)
    assert old.status_code == 410
    assert "più recente" in old.text
    assert browser.get(desk.letter(code, AlertPurpose.RESULT_LINK).path).status_code == 200


def test_asking_twice_for_a_new_link_sends_one(desk: WebHouse, code: str, letter: Letter) -> None:
    browser = desk.browser()

    for _ in range(2):
        browser.post(letter.path, data={"code": letter.code, "answer": "renew"})

    assert len(desk.alerts(code, AlertPurpose.RESULT_LINK)) == 2


def test_an_old_result_link_can_still_ask_for_a_new_one(desk: WebHouse, code: str, letter: Letter) -> None:
    desk.clock.pass_by(days=5)
    browser = desk.browser()

    assert browser.get(letter.path).status_code == 200
    page = browser.post(letter.path, data={"code": letter.code})
    assert 'value="renew"' in page.text
    assert 'value="complete"' not in page.text

    assert browser.post(letter.path, data={"code": letter.code, "answer": "renew"}).status_code == 200
    assert len(desk.alerts(code, AlertPurpose.RESULT_LINK)) == 2


def test_the_first_sign_of_work_is_noted_by_its_button(desk: WebHouse) -> None:
    code = desk.open_case(facts={"needs_transport": "yes"})
    browser = desk.browser()
    find_place = desk.letter(code)
    browser.post(find_place.path, data={"code": find_place.code, "answer": "accept"})
    result = desk.letter(code, AlertPurpose.RESULT_LINK)
    housed = {"answer": "complete", "result": "housed", EVIDENCE: "2026-11-24T17:20"}
    browser.post(result.path, data={"code": result.code, **housed})
    escort = desk.letter_about(code, "escort")
    browser.post(escort.path, data={"code": escort.code, "answer": "accept"})
    begun = desk.letter_about(code, "escort", AlertPurpose.RESULT_LINK)

    offered = browser.post(begun.path, data={"code": begun.code})
    noted = browser.post(begun.path, data={"code": begun.code, "answer": "first_sign"})

    assert 'value="first_sign"' in offered.text
    assert "Registrato: il lavoro è iniziato" in noted.text
    assert 'value="first_sign"' not in noted.text
    assert desk.events(code)[-2:] == ["first_sign_noted", "alert_queued"]  # and the service hears of it elsewhere
