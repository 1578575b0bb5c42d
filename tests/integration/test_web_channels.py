"""Whoever is signed in sees how the network reaches her, tests it, and sees the true outcome; nobody sees another's."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from models.deliveries import SettledResult
from models.own_letters import begin_letter, due_letters, settle_letter
from models.tying import tie_account
from models.verifying_channels import channels_of, code_in
from procedures.people import Role
from tests.integration.test_web_inbox import MEMBER, member
from tests.integration.test_web_relations import account, somebody
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow
R = SettledResult
ITALIAN = {"accept-language": "it"}


@pytest.fixture
def olga(desk: WebHouse) -> TestClient:
    return member(desk, "olga")


def names(browser: TestClient) -> list[str]:
    found = re.findall(r'name="channel" value="([^"]+)"', browser.get("/channels").text)
    return list(dict.fromkeys(found))


def leaves(desk: WebHouse, result: SettledResult, code: str | None = None, *, seconds: float = 4) -> str:
    """The carrier says its word on what waits, so much later; the code of the message."""
    (due,) = due_letters(desk.house.database, desk.clock.now())
    assert begin_letter(desk.house.database, due, desk.clock.now(), timedelta(minutes=1))
    desk.clock.pass_by(seconds=seconds)
    settle_letter(desk.house.database, due, (result, code, None), desk.clock.now())
    return code_in(desk.house.keyring.token_key, due.letter_id)


def press(browser: TestClient, channel: str, answer: str = "test", **more: str) -> str:
    return text_of(browser.post("/channels", data={"channel": channel, "answer": answer, **more}))


def test_a_test_is_asked_for_seen_and_verified_by_its_code(desk: WebHouse, olga: TestClient) -> None:
    first = names(olga)[0]
    assert "mai provato" in text_of(olga.get("/channels"))
    assert "la prova sta partendo" in press(olga, first)
    assert 'hx-get="/channels/live"' in olga.get("/channels").text
    code = leaves(desk, R.ACCEPTED)
    page = text_of(olga.get("/channels"))
    assert "consegnata al gestore in 4 s" in page
    assert "Non ancora verificato" in page
    assert 'hx-get="/channels/live"' not in olga.get("/channels/live").text
    wrong = olga.post("/channels", data={"channel": first, "answer": "code", "code": "x"})
    assert wrong.status_code == 422
    assert "Tentativi rimasti: 4." in text_of(wrong)
    assert "e Lei ha digitato il suo codice" in press(olga, first, "code", code=code)
    desk.clock.pass_by(days=3)
    page = text_of(olga.get("/channels"))
    assert "(3 g fa)" in page
    assert "Verificato" in page
    assert "consegnata al gestore in 4 s" in text_of(olga.get("/inbox"))


@pytest.mark.parametrize(
    ("came", "said", "to_do"),
    [
        ((R.PERMANENT, "550"), "non consegnata: il gestore risponde 550", "Se è sbagliato, telefoni al coordinamento"),
        ((R.PERMANENT, "no-carrier"), "non consegnata: ", "impostare un vettore"),
        ((R.UNCERTAIN, "timeout-after-data"), "non si sa se sia arrivata", "Controlli lì"),
        ((R.TEMPORARY, "451"), "si ritenta automaticamente", ""),
    ],
)
def test_a_failure_says_what_to_do(
    desk: WebHouse, olga: TestClient, came: tuple[SettledResult, str], said: str, to_do: str
) -> None:
    press(olga, names(olga)[0])
    leaves(desk, *came)
    page = text_of(olga.get("/channels"))
    assert said in page
    assert to_do in page


def test_nobody_sees_or_tests_a_channel_of_somebody_else(desk: WebHouse, olga: TestClient) -> None:
    house = desk.house
    theirs = channels_of(house, house.procedures.directory(), "paola")[0].name
    refused = olga.post("/channels", data={"channel": theirs, "answer": "test"})
    assert refused.status_code == 409
    assert "paola.neri" not in refused.text
    assert not due_letters(house.database, desk.clock.now())
    stranger = somebody(desk, "nobody", MEMBER)
    assert "amministratrice" in text_of(stranger.get("/channels"))
    assert names(stranger) == []


def test_a_coordinator_has_channels_too(desk: WebHouse) -> None:
    browser = somebody(desk, "ines", frozenset({Role.COORDINATOR}))
    tie_account(desk.house, account(desk, "ines"), "ines", "shell")
    assert "mai provato" in text_of(browser.get("/channels"))


def rules_of(browser: TestClient) -> list[str]:
    return re.findall(r'name="place\.([^"]+)"', browser.get("/channels").text)


def test_her_own_rules_are_kept_say_the_hours_without_and_are_taken_back(desk: WebHouse, olga: TestClient) -> None:
    mail, sms = rules_of(olga)
    assert "vale l'ordine del file della rete" in text_of(olga.get("/channels"))
    form = {
        "answer": "rules",
        f"place.{mail}": "2",
        f"place.{sms}": "1",
        f"after.{mail}": "10",
        f"since.{mail}": "08:00",
        f"until.{mail}": "20:00",
        f"since.{sms}": "07:00",
        f"until.{sms}": "22:00",
    }
    page = text_of(olga.post("/channels", data=form))
    assert rules_of(olga) == [sms, mail]
    assert "Dalle 22:00 alle 07:00 nessuno dei Suoi recapiti va bene" in page
    wrong = olga.post("/channels", data=form | {f"since.{sms}": ""})
    assert wrong.status_code == 422
    assert rules_of(olga) == [sms, mail]
    off = {f"off.{one}": "yes" for one in (mail, sms)}
    assert "Almeno un recapito resta attivo" in text_of(olga.post("/channels", data=form | off))
    assert "vale l'ordine del file della rete" in text_of(olga.post("/channels", data={"answer": "no-rules"}))
    assert rules_of(olga) == [mail, sms]


def test_she_says_that_she_is_away_and_the_network_page_shows_it(desk: WebHouse, olga: TestClient) -> None:
    page = text_of(
        olga.post("/channels", data={"answer": "away", "since": "2026-11-24T08:00", "until": "2026-11-26T08:00"})
    )
    assert "Casa Approdo: si chiama prima" in page
    asked = {"pathway": "shelter", "territory": "valle_chiara", "fact.risk": "high", "consent.shelter": "yes"}
    operator = desk.operator()
    who = operator.post("/who-now", data={"command": hidden(operator.get("/who-now")), **asked}, headers=ITALIAN)
    assert "il referente è assente fino a" in text_of(who)
    assert "Lei risulta assente fino a" in text_of(olga.get("/inbox"))
    coordinator = somebody(desk, "ines", frozenset({Role.COORDINATOR}))
    assert "assente fino a" in text_of(coordinator.get("/network"))
    back = re.search(r'name="number" value="(\d+)"', olga.get("/channels").text)
    assert back is not None
    assert "si chiama prima" not in text_of(olga.post("/channels", data={"answer": "back", "number": back[1]}))
    assert "assente fino a" not in text_of(coordinator.get("/network"))
    wrong = olga.post("/channels", data={"answer": "away", "since": "2026-11-26T08:00", "until": "2026-11-25T08:00"})
    assert wrong.status_code == 422
    assert 'value="2026-11-26T08:00"' in wrong.text
    others = olga.post(
        "/channels",
        data={"answer": "away", "person": "ada", "since": "2026-11-26T08:00", "until": "2026-11-27T08:00"},
    )
    assert others.status_code == 409
