"""What a newcomer looks for on the board: what is most pressing, what is over, and whether anybody can be reached."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from models.clock import SetClock
from models.outbox import SettledDelivery, SettledResult, claim
from procedures.commands import CancelCase, CancelReason, Road
from tests.integration.webhouse import BASE, SETTINGS, WebHouse, hidden, text_of, web_house

SUNDAY_NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NOBODY = "Per questa via non si può avvisare nessuno"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        yield made


@pytest.fixture
def operator(desk: WebHouse) -> TestClient:
    return desk.operator()


def cancelled(desk: WebHouse) -> str:
    """The code of a case that was opened and called off."""
    code = desk.open_case()
    asked = {"id": desk.house.ids.new_id(), "case_id": desk.view(code).row.case_id}
    desk.house.handling.handle(
        CancelCase.model_validate({**asked, "actor": "operator:1", "road": Road.CLI, "reason": CancelReason.HER_WISH})
    )
    return code
