"""The same act on several cases of the board: one command and one event each, and of each what became of it."""

import pytest
from starlette.testclient import TestClient

from procedures.events import AlertPurpose
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow


def ticked(desk: WebHouse, *codes: str) -> dict[str, str]:
    return {f"row.{code}": desk.first(code).ref for code in codes}


def acts(operator: TestClient, answer: str, rows: dict[str, str], **more: str) -> str:
    form = {"command": hidden(operator.get("/")), "answer": answer, **more, **rows}
    done = operator.post("/board/acts", data=form)
    again = operator.post("/board/acts", data=form)
    assert {done.status_code, again.status_code} == {200}, done.text
    return text_of(done)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("remind", "alert_queued"), ("acknowledge", "handoff_acknowledged"), ("reassign", "handoff_declined")],
)
def test_five_ticked_are_five_events_however_often_the_form_is_sent(
    desk: WebHouse, operator: TestClient, answer: str, kind: str
) -> None:
    codes = [desk.open_case() for _ in range(6)]
    before = {code: desk.events(code) for code in codes}

    said = acts(operator, answer, ticked(desk, *codes[:5]), reason="full")

    added = {code: desk.events(code)[len(before[code]) :] for code in codes}
    assert [added[code].count(kind) for code in codes[:5]] == [1] * 5
    assert added[codes[5]] == []
    assert "Fatto in 5 dei casi selezionati." in said
    if answer == "remind":
        assert len(desk.alerts(codes[0], AlertPurpose.REMINDER)) == 1
        assert added[codes[0]] == ["alert_queued"]


def test_what_could_not_be_done_is_said_of_its_case_and_keeps_no_other_from_it(
    desk: WebHouse, operator: TestClient
) -> None:
    good, answered, gone = desk.open_case(), desk.open_case(), "C-0000-0000"
    letter = desk.letter(answered)
    rows = {**ticked(desk, answered, good), f"row.{gone}": "R-0000-0000"}
    desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})

    said = acts(operator, "remind", rows)

    assert "Fatto in 1 dei casi selezionati." in said
    assert f"{good} : Sollecito inviato." in said
    assert f"{answered} : Nessuno deve ancora rispondere" in said
    assert f"{gone} : Questo caso non c'è" in said


def test_nothing_ticked_or_no_reason_does_nothing(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    before = desk.events(code)
    command = hidden(operator.get("/"))
    for form in ({"answer": "remind"}, {"answer": "reassign", **ticked(desk, code)}):
        answer = operator.post("/board/acts", data={"command": command, **form})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert desk.events(code) == before
