"""What Prefect keeps of our runs, as `flows.comparing` reads it and puts it right."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterId,
)
from prefect.client.schemas.objects import FlowRun, StateType, TaskRun
from prefect.states import Failed

from flows.comparing import NOT_OURS, PAGE, SeenRun, SeenTask
from flows.pathway import end_state, pathway_run

LATEST = timedelta(minutes=3)
OURS = FlowFilter(name=FlowFilterName(any_=[pathway_run.name]))
UNDER_WAY = frozenset({StateType.RUNNING, StateType.PENDING})
NO_EVENT = "Follows from no event of the trail."


@dataclass(frozen=True)
class PrefectRecord:
    """Prefect's record, as `flows.comparing` reads it and puts it right."""

    client: PrefectClient

    async def runs(self, flow_run_ids: Collection[str]) -> Mapping[str, SeenRun]:
        """Those of these flow runs (at most `PAGE`) that Prefect has, by id."""
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(one) for one in flow_run_ids]))
        found = await self.client.read_flow_runs(flow_run_filter=wanted, limit=PAGE)
        return {str(flow_run.id): seen_run(flow_run) for flow_run in found}

    async def tasks(self, flow_run_ids: Collection[str]) -> Mapping[str, Sequence[SeenTask]]:
        """Their task runs, by the id of the flow run."""
        found: dict[str, list[SeenTask]] = {}
        for task_run in await task_runs_of(self.client, [UUID(one) for one in flow_run_ids]):
            found.setdefault(str(task_run.flow_run_id), []).append(seen_task(task_run))
        return found

    async def latest_runs(self) -> Sequence[SeenRun]:
        """The flow runs of ours that were made during the last minutes, at most `PAGE` of them."""
        after = FlowRunFilterExpectedStartTime(after_=datetime.now(UTC) - LATEST)
        found = await self.client.read_flow_runs(
            flow_filter=OURS, flow_run_filter=FlowRunFilter(expected_start_time=after), limit=PAGE
        )
        return [seen_run(flow_run) for flow_run in found]

    async def has_any_run(self) -> bool:
        """Whether Prefect has any flow run of ours at all."""
        return bool(await self.client.read_flow_runs(flow_filter=OURS, limit=1))

    async def end_task(self, task_run_id: str, word: str, note: str | None) -> None:
        """Have a task run end as it was told."""
        await self.client.set_task_run_state(UUID(task_run_id), end_state(word, note), force=True)

    async def disown_task(self, task_run_id: str) -> None:
        """Say of a task run that it follows from no event."""
        await self.client.set_task_run_state(UUID(task_run_id), Failed(name=NOT_OURS, message=NO_EVENT), force=True)

    async def disown_run(self, flow_run_id: str) -> None:
        """Say of a flow run that it follows from no trail."""
        await self.client.set_flow_run_state(UUID(flow_run_id), Failed(name=NOT_OURS, message=NO_EVENT), force=True)


def seen_run(flow_run: FlowRun) -> SeenRun:
    """A flow run without Prefect."""
    kind = "" if flow_run.state_type is None else flow_run.state_type.value
    return SeenRun(str(flow_run.id), str(flow_run.parameters.get("run_ref", "")), kind, flow_run.state_name or "")


def seen_task(task_run: TaskRun) -> SeenTask:
    """A task run without Prefect."""
    kind = task_run.state_type
    return SeenTask(
        str(task_run.id),
        "" if kind is None else kind.value,
        task_run.state_name or "",
        final=kind is not None and kind not in UNDER_WAY,
    )


async def task_runs_of(client: PrefectClient, flow_runs: Sequence[UUID]) -> list[TaskRun]:
    """Every task run of these flow runs."""
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=list(flow_runs)))
    found: list[TaskRun] = []
    while page := await client.read_task_runs(flow_run_filter=wanted, limit=PAGE, offset=len(found)):
        found += page
        if len(page) < PAGE:
            break
    return found
