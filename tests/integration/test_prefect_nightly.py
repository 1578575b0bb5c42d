"""The nightly verification of the trail: a deployment with a schedule in Prefect, and done without Prefect, too."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from flows.journal import Journal, open_journal
from flows.verifying import Verifier, verify_when_overdue
from models.checks import TRAIL, Check, keep_check, last_check
from models.composition import House
from tests.integration.prefect_at_work import PREFECT_LEAVES_SOCKETS, until
from tests.integration.relay import open_shelter

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

pytestmark = [pytest.mark.slow, PREFECT_LEAVES_SOCKETS]


@pytest.fixture
def journal() -> Iterator[Journal]:
    with StringIO() as kept:
        yield open_journal("engine", kept)


def alter_the_trail(house: House) -> None:
    """Somebody with the file in their hands."""
    with house.database.write() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE events SET actor = 'somebody' WHERE seq = 1"))


@pytest.mark.usefixtures("prefect")
async def test_it_is_a_deployment_that_runs_each_night(client: "PrefectClient") -> None:
    from flows.served import deploy

    one, again = await deploy(client), await deploy(client)
    assert one == again
    found = await client.read_deployment(one)
    assert found.paused is False
    (schedule,) = found.schedules
    assert schedule.active
    assert getattr(schedule.schedule, "cron", None) == "15 3 * * *"
    assert getattr(schedule.schedule, "timezone", None) == "Europe/Rome"


@pytest.mark.usefixtures("prefect")
@pytest.mark.parametrize("sound", [True, False], ids=["sound", "altered"])
async def test_a_run_that_is_scheduled_is_run_and_its_result_kept(
    house: House, client: "PrefectClient", journal: Journal, *, sound: bool
) -> None:
    from prefect.states import Scheduled

    from flows.served import Serving, deploy
    from flows.verifying import VerificationFailed

    open_shelter(house)
    if not sound:
        alter_the_trail(house)
    deployment = await deploy(client)
    now = datetime.now(UTC)
    missed = await client.create_flow_run_from_deployment(
        deployment, state=Scheduled(scheduled_time=now - timedelta(days=1))
    )
    due = await client.create_flow_run_from_deployment(deployment, state=Scheduled(scheduled_time=now))
    serving = Serving(client, Verifier(house, None), journal)
    if sound:
        assert await serving.serve_due() == 2
    else:
        with pytest.raises(VerificationFailed):
            await serving.serve_due()
    state = (await client.read_flow_run(due.id)).state
    assert state is not None
    assert state.name == ("Completed" if sound else "Failed")
    assert (await client.read_flow_run(missed.id)).state_name == "Cancelled"
    found = last_check(house.database, TRAIL)
    assert found is not None
    assert (found.tried, found.faults > 0) == (1, not sound)


async def test_without_prefect_it_is_done_when_a_night_went_by_without(
    house: House, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.verifying.LOOK_EVERY", 0.1)
    open_shelter(house)
    long_ago = house.clock.now() - timedelta(hours=27)
    keep_check(house.database, Check(TRAIL, long_ago, 0, 0))
    work = asyncio.create_task(verify_when_overdue(Verifier(house, None), journal))
    found = await until(lambda: (one := last_check(house.database, TRAIL)) and one.at > long_ago and one)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert isinstance(found, Check)
    assert (found.tried, found.faults) == (1, 0)


async def test_a_verification_of_last_night_is_enough(
    house: House, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.verifying.LOOK_EVERY", 0.05)
    last_night = house.clock.now() - timedelta(hours=20)
    keep_check(house.database, Check(TRAIL, last_night, 0, 0))
    work = asyncio.create_task(verify_when_overdue(Verifier(house, None), journal))
    await asyncio.sleep(1)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    found = last_check(house.database, TRAIL)
    assert found is not None
    assert found.at == last_night
