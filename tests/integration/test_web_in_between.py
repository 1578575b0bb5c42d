"""A form is looked at and carried out in two transactions: what ends in between lets no form through."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from models.handling import Handling
from models.passing import end_relation, give_case
from models.recorded import Handled
from models.trail import verify
from procedures.people import Role
from tests.integration.test_web_relations import account, actor, opened_by, somebody
from tests.integration.webhouse import WebHouse, hidden
from web.app import STATIC

pytestmark = pytest.mark.slow
FORMS: dict[str, dict[str, str]] = {
    "/cases/{code}/cancel": {"reason": "her_wish", "confirmation": "{code}"},
    "/cases/{code}/facts": {"fact": "risk", "value": "imminent", "by": "operator", "reason": "she_said"},
    "/cases/{code}/consents": {"consent": "shelter", "answer": "revoke"},
    "/cases/{code}/steering": {"answer": "never_contact"},
    "/cases/{code}/handoffs/{ref}": {"answer": "acknowledge"},
}


@pytest.mark.parametrize("path", FORMS)
def test_a_relation_that_ends_in_between_lets_no_form_through(
    desk: WebHouse, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    somebody(desk, "boss", frozenset({Role.COORDINATOR}))
    anna: TestClient = somebody(desk, "anna")
    somebody(desk, "berta")
    code = opened_by(desk, "anna")
    give_case(desk.house, code, account(desk, "berta"), actor(desk, "anna"), keep=True)
    ref, command = desk.first(code).ref, hidden(anna.get(f"/cases/{code}"))
    before, whole = desk.events(code), Handling.handle

    def handle(handling: Handling, asked: Any) -> Handled:
        end_relation(desk.house, code, account(desk, "anna"), actor(desk, "boss"))
        return whole(handling, asked)

    monkeypatch.setattr(Handling, "handle", handle)
    form = {name: value.format(code=code) for name, value in FORMS[path].items()}
    answer = anna.post(path.format(code=code, ref=ref), data={"command": command, **form}, follow_redirects=False)
    assert answer.status_code == 404
    assert desk.events(code) == before
    assert verify(desk.house.database, desk.house.keyring).sound


@pytest.mark.parametrize("path", FORMS)
def test_the_same_form_goes_through_while_it_lives(desk: WebHouse, path: str) -> None:
    anna = somebody(desk, "anna")
    code = opened_by(desk, "anna")
    ref, command = desk.first(code).ref, hidden(anna.get(f"/cases/{code}"))
    form = {name: value.format(code=code) for name, value in FORMS[path].items()}
    before = desk.events(code)
    answer = anna.post(path.format(code=code, ref=ref), data={"command": command, **form}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert desk.events(code) != before


@pytest.mark.parametrize("room", ["anew", "behalf", "casepage", "moving", "reviews", "signalling", "steering"])
def test_no_room_of_a_case_goes_around_it(room: str) -> None:

    source = (STATIC.parent / f"{room}.py").read_text(encoding="utf-8")
    assert "visit.handle(" in source
    assert "handling.handle(" not in source
