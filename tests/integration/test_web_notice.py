"""A notice that reached nobody: the coordinator tells it by telephone, and says so by link or at the desk."""

import pytest

from models import outbox
from models.outbox import SettledDelivery, SettledResult
from models.views import HandoffRow
from procedures.case import HandoffState
from procedures.events import AlertPurpose
from tests.integration.webhouse import WebHouse, hidden, text_of


@pytest.fixture
def code(desk: WebHouse) -> str:
    """A case whose notice to the police was refused by every carrier."""
    code = desk.open_case("intake", facts={"risk": "imminent"})
    for _ in range(4):
        refuse_the_notice(desk, code)
    return code


def notice(desk: WebHouse, code: str) -> HandoffRow:
    """The one that was asked last."""
    return [row for row in desk.view(code).handoffs if row.step == "tell_police"][-1]


def refuse_the_notice(desk: WebHouse, code: str) -> None:
    now = desk.clock.pass_by(seconds=5)
    taken = outbox.claim(desk.house.database, worker="story", now=now, lease_seconds=30, limit=50)
    sent = {alert.alert_id for alert in desk.alerts(code, AlertPurpose.TELL)}
    for delivery in taken:
        refused = delivery.delivery_id.rpartition(".")[0] in sent
        result = SettledResult.PERMANENT if refused else SettledResult.ACCEPTED
        desk.house.handling.settle([SettledDelivery(delivery.delivery_id, result, now)])


def test_by_the_link_the_coordinator_says_that_it_was_told(desk: WebHouse, code: str) -> None:
    letter = desk.letter_about(code, "tell_police", AlertPurpose.COORDINATOR)
    browser = desk.browser()

    asked = browser.post(letter.path, data={"code": letter.code})
    assert "informato" in text_of(asked)
    assert 'value="renew"' not in asked.text
    browser.post(letter.path, data={"code": letter.code, "answer": "complete", "result": "told"})

    assert notice(desk, code).state is HandoffState.COMPLETED
    assert notice(desk, code).result == "told"


def test_at_the_desk_it_can_be_said_on_the_coordinators_behalf(desk: WebHouse, code: str) -> None:
    address = f"/cases/{code}/handoffs/{notice(desk, code).ref}"
    operator = desk.operator()
    assert address in operator.get(f"/cases/{code}").text

    asked = operator.get(address)
    assert 'value="accept"' not in asked.text
    form = {"command": hidden(asked), "answer": "complete", "result": "told"}
    operator.post(address, data=form)

    assert notice(desk, code).state is HandoffState.COMPLETED
    assert address not in operator.get(f"/cases/{code}").text


def test_a_notice_that_may_still_arrive_asks_nothing_of_the_desk(desk: WebHouse) -> None:
    code = desk.open_case("intake", facts={"risk": "imminent"})
    address = f"/cases/{code}/handoffs/{notice(desk, code).ref}"
    assert address not in desk.operator().get(f"/cases/{code}").text
