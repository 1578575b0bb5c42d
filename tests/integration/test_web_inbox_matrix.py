"""Every door of the inbox, for every role, relation and state of a handoff (T17): hers, or what unknown is."""

import itertools
from collections.abc import Mapping
from contextlib import suppress

import pytest
from starlette.testclient import TestClient

from models.tying import tie_account
from procedures.case import HandoffState
from procedures.commands import (
    AcceptHandoff,
    CancelCase,
    Command,
    CompleteHandoff,
    DeclineHandoff,
    RevokeConsent,
    Road,
)
from procedures.people import Role, TiedAlready
from tests.integration.badforms import ID
from tests.integration.test_web_inbox import NOWHERE
from tests.integration.test_web_matrix import without_alarm
from tests.integration.test_web_relations import account, opened_by, somebody
from tests.integration.webhouse import WebHouse

pytestmark = pytest.mark.slow
RELATIONS: Mapping[str, tuple[str, frozenset[str]]] = {
    "of the service": ("paola", frozenset()),
    "of another service": ("elena", frozenset()),
    "nobody of the network": ("", frozenset()),
    "excluded": ("paola", frozenset({"paola"})),
}
"""Who of the network she is, and who is excluded from the case."""
STATES: Mapping[str, tuple[HandoffState, type[Command] | None, Mapping[str, object]]] = {
    "asked": (HandoffState.REQUESTED, None, {}),
    "taken": (HandoffState.ACCEPTED, AcceptHandoff, {}),
    "done": (HandoffState.COMPLETED, CompleteHandoff, {"result": "no_place", "evidence": {"places_asked": "2"}}),
    "declined": (HandoffState.DECLINED, DeclineHandoff, {"reason": "full"}),
    "called off": (HandoffState.CANCELLED, CancelCase, {"reason": "her_wish"}),
    "consent taken back": (HandoffState.CANCELLED, RevokeConsent, {"consent": "shelter"}),
    "too late": (HandoffState.EXPIRED, None, {}),
}
OPEN = frozenset({"asked", "taken"})
ANSWERS = ("accept", "decline", "first_sign", "extend", "complete", "nonsense")


def say(desk: WebHouse, case_id: str, ref: str, kind: type[Command], more: Mapping[str, object]) -> None:
    about = {"id": desk.house.ids.new_id(), "case_id": case_id, "actor": "operator:1", "road": Road.DESK}
    named = {"ref": ref} if "ref" in kind.model_fields else {}
    desk.house.handling.handle(kind.model_validate({**about, **named, **more}))  # type: ignore[arg-type]  # of the union


def made(desk: WebHouse, relation: str, state: str) -> tuple[str, str]:
    """A case and the reference of its first handoff, which stands so."""
    code = opened_by(desk, "other", exclusions=RELATIONS[relation][1])
    first = desk.first(code)
    # Whoever has somebody who is excluded is not asked at all.
    assert first.service == ("casa_mirto" if relation == "excluded" else "casa_approdo")
    reached, kind, more = STATES[state]
    if kind is CompleteHandoff:
        say(desk, first.case_id, first.ref, AcceptHandoff, {})
    if kind is not None:
        say(desk, first.case_id, first.ref, kind, more)
    if reached is HandoffState.EXPIRED:
        desk.pass_by(code, minutes=16)
    assert desk.first(code).state is reached, state
    return code, first.ref


def ask(browser: TestClient, ref: str) -> list[tuple[int, bytes]]:
    """The page of the handoff and each of its answers."""
    form = {"command": ID, "reason": "full", "result": "no_place", "evidence.places_asked": "2"}
    got = [browser.get(f"/inbox/{ref}", follow_redirects=False)]
    got += [browser.post(f"/inbox/{ref}", data={**form, "answer": one}, follow_redirects=False) for one in ANSWERS]
    return [(answer.status_code, answer.content) for answer in got]


@pytest.mark.parametrize("role", Role)
def test_a_handoff_is_open_to_its_service_until_its_part_ends_and_else_it_is_not_there(
    desk: WebHouse, role: Role
) -> None:
    somebody(desk, "other")
    browser = somebody(desk, "me", frozenset({role}))
    nothing, tried = ask(browser, NOWHERE), 0
    assert {status for status, _ in nothing} == {404}
    relations = RELATIONS if role is Role.SERVICE_MEMBER else ("of the service",)
    for relation, state in itertools.product(relations, STATES):
        with suppress(TiedAlready):
            tie_account(desk.house, account(desk, "me"), RELATIONS[relation][0], "shell")
        code, ref = made(desk, relation, state)
        hers = role is Role.SERVICE_MEMBER and relation == "of the service" and state in OPEN
        before = without_alarm(desk, code)
        if hers:
            assert browser.get(f"/inbox/{ref}").status_code == 200
            assert browser.post(f"/inbox/{ref}", data={"command": ID, "answer": "nonsense"}).status_code == 400
        else:
            assert ask(browser, ref) == nothing, (role, relation, state)
        assert (ref in browser.get("/inbox").text) == hers, (role, relation, state)
        assert without_alarm(desk, code) == before
        tried += 1
    assert tried == len(relations) * len(STATES)
