"""Receipts of SMS and answers to them: signed, once, in any order, and as strong as any answer without a PIN."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response

from flows.delivering import message_of
from models import outbox
from models.links import WRONG_CODES, link_code, link_token
from models.network import import_network, sample_network
from models.trail import verify
from notifiers.gsm import SEGMENT, septets
from notifiers.language import LANGUAGES
from notifiers.sms_echo import sms_echo, sms_unclear
from notifiers.spoken import KeyEcho
from procedures.case import HandoffState
from procedures.commands import Road
from procedures.events import AlertPurpose
from tests.integration.webhouse import CANARY, SETTINGS, WebHouse, web_house
from web.guesses import IN_ALL, OF_A_NUMBER, WITHIN_AN_HOUR, WITHIN_TEN_MINUTES, Guesses

SECRET = "only-for-tests-and-long-enough-0123456789"
NUMBER = "+39 06 5550 1001"
BY_SMS = re.sub(
    r"contacts: \[.*?\]\}", lambda _: f'contacts: [{{sms: "{NUMBER}"}}, {{email: a@example.org}}]}}', sample_network()
)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    monkeypatch.setenv("STAFFETTA__SMS__SECRET", SECRET)
    monkeypatch.setenv("STAFFETTA__SMS__ANSWERS", "true")
    with web_house(tmp_path / "data", settings=SETTINGS) as made:
        import_network(made.house.database, BY_SMS, "network.yaml", made.clock.now())
        yield made


def asked(house: WebHouse, risk: str = "high") -> tuple[str, str, str]:
    """The case, the SMS of its first request, and the code in it."""
    code = house.open_case(facts={"risk": risk})
    (alert,) = house.alerts(code, AlertPurpose.REQUEST)
    house.send_everything(after=1)
    delivery = alert.deliveries[0].delivery_id
    return code, delivery, link_code(house.house.keyring.token_key, delivery)


def says(house: WebHouse, said: object, *, secret: str = SECRET, ago: int = 0) -> Response:
    body = json.dumps(said).encode()
    at = int(time.time()) - ago
    made = hmac.digest(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
    answer: Response = house.browser().post(
        "/api/sms", content=body, headers={"Staffetta-Signature": f"t={at},v1={made}"}
    )
    return answer


def writes(house: WebHouse, text: str, *, event: str = "in-1", number: str = NUMBER) -> dict[str, str]:
    answer = says(house, {"event": event, "from": number, "text": text})
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    return told


@pytest.mark.parametrize("text", ["SI {code}", "si  {code}.", "{code} sì", "1 {code}", "Yes {code}", "ok {code}"])
def test_yes_and_the_code_is_we_take_it_with_its_road(house: WebHouse, text: str) -> None:
    case, _message, code = asked(house)
    told = writes(house, text.format(code=code.lower()))
    assert told["state"] == "taken"
    assert "presa in carico" in told["say"]
    assert house.first(case).state is HandoffState.ACCEPTED
    (accepted,) = [e.recorded for e in house.view(case).timeline if e.kind == "handoff_accepted"]
    assert accepted.road is Road.SMS
    assert "La risposta è arrivata per SMS." in house.operator().get(f"/cases/{case}").text
    assert verify(house.house.database, house.house.keyring).sound


def test_no_is_we_cannot_and_the_next_is_asked(house: WebHouse) -> None:
    case, _message, code = asked(house)
    assert writes(house, f"NO {code}")["state"] == "declined"
    assert house.first(case).state is HandoffState.DECLINED


def test_the_same_sms_ten_times_is_one(house: WebHouse) -> None:
    case, _message, code = asked(house)
    writes(house, f"1 {code}")
    before = house.events(case)
    assert {writes(house, f"1 {code}")["state"] for _ in range(9)} == {"taken"}
    assert house.events(case) == before


def test_in_imminent_danger_it_is_a_claim_until_somebody_is_reached(house: WebHouse) -> None:
    case, _message, code = asked(house, "imminent")
    told = writes(house, f"SI {code}")
    assert told["state"] == "claimed"
    assert "PIN" in told["say"]
    assert house.first(case).state is not HandoffState.ACCEPTED


def test_an_answer_to_what_was_taken_before_is_told_so(house: WebHouse) -> None:
    case, _message, code = asked(house)
    writes(house, f"NO {code}")
    assert writes(house, f"SI {code}", event="in-2")["state"] == "late"
    assert house.first(case).state is HandoffState.DECLINED


def test_from_another_number_the_right_code_does_nothing_and_nothing_is_said(house: WebHouse) -> None:
    case, _message, code = asked(house)
    before = house.events(case)
    assert writes(house, f"SI {code}", number="+39 333 000 1122") == {"state": "unclear", "say": ""}
    assert house.events(case) == before


def test_codes_cannot_be_tried_out(house: WebHouse) -> None:
    case, _message, code = asked(house)
    for number in range(OF_A_NUMBER):
        assert writes(house, "SI 222222", event=f"in-{number}")["state"] == "unclear"
    assert writes(house, f"SI {code}", event="last") == {"state": "rests", "say": ""}
    assert house.first(case).state is HandoffState.ALERTED


def test_wrong_codes_from_a_forged_number_shut_no_link(house: WebHouse) -> None:
    _case, message, _code = asked(house)
    for number in range(3 * WRONG_CODES):
        writes(house, "SI 222222", event=f"in-{number}")
    link = house.browser().get(f"/h/{link_token(house.house.keyring.token_key, message)}")
    assert link.status_code == 200


def test_codes_guessed_from_many_numbers_rest_for_everybody_and_are_told(house: WebHouse) -> None:
    case, _message, code = asked(house)
    for number in range(IN_ALL):
        writes(house, "SI 222222", event=f"in-{number}", number=f"+39 333 000 {1000 + number}")
    assert "sms-codes-guessed" in house.log.getvalue()
    assert writes(house, f"SI {code}", event="last")["state"] == "rests"
    assert house.first(case).state is HandoffState.ALERTED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SI",
        "forse {code}",
        "SI NO {code}",
        "SI {code} e poi altro",
        "{code}",
        "SI {code} {code}",
        "🙂",
        "SI ' OR 1=1",
    ],
)
def test_what_is_not_a_word_and_a_code_changes_nothing(house: WebHouse, text: str) -> None:
    case, _message, code = asked(house)
    before = house.events(case)
    assert writes(house, text.format(code=code))["state"] == "unclear"
    assert house.events(case) == before


def test_a_machine_that_answers_by_itself_gets_no_answer(house: WebHouse) -> None:
    asked(house)
    assert writes(house, "Sono in riunione, richiamo dopo")["say"] == ""


def test_delivered_has_its_own_time_and_is_no_answer(house: WebHouse) -> None:
    case, message, _code = asked(house)
    said = {"event": "r-1", "message": message, "state": "delivered", "at": "2026-11-24T16:02:00Z"}
    assert says(house, said).json()["state"] == "noted"
    before = house.events(case)
    assert before.count("receipt_came") == 1
    for again in (said, {**said, "event": "r-2", "at": None}):
        assert says(house, again).json()["state"] == "noted"
    assert house.events(case) == before
    assert house.first(case).state is HandoffState.ALERTED


def test_what_cannot_be_delivered_goes_over_the_next_channel_at_once(house: WebHouse) -> None:
    case, message, _code = asked(house)
    assert says(house, {"event": "r-1", "message": message, "state": "undeliverable"}).json()["state"] == "noted"
    (alert,) = house.alerts(case, AlertPurpose.REQUEST)
    assert [one.channel for one in alert.deliveries] == ["sms", "email"]


def test_of_what_was_delivered_an_older_word_is_no_news(house: WebHouse) -> None:
    case, message, _code = asked(house)
    says(house, {"event": "r-1", "message": message, "state": "delivered"})
    before = house.events(case)
    for state in ("delayed", "undeliverable"):
        assert says(house, {"event": f"r-{state}", "message": message, "state": state}).json()["state"] == "older"
    assert house.events(case) == before


def test_before_it_is_known_that_it_left_a_receipt_is_asked_for_again(house: WebHouse) -> None:
    house.open_case(facts={"risk": "high"})
    now = house.clock.now()
    (claimed, *_) = outbox.claim(house.house.database, worker="w", now=now, lease_seconds=60.0)
    answer = says(house, {"event": "r-1", "message": claimed.delivery_id, "state": "delivered"})
    assert (answer.status_code, answer.json()["state"]) == (503, "again")


def test_of_nothing_of_ours_nothing_is_kept(house: WebHouse) -> None:
    case, _message, _code = asked(house)
    before = house.events(case)
    assert says(house, {"event": "r-1", "message": "x" * 40, "state": "undeliverable"}).json()["state"] == "unknown"
    assert house.events(case) == before


@pytest.mark.parametrize("said", [{}, [], {"event": "e"}, {"event": "e", "message": "m", "state": "read"}, "x"])
def test_what_is_no_receipt_and_no_answer_is_said_to_be_neither(house: WebHouse, said: object) -> None:
    assert says(house, said).status_code == 422


def test_unsigned_old_or_forged_nothing_is_here(house: WebHouse) -> None:
    case, message, code = asked(house)
    before = house.events(case)
    said = {"event": "in-1", "from": NUMBER, "text": f"SI {code}"}
    assert says(house, said, secret="another-secret-of-thirty-two-letters").status_code == 404
    assert says(house, said, ago=301).status_code == 404
    assert house.browser().post("/api/sms", content=json.dumps(said).encode()).status_code == 404
    assert house.browser().get("/api/sms").status_code in {404, 405}
    assert message
    assert house.events(case) == before


def test_the_alert_says_how_to_answer_where_there_is_room(house: WebHouse) -> None:
    house.open_case(facts={"risk": "high"})
    claimed = outbox.claim(house.house.database, worker="w", now=house.clock.now(), lease_seconds=60.0)
    body = next(message_of(house.house, one).body for one in claimed if one.channel == "sms")
    assert septets(body) <= SEGMENT
    assert body.endswith("o per SMS: SI o NO e il codice")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_fits_into_one_sms(language: str) -> None:
    for echo in KeyEcho:
        assert septets(sms_echo(echo, ref="K7QF-2M9T", language=language)) <= SEGMENT
    assert septets(sms_unclear(language)) <= SEGMENT


def test_nothing_of_what_was_written_is_logged(house: WebHouse) -> None:
    _case, _message, code = asked(house)
    writes(house, f"SI {code}")
    writes(house, f"{CANARY} {code}")
    assert CANARY not in house.log.getvalue()
    assert code not in house.log.getvalue()


def test_what_was_guessed_is_forgotten_after_its_time() -> None:
    seconds = [0.0]
    guesses = Guesses(lambda: seconds[0])
    for _ in range(OF_A_NUMBER):
        guesses.note("1")
    assert guesses.rests("1")
    assert not guesses.rests("2")
    seconds[0] = WITHIN_TEN_MINUTES + 1
    assert guesses.rests("1")
    seconds[0] = WITHIN_AN_HOUR + 1
    assert not guesses.rests("1")
