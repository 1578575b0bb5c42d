"""At 03:10 a thief who reads the referent's mailbox accepts. The duty telephone and the coordinator know at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.delivering import message_of
from models import outbox
from models.pins import issue_pin
from notifiers.message import Message
from procedures.events import AlertPurpose
from tests.integration.webhouse import CANARY, WebHouse, text_of, web_house

pytestmark = pytest.mark.slow

AT_NIGHT = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
"""03:10 in Rome."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        made.clock.at = AT_NIGHT
        yield made


def leaving(house: WebHouse) -> list[tuple[AlertPurpose, Message]]:
    """What a dispatcher would send within the next five seconds."""
    now = house.clock.pass_by(seconds=5)
    claimed = outbox.claim(house.house.database, worker="story", now=now, lease_seconds=30, limit=50)
    return [(one.purpose, message_of(house.house, one)) for one in claimed]


def stolen(house: WebHouse, risk: str) -> str:
    """The code of a case whose first request the thief has taken, out of the referent's mailbox, knowing her PIN."""
    code = house.open_case(facts={"risk": risk})
    letter = house.letter(code)
    pin = issue_pin(house.house, house.alerts(code, AlertPurpose.REQUEST)[-1].person, "shell")
    house.send_everything(after=1)
    answer = house.browser().post(letter.path, data={"code": letter.code, "answer": "accept", "pin": pin})
    assert answer.status_code == 200
    return code


def test_a_mailbox_thief_accepts_at_night_and_the_others_know(house: WebHouse) -> None:
    stolen(house, "imminent")
    sent = leaving(house)
    (echo,) = [message for purpose, message in sent if purpose is AlertPurpose.ECHO_TAKEN]
    (shown,) = [message for purpose, message in sent if purpose is AlertPurpose.ECHO_COORDINATOR]
    thief = next(message for purpose, message in sent if purpose is AlertPurpose.RESULT_LINK)
    assert thief.address not in {echo.address, shown.address}
    assert echo.address != shown.address


def test_the_echo_says_whom_to_telephone_and_nothing_more(house: WebHouse) -> None:
    code = stolen(house, "high")
    sent = leaving(house)
    (echo,) = [message for purpose, message in sent if purpose is AlertPurpose.ECHO_TAKEN]
    phones = {one.phone for one in house.house.procedures.directory().coordinators.values()}
    assert any(phone in echo.body for phone in phones)
    assert "/h/" not in echo.body
    assert code not in echo.body
    assert CANARY not in echo.body
    assert AlertPurpose.ECHO_COORDINATOR not in [purpose for purpose, _ in sent]


def test_the_page_of_the_case_says_by_whom_it_was_taken_and_that_it_was_said_again(house: WebHouse) -> None:
    page = text_of(house.operator().get(f"/cases/{stolen(house, 'imminent')}"))
    assert "eco: è stato preso in carico" in page
    assert "una risposta da guardare" in page
