"""Before she answers, a service member asks to be telephoned, or has a colleague alerted; both run in her inbox."""

import pytest
from starlette.testclient import TestClient

from procedures.case import HandoffState
from procedures.events import AlertPurpose
from tests.integration.test_web_inbox import asked, member, say
from tests.integration.test_web_relations import somebody
from tests.integration.webhouse import WebHouse, text_of

pytestmark = pytest.mark.slow


@pytest.fixture
def olga(desk: WebHouse) -> TestClient:
    """The referent of the service that is asked; `paola` is its deputy."""
    assert somebody(desk, "opener").get("/").status_code == 200
    return member(desk, "olga")


def test_she_asks_to_be_telephoned_and_whoever_asks_hears_of_it(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    answer = say(olga, ref, "ask_back")
    assert answer.url.path == f"/inbox/{ref}"
    assert "È stato chiesto di telefonarle" in text_of(answer)
    assert "Telefonateci prima" not in answer.text
    assert len(desk.alerts(code, AlertPurpose.WORD_ASKED_BACK)) == 1
    assert "chiede una telefonata prima di rispondere" in text_of(desk.operator().get(f"/cases/{code}"))
    assert desk.first(code).state is not HandoffState.ACCEPTED


def test_she_gives_it_to_a_colleague_who_then_takes_it(desk: WebHouse, olga: TestClient) -> None:
    code, ref = asked(desk)
    say(olga, ref, "colleague", colleague="paola")
    assert [one.person for one in desk.alerts(code, AlertPurpose.REQUEST)] == ["olga", "paola"]
    say(member(desk, "paola"), ref, "accept")
    assert desk.first(code).state is HandoffState.ACCEPTED


@pytest.mark.parametrize("colleague", ["", "nobody", "olga"])
def test_whoever_is_no_colleague_is_not_alerted_and_the_page_says_so(
    desk: WebHouse,
    olga: TestClient,
    colleague: str,
) -> None:
    code, ref = asked(desk)
    answer = say(olga, ref, "colleague", colleague=colleague)
    assert answer.status_code in {409, 422}
    assert "non può passare a questa persona" in text_of(answer)
    assert len(desk.alerts(code, AlertPurpose.REQUEST)) == 1
