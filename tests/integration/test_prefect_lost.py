"""Prefect's database is deleted: every flow run is told anew from the trail, and marked so."""

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.composition import House
from models.history import flow_run_of, handoffs_of_run
from models.reports import reports
from tests.integration.prefect_at_work import (
    PREFECT_LEAVES_SOCKETS,
    PrefectAtWork,
    at_rest,
    engine_at_work,
    flow_run,
    task_runs_now,
    until,
)
from tests.integration.relay import no_place, open_shelter, run_id_of

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

pytestmark = [pytest.mark.slow, PREFECT_LEAVES_SOCKETS, pytest.mark.timeout(300)]


async def test_every_run_is_told_anew_and_marked(
    house: House, client: "PrefectClient", prefect: PrefectAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.comparing.SETTLING_SECONDS", 0)
    monkeypatch.setattr("flows.engine.COMPARE_AT_START", timedelta(0))
    monkeypatch.setattr("flows.engine.COMPARE_EVERY", 5.0)
    opened = [open_shelter(house) for _ in range(12)]
    for one in opened[:5]:
        no_place(house, one)
    ends = {run_id_of(one): "Completed" if one in opened[:5] else "Awaiting find_place" for one in opened}
    async with engine_at_work(house):
        for run_id, name in ends.items():
            await until(at_rest(house, run_id, name, tasks=1), 120)
    before = [handoffs_of_run(house.database, run_id) for run_id in ends]
    first = {run_id: flow_run_of(house.database, run_id) for run_id in ends}
    prefect.lose_everything()
    new = open_shelter(house)
    async with engine_at_work(house):
        await until(at_rest(house, run_id_of(new), "Awaiting find_place", tasks=1), 120)
        for run_id, name in ends.items():

            def rebuilt(run_id: str = run_id, name: str = name) -> bool:
                note = flow_run_of(house.database, run_id)
                return note is not None and note.rebuilt and note.state_name == name

            await until(rebuilt, 120)
        # What the engine still had to send of the lost runs, Prefect refuses together with what came in the same
        # batch, whosever it was: what of the new ones got lost with it is told again when runs are compared next.
        for run_id, name in ends.items():
            await stands_again(house, client, run_id, name)
    assert [handoffs_of_run(house.database, run_id) for run_id in ends] == before
    assert all(flow_run_of(house.database, run_id) != first[run_id] for run_id in ends)
    told = [one for one in reports(house.database) if one.run_id in ends]
    assert {one.run_id for one in told} == ends.keys()
    assert {one.kind for one in told} == {"rebuilt"}
    assert all(one.mended_at is not None for one in told)


async def stands_again(house: House, client: "PrefectClient", run_id: str, name: str) -> None:
    """Wait until the new flow run of this run rests under this name, marked, with the task run that was told."""
    end = time.monotonic() + 60
    while True:
        note = flow_run_of(house.database, run_id)
        if note is not None and note.state_name == name:
            found = await flow_run(client, note)
            if found.state_name == name and await task_runs_now(client, note):
                assert "rebuilt" in found.tags
                return
        assert time.monotonic() < end, "the run was not told anew in time"
        await asyncio.sleep(0.2)
