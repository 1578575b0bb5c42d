"""The link of a message: nothing happens until its code is typed, and every answer is met kindly."""

import pytest

from procedures.case import HandoffState
from procedures.commands import CancelCase, CancelReason, Road
from procedures.events import AlertPurpose
from tests.integration.webhouse import CANARY, WebHouse, text_of

DESK_PHONE = "+39 06 555 0401"


@pytest.fixture
def code(desk: WebHouse) -> str:
    return desk.open_case()


def handoff_state(desk: WebHouse, code: str) -> HandoffState:
    return desk.first(code).state


def test_reading_changes_nothing(desk: WebHouse, code: str) -> None:
    before, browser = desk.events(code), desk.browser()

    answers = [browser.get(desk.letter(code).path) for _ in range(3)] + [browser.head(desk.letter(code).path)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert desk.events(code) == before


def test_before_the_code_the_page_says_no_more_than_the_message(desk: WebHouse, code: str) -> None:
    row = desk.first(code)

    page = desk.browser().get(desk.letter(code).path)

    assert row.ref in page.text
    assert "17:15" in page.text
    assert "subito" in page.text
    for secret in ("posto protetto", "Approdo", DESK_PHONE, code, CANARY, "Luna"):
        assert secret not in page.text
    assert 'autocomplete="one-time-code"' in page.text


def test_the_page_needs_no_account_no_cookie_no_script_and_one_small_style(desk: WebHouse, code: str) -> None:
    browser = desk.browser()
    page = browser.get(desk.letter(code).path)
    style = browser.get("/static/link.css")

    assert "set-cookie" not in page.headers
    assert "<script" not in page.text
    assert page.text.count("stylesheet") == 1
    assert "@font-face" not in style.text
    assert len(page.content) + len(style.content) < 5000


def test_a_scanner_that_posts_without_the_code_does_nothing(desk: WebHouse, code: str) -> None:
    before, browser, letter = desk.events(code), desk.browser(), desk.letter(code)

    for form in ({}, {"answer": "accept"}, {"code": "", "answer": "decline", "reason": "full"}):
        assert browser.post(letter.path, data=form).status_code == 422

    assert desk.events(code) == before


def test_a_page_from_elsewhere_cannot_post(desk: WebHouse, code: str) -> None:
    letter = desk.letter(code)

    answer = desk.browser().post(
        letter.path, data={"code": letter.code, "answer": "accept"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 403
    assert "handoff_accepted" not in desk.events(code)


def test_the_code_says_that_it_was_seen_and_shows_what_is_asked(desk: WebHouse, code: str) -> None:
    letter = desk.letter(code)

    page = desk.browser().post(letter.path, data={"code": letter.code.lower()})

    assert "Trovare un posto protetto" in page.text
    assert DESK_PHONE not in page.text
    assert handoff_state(desk, code) is HandoffState.ACKNOWLEDGED


def test_taking_it_shows_whom_to_telephone_and_sends_a_link_for_the_result(desk: WebHouse, code: str) -> None:
    letter = desk.letter(code)

    page = desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})

    assert DESK_PHONE in page.text
    assert "nuovo collegamento" in page.text
    assert handoff_state(desk, code) is HandoffState.ACCEPTED
    assert len(desk.alerts(code, AlertPurpose.RESULT_LINK)) == 1
    accepted = next(e.recorded for e in desk.view(code).timeline if e.kind == "handoff_accepted")
    assert (accepted.road, accepted.actor) == (Road.LINK, "person:olga")


@pytest.mark.slow
def test_tapping_twice_is_tapping_once(desk: WebHouse, code: str) -> None:
    letter, browser = desk.letter(code), desk.browser()
    form = {"code": letter.code, "answer": "accept"}
    first = browser.post(letter.path, data=form)
    before = desk.events(code)

    again = browser.post(letter.path, data=form)

    assert (again.status_code, again.text) == (200, first.text)
    assert desk.events(code) == before


def test_not_being_able_needs_a_reason_and_asks_the_next_service(desk: WebHouse, code: str) -> None:
    letter, browser = desk.letter(code), desk.browser()
    without = browser.post(letter.path, data={"code": letter.code, "answer": "decline"})
    assert without.status_code == 422
    assert "Scelga un motivo" in without.text

    page = browser.post(letter.path, data={"code": letter.code, "answer": "decline", "reason": "full"})

    assert "Ora lo chiediamo ad altri" in page.text
    assert handoff_state(desk, code) is HandoffState.DECLINED
    assert len(desk.view(code).handoffs) == 2


def test_a_second_answer_is_said_to_be_one_and_told_whom_to_call(desk: WebHouse, code: str) -> None:
    letter, browser = desk.letter(code), desk.browser()
    browser.post(letter.path, data={"code": letter.code, "answer": "accept"})

    page = browser.post(letter.path, data={"code": letter.code, "answer": "decline", "reason": "full"})

    assert page.status_code == 200
    assert "Seconda risposta: era già presa in carico" in page.text
    assert "Coordinamento di Valle Chiara" in page.text
    assert desk.events(code)[-1] == "answer_came_late"
    assert handoff_state(desk, code) is HandoffState.ACCEPTED


def test_a_used_link_says_so_and_whom_to_call(desk: WebHouse, code: str) -> None:
    letter, browser = desk.letter(code), desk.browser()
    browser.post(letter.path, data={"code": letter.code, "answer": "accept"})

    page = browser.get(letter.path)

    assert page.status_code == 410
    assert "già una risposta" in page.text
    assert "Coordinamento di Valle Chiara" in page.text


def test_a_link_of_a_cancelled_case_says_that_it_is_not_needed(desk: WebHouse, code: str) -> None:
    desk.house.handling.handle(
        CancelCase(
            id=desk.house.ids.new_id(),
            case_id=desk.view(code).row.case_id,
            actor="operator:1",
            road=Road.DESK,
            reason=CancelReason.HER_WISH,
        )
    )

    page = desk.browser().get(desk.letter(code).path)

    assert page.status_code == 410
    assert "Non serve più" in page.text


def test_an_old_link_says_that_its_time_is_over(desk: WebHouse, code: str) -> None:
    letter = desk.letter(code)
    desk.clock.pass_by(days=4)

    page = desk.browser().get(letter.path)

    assert page.status_code == 410
    assert "troppo vecchio" in page.text


def test_an_unknown_token_tells_nothing_but_the_telephone_of_the_desk(desk: WebHouse, code: str) -> None:
    browser = desk.browser()

    answers = [browser.get("/h/" + "A" * 22), browser.post("/h/" + "B" * 22, data={"code": "ABC234"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert DESK_PHONE in answers[0].text
    assert code not in answers[0].text


def test_ten_wrong_codes_close_the_link_even_for_the_right_one(desk: WebHouse, code: str) -> None:
    letter, browser = desk.letter(code), desk.browser()
    for _ in range(9):
        assert browser.post(letter.path, data={"code": "WRONG2"}).status_code == 422
    assert browser.post(letter.path, data={"code": "WRONG2"}).status_code == 410

    page = browser.post(letter.path, data={"code": letter.code, "answer": "accept"})

    assert page.status_code == 410
    assert "sbagliato troppe volte" in page.text
    assert "handoff_accepted" not in desk.events(code)


def test_a_coordinator_is_the_last_link_and_is_offered_no_refusal(desk: WebHouse, code: str) -> None:
    desk.wait_for_coordinator(code)
    letter, browser = desk.letter(code, AlertPurpose.COORDINATOR), desk.browser()

    page = browser.post(letter.path, data={"code": letter.code})
    refused = browser.post(letter.path, data={"code": letter.code, "answer": "decline", "reason": "full"})
    taken = browser.post(letter.path, data={"code": letter.code, "answer": "accept"})

    assert 'value="accept"' in page.text
    assert 'value="decline"' not in page.text
    assert refused.status_code == 409
    assert "ultimo anello" in text_of(refused)
    assert taken.status_code == 200


def test_a_drill_says_so_on_every_page(desk: WebHouse) -> None:
    letter = desk.letter(desk.open_case(drill=True))
    browser = desk.browser()

    pages = [
        browser.get(letter.path),
        browser.post(letter.path, data={"code": letter.code}),
        browser.post(letter.path, data={"code": letter.code, "answer": "accept"}),
        browser.get(letter.path),
    ]

    assert all("ESERCITAZIONE" in page.text for page in pages)


@pytest.mark.slow
def test_a_busy_database_says_not_saved_and_whom_to_telephone(desk: WebHouse, code: str) -> None:
    letter = desk.letter(code)
    with desk.another_writer():
        page = desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})

    assert page.status_code == 503
    assert "Non salvato" in page.text
    assert DESK_PHONE in page.text
