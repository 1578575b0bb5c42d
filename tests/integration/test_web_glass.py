"""Breaking the glass: an hour with one case, of which everybody who must know does, and which somebody else reviews."""

import re
from collections.abc import Mapping

import httpx2
import pytest
from starlette.testclient import TestClient

from cli.examining import unreviewed
from models.reads import ALARM_AFTER, ReadKind, reads
from models.trail import verify
from models.tying import tie_account
from procedures.events import AlertPurpose
from procedures.people import Role
from tests.integration.test_web_relations import COORDINATOR, NOWHERE, account, opened_by, somebody
from tests.integration.webhouse import CANARY, WebHouse, hidden, text_of

pytestmark = pytest.mark.slow
WHY = "Zinnia calls from the station"  # invented


@pytest.fixture
def berta(desk: WebHouse) -> TestClient:
    """The browser of an operator who has no case."""
    return somebody(desk, "berta")


def breaks(browser: TestClient, code: str, **changes: str) -> httpx2.Response:
    form = {"command": hidden(browser.get("/glass")), "code": code, "category": "in_danger", "reason": WHY, **changes}
    return browser.post("/glass", data=form)


def the_glass(coordinator: TestClient) -> str:
    found = re.search(r'action="/glass/([0-9a-f]+)"', coordinator.get("/glass").text)
    assert found is not None
    return found[1]


def test_it_opens_for_an_hour_with_a_banner_and_closes_by_itself(desk: WebHouse, berta: TestClient) -> None:
    code = desk.open_case()
    page = breaks(berta, code)
    assert page.url.path == f"/cases/{code}"
    assert CANARY in page.text
    for address in (f"/cases/{code}", f"/cases/{code}/who-now", "/", "/glass"):
        assert f"Hai rotto il vetro di {code}" in text_of(berta.get(address))
    desk.clock.pass_by(minutes=59)
    assert berta.get(f"/cases/{code}/live").status_code == 200
    desk.clock.pass_by(minutes=1)
    assert berta.get(f"/cases/{code}").status_code == 404
    assert "rotto il vetro" not in text_of(berta.get("/"))
    assert verify(desk.house.database, desk.house.keyring).sound


def test_everybody_of_the_coordination_is_told_at_once_and_nothing_of_it_is_personal(
    desk: WebHouse, berta: TestClient
) -> None:
    code = desk.open_case()
    breaks(berta, code)
    told = desk.alerts(code, AlertPurpose.GLASS_BROKEN)
    assert [alert.person for alert in told] == ["ines", "lidia"]
    assert WHY not in desk.log.getvalue()


def test_it_lets_her_in_and_lets_her_let_nobody_in(desk: WebHouse, berta: TestClient) -> None:
    somebody(desk, "anna")
    code = desk.open_case()
    breaks(berta, code)
    answer = berta.post(f"/cases/{code}/relations", data={"answer": "give", "account": account(desk, "anna")})
    assert answer.status_code == 409
    assert code not in berta.get("/board").text


def test_a_code_that_is_not_there_answers_as_one_that_is_until_the_reason_is_given(
    desk: WebHouse, berta: TestClient
) -> None:
    code = desk.open_case()
    missing: list[Mapping[str, str]] = [{"reason": ""}, {"category": ""}, {"category": "queen"}, {"reason": "x" * 2000}]
    for changes in missing:
        same = {"command": "0123456789abcdef0123", **changes}
        answers = [breaks(berta, one, **same) for one in (code, NOWHERE)]
        assert [one.status_code for one in answers] == [422, 422]
        assert answers[0].text.replace(code, NOWHERE) == answers[1].text
    assert reads(desk.house.database) == []
    assert breaks(berta, NOWHERE).status_code == 404
    assert desk.alerts(code, AlertPurpose.GLASS_BROKEN) == []


def test_whoever_is_excluded_cannot_break_it_and_reads_what_the_unknown_gets(desk: WebHouse, berta: TestClient) -> None:
    somebody(desk, "anna")
    code = opened_by(desk, "anna", exclusions=frozenset({"ada"}))
    tie_account(desk.house, account(desk, "berta"), "ada", "shell")
    same = {"command": "0123456789abcdef0123"}
    answers = [breaks(berta, one, **same) for one in (code, NOWHERE)]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text.replace(code, NOWHERE) == answers[1].text
    assert desk.alerts(code, AlertPurpose.GLASS_BROKEN) == []


def test_somebody_else_who_coordinates_reviews_it_once(desk: WebHouse, berta: TestClient) -> None:
    code = desk.open_case()
    breaks(berta, code)
    carla = somebody(desk, "carla", COORDINATOR)
    assert WHY in carla.get("/glass").text
    glass = the_glass(carla)
    assert berta.post(f"/glass/{glass}", data={"found": "needed"}).status_code == 404
    assert carla.post(f"/glass/{glass}", data={"found": "needed"}).url.path == "/glass"
    assert WHY not in carla.get("/glass").text
    assert carla.post(f"/glass/{glass}", data={"found": "not_needed"}).status_code == 409
    assert "carla: ha verificato il vetro rotto di berta" in text_of(carla.get(f"/cases/{code}"))
    assert verify(desk.house.database, desk.house.keyring).sound


def test_nobody_reviews_her_own(desk: WebHouse) -> None:
    delia = somebody(desk, "delia", COORDINATOR)
    tie_account(desk.house, account(desk, "delia"), "mara", "shell")
    code = desk.open_case()
    breaks(delia, code)
    glass = the_glass(somebody(desk, "carla", COORDINATOR))
    tie_account(desk.house, account(desk, "delia"), "", "shell")  # from now on she answers for the whole network
    assert WHY not in delia.get("/glass").text
    assert delia.post(f"/glass/{glass}", data={"found": "needed"}).status_code == 409


def test_what_nobody_reviews_within_two_working_days_stands_before_auditors_and_in_the_doctor(
    desk: WebHouse, berta: TestClient
) -> None:
    code = desk.open_case()  # a Tuesday
    breaks(berta, code)
    auditor = somebody(desk, "aurora", frozenset({Role.AUDITOR}))
    assert "aspetta" in text_of(auditor.get("/audit"))
    assert list(unreviewed(desk.house)) == []
    desk.clock.pass_by(days=2, hours=8)
    again = somebody(desk, "alma", frozenset({Role.AUDITOR}))
    page = text_of(again.get("/audit"))
    assert f"berta {code} è in pericolo adesso in ritardo" in page
    assert WHY not in page
    assert [code in finding.said for finding in unreviewed(desk.house)] == [True]


def test_the_reason_is_nowhere_in_clear(desk: WebHouse, berta: TestClient) -> None:
    breaks(berta, desk.open_case())
    files = [path.read_bytes() for path in desk.house.settings.data.rglob("*") if path.is_file()]
    assert WHY.encode() not in b"".join(files)


def test_thirty_tries_within_an_hour_alarm_the_coordination_once(desk: WebHouse, berta: TestClient) -> None:
    code = desk.open_case()
    for number in range(ALARM_AFTER - 1):
        berta.get(f"/cases/{code if number % 2 else NOWHERE}")
    assert desk.alerts(code, AlertPurpose.MANY_TRIES) == []
    for _ in range(3):
        berta.get(f"/cases/{NOWHERE}")
    assert len(desk.alerts(code, AlertPurpose.MANY_TRIES)) == 2  # both people of the coordination
    assert [one.kind for one in reads(desk.house.database)].count(ReadKind.ALARM) == 1
    page = text_of(somebody(desk, "aurora", frozenset({Role.AUDITOR})).get("/audit"))
    assert "berta" in page
    assert "il coordinamento è stato avvisato" in page
    assert verify(desk.house.database, desk.house.keyring).sound


def test_a_page_that_was_left_open_is_no_try(desk: WebHouse, berta: TestClient) -> None:
    code = desk.open_case()
    for _ in range(ALARM_AFTER + 1):
        assert berta.get(f"/cases/{code}/live").status_code == 404
    assert reads(desk.house.database) == []
