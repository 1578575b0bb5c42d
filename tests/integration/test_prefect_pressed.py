"""Buttons pressed in Prefect's page: no handoff changes, the run is put back, and it is reported."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from models.composition import House
from models.history import flow_run_of, handoffs_of_run
from models.recorded import Handled
from models.reports import Report, reports
from tests.integration.prefect_at_work import (
    PREFECT_LEAVES_SOCKETS,
    at_rest,
    engine_at_work,
    flow_run,
    task_runs,
    until,
)
from tests.integration.relay import open_shelter, run_id_of

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect"), PREFECT_LEAVES_SOCKETS]
RESTS = "Awaiting find_place"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.comparing.SETTLING_SECONDS", 0)


async def several_at_rest(house: House, many: int = 3) -> list[Handled]:
    """Cases whose runs wait for a place, with no engine at work any more."""
    opened = [open_shelter(house) for _ in range(many)]
    async with engine_at_work(house):
        for one in opened:
            await until(at_rest(house, run_id_of(one), RESTS, tasks=1), 60)
    return opened


def flow_run_ids(house: House, opened: Sequence[Handled]) -> list[UUID]:
    notes = [flow_run_of(house.database, run_id_of(one)) for one in opened]
    return [UUID(note.flow_run_id) for note in notes if note is not None]


def handoffs(house: House, opened: Sequence[Handled]) -> list[Any]:
    return [handoffs_of_run(house.database, run_id_of(one)) for one in opened]


def mended(house: House, kind: str, many: int) -> Sequence[Report] | None:
    found = [one for one in reports(house.database) if one.kind == kind]
    return found if len(found) == many and all(one.mended_at is not None for one in found) else None


async def press(client: "PrefectClient", button: str, flow_run_id: UUID) -> None:
    """What the page sends when the button is pressed."""
    here = {"id": flow_run_id}
    if button == "delete":
        await client.delete_flow_run(flow_run_id)
    elif button == "resume":
        await client.request("POST", "/flow_runs/{id}/resume", path_params=here, json={})
    else:
        state = {
            "cancel": {"type": "CANCELLING", "name": "Cancelling"},
            "retry": {"type": "SCHEDULED", "name": "AwaitingRetry"},
            "pause": {"type": "PAUSED", "name": "Paused"},
            "change state": {"type": "FAILED", "name": "Failed", "message": "changed by hand"},
        }[button]
        asked = {"state": state, "force": True}
        await client.request("POST", "/flow_runs/{id}/set_state", path_params=here, json=asked)


@pytest.mark.parametrize(
    ("button", "kind"),
    [
        ("cancel", "cancelled"),
        ("resume", "resumed"),
        ("delete", "deleted"),
        ("retry", "resumed"),
        ("pause", "paused"),
        ("change state", "ended"),
    ],
)
async def test_a_button_changes_no_handoff_and_is_reported(
    house: House, client: "PrefectClient", button: str, kind: str
) -> None:
    opened = await several_at_rest(house)
    before = handoffs(house, opened)
    for flow_run_id in flow_run_ids(house, opened):
        await press(client, button, flow_run_id)
    async with engine_at_work(house):
        found = await until(lambda: mended(house, kind, len(opened)), 60)
        for one in opened:
            note = await until(at_rest(house, run_id_of(one), RESTS, tasks=1))
            state = (await flow_run(client, note)).state
            assert state is not None
            assert state.name == RESTS
            assert note.rebuilt is (button == "delete")
    assert {one.run_id for one in found} == {run_id_of(one) for one in opened}
    assert handoffs(house, opened) == before


async def test_a_task_run_that_somebody_changed_or_added_is_put_right(house: House, client: "PrefectClient") -> None:
    from prefect.states import Completed, Failed

    from flows.pathway import SENDING

    (opened,) = await several_at_rest(house, 1)
    (flow_run_id,) = flow_run_ids(house, [opened])
    note = flow_run_of(house.database, run_id_of(opened))
    assert note is not None
    (told,) = await task_runs(client, note, 1)
    await client.set_task_run_state(told.id, Failed(name="Permanent"), force=True)
    planted: Any = Completed(name="Accepted")
    added = await client.create_task_run(SENDING, flow_run_id, dynamic_key=uuid4().hex, name="alert x", state=planted)
    async with engine_at_work(house):
        await until(lambda: mended(house, "task_changed", 1))
        await until(lambda: mended(house, "unknown_task", 1))
    states = {one.id: one.state_name for one in await task_runs(client, note, 2)}
    assert states == {told.id: "Accepted", added.id: "Not ours"}


async def test_a_flow_run_that_nobody_here_made_is_named_for_it(house: House, client: "PrefectClient") -> None:
    from prefect.states import Completed

    from flows.pathway import pathway_run

    planted = await client.create_flow_run(pathway_run, parameters={"run_ref": "NOBODY-00"}, state=Completed())
    async with engine_at_work(house):
        await until(lambda: [one for one in reports(house.database) if one.run_id == str(planted.id)] or None)
        await asyncio.sleep(0.5)
    assert (await client.read_flow_run(planted.id)).state_name == "Not ours"


async def test_what_agrees_is_not_reported(house: House) -> None:
    await several_at_rest(house)
    async with engine_at_work(house):
        await asyncio.sleep(2)
    assert [one for one in reports(house.database) if one.kind != "unknown_run"] == []
