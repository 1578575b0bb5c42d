"""Somebody of a service signs in: she sees a card, takes it, sees what the step needs, and nothing once it is over."""

import httpx2
import pytest
from starlette.testclient import TestClient

from models.browsers import browsers_of, keep_browser
from models.denying import deny_answer
from models.people import last_acts
from models.reads import reads
from models.trail import verify
from models.tying import tie_account
from procedures.case import HandoffState
from procedures.commands import DenyAcceptance, Road
from procedures.events import AlertPurpose
from procedures.people import PersonActKind, Role
from tests.integration.test_somebody_leaves import left
from tests.integration.test_web_relations import account, actor, opened_by, somebody
from tests.integration.test_web_stepping import LATER, pass_by
from tests.integration.webhouse import CANARY, WebHouse, hidden, text_of
from web.naming import spoken

pytestmark = pytest.mark.slow
MEMBER = frozenset({Role.SERVICE_MEMBER})
"""The handoff of these cases is asked of `casa_approdo`: `olga` is its referent, `paola` its deputy."""
NOWHERE = "ZZZZZ-ZZZZZ"


def member(desk: WebHouse, person: str) -> TestClient:
    """The browser of the account of this person of the network."""
    browser = somebody(desk, person, MEMBER)
    tie_account(desk.house, account(desk, person), person, "shell")
    return browser


def asked(desk: WebHouse, **changes: object) -> tuple[str, str]:
    """A case of another's, and the reference of its first handoff."""
    code = opened_by(desk, "opener", **changes)
    return code, desk.first(code).ref


@pytest.fixture
def opener(desk: WebHouse) -> TestClient:
    return somebody(desk, "opener")


@pytest.fixture
def olga(desk: WebHouse, opener: TestClient) -> TestClient:
    assert opener.get("/").status_code == 200
    return member(desk, "olga")


def say(browser: TestClient, ref: str, answer: str, **more: str) -> httpx2.Response:
    command = hidden(browser.get(f"/inbox/{ref}"))
    return browser.post(f"/inbox/{ref}", data={"command": command, "answer": answer, **more})


def test_before_it_is_taken_a_card_says_no_more_than_the_message(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    for page in (olga.get("/inbox"), olga.get(f"/inbox/{ref}")):
        assert page.status_code == 200
        assert ref in page.text
        assert "Casa Approdo" in page.text
        for hidden_word in (code, CANARY, "Sportello Luna", "tel:", "Livello di rischio", "Serve un accompagnamento"):
            assert hidden_word not in page.text, hidden_word


def test_when_her_answer_was_false_whoever_gave_it_is_signed_out(desk: WebHouse, olga: TestClient) -> None:
    """By a coordinator, who runs no accounts: it is the house that ends them, and the acts say so."""
    code, ref = asked(desk)
    say(olga, ref, "accept")
    keep_browser(desk.house, account(desk, "olga"), "https://fcm.googleapis.com/x public auth")
    about = {"id": "deny-00000000000001", "case_id": desk.view(code).row.case_id, "ref": ref, "road": Road.DESK}
    coordinator = somebody(desk, "carla", frozenset({Role.COORDINATOR}))
    command = DenyAcceptance.model_validate({**about, "actor": actor(desk, "carla")})
    deny_answer(desk.house, command)
    assert olga.get("/inbox").url.path == "/sign-in"
    assert browsers_of(desk.house.database, account(desk, "olga")) == []
    assert coordinator.get("/").url.path == "/"
    ended = [one for one in last_acts(desk.house.database, 50) if one.kind is PersonActKind.SIGN_INS_ENDED]
    assert [(one.account, one.actor) for one in ended] == [(account(desk, "olga"), "program")]
    assert verify(desk.house.database, desk.house.keyring).sound


def test_after_it_is_taken_she_sees_whom_to_telephone_and_no_more_of_the_case(
    desk: WebHouse, olga: TestClient, opener: TestClient
) -> None:
    code, ref = asked(desk)
    page = say(olga, ref, "accept")
    assert page.url.path == f"/inbox/{ref}"
    assert spoken(desk.house.procedures.directory().desks["sportello_luna"].phone) in page.text
    assert code not in page.text
    assert CANARY not in page.text
    assert "Casa Approdo" in text_of(opener.get(f"/cases/{code}"))
    assert desk.first(code).state is HandoffState.ACCEPTED
    entry = next(one for one in desk.view(code).timeline if one.kind == "handoff_accepted")
    assert (entry.recorded.actor, entry.recorded.road) == ("person:olga", Road.INBOX)
    assert verify(desk.house.database, desk.house.keyring).sound


def test_her_answer_is_said_again_to_a_colleague(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    say(olga, ref, "accept")
    assert [alert.person for alert in desk.alerts(code, AlertPurpose.ECHO_TAKEN)] == ["paola"]


def test_a_colleague_who_comes_second_reads_who_has_it_since_when(desk: WebHouse, olga: TestClient) -> None:
    paola = member(desk, "paola")
    code, ref = asked(desk)
    drawn = hidden(paola.get("/inbox"))
    say(olga, ref, "accept")
    answer = paola.post(f"/inbox/{ref}", data={"command": drawn, "answer": "accept"})
    assert answer.status_code == 409
    assert "Lo ha già preso in carico referente alle 17:00" in text_of(answer)
    assert "answer_came_late" in desk.events(code)
    assert "tel:" in answer.text


def test_the_same_form_twice_is_one_answer(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    form = {"command": hidden(olga.get(f"/inbox/{ref}")), "answer": "accept"}
    assert [olga.post(f"/inbox/{ref}", data=form).status_code for _ in range(2)] == [200, 200]
    assert desk.events(code).count("handoff_accepted") == 1
    assert "answer_came_late" not in desk.events(code)


def test_the_result_is_given_and_then_there_is_nothing(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    say(olga, ref, "accept")
    wrong = say(olga, ref, "complete", result="no_place", **{"evidence.places_asked": "many"})
    assert wrong.status_code == 422
    done = say(olga, ref, "complete", result="no_place", **{"evidence.places_asked": "4"})
    assert done.url.path == "/inbox"
    assert "l'esito è registrato" in text_of(done)
    assert ref not in done.text
    assert desk.first(code).state is HandoffState.COMPLETED
    gone, unknown = olga.get(f"/inbox/{ref}"), olga.get(f"/inbox/{NOWHERE}")
    assert (gone.status_code, gone.content) == (404, unknown.content)


def test_a_refusal_needs_a_reason_and_asks_the_next_service(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    assert say(olga, ref, "decline").status_code == 422
    assert "qualcun altro" in text_of(say(olga, ref, "decline", reason="full"))
    assert desk.first(code).state is HandoffState.DECLINED
    assert {row.service for row in desk.view(code).handoffs if row.ended_at is None} == {"casa_mirto"}
    assert olga.get(f"/inbox/{ref}").status_code == 404


def test_a_step_shows_the_facts_that_its_own_condition_names_and_no_others(desk: WebHouse, opener: TestClient) -> None:
    facts = {"risk": "high", "needs_transport": True, "injuries": True, "stalking": True}
    olga = member(desk, "olga")
    code, ref = asked(desk, facts=facts)
    say(olga, ref, "accept")
    say(olga, ref, "complete", result="housed", **{"evidence.place_confirmed_at": "2026-11-24T17:00"})
    escort = next(row for row in desk.view(code).handoffs if row.step == "escort")
    service = desk.house.procedures.directory().services[escort.service or ""]
    driver = member(desk, service.referent)
    before = driver.get(f"/inbox/{escort.ref}")
    assert "Livello di rischio" not in before.text
    page = text_of(say(driver, escort.ref, "accept"))
    assert "Livello di rischio alto" in page
    assert "Serve un accompagnamento sicuro sì" in page
    assert "ferite" not in page
    assert "persecutori" not in page
    noted = text_of(say(driver, escort.ref, "first_sign"))
    assert "Registrato: il lavoro è iniziato" in noted
    assert olga.get(f"/inbox/{escort.ref}").status_code == 404


def test_every_look_is_noted_before_the_page(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    olga.get("/inbox")
    say(olga, ref, "accept")
    olga.get(f"/inbox/{NOWHERE}")
    by = f"operator:{account(desk, 'olga')}"
    found = [(one.kind.value, one.case_code) for one in reads(desk.house.database) if one.actor == by]
    assert found == [("tried", ""), ("held", code), ("card", code)]
    desk.clock.pass_by(minutes=11)
    with desk.another_writer():
        assert olga.get(f"/inbox/{ref}").status_code == 503


def test_whoever_has_the_case_reads_who_of_a_service_looked(
    desk: WebHouse, olga: TestClient, opener: TestClient
) -> None:
    code, ref = asked(desk)
    say(olga, ref, "accept")
    looks = text_of(opener.get(f"/cases/{code}")).partition("Chi ha guardato")[2]
    assert "olga: ha guardato ciò che è chiesto al suo servizio" in looks
    assert "olga: ha guardato ciò che serve al passo preso in carico dal suo servizio" in looks


def test_who_leaves_the_network_has_nothing_from_the_next_request_on(desk: WebHouse, olga: TestClient) -> None:
    _code, ref = asked(desk)
    say(olga, ref, "accept")
    left(desk, "olga")
    for path in ("/inbox", f"/inbox/{ref}"):
        page = olga.get(path)
        assert page.url.path == "/sign-in", "her account is shut as well"
        assert ref not in page.text


def test_an_account_that_is_nobody_of_the_network_is_told_what_to_do(desk: WebHouse, opener: TestClient) -> None:
    browser = somebody(desk, "nobody", MEMBER)
    _code, ref = asked(desk)
    page = browser.get("/")
    assert page.url.path == "/inbox"
    assert "amministratrice" in text_of(page)
    assert ref not in page.text
    assert browser.get(f"/inbox/{ref}").status_code == 404


def test_she_sees_her_own_channels_and_when_one_worked(desk: WebHouse, olga: TestClient) -> None:
    assert "olga.ferri@example.org" in olga.get("/inbox").text
    assert "Nessun messaggio" in text_of(olga.get("/inbox"))
    asked(desk)
    desk.send_everything(after=1)
    page = text_of(olga.get("/inbox"))
    assert "L'ultimo messaggio è stato consegnato al gestore:" in page
    assert "paola.neri@example.org" not in page


def test_what_has_least_time_left_stands_first(desk: WebHouse, olga: TestClient) -> None:
    _code, first = asked(desk)
    desk.clock.pass_by(minutes=5)
    _code, second = asked(desk)
    page = olga.get("/inbox").text
    assert page.index(first) < page.index(second)


def test_in_imminent_danger_a_sign_in_of_just_now_is_a_proof(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk, facts={"risk": "imminent"})
    say(olga, ref, "accept")
    assert desk.first(code).state is HandoffState.ACCEPTED


def test_an_older_sign_in_takes_nothing_in_imminent_danger_until_she_shows_her_factor(
    desk: WebHouse, olga: TestClient
) -> None:
    code, ref = asked(desk, facts={"risk": "imminent"})
    pass_by(desk, LATER)
    assert "proof" not in olga.get(f"/inbox/{ref}").text, "she is not to learn how dangerous it is"
    page = say(olga, ref, "accept")
    assert desk.first(code).state is HandoffState.REQUESTED
    assert "acceptance_claimed" in desk.events(code)
    assert "Finché non succede" in text_of(page)
    assert say(olga, ref, "accept", proof="000 000").status_code == 422
    assert desk.first(code).state is HandoffState.REQUESTED
    say(olga, ref, "accept", proof=desk.telephones.recovery("olga"))
    assert desk.first(code).state is HandoffState.ACCEPTED
    assert verify(desk.house.database, desk.house.keyring).sound


def test_an_older_sign_in_is_enough_where_nobody_is_in_imminent_danger(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    pass_by(desk, LATER)
    say(olga, ref, "accept")
    assert desk.first(code).state is HandoffState.ACCEPTED
