"""What a notice tells, level by level: nothing in the message itself, and behind its code never a fact or a name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.delivering import message_of
from models import outbox
from models.outbox import SettledDelivery, SettledResult
from procedures import commands as c
from procedures.case import HandoffState
from procedures.events import AlertPurpose
from tests.integration.procedures_in_force import put_in_force, shipped_with
from tests.integration.webhouse import CANARY, SETTINGS, WebHouse, text_of, web_house

pytestmark = pytest.mark.slow

NOTICE = """
pathway: follow_up
edition: 9
title: {it: Percorso, en: Pathway}
consent: follow_up
steps:
  visit:
    ask: first_contact
    title: {it: Passo Ametista, en: Amethyst step}
    accept_within: 20 min
    complete_within: 3 h
    source: {text: "Invented for this story", verified: false}
    results:
      seen: {title: {it: Esito Berillo, en: Beryl result}, evidence: {protocol_number: reference}}
      not_seen: {ends_here: true}
  special:
    ask: police
    title: {it: Passo Corallo, en: Coral step}
    when: {sexual_violence: true}
    accept_within: 20 min
    complete_within: 3 h
    source: {text: "Invented for this story", verified: false}
  warn: {tell: social_services, title: {it: Avviso, en: Notice}, needs: [visit.seen], level: LEVEL}
outcomes: {over: warn, ended_otherwise: visit}
"""


@pytest.fixture(params=["status", "result"])
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str) -> Iterator[WebHouse]:
    put_in_force(monkeypatch, tmp_path, shipped_with("follow_up", NOTICE.replace("LEVEL", level)))
    with web_house(tmp_path / "data", settings=SETTINGS) as made:
        yield made


@pytest.fixture
def code(house: WebHouse) -> str:
    """A case in which the visit was made and the notice is on its way."""
    code = house.open_case("follow_up", facts={"sexual_violence": "true"})
    say(house, code, c.AcceptHandoff)
    say(house, code, c.CompleteHandoff, result="seen", evidence={"protocol_number": "ZIRCON-77"})
    return code


def say(house: WebHouse, code: str, kind: type[c.Command], **fields: object) -> None:
    view = house.view(code)
    about = {"id": house.house.ids.new_id(), "case_id": view.row.case_id, "actor": "operator:1", "road": c.Road.DESK}
    if issubclass(kind, c.AboutHandoff):
        about["ref"] = next(row.ref for row in view.handoffs if row.step == "visit")
    house.house.handling.handle(kind.model_validate({**about, **fields}))  # type: ignore[arg-type]  # a union's member


def deliver(house: WebHouse, code: str) -> list[str]:
    """Every message leaves; what those of the notice said."""
    now = house.clock.pass_by(seconds=5)
    taken = outbox.claim(house.house.database, worker="story", now=now, lease_seconds=30, limit=50)
    said = []
    for one in taken:
        message = message_of(house.house, one)
        if one.purpose is AlertPurpose.TELL:
            said.append(f"{message.subject}\n{message.body}")
    house.house.handling.settle([SettledDelivery(d.delivery_id, SettledResult.ACCEPTED, now) for d in taken])
    return said


NEVER = (CANARY, "Corallo", "Coral", "ZIRCON", "follow_up", "sexual", "sessuale")
BEHIND = ("Ametista", "Amethyst", "Berillo", "Beryl", "Avviso", "Notice", "Percorso", "Pathway")


@pytest.mark.slow
def test_the_message_holds_a_reference_a_link_and_a_code_whatever_the_level(house: WebHouse, code: str) -> None:
    (said,) = deliver(house, code)
    letter = house.letter(code, AlertPurpose.TELL)
    assert letter.path in said
    assert letter.code in said
    assert not [word for word in (*NEVER, *BEHIND) if word in said.replace(letter.token, "")]


def test_behind_the_code_stands_what_the_level_allows_and_no_more(house: WebHouse, code: str, level: str) -> None:
    deliver(house, code)
    letter = house.letter(code, AlertPurpose.TELL)
    shut = text_of(house.browser().get(letter.path))
    assert not [word for word in (*NEVER, *BEHIND) if word in shut]

    said = text_of(house.browser().post(letter.path, data={"code": letter.code}))
    assert "Passo Ametista: concluso" in said
    assert ("Esito Berillo" in said) == (level == "result")
    assert not [word for word in NEVER if word in said]
    assert "notice_read" in house.events(code)


@pytest.mark.slow
def test_reading_it_is_noted_once_for_each_link_and_changes_nothing(house: WebHouse, code: str) -> None:
    deliver(house, code)
    letter = house.letter(code, AlertPurpose.TELL)
    for _ in range(3):
        assert house.browser().post(letter.path, data={"code": letter.code, "answer": "accept"}).status_code == 200
    assert house.events(code).count("notice_read") == 1
    assert {row.state for row in house.view(code).handoffs if row.step == "warn"} == {HandoffState.COMPLETED}


def test_a_wrong_code_opens_nothing_and_is_not_noted(house: WebHouse, code: str) -> None:
    deliver(house, code)
    said = text_of(house.browser().post(house.letter(code, AlertPurpose.TELL).path, data={"code": "AAAAAA"}))
    assert not [word for word in (*NEVER, *BEHIND) if word in said]
    assert "notice_read" not in house.events(code)


@pytest.mark.parametrize("stopping", [c.RevokeConsent, c.NeverContactAgain, c.CancelCase])
@pytest.mark.slow
def test_what_she_takes_back_is_not_told_any_more(house: WebHouse, code: str, stopping: type[c.Command]) -> None:
    deliver(house, code)
    letter = house.letter(code, AlertPurpose.TELL)
    fields: dict[type[c.Command], dict[str, object]] = {
        c.RevokeConsent: {"consent": "follow_up"},
        c.CancelCase: {"reason": "her_wish"},
    }
    say(house, code, stopping, **fields.get(stopping, {}))
    answer = house.browser().post(letter.path, data={"code": letter.code})
    assert answer.status_code == 410
    assert not [word for word in (*NEVER, *BEHIND) if word in text_of(answer)]


def test_it_is_closed_after_three_days(house: WebHouse, code: str) -> None:
    deliver(house, code)
    letter = house.letter(code, AlertPurpose.TELL)
    house.clock.pass_by(days=3, minutes=1)
    assert house.browser().post(letter.path, data={"code": letter.code}).status_code == 410
