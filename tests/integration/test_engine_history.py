"""One flow run tells one pathway run: what an auditor finds in Prefect, and what is not there."""

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from cli.demo.mailserver import MailServer
from models.composition import House
from models.history import flow_runs_of_case, flow_tasks_of, run_facts
from procedures.events import HandoffRequested
from tests.integration.prefect_at_work import (
    PREFECT_LEAVES_SOCKETS,
    PrefectAtWork,
    at_rest,
    engine_at_work,
    flow_run,
    task_runs,
    until,
)
from tests.integration.relay import CANARY, cancel, first, no_place, open_shelter, run_id_of

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect"), PREFECT_LEAVES_SOCKETS]


async def test_a_run_rests_in_a_state_named_for_what_it_awaits(house: House, client: "PrefectClient") -> None:
    opened = open_shelter(house)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id_of(opened), "Awaiting find_place", tasks=1))
    found = await flow_run(client, note)
    assert found.state is not None
    assert (found.state.type.value, found.state.name) == ("PAUSED", "Awaiting find_place")
    assert found.state.state_details.pause_timeout is None


async def test_it_is_named_by_its_opaque_reference_alone(house: House, client: "PrefectClient") -> None:
    opened = open_shelter(house)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id_of(opened), "Awaiting find_place"))
    found = await flow_run(client, note)
    run = run_facts(house.database, run_id_of(opened))
    assert run is not None
    assert found.name == f"shelter {run.ref}"
    assert found.parameters == {"run_ref": run.ref}
    assert found.tags == ["shelter"]
    assert opened.state.code not in found.model_dump_json()


async def test_an_alert_is_a_task_run_that_says_what_became_of_it(house: House, client: "PrefectClient") -> None:
    opened = open_shelter(house)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id_of(opened), "Awaiting find_place", tasks=1))
        (alert,) = await task_runs(client, note, 1)
    assert alert.name == "alert find_place"
    assert alert.state is not None
    assert alert.state.name == "Accepted"
    assert alert.state.message is not None
    assert first(opened, HandoffRequested).ref in alert.state.message
    assert " sent 20" in alert.state.message


async def test_it_is_completed_with_its_pathway_and_one_row_of_task_runs(house: House, client: "PrefectClient") -> None:
    opened = open_shelter(house)
    async with engine_at_work(house):
        await until(at_rest(house, run_id_of(opened), "Awaiting find_place", tasks=1))
        no_place(house, opened)
        note = await until(at_rest(house, run_id_of(opened), "Completed"))
        names = [task_run.name for task_run in await task_runs(client, note, 7)]
    assert sorted(names) == [
        "alert find_place",
        "alert find_place echo_taken",
        "alert find_place echo_work",
        "alert find_place result_link",
        "end find_place completed",
        "word find_place completed",
        "word find_place taken",
    ]
    found = await flow_run(client, note)
    assert found.state is not None
    assert (found.state.name, found.state.message) == ("Completed", "no_place")


async def test_its_artifact_is_the_table_of_handoffs_with_the_real_times(house: House, client: "PrefectClient") -> None:
    opened = open_shelter(house)
    async with engine_at_work(house):
        ended = no_place(house, opened)
        await until(at_rest(house, run_id_of(opened), "Completed"))
    (row,) = await table_of(client, house, run_id_of(opened))
    requested = first(opened, HandoffRequested)
    assert (row["ref"], row["state"], row["result"]) == (requested.ref, "completed", "no_place")
    assert row["requested"] == requested.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert row["ended"] == ended.events[0].event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def table_of(client: "PrefectClient", house: House, run_id: str) -> list[dict[str, Any]]:
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    run = run_facts(house.database, run_id)
    assert run is not None
    key = ArtifactFilterKey(any_=[f"handoffs-{run.ref.lower()}"])
    (artifact,) = await client.read_artifacts(artifact_filter=ArtifactFilter(key=key))
    rows: list[dict[str, Any]] = json.loads(str(artifact.data))
    return rows


async def test_it_is_cancelled_with_its_pathway(house: House, client: "PrefectClient") -> None:
    opened = open_shelter(house)
    async with engine_at_work(house):
        await until(at_rest(house, run_id_of(opened), "Awaiting find_place"))
        cancel(house, opened)
        note = await until(at_rest(house, run_id_of(opened), "Cancelled"))
    found = await flow_run(client, note)
    assert found.state is not None
    assert (found.state.type.value, found.state.message) == ("CANCELLED", "her_wish")


async def test_each_pathway_that_another_one_starts_has_a_run_of_its_own(house: House) -> None:
    opened = open_shelter(house, "intake", frozenset({"intake", "shelter"}))
    async with engine_at_work(house):
        await until(lambda: len(flow_runs_of_case(house.database, opened.state.case_id)) == len(opened.state.runs))
        await until(lambda: names_of(house, run_id_of(opened)) >= started(opened.state.runs.values()))
    assert len({note.flow_run_id for note in flow_runs_of_case(house.database, opened.state.case_id)}) == len(
        opened.state.runs
    )


def names_of(house: House, run_id: str) -> set[str]:
    return {task.name for task in flow_tasks_of(house.database, run_id)}


def started(runs: Any) -> set[str]:
    return {f"start {run.pathway}" for run in runs if run.parent_run is not None}


async def test_while_the_dispatcher_is_silent_the_task_sends(
    house: House, client: "PrefectClient", mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.recording.SILENT_SECONDS", 0.2)
    opened = open_shelter(house)
    async with engine_at_work(house, dispatching=False):
        note = await until(at_rest(house, run_id_of(opened), "Awaiting find_place", tasks=1))
        sent = await task_runs(client, note, 2)
    assert [received.recipient for received in mail.received()] == ["olga.ferri@example.org"]
    assert {task_run.name for task_run in sent} == {"alert find_place"}


async def test_a_rest_is_no_error_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    from flows.pathway import calm_the_log

    calm_the_log()
    runs_log = logging.getLogger("prefect.flow_runs")
    runs_log.addHandler(caplog.handler)
    opened = open_shelter(house)
    async with engine_at_work(house):
        await until(at_rest(house, run_id_of(opened), "Awaiting find_place"))
    runs_log.removeHandler(caplog.handler)
    rests = [record for record in caplog.records if "Awaiting find_place" in record.getMessage()]
    assert rests
    assert {record.levelname for record in rests} == {"INFO"}


async def test_nothing_that_identifies_anybody_is_in_prefect(
    house: House, client: "PrefectClient", prefect: PrefectAtWork
) -> None:
    opened = open_shelter(house)
    async with engine_at_work(house):
        no_place(house, opened)
        note = await until(at_rest(house, run_id_of(opened), "Completed"))
        await task_runs(client, note, 5)
    kept = prefect.everything_kept()
    run = run_facts(house.database, run_id_of(opened))
    assert run is not None
    assert run.ref.encode() in kept
    for word in (CANARY, "olga", "example.org", opened.state.code, opened.state.case_id, "sportello_luna"):
        assert word.encode() not in kept, word
