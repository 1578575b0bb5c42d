"""Telling again: after a crash, after the end, after somebody pressed a button in Prefect's page."""

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from cli.demo.mailserver import MailServer
from models.composition import House
from models.history import flow_run_of, flow_tasks_of, forget_flow_tasks, run_facts
from models.runwakes import wake_run
from tests.integration.prefect_at_work import (
    PREFECT_LEAVES_SOCKETS,
    at_rest,
    brought_to_rest,
    engine_at_work,
    flow_run,
    press_cancel,
    task_runs,
    until,
)
from tests.integration.relay import no_place, open_shelter, run_id_of

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect"), PREFECT_LEAVES_SOCKETS]


async def test_making_a_flow_run_twice_makes_one(house: House, client: "PrefectClient") -> None:
    from flows.history import make_flow_run

    run = run_facts(house.database, run_id_of(open_shelter(house)))
    assert run is not None
    assert await make_flow_run(client, run) == await make_flow_run(client, run)


async def test_what_is_told_after_the_end_leaves_the_run_completed(house: House, client: "PrefectClient") -> None:
    opened = open_shelter(house)
    run_id = run_id_of(opened)
    async with engine_at_work(house):
        no_place(house, opened)
        note = await until(at_rest(house, run_id, "Completed", tasks=7))
    lost = flow_tasks_of(house.database, run_id)[-1]
    forget_flow_tasks(house.database, run_id, [lost.seq])
    wake_run(house.database, run_id, now=house.clock.now())
    async with engine_at_work(house):
        await until(at_rest(house, run_id, "Completed", tasks=7))
    state = (await flow_run(client, note)).state
    assert state is not None
    assert state.name == "Completed"
    # Telling it again made no second task run.
    assert len(await task_runs(client, note, 7)) == 7


async def test_a_run_deleted_in_prefects_page_is_made_again_from_the_trail_and_marked(
    house: House, client: "PrefectClient"
) -> None:
    opened, flow_run_id = await brought_to_rest(house)
    await client.delete_flow_run(flow_run_id)
    no_place(house, opened)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id_of(opened), "Completed", tasks=5))
        found = await task_runs(client, note, 5)
    assert note.rebuilt
    assert UUID(note.flow_run_id) != flow_run_id
    assert "alert find_place" in {task_run.name for task_run in found}


async def test_what_differs_from_the_trail_is_told_anew(
    house: House, client: "PrefectClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody cancelled one run and deleted another, and nothing happens in these cases for days."""
    monkeypatch.setattr("flows.comparing.SETTLING_SECONDS", 0)
    one, cancelled = await brought_to_rest(house)
    other, deleted = await brought_to_rest(house)
    await press_cancel(client, cancelled, over=True)
    await client.delete_flow_run(deleted)
    async with engine_at_work(house):
        await until(lambda: (note := flow_run_of(house.database, run_id_of(other))) is not None and note.rebuilt)
        await until(at_rest(house, run_id_of(other), "Awaiting find_place", tasks=1))
        await until(at_rest(house, run_id_of(one), "Awaiting find_place", tasks=1))
    state = (await client.read_flow_run(cancelled)).state
    assert state is not None
    assert state.name == "Awaiting find_place"


async def test_a_message_with_a_name_in_an_error_never_reaches_prefect(
    house: House, client: "PrefectClient", monkeypatch: pytest.MonkeyPatch, mail: MailServer
) -> None:
    from flows import pathway, record

    def broken(*_args: object) -> Any:
        text = "could not say it to Zinnia"
        raise RuntimeError(text)

    monkeypatch.setattr(pathway, "end_state", broken)
    opened = open_shelter(house)
    async with engine_at_work(house):
        await until(lambda: bool(mail.received()))
        await until(lambda: flow_run_of(house.database, run_id_of(opened)))
        await asyncio.sleep(1.5)
    note = flow_run_of(house.database, run_id_of(opened))
    assert note is not None
    kept = (await flow_run(client, note)).model_dump_json()
    kept += "".join(t.model_dump_json() for t in await record.task_runs_of(client, [UUID(note.flow_run_id)]))
    assert "RuntimeError" in kept
    assert "Zinnia" not in kept
