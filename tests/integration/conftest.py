"""What the integration stories share."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from cli.demo.mailserver import MailServer
from models.composition import House
from tests.integration.prefect_at_work import PrefectAtWork, prefect_server
from tests.integration.relay import furnish, settings_text
from tests.integration.webhouse import WebHouse, web_house

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectAtWork]:
    """One real Prefect server for the whole session."""
    with prefect_server(tmp_path_factory.mktemp("prefect")) as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A real mail server."""
    with MailServer.start() as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, mail: MailServer) -> Iterator[House]:
    """A house whose mail goes there."""
    made = furnish(tmp_path / "data", settings_text(mail.url))
    yield made
    made.close()


@pytest.fixture
async def client(prefect: PrefectAtWork) -> AsyncIterator["PrefectClient"]:
    """Somebody who looks at Prefect, or presses its buttons."""
    assert prefect
    from prefect.client.orchestration import get_client

    async with get_client() as made:
        yield made
    gc.collect()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WebHouse]:
    """A house with its desk."""
    with web_house(tmp_path / "data") as made:
        yield made


@pytest.fixture
def operator(desk: WebHouse) -> TestClient:
    """Somebody who is signed in there."""
    return desk.operator()
