"""The operator's desk: sign in, open a case, see who is being alerted, answer for a service, stop."""

import pytest
from starlette.testclient import TestClient

from procedures.case import CaseStatus, ConsentState, HandoffState
from procedures.commands import Road
from tests.integration.webhouse import CANARY, WebHouse, hidden, text_of

OPENING = {
    "pathway": "intake",
    "territory": "valle_chiara",
    "desk": "",
    "fact.risk": "high",
    "fact.injuries": "yes",
    "consent.intake": "yes",
    "name": CANARY,
}


def opened(operator: TestClient, **changes: str) -> str:
    """The code of a case that was opened with the form."""
    form = OPENING | changes | {"command": hidden(operator.get("/cases/new"))}
    page = operator.post("/cases/new", data=form)
    assert page.status_code == 200, text_of(page)
    return page.url.path.removeprefix("/cases/")


def test_a_case_opened_in_one_form_says_at_once_who_is_alerted_and_by_when(operator: TestClient) -> None:
    page = operator.get(f"/cases/{opened(operator)}")

    alerted = text_of(page).partition("Passaggi di consegne")[0]
    assert "Centro Luna, ascolto (referente) Primo contatto e ascolto deve rispondere entro 17:10" in alerted
    assert "San Vito, pronto soccorso (referente) Curare le ferite deve rispondere entro 17:10" in alerted


def test_sending_the_form_twice_opens_one_case(desk: WebHouse, operator: TestClient) -> None:
    form = OPENING | {"command": hidden(operator.get("/cases/new"))}

    first, second = operator.post("/cases/new", data=form), operator.post("/cases/new", data=form)

    assert first.url == second.url
    assert "1 caso aperto" in operator.get("/").text


def test_without_her_consent_nobody_is_called_and_the_operator_is_told_what_to_ask(
    desk: WebHouse, operator: TestClient
) -> None:
    code = opened(operator, **{"consent.intake": "", "fact.injuries": "no"})
    page = operator.get(f"/cases/{code}")
    assert "In attesa del suo consenso: Prima accoglienza" in page.text
    assert "il suo consenso" in operator.get("/").text

    answer = {"command": hidden(page), "consent": "intake", "answer": "give"}
    page = operator.post(f"/cases/{code}/consents", data=answer)

    assert "Centro Luna, ascolto (referente)" in text_of(page)
    assert desk.view(code).state.consents["intake"] is ConsentState.GIVEN


def test_a_refused_form_comes_back_with_what_was_typed_and_nothing_in_the_address(
    desk: WebHouse, operator: TestClient
) -> None:
    form = OPENING | {"command": hidden(operator.get("/cases/new")), "territory": "atlantide", "note": "<b>x</b>"}

    page = operator.post("/cases/new", data=form)

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert f'value="{CANARY}"' in page.text
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
    assert page.url.query == b""
    assert CANARY not in str(page.url)
    assert "Nessun caso aperto" in operator.get("/").text
    assert CANARY not in desk.log.getvalue()


def test_a_name_that_is_too_long_is_not_echoed_by_a_machine(operator: TestClient) -> None:
    form = OPENING | {"command": hidden(operator.get("/cases/new")), "name": "Z" * 201}

    page = operator.post("/cases/new", data=form)

    assert page.status_code == 422
    assert "Un campo contiene" in page.text


@pytest.mark.slow
def test_who_would_be_called_is_who_is_then_called_and_asking_keeps_nothing(
    desk: WebHouse, operator: TestClient
) -> None:
    form = OPENING | {"command": hidden(operator.get("/who-now"))}

    page = operator.post("/who-now", data=form)

    assert "Curare le ferite Prima accoglienza San Vito, pronto soccorso referente e-mail subito" in text_of(page)
    assert "Nessun caso aperto" in operator.get("/").text
    opened_page = operator.post("/cases/new", data=form | {"command": hidden(page)})
    assert "San Vito, pronto soccorso (referente) Curare le ferite" in text_of(opened_page)


def test_a_body_that_must_not_be_asked_is_not(desk: WebHouse, operator: TestClient) -> None:
    code = opened(operator, **{"exclude.centro_luna": "yes"})

    assert {row.service for row in desk.view(code).handoffs} == {"ginestra_ascolto", "san_vito_pronto_soccorso"}


def test_a_case_opened_on_the_word_of_a_service_says_so_and_another_word_is_refused(
    desk: WebHouse, operator: TestClient
) -> None:
    code = opened(operator, by="police")
    assert "sulla parola di: forze dell'ordine" in text_of(operator.get(f"/cases/{code}"))

    form = OPENING | {"command": hidden(operator.get("/cases/new")), "by": "vicina_di_casa"}
    page = operator.post("/cases/new", data=form)
    assert page.status_code == 422
    assert "non si apre un caso sulla parola" in page.text
    assert "forze dell" in page.text


def test_the_board_shows_least_time_left_first(desk: WebHouse, operator: TestClient) -> None:
    planned, urgent = desk.open_case("legal"), desk.open_case("shelter")

    board = operator.get("/").text

    assert board.index(urgent) < board.index(planned)


def test_the_board_is_sent_again_only_when_it_looks_different(desk: WebHouse, operator: TestClient) -> None:
    seen = operator.get("/").text.partition("/board?seen=")[2][:16]
    assert operator.get(f"/board?seen={seen}").status_code == 204

    code = desk.open_case()

    changed = operator.get(f"/board?seen={seen}")
    assert changed.status_code == 200
    assert code in changed.text
    assert "<html" not in changed.text


def test_the_case_is_sent_again_only_when_it_looks_different(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    seen = operator.get(f"/cases/{code}").text.partition("/live?seen=")[2][:16]
    assert operator.get(f"/cases/{code}/live?seen={seen}").status_code == 204

    letter = desk.letter(code)
    desk.browser().post(letter.path, data={"code": letter.code})

    assert "presa visione" in operator.get(f"/cases/{code}/live?seen={seen}").text


def test_an_answer_on_behalf_is_recorded_as_such(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    path = f"/cases/{code}/handoffs/{desk.first(code).ref}"

    page = operator.post(path, data={"command": hidden(operator.get(path)), "answer": "accept"})

    assert page.url.path == f"/cases/{code}"
    accepted = next(e.recorded for e in desk.view(code).timeline if e.kind == "handoff_accepted")
    assert accepted.road is Road.DESK
    assert accepted.actor.startswith("operator:")
    assert getattr(accepted.event, "on_behalf", False)
    assert "Presa in carico di Casa Approdo" in page.text


def test_a_result_on_behalf_asks_for_its_evidence(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    path = f"/cases/{code}/handoffs/{desk.first(code).ref}"
    operator.post(path, data={"command": hidden(operator.get(path)), "answer": "accept"})
    form = {"command": hidden(operator.get(path)), "answer": "complete", "result": "no_place"}

    wrong = operator.post(path, data=form | {"evidence.places_asked": "many"})
    right = operator.post(path, data=form | {"evidence.places_asked": "4"})

    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    assert right.url.path == f"/cases/{code}"
    assert desk.first(code).state is HandoffState.COMPLETED


def test_declining_on_behalf_needs_a_reason(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    path = f"/cases/{code}/handoffs/{desk.first(code).ref}"
    form = {"command": hidden(operator.get(path)), "answer": "decline"}

    assert operator.post(path, data=form).status_code == 422
    operator.post(path, data=form | {"reason": "no_staff"})

    assert desk.first(code).reason == "no_staff"


def test_a_second_operator_who_answers_too_is_told(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    path = f"/cases/{code}/handoffs/{desk.first(code).ref}"
    first, second = hidden(operator.get(path)), hidden(operator.get(path))
    operator.post(path, data={"command": first, "answer": "accept"})

    page = operator.post(path, data={"command": second, "answer": "accept"})

    assert "Seconda risposta: era già presa in carico" in page.text
    assert "operatrice (lo prendiamo in carico): «Trovare un posto protetto» era già in carico" in text_of(
        operator.get(f"/cases/{code}")
    )


def test_cancelling_needs_a_reason_and_the_code_typed_again(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    form = {"command": hidden(operator.get(f"/cases/{code}")), "reason": "her_wish", "confirmation": "C-XXXX-XXXX"}

    wrong = operator.post(f"/cases/{code}/cancel", data=form)
    assert wrong.status_code == 422
    assert 'value="C-XXXX-XXXX"' in wrong.text
    assert desk.view(code).row.status is CaseStatus.OPEN

    page = operator.post(f"/cases/{code}/cancel", data=form | {"confirmation": code.lower()})
    assert "annullato" in page.text
    assert desk.view(code).row.status is CaseStatus.CANCELLED


def test_consent_taken_back_cancels_what_hung_on_it(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    form = {"command": hidden(operator.get(f"/cases/{code}")), "consent": "shelter", "answer": "revoke"}

    page = operator.post(f"/cases/{code}/consents", data=form)

    assert "Lei ha revocato il consenso" in page.text
    assert desk.first(code).state is HandoffState.CANCELLED


def test_a_fact_that_changes_is_written_down_with_its_reason(desk: WebHouse, operator: TestClient) -> None:
    code = opened(operator, **{"fact.risk": "high"})
    page = operator.get(f"/cases/{code}")
    assert "risk=imminent" in page.text
    assert "risk=high" not in page.text  # it is so already

    form = {"command": hidden(page), "so": "risk=imminent", "by": "operator", "reason": "something_happened"}
    page = operator.post(f"/cases/{code}/facts", data=form)

    assert "Livello di rischio: imminente (prima: alto); è successo qualcosa, su parola di: l'operatrice." in text_of(
        page
    )
    assert desk.view(code).state.facts["risk"] == "imminent"

    written = {"fact": "incident_at", "value": "2026-11-24T10:00", "by": "operator", "reason": "she_said"}
    page = operator.post(f"/cases/{code}/facts", data={"command": hidden(page), **written})
    assert "Quando è avvenuta la violenza" in text_of(page)
    assert desk.view(code).state.facts["incident_at"] == "2026-11-24T09:00:00+00:00"
    kept = b"".join(file.read_bytes() for file in desk.house.settings.data.rglob("*.sqlite*"))
    assert kept
    assert b"2026-11-24T09:00:00" not in kept  # in the trail as in the state: sealed


def test_a_change_that_the_facts_do_not_allow_comes_back_with_what_was_typed(
    desk: WebHouse, operator: TestClient
) -> None:
    code = opened(operator, **{"fact.risk": "high"})
    form = {"command": hidden(operator.get(f"/cases/{code}")), "so": "risk=low", "by": "operator", "reason": "she_said"}

    page = operator.post(f"/cases/{code}/facts", data=form)

    assert page.status_code == 409
    assert "Livello di rischio su questa parola può solo salire. Lo si abbassa su parola di: valutazione" in text_of(
        page
    )
    assert 'value="risk=low" selected' in page.text
    assert desk.view(code).state.facts["risk"] == "high"
    assert operator.post(f"/cases/{code}/facts", data={**form, "reason": "nonsense"}).status_code == 400
    assert operator.post(f"/cases/{code}/facts", data={**form, "so": "risk"}).status_code == 400


def test_every_message_is_shown_with_what_became_of_it(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    desk.send_everything(after=4.0)

    page = text_of(operator.get(f"/cases/{code}"))

    assert "Casa Approdo referente richiesta" in page
    assert "preso dal vettore 17:00 · dopo 4 s" in page
    assert "richiesta — e-mail: preso dal vettore dopo 4 s." in page


def test_the_desk_speaks_english_when_asked(operator: TestClient) -> None:
    page = operator.post("/language", data={"language": "en"}, headers={"referer": "http://127.0.0.1:8480/cases/new"})

    assert page.url.path == "/cases/new"
    assert 'lang="en"' in page.text
    assert "Who would be called?" in page.text


def test_a_page_elsewhere_cannot_send_us_away(operator: TestClient) -> None:
    page = operator.post("/language", data={"language": "en"}, headers={"referer": "https://evil.example/x"})

    assert str(page.url) == "http://127.0.0.1:8480/"


def test_a_drill_has_a_banner(desk: WebHouse, operator: TestClient) -> None:
    real, drill = desk.open_case(), desk.open_case(drill=True)

    assert "ESERCITAZIONE" in operator.get(f"/cases/{drill}").text
    assert "ESERCITAZIONE" not in operator.get(f"/cases/{real}").text
