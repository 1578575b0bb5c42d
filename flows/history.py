"""How Prefect is spoken to: flow runs made once, the four mends that entering them again needs, and the comparison.

Each mend answers a fault that was measured (`docs/prefect.md`), and has a test that fails without it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import FlowRunCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType, TaskRun
from prefect.context import AsyncClientContext
from prefect.exceptions import ObjectNotFound, PrefectSignal
from prefect.states import Crashed, Pending, to_state_create

from flows.pathway import end_state, enter, pathway_run
from flows.recording import Recording
from flows.telling import RestKind
from models.composition import House
from models.history import (
    FlowRunNote,
    RunFacts,
    flow_run_of,
    flow_runs_since,
    flow_tasks_of,
    forget_flow_run,
    forget_flow_tasks,
    keep_flow_run,
)
from models.runwakes import wake_run
from procedures.errors import StaffettaError

BUSY_AGAIN_SECONDS = 0.2
BUSY = 503
PAGE = 200
SETTLING_SECONDS = 5.0
RESTS = {
    RestKind.AWAITING: StateType.PAUSED,
    RestKind.COMPLETED: StateType.COMPLETED,
    RestKind.CANCELLED: StateType.CANCELLED,
}
UNDER_WAY = frozenset({StateType.RUNNING, StateType.PENDING})
CRASHED = "The process that ran this ended before its time. It was begun again."
BEGUN_AGAIN = "Begun again from the trail."


class NotAtRest(StaffettaError):
    """The flow run did not come to where the trail says that it rests: it is entered again later."""

    template = "The flow run is not at rest. It will be entered again."


class TurnedAway(StaffettaError):
    """Prefect did not let the run be entered now."""

    template = "The flow run cannot be entered now. It will be tried again."


async def bring_in(client: PrefectClient, recording: Recording) -> None:
    """Enter the flow run of this pathway run and leave it at rest, with everything told.

    Raises:
        TurnedAway: Prefect did not let it in.
        NotAtRest: it was left elsewhere than where the trail says.
    """
    flow_run = await flow_run_for(client, recording)
    if flow_run.state_type not in {None, StateType.PAUSED, StateType.PENDING}:
        await crash_what_died(client, flow_run)
        await put_back_to_pending(client, flow_run)
        flow_run = await client.read_flow_run(flow_run.id)
    name = name_at_rest(await enter_or_turn_away(flow_run, recording), recording)
    recording.keep(str(flow_run.id), name)


async def flow_run_for(client: PrefectClient, recording: Recording) -> FlowRun:
    """The flow run of this pathway run: the one we know, or a new one where Prefect knows none."""
    run = recording.run
    known = flow_run_of(recording.house.database, run.run_id)
    if known is not None and not is_lost(known):
        try:
            return await client.read_flow_run(UUID(known.flow_run_id))
        except ObjectNotFound:
            forget_flow_run(recording.house.database, run.run_id, now=recording.house.clock.now())
    made = await make_flow_run(client, run)
    remember(recording, made)
    return await client.read_flow_run(made)


def is_lost(note: FlowRunNote) -> bool:
    """Whether Prefect lost the flow run, and no new one was made yet."""
    return note.flow_run_id.startswith("lost-")


async def make_flow_run(client: PrefectClient, run: RunFacts) -> UUID:
    """Make the flow run, once: after a crash between making it and noting its id, the key finds the same one again."""
    wanted = FlowRunCreate(
        flow_id=await client.create_flow(pathway_run),  # finds it by its name
        name=f"{run.pathway} {run.ref}",
        parameters={"run_ref": run.ref},
        tags=[run.pathway],
        idempotency_key=run.run_id,
        state=to_state_create(Pending()),
    )
    answer = await client.request("POST", "/flow_runs/", json=wanted.model_dump(mode="json", exclude_unset=True))
    return UUID(answer.json()["id"])


def remember(recording: Recording, flow_run_id: UUID) -> None:
    """Note the flow run's id before it is entered."""
    database, run_id = recording.house.database, recording.run.run_id
    before = flow_run_of(database, run_id)
    keep_flow_run(
        database,
        FlowRunNote(
            run_id=run_id,
            flow_run_id=str(flow_run_id),
            recorded_seq=0,
            state_name="Pending",
            updated_at=recording.house.clock.now(),
            rebuilt=before is not None and before.rebuilt,
        ),
    )


# Mend 1 of 4: entering a run that somebody cancelled in Prefect's page returns silently, and its body never runs.
async def put_back_to_pending(client: PrefectClient, flow_run: FlowRun) -> None:
    """Make a run that is cancelling, crashed or over fit to be entered again."""
    await client.set_flow_run_state(flow_run.id, Pending(message=BEGUN_AGAIN), force=True)


def name_at_rest(state: State | None, recording: Recording) -> str:
    """Only a body that ran, and a state that is where the trail says, settle a wake-up: that state's name.

    Raises:
        NotAtRest: one of the two is missing.
    """
    if state is None or recording.story is None or state.type is not RESTS[recording.story.rest.kind]:
        raise NotAtRest
    return state.name or ""


# Mend 2 of 4: a killed engine leaves its run and its task run Running for ever, even after the run is Completed.
async def crash_what_died(client: PrefectClient, flow_run: FlowRun) -> None:
    """Say of what a dead attempt left under way that it crashed."""
    for task_run in await task_runs_of(client, [flow_run.id]):
        if task_run.state_type in UNDER_WAY:
            await client.set_task_run_state(task_run.id, Crashed(message=CRASHED), force=True)
    if flow_run.state_type in UNDER_WAY:
        await client.set_flow_run_state(flow_run.id, Crashed(message=CRASHED), force=True)


# Mend 3 of 4: Prefect's signals are no `Exception`: they would end the engine instead of one entry.
async def enter_or_turn_away(flow_run: FlowRun, recording: Recording) -> State | None:
    """Enter the run.

    Raises:
        TurnedAway: Prefect paused or aborted the entry.
    """
    try:
        return await enter(flow_run, recording)
    except PrefectSignal:
        raise TurnedAway from None


# Mend 4 of 4: a busy SQLite is the server's 503, after which the client sleeps two seconds and more.
def ask_again_soon_when_busy(client: PrefectClient) -> None:
    """Have the client ask again in 0.2 s."""

    async def soon(response: httpx.Response) -> None:
        if response.status_code == BUSY:
            response.headers["Retry-After"] = str(BUSY_AGAIN_SECONDS)

    client._client.event_hooks["response"].append(soon)  # noqa: SLF001 - httpx's own hooks; Prefect offers no way there


async def task_runs_of(client: PrefectClient, flow_runs: Sequence[UUID]) -> list[TaskRun]:
    """Every task run of these flow runs."""
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=list(flow_runs)))
    found: list[TaskRun] = []
    while page := await client.read_task_runs(flow_run_filter=wanted, limit=PAGE, offset=len(found)):
        found += page
        if len(page) < PAGE:
            break
    return found


async def compare(client: PrefectClient, house: House, since: datetime) -> int:
    """Compare Prefect with the mirror; how many runs have to be told again.

    States of all open runs and of those touched `since`; task runs of the latter. Prefect's task states travel as
    events without guarantee, and its page has buttons.
    """
    just_now = house.clock.now() - timedelta(seconds=SETTLING_SECONDS * house.clock.speed)
    notes = [n for n in flow_runs_since(house.database, since) if not is_lost(n) and n.updated_at <= just_now]
    differing = 0
    for start in range(0, len(notes), PAGE):
        some = notes[start : start + PAGE]
        ids = [UUID(note.flow_run_id) for note in some]
        found = await client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids)), limit=PAGE)
        states = {str(flow_run.id): flow_run.state_name or "" for flow_run in found}
        for note in some:
            if await differs(client, house, note, states.get(note.flow_run_id), with_tasks=note.updated_at >= since):
                wake_run(house.database, note.run_id, now=house.clock.now())
                differing += 1
    return differing


async def differs(
    client: PrefectClient, house: House, note: FlowRunNote, state_name: str | None, *, with_tasks: bool
) -> bool:
    """Whether this run has to be told again; what Prefect lost is struck from the mirror."""
    if state_name is None:
        forget_flow_run(house.database, note.run_id, now=house.clock.now())
        return True
    lost = await lost_tasks(client, house, note) if with_tasks else []
    if lost:
        forget_flow_tasks(house.database, note.run_id, lost)
    if state_name != note.state_name:
        keep_flow_run(house.database, replace(note, state_name=state_name))
    return bool(lost) or state_name != note.state_name


async def lost_tasks(client: PrefectClient, house: House, note: FlowRunNote) -> list[int]:
    """The events whose task run Prefect does not have; one whose end got lost on the way is ended here."""
    tasks = {task_run.id: task_run for task_run in await task_runs_of(client, [UUID(note.flow_run_id)])}
    lost = []
    for told in flow_tasks_of(house.database, note.run_id):
        task_run = tasks.get(UUID(told.task_run_id)) if told.task_run_id else None
        if task_run is None:
            lost.append(told.seq)
        elif task_run.state_type in UNDER_WAY:
            await client.set_task_run_state(task_run.id, end_state(told.state, told.note), force=True)
    return lost


@dataclass(frozen=True)
class Historian:
    """Prefect, as the engine knows it."""

    client: PrefectClient
    house: House

    async def is_there(self) -> bool:
        """Whether Prefect answers."""
        return await self.client.api_healthcheck() is None

    async def bring_in(self, recording: Recording) -> None:
        """Enter the run and leave it at rest; see `bring_in`."""
        await bring_in(self.client, recording)

    async def compare(self, since: datetime) -> int:
        """Compare Prefect with the mirror; see `compare`."""
        return await compare(self.client, self.house, since)


@asynccontextmanager
async def historian(house: House) -> AsyncIterator[Historian]:
    """One connection to Prefect for all that happens inside; making one for each run costs more than the run."""
    async with AsyncClientContext.get_or_create() as context:
        ask_again_soon_when_busy(context.client)
        yield Historian(context.client, house)
