"""The handover sheet: what is open by time left, whom services have next, nothing personal; each case is noted."""

import pytest
from starlette.testclient import TestClient

from models.reads import ReadKind, reads
from models.trail import verify
from procedures.people import Role
from tests.integration.test_web_people import only
from tests.integration.test_web_relations import opened_by, somebody
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow


def sheet_of(browser: TestClient) -> str:
    page = browser.get("/handover")
    assert page.status_code == 200
    return text_of(page)


def test_what_is_late_stands_first_and_each_line_says_what_is_awaited(desk: WebHouse) -> None:
    late = desk.open_case()
    desk.wait_for_coordinator(late)
    fresh, still = desk.open_case("intake"), desk.open_case("legal", consents=frozenset())
    sheet = text_of(desk.operator().get("/handover"))
    assert sheet.index(late) < sheet.index(fresh) < sheet.index("Non è in corso nulla") < sheet.index(still)
    assert "chi se ne faccia carico: nessuno lo ha fatto in tempo" in sheet
    assert "la sua risposta" in sheet
    assert "2 impegni sono aperti" in sheet
    assert CANARY not in sheet


def test_names_of_who_is_on_duty_are_for_whoever_has_the_network_room(desk: WebHouse) -> None:
    desk.open_case("intake")
    coordinator = sheet_of(only(desk, Role.COORDINATOR))
    assert "Ada Fontana (referente)" in coordinator
    assert "Bianca Serra (sostituto)" in coordinator


def test_it_is_noted_once_for_each_case_and_shows_nobody_elses(desk: WebHouse) -> None:
    anna, berta = somebody(desk, "anna"), somebody(desk, "berta")
    code = opened_by(desk, "anna")
    for _twice in range(2):
        assert code in sheet_of(anna)
    assert "Ada Fontana" not in sheet_of(anna)
    assert code not in sheet_of(berta)
    assert [one.kind for one in reads(desk.house.database, code)] == [ReadKind.SHEET]
    assert verify(desk.house.database, desk.house.keyring).sound
    assert "lo ha avuto su un foglio di consegna" in text_of(anna.get(f"/cases/{code}"))
