"""What ends the calls in imminent danger, said at the desk: by whom, how surely it is she, and who hears of it."""

import re

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR
from models.pins import issue_pin
from models.trail import verify
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, Road
from procedures.events import AlertPurpose, HandoffAccepted
from tests.integration.test_web_inbox import member, say
from tests.integration.test_web_relations import actor, opened_by, somebody
from tests.integration.test_web_stepping import LATER, pass_by
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow
IMMINENT = {"risk": "imminent"}


@pytest.fixture
def anna(desk: WebHouse) -> TestClient:
    """An operator's browser, who coordinates nothing."""
    return somebody(desk, "anna")


def place(desk: WebHouse, code: str) -> str:
    return f"/cases/{code}/handoffs/{desk.first(code).ref}"


def said(desk: WebHouse, browser: TestClient, code: str, **form: str) -> Response:
    drawn = hidden(browser.get(place(desk, code)))
    answer: Response = browser.post(place(desk, code), data={"command": drawn, **form})
    return answer


def claimed(desk: WebHouse, name: str = "anna") -> str:
    """A case in imminent danger of which somebody said by a link, without a PIN, that it is taken."""
    code = opened_by(desk, name, facts=IMMINENT)
    letter = desk.letter(code)
    desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept", "pin": ""})
    assert desk.view(code).state.handoffs[desk.first(code).ref].waits_to_be_confirmed
    return code


def test_what_an_operator_records_for_a_service_is_hers_in_the_trail_and_is_heard_by_the_service_and_the_coordination(
    desk: WebHouse, anna: TestClient
) -> None:
    code = opened_by(desk, "anna", facts=IMMINENT)
    said(desk, anna, code, answer="accept")
    assert desk.first(code).state is HandoffState.ACCEPTED
    entry = next(one for one in desk.view(code).timeline if one.kind == "handoff_accepted")
    assert (entry.recorded.actor, entry.recorded.road) == (actor(desk, "anna"), Road.DESK)
    assert isinstance(entry.recorded.event, HandoffAccepted)
    assert entry.recorded.event.on_behalf
    assert [alert.person for alert in desk.alerts(code, AlertPurpose.ECHO_TAKEN)] == ["olga"]
    assert desk.alerts(code, AlertPurpose.ECHO_COORDINATOR)


def test_nobody_says_that_it_is_taken_at_a_desk_that_was_left(desk: WebHouse, anna: TestClient) -> None:
    code = opened_by(desk, "anna", facts=IMMINENT)
    pass_by(desk, LATER)
    asked = said(desk, anna, code, answer="accept")
    assert asked.status_code == 403
    assert 'name="answer" value="accept"' in asked.text
    assert desk.first(code).state is HandoffState.REQUESTED
    assert "acceptance_claimed" not in desk.events(code)
    said(desk, anna, code, answer="accept", proof=desk.telephones.recovery("anna"))
    assert desk.first(code).state is HandoffState.ACCEPTED


def test_where_nobody_is_in_imminent_danger_the_desk_asks_for_no_proof(desk: WebHouse, anna: TestClient) -> None:
    code = opened_by(desk, "anna", facts={"risk": "high"})
    pass_by(desk, LATER)
    said(desk, anna, code, answer="accept")
    assert desk.first(code).state is HandoffState.ACCEPTED


@pytest.mark.parametrize("form", [{"answer": "confirm", "how": "called_back"}, {"answer": "deny"}])
def test_an_operator_who_coordinates_nothing_neither_confirms_nor_denies(
    desk: WebHouse, anna: TestClient, form: dict[str, str]
) -> None:
    code = claimed(desk)
    page = anna.get(place(desk, code)).text
    assert 'value="confirm"' not in page
    assert 'value="deny"' not in page
    before = desk.events(code)
    assert said(desk, anna, code, **form).status_code == 400
    assert desk.events(code) == before


@pytest.mark.parametrize(
    ("form", "then"),
    [
        ({"answer": "confirm", "how": "met"}, "acceptance_confirmed"),
        ({"answer": "deny"}, "claim_denied"),
    ],
)
def test_after_five_minutes_a_coordinator_proves_herself_and_her_word_goes_on(
    desk: WebHouse, operator: TestClient, form: dict[str, str], then: str
) -> None:
    somebody(desk, "anna")
    code = claimed(desk)
    pass_by(desk, LATER)
    asked = said(desk, operator, code, **form)
    assert asked.status_code == 403
    assert all(f'name="{name}" value="{value}"' in asked.text for name, value in form.items())
    assert then not in desk.events(code)
    again = {**form, "command": hidden(asked), "proof": desk.telephones.recovery(FIRST_OPERATOR)}
    operator.post(place(desk, code), data=again)
    assert then in desk.events(code)
    assert verify(desk.house.database, desk.house.keyring).sound


def test_her_pin_is_nothing_in_the_inbox_nor_a_factor_in_a_link(desk: WebHouse) -> None:
    """A message with its PIN takes no sign-in that was left; and what proves at the inbox proves nothing by a link."""
    somebody(desk, "opener")
    olga = member(desk, "olga")
    pin = issue_pin(desk.house, "olga", "shell")
    code = opened_by(desk, "opener", facts=IMMINENT)
    ref, letter = desk.first(code).ref, desk.letter(code)
    pass_by(desk, LATER)
    assert say(olga, ref, "accept", pin=pin).status_code == 200
    assert desk.first(code).state is HandoffState.REQUESTED
    factor = desk.telephones.recovery("olga")
    by_link = {"code": letter.code, "answer": "accept", "pin": factor, "proof": factor}
    page = desk.browser().post(letter.path, data=by_link)
    assert "non confermato" in text_of(page)
    assert desk.first(code).state is HandoffState.REQUESTED


def forms_of(page: str, answer: str) -> list[dict[str, str]]:
    """The forms of a page that say this answer, with what they carry out of sight."""
    forms = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'name="answer" value="{answer}"' in one]
    hidden_ = r'type="hidden" name="(\w+)" value="([^"]*)"'
    return [{**dict(re.findall(hidden_, one)), "answer": answer} for one in forms]


def also_says(desk: WebHouse, code: str, person: str) -> None:
    """Another of the service says so too, without a PIN."""
    about = {"id": desk.house.ids.new_id(), "case_id": desk.view(code).row.case_id, "actor": f"person:{person}"}
    given = {**about, "road": Road.LINK, "ref": desk.first(code).ref}
    desk.house.handling.handle(AcceptHandoff.model_validate(given))


def test_a_second_one_who_says_so_is_neither_confirmed_nor_shut_in_the_place_of_the_first(
    desk: WebHouse, operator: TestClient
) -> None:
    somebody(desk, "anna")
    code = claimed(desk)
    page = operator.get(place(desk, code)).text
    desk.clock.pass_by(seconds=1)
    (confirming,) = forms_of(page, "confirm")
    asked = desk.alerts(code, AlertPurpose.REQUEST)[-1].person
    also_says(desk, code, "olga" if asked != "olga" else "ada")
    assert len(forms_of(operator.get(place(desk, code)).text, "confirm")) == 2
    operator.post(place(desk, code), data={**confirming, "how": "called_back"})
    assert desk.view(code).state.handoffs[desk.first(code).ref].accepted_by == f"person:{asked}"


def test_a_page_from_before_she_proved_it_calls_nothing_false_and_shuts_nothing(
    desk: WebHouse, operator: TestClient
) -> None:
    somebody(desk, "anna")
    code = claimed(desk)
    (denying,) = forms_of(operator.get(place(desk, code)).text, "deny")
    asked = desk.alerts(code, AlertPurpose.REQUEST)[-1].person
    desk.clock.pass_by(seconds=1)
    letter = desk.letter(code)
    given = {"code": letter.code, "answer": "accept", "pin": issue_pin(desk.house, asked, "shell")}
    desk.browser().post(letter.path, data=given)
    used = desk.house.procedures.directory().people[asked].contacts
    assert operator.post(place(desk, code), data=denying).status_code == 409
    assert desk.first(code).state is HandoffState.ACCEPTED
    assert desk.house.procedures.directory().people[asked].contacts == used


@pytest.mark.parametrize("when", ["soon", "2026-11-24T02:10:00", "9" * 400])
def test_a_moment_that_is_none_is_no_form(desk: WebHouse, operator: TestClient, when: str) -> None:
    somebody(desk, "anna")
    code = claimed(desk)
    assert said(desk, operator, code, answer="deny", said_by="person:olga", said_at=when).status_code == 400
