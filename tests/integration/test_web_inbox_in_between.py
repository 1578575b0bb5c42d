"""An answer at `/inbox` is looked at and recorded in two transactions: what ends in between lets none through."""

from collections.abc import Callable
from typing import Any

import pytest

from models.handling import Handling
from models.recorded import Handled
from models.trail import verify
from models.tying import tie_account
from tests.integration.test_somebody_leaves import left
from tests.integration.test_web_inbox import asked, member
from tests.integration.test_web_relations import account, somebody
from tests.integration.webhouse import WebHouse, hidden
from web.app import STATIC

pytestmark = pytest.mark.slow
ANSWERS = {
    "accept": {"answer": "accept"},
    "decline": {"answer": "decline", "reason": "full"},
}


def untied(desk: WebHouse) -> None:
    tie_account(desk.house, account(desk, "olga"), "", "shell")


def another(desk: WebHouse) -> None:
    tie_account(desk.house, account(desk, "olga"), "", "shell")
    tie_account(desk.house, account(desk, "olga"), "paola", "shell")


def gone(desk: WebHouse) -> None:
    left(desk, "olga")


@pytest.mark.parametrize("ended", [untied, another, gone])
@pytest.mark.parametrize("answer", ANSWERS)
def test_who_is_of_the_service_no_more_answers_nothing(
    desk: WebHouse, monkeypatch: pytest.MonkeyPatch, answer: str, ended: Callable[[WebHouse], None]
) -> None:
    somebody(desk, "opener")
    olga = member(desk, "olga")
    code, ref = asked(desk)
    command, before, whole = hidden(olga.get(f"/inbox/{ref}")), desk.events(code), Handling.handle

    def handle(handling: Handling, command: Any) -> Handled:
        ended(desk)
        return whole(handling, command)

    monkeypatch.setattr(Handling, "handle", handle)
    page = olga.post(f"/inbox/{ref}", data={"command": command, **ANSWERS[answer]}, follow_redirects=False)
    assert page.status_code == 404
    assert desk.events(code) == before
    assert verify(desk.house.database, desk.house.keyring).sound


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_is_carried_out_again_is_the_one_of_before(
    desk: WebHouse, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    somebody(desk, "opener")
    olga = member(desk, "olga")
    code, ref = asked(desk)
    command, whole = hidden(olga.get(f"/inbox/{ref}")), Handling.handle

    def handle(handling: Handling, command: Any) -> Handled:
        whole(handling, command)  # and nobody could say whether it was kept
        return whole(handling, command)

    monkeypatch.setattr(Handling, "handle", handle)
    page = olga.post(f"/inbox/{ref}", data={"command": command, **ANSWERS[answer]}, follow_redirects=False)
    assert page.status_code == 303
    assert {"accept": "handoff_accepted", "decline": "handoff_declined"}[answer] in desk.events(code)


def test_the_room_does_not_go_around_it() -> None:
    source = (STATIC.parent / "inbox.py").read_text(encoding="utf-8")
    assert "handling.handle_while(" in source
    assert "handling.handle(" not in source
