"""How Prefect is spoken to: flow runs made once, the four mends that entering them again needs, and the comparison.

Each mend answers a fault that was measured (`docs/prefect.md`), and has a test that fails without it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import FlowRunCreate
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.context import AsyncClientContext, SyncClientContext
from prefect.exceptions import ObjectNotFound, PrefectSignal
from prefect.states import Crashed, Pending, to_state_create

from flows.comparing import KINDS, Comparing, task_run_id_of
from flows.journal import Journal
from flows.pathway import enter, pathway_run
from flows.record import UNDER_WAY, PrefectRecord, task_runs_of
from flows.recording import Recording
from flows.served import Serving
from flows.verifying import Verifier
from models.composition import House
from models.history import FlowRunNote, RunFacts, flow_run_of, flow_tasks_of, forget_flow_run, keep_flow_run
from models.mirrored import LOST
from models.reports import mend_reports, note_report
from models.telling import RestKind
from procedures.errors import StaffettaError

BUSY_AGAIN_SECONDS = 0.2
BUSY = 503
RESTS = {
    RestKind.AWAITING: StateType.PAUSED,
    RestKind.COMPLETED: StateType.COMPLETED,
    RestKind.CANCELLED: StateType.CANCELLED,
}
FLOW_IDS: WeakKeyDictionary[PrefectClient, UUID] = WeakKeyDictionary()
CRASHED = "The process that ran this ended before its time. It was begun again."
REBUILT = "rebuilt"
"""The tag of a flow run that was lost and told anew."""
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
    report_what_was_pressed(flow_run, recording)
    if flow_run.state_type not in {None, StateType.PAUSED, StateType.PENDING}:
        await crash_what_died(client, flow_run, recording)
        await put_back_to_pending(client, flow_run)
        flow_run = await client.read_flow_run(flow_run.id)
    name = name_at_rest(await enter_or_turn_away(flow_run, recording), recording)
    recording.keep(str(flow_run.id), name)
    mend_reports(recording.house.database, recording.run.run_id, now=recording.house.clock.now())


def report_what_was_pressed(flow_run: FlowRun, recording: Recording) -> None:
    """Report a run that does not stand where it was left. One under way may be of an engine that was killed."""
    database, run_id = recording.house.database, recording.run.run_id
    known = flow_run_of(database, run_id)
    if known is None or known.state_name in {flow_run.state_name, "Pending"}:
        return
    kind = "" if flow_run.state_type is None else flow_run.state_type.value
    if flow_run.state_type in UNDER_WAY:
        kind = "left_under_way"
    elif flow_run.state_type is StateType.CRASHED:
        return  # we said so ourselves, and were killed before it was begun again
    note_report(database, run_id, KINDS.get(kind, kind), now=recording.house.clock.now())


async def flow_run_for(client: PrefectClient, recording: Recording) -> FlowRun:
    """The flow run of this pathway run: the one we know, or a new one where Prefect knows none."""
    run = recording.run
    known = flow_run_of(recording.house.database, run.run_id)
    if known is not None and not is_lost(known):
        try:
            return await client.read_flow_run(UUID(known.flow_run_id))
        except ObjectNotFound:
            now = recording.house.clock.now()
            note_report(recording.house.database, run.run_id, "deleted", now=now)
            forget_flow_run(recording.house.database, run.run_id, now=now)
    again = flow_run_of(recording.house.database, run.run_id)
    made = await make_flow_run(client, run, rebuilt=again is not None and again.rebuilt)
    remember(recording, made.id)
    return made


def is_lost(note: FlowRunNote) -> bool:
    """Whether Prefect lost the flow run, and no new one was made yet."""
    return note.flow_run_id.startswith(LOST)


async def make_flow_run(client: PrefectClient, run: RunFacts, *, rebuilt: bool = False) -> FlowRun:
    """Make the flow run, once: after a crash between making it and noting its id, the key finds the same one again."""
    wanted = FlowRunCreate(
        flow_id=await flow_id_of(client),
        name=f"{run.pathway} {run.ref}",
        parameters={"run_ref": run.ref},
        tags=[run.pathway, REBUILT] if rebuilt else [run.pathway],
        idempotency_key=run.run_id,
        state=to_state_create(Pending()),
    )
    try:
        answer = await client.request("POST", "/flow_runs/", json=wanted.model_dump(mode="json", exclude_unset=True))
    except httpx.HTTPStatusError:
        FLOW_IDS.pop(client, None)  # Prefect's database may be another one
        raise
    return FlowRun.model_validate(answer.json())


async def flow_id_of(client: PrefectClient) -> UUID:
    """The id of our flow in Prefect, asked once for each connection."""
    if client not in FLOW_IDS:
        FLOW_IDS[client] = await client.create_flow(pathway_run)  # finds it by its name
    return FLOW_IDS[client]


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
async def crash_what_died(client: PrefectClient, flow_run: FlowRun, recording: Recording) -> None:
    """Say of what a dead attempt left under way that it crashed.

    Not of what was told to its end: how a task run ends reaches Prefect a moment later, as an event, and a run may be
    entered again before. Where that event got lost, the comparison ends the task run as it was told. Nor of what this
    very entry tells under the same id: an end of it that is on its way already would stand before *crashed*.
    """
    run_id = recording.run.run_id
    spared = {note.task_run_id for note in flow_tasks_of(recording.house.database, run_id)}
    spared |= {str(task_run_id_of(run_id, telling.seq)) for telling in recording.read().tellings}
    for task_run in await task_runs_of(client, [flow_run.id]):
        if task_run.state_type in UNDER_WAY and str(task_run.id) not in spared:
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


def take_turns(client: PrefectClient, *, one_at_a_time: bool = True) -> None:
    """Let entries that run side by side take turns at the server; meanwhile the others compute.

    With `one_at_a_time` false (its record is in PostgreSQL) only the tokens are fetched in turn.

    On SQLite the server reads before it writes within one transaction: whoever writes in between makes it fail at once,
    and every retry makes more of them. And each token against forged requests that is fetched makes the one before it
    invalid, upon which the client sleeps for 2, 4, 8, 16 seconds: two entries at a new server kept each other asleep.
    """
    turn = asyncio.Lock() if one_at_a_time else nullcontext()
    fetching = asyncio.Lock()
    http: Any = client._client  # noqa: SLF001 - as above
    transport = http._transport  # noqa: SLF001 - below the client's retries: nobody waits for another's sleep
    # The client offers no other way in.
    ask, add_token = transport.handle_async_request, http._add_csrf_headers  # noqa: SLF001

    async def ask_in_turn(request: httpx.Request) -> httpx.Response:
        async with turn:
            answer: httpx.Response = await ask(request)
            return answer

    async def add_token_in_turn(request: httpx.Request) -> None:
        async with fetching:
            await add_token(request)

    transport.handle_async_request = ask_in_turn
    http._add_csrf_headers = add_token_in_turn  # noqa: SLF001  # the client offers no other way in


class Historian:
    """Prefect, as the engine knows it, for as long as one connection lasts."""

    def __init__(self, client: PrefectClient, house: House) -> None:
        """Nothing was compared yet."""
        self.client = client
        self._house = house
        self._comparing = Comparing(house, PrefectRecord(client))

    async def is_there(self) -> bool:
        """Whether Prefect answers."""
        return await self.client.api_healthcheck() is None

    async def bring_in(self, recording: Recording) -> None:
        """Enter the run and leave it at rest; see `bring_in`."""
        await bring_in(self.client, recording)

    async def compare(self, since: datetime) -> int:
        """Compare Prefect's record with the trail; see `flows.comparing`."""
        return await self._comparing.compare(since)

    def rebuild_some(self) -> int:
        """Have a few of the runs that Prefect lost told anew."""
        return self._comparing.rebuild_some()


@asynccontextmanager
async def historian(
    house: House, verifier: Verifier | None = None, journal: Journal | None = None
) -> AsyncIterator[Historian]:
    """One connection to Prefect for all that happens inside; making one for each run costs more than the run.

    With a `verifier`, the nightly verification is served meanwhile.
    """
    # Entering a flow looks for the client that does not wait, too; where none is kept, each entry makes one.
    with SyncClientContext.get_or_create():
        async with AsyncClientContext.get_or_create() as context:
            ask_again_soon_when_busy(context.client)
            take_turns(context.client, one_at_a_time=house.settings.prefect.database_url is None)
            serving: asyncio.Task[None] | None = None
            if verifier is not None and journal is not None:
                serving = asyncio.create_task(Serving(context.client, verifier, journal).run())
            try:
                yield Historian(context.client, house)
            finally:
                if serving is not None:
                    serving.cancel()
                    await asyncio.gather(serving, return_exceptions=True)
