"""Somebody presses a key in the call of an alert: signed, once, and as strong as any answer without a PIN."""

import hashlib
import hmac
import itertools
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response

from flows.delivering import message_of
from models import outbox
from models.denying import deny_answer
from models.network import import_network, sample_network
from models.pins import WRONG_PINS, issue_pin
from models.settings import BadSettings, load_settings
from models.trail import verify
from procedures.case import HandoffState
from procedures.commands import DenyAcceptance, Road
from procedures.events import AlertPurpose
from tests.integration.webhouse import CANARY, SETTINGS, WebHouse, web_house

SECRET = "only-for-tests-and-long-enough-0123456789"
VOICE = '[carriers.voice]\nurl = "staffetta-voice://127.0.0.1:2527/calls?from=+390655501001&tls=none"\n'
NUMBERS = itertools.count(2000)
BY_TELEPHONE = re.sub(
    r"contacts: \[.*?\]\}", lambda _: f'contacts: [{{voice: "+39 06 5550 {next(NUMBERS)}"}}]}}', sample_network()
)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    monkeypatch.setenv("STAFFETTA__VOICE__SECRET", SECRET)
    with web_house(tmp_path / "data", settings=SETTINGS + VOICE) as made:
        import_network(made.house.database, BY_TELEPHONE, "network.yaml", made.clock.now())
        yield made


def call_of(house: WebHouse, risk: str = "high") -> tuple[str, str, str]:
    """The case, the call of its first request, and who is called."""
    code = house.open_case(facts={"risk": risk})
    (alert,) = house.alerts(code, AlertPurpose.REQUEST)
    house.send_everything(after=1)
    return code, alert.deliveries[0].delivery_id, alert.person


def press(
    house: WebHouse,
    said: dict[str, object],
    *,
    secret: str = SECRET,
    ago: int = 0,
    headers: dict[str, str] | None = None,
) -> Response:
    body = json.dumps(said).encode()
    at = int(time.time()) - ago
    made = hmac.digest(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
    shown = {"Staffetta-Signature": f"t={at},v1={made}"} if headers is None else headers
    answer: Response = house.browser().post("/api/voice", content=body, headers=shown)
    return answer


def state_of(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["state"])


def test_one_is_we_take_it_and_stands_in_the_trail_with_its_road(house: WebHouse) -> None:
    code, message, person = call_of(house)
    answer = press(house, {"event": "call-1", "message": message, "key": "1"})

    assert state_of(answer) == "taken"
    assert "presa in carico" in answer.json()["say"]
    assert house.first(code).state is HandoffState.ACCEPTED
    (accepted,) = [e.recorded for e in house.view(code).timeline if e.kind == "handoff_accepted"]
    assert (accepted.road, accepted.actor) == (Road.VOICE, f"person:{person}")
    assert verify(house.house.database, house.house.keyring).sound


def test_two_is_we_cannot_and_the_next_is_asked(house: WebHouse) -> None:
    code, message, _person = call_of(house)

    assert state_of(press(house, {"event": "call-1", "message": message, "key": "2"})) == "declined"
    assert house.first(code).state is HandoffState.DECLINED
    assert "handoff_requested" in house.events(code)[-6:]


def test_nine_says_it_again_and_changes_nothing(house: WebHouse) -> None:
    code, message, _person = call_of(house)
    before = house.events(code)

    assert state_of(press(house, {"event": "call-1", "message": message, "key": "9"})) == "again"
    assert house.events(code) == before


def test_the_same_press_ten_times_is_one(house: WebHouse) -> None:
    code, message, _person = call_of(house)
    said: dict[str, object] = {"event": "call-1", "message": message, "key": "1"}
    press(house, said)
    before = house.events(code)

    assert {state_of(press(house, said)) for _ in range(9)} == {"taken"}
    assert house.events(code) == before


def test_in_imminent_danger_it_counts_with_the_pin_that_was_keyed(house: WebHouse) -> None:
    code, message, person = call_of(house, "imminent")
    pin = issue_pin(house.house, person, "shell")

    assert state_of(press(house, {"event": "call-1", "message": message, "key": "1"})) == "claimed"
    assert house.first(code).state is not HandoffState.ACCEPTED
    assert state_of(press(house, {"event": "call-2", "message": message, "key": "1", "pin": pin})) == "taken"
    assert house.first(code).state is HandoffState.ACCEPTED
    # A repeat of the first, after the second: what was done then is said again, and nothing is undone.
    press(house, {"event": "call-1", "message": message, "key": "1"})
    assert house.first(code).state is HandoffState.ACCEPTED


def test_a_pin_cannot_be_tried_out_by_telephone(house: WebHouse) -> None:
    code, message, person = call_of(house, "imminent")
    pin = issue_pin(house.house, person, "shell")
    for number in range(WRONG_PINS):
        press(house, {"event": f"call-{number}", "message": message, "key": "1", "pin": "000000"})

    assert state_of(press(house, {"event": "last", "message": message, "key": "1", "pin": pin})) == "claimed"
    assert house.first(code).state is not HandoffState.ACCEPTED


def test_a_late_key_is_recorded_and_told_so(house: WebHouse) -> None:
    code, message, _person = call_of(house)
    press(house, {"event": "call-1", "message": message, "key": "2"})

    assert state_of(press(house, {"event": "call-2", "message": message, "key": "1"})) == "late"
    assert "answer_came_late" in house.events(code)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Staffetta-Signature": ""},
        {"Staffetta-Signature": "t=1,v1=" + "0" * 64},
        {"Staffetta-Signature": f"t={int(time.time())},v1={'0' * 64}"},
        {"Staffetta-Signature": "t=" + "9" * 400 + ",v1=x"},
    ],
)
def test_what_nobody_signed_finds_nothing(house: WebHouse, headers: dict[str, str]) -> None:
    code, message, _person = call_of(house)
    before = house.events(code)

    answer = press(house, {"event": "call-1", "message": message, "key": "1"}, headers=headers)
    assert answer.status_code == 404
    assert house.events(code) == before


def test_another_secret_and_an_old_signature_find_nothing(house: WebHouse) -> None:
    code, message, _person = call_of(house)
    said: dict[str, object] = {"event": "call-1", "message": message, "key": "1"}

    assert press(house, said, secret="x" * 40).status_code == 404
    assert press(house, said, ago=301).status_code == 404
    assert press(house, said, ago=-301).status_code == 404
    assert house.first(code).state is not HandoffState.ACCEPTED


@pytest.mark.parametrize(
    "said",
    [
        {"event": "call-1", "message": "M", "key": "3"},
        {"event": "call-1", "message": "M", "key": 1},
        {"event": "", "message": "M", "key": "1"},
        {"event": "call-1", "message": "M", "key": "1", "pin": "no digits"},
        {"event": "call-1", "message": "M", "key": "1", "proven": True},
        {"message": "M", "key": "1"},
        [],
    ],
)
def test_what_does_not_fit_is_refused(house: WebHouse, said: dict[str, object]) -> None:
    assert press(house, said).status_code == 422


def test_a_message_that_is_no_call_is_not_answered_here(house: WebHouse) -> None:
    said: dict[str, object] = {"event": "call-1", "message": "0192-nothing.1", "key": "1"}
    assert state_of(press(house, said)) == "shut"
    import_network(house.house.database, sample_network(), "network.yaml", house.clock.now())
    _code, message, _person = call_of(house)
    assert state_of(press(house, {**said, "message": message})) == "shut"


def test_a_telephone_that_was_shut_is_not_heard(house: WebHouse) -> None:
    code, message, _person = call_of(house)
    press(house, {"event": "call-1", "message": message, "key": "1"})
    row = house.first(code)
    false = DenyAcceptance(
        id=house.house.ids.new_id(),
        case_id=house.view(code).state.case_id,
        actor="operator:2",
        road=Road.DESK,
        ref=row.ref,
    )
    deny_answer(house.house, false)

    assert state_of(press(house, {"event": "call-2", "message": message, "key": "1"})) == "shut"


def test_what_is_read_aloud_names_nobody_and_opens_nothing(house: WebHouse) -> None:
    house.open_case(facts={"risk": "high"})
    now = house.clock.now()
    (delivery, *_) = outbox.claim(house.house.database, worker="w", now=now, lease_seconds=30)
    message = message_of(house.house, delivery)

    assert (delivery.channel, message.by_key, message.subject) == ("voice", True, "")
    for never in (CANARY, "/h/", "127.0.0.1"):
        assert never not in message.body


def test_nothing_of_a_press_is_logged(house: WebHouse) -> None:
    _code, message, _person = call_of(house, "imminent")
    press(house, {"event": "call-1", "message": message, "key": "1", "pin": "482913"})

    log = house.log.getvalue()
    assert "/api/voice" in log
    for never in ("482913", message, SECRET, CANARY):
        assert never not in log


def test_without_a_secret_nobody_is_heard(tmp_path: Path) -> None:
    with web_house(tmp_path / "data") as bare:
        said: dict[str, object] = {"event": "call-1", "message": "0192-nothing.1", "key": "1"}
        assert press(bare, said, secret="").status_code == 404


def test_a_secret_that_is_too_short_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFETTA__VOICE__SECRET", "short")
    with pytest.raises(BadSettings):
        load_settings(tmp_path)
    file = tmp_path / "secret"
    file.touch(mode=0o600)
    file.write_text("short", encoding="utf-8")
    monkeypatch.delenv("STAFFETTA__VOICE__SECRET")
    monkeypatch.setenv("STAFFETTA__VOICE__SECRET_FILE", str(file))
    with pytest.raises(BadSettings):
        _ = load_settings(tmp_path).voice_secret
