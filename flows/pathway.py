"""One pathway of a case as one Prefect flow run, entered again at each wake-up: it tells what happened, then rests.

Prefect must find its environment before this is imported (`flows.environment`). Its only parameter is the run's opaque
reference; names, states, logs and the artifact hold references, step names, codes and times, and nothing else.
"""

import functools
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from prefect import flow, get_run_logger, task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State
from prefect.flow_engine import run_flow_async
from prefect.settings import get_current_settings
from prefect.states import Cancelled, Completed, Failed, Paused
from prefect.task_engine import run_task_async
from prefect.tasks import Task

from flows.comparing import sending_id_of, state_name_of, task_run_id_of
from flows.journal import error_code
from flows.recording import Recording
from models.history import HandoffFacts
from models.points import reach
from models.telling import KINDS, Rest, RestKind, Telling, Unsettled, kind_of, stamp
from procedures.errors import StaffettaError

RECORDING: ContextVar[Recording] = ContextVar("recording")
"""What the flow works with: objects in memory, which must never become parameters that Prefect stores."""
FAULTS = frozenset({"permanent", "failed"})
NOWHERE = get_current_settings().results.local_storage_path
"""Where results would go if any were kept. Unsaid, the client asks the server for it at each entry."""

P = ParamSpec("P")
R = TypeVar("R")


class StepFailed(StaffettaError):
    """Something in a task failed. Only the code is said: the error's own text may hold an address."""

    template = "A step failed: {code}"


def coded(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Turn whatever goes wrong into `StepFailed`, with nothing of the error but its code."""

    @functools.wraps(work)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await work(*args, **kwargs)
        except StepFailed:
            raise
        except Exception as error:  # noqa: BLE001 - Prefect would store its text
            failure = StepFailed(code=error_code(error))
        raise failure from None

    return guarded


@coded
async def say(telling: Telling) -> State[Any]:
    """The task of one telling: the state it ends in carries what happened, with its true times."""
    get_run_logger().info("%s: %s", telling.name, telling.note)
    return end_state(telling.state, telling.note)


@coded
async def send_unsent(alert: Unsettled) -> State[Any]:
    """The task of an alert that nobody sent: send it. What came of it is told by its state."""
    word = await RECORDING.get().send(alert)
    get_run_logger().info("%s: sent by the engine, %s", alert.name, word)
    return end_state(word, "sent by the engine")


def end_state(word: str, note: str | None) -> State[Any]:
    """How a task run ends: named for what happened, red only for what went wrong."""
    make = Failed if word in FAULTS else Completed
    return make(name=state_name_of(word), message=note)


def as_task(work: Callable[..., Any], name: str, run_name: str) -> Task[..., Any]:
    """A task that keeps nothing but its states."""
    options = task(name=name, task_run_name=run_name, cache_policy=NO_CACHE, persist_result=False, log_prints=False)
    return options(work)


SAYING = {kind: as_task(say, kind, "{telling.name}") for kind in KINDS}
SENDING = as_task(send_unsent, "alert", "{alert.name}")


@flow(name="pathway", persist_result=False, result_storage=NOWHERE, validate_parameters=False, log_prints=False)
async def pathway_run(run_ref: str) -> State[Any]:
    """Tell what happened in this pathway run since it was last entered, and rest."""
    reach("run-entered")
    recording = RECORDING.get()
    if recording.run.ref != run_ref:
        raise StepFailed(code="another-run")
    return await tell_and_rest(recording)


@coded
async def tell_and_rest(recording: Recording) -> State[Any]:
    """Send what nobody sent, tell what was not told, and say where the run rests."""
    story = recording.read()
    for alert in recording.silent(story.unsettled):
        task_run_id = sending_id_of(recording.run.run_id, alert.delivery_id)
        await run_task_async(SENDING, task_run_id=task_run_id, parameters={"alert": alert}, return_type="state")
        story = recording.read()
    for telling in story.tellings:
        await tell_once(recording, telling)
    if story.rest.kind is not RestKind.AWAITING:
        await keep_table(recording)
    recording.story = story
    reach("run-told")
    return rest_state(story.rest)


async def tell_once(recording: Recording, telling: Telling) -> None:
    """Run the task of one telling. Its id follows from the event, so that telling it again makes no second task run."""
    task_run_id = task_run_id_of(recording.run.run_id, telling.seq)
    kind = SAYING[kind_of(telling.name)]
    await run_task_async(kind, task_run_id=task_run_id, parameters={"telling": telling}, return_type="state")
    recording.note(telling, str(task_run_id))


async def keep_table(recording: Recording) -> None:
    """The table of handoffs, with the real times; Prefect's own are those of the telling."""
    await acreate_table_artifact(
        key=f"handoffs-{recording.run.ref.lower()}",
        table=[table_row(handoff) for handoff in recording.handoffs()],
        description="Every handoff of this pathway run and how it ended. Times are UTC.",
    )


def table_row(handoff: HandoffFacts) -> dict[str, str]:
    """One handoff, without who it was with."""
    return {
        "ref": handoff.ref,
        "step": handoff.step,
        "state": handoff.state,
        "requested": stamp(handoff.requested_at),
        "accepted": stamp(handoff.accepted_at) if handoff.accepted_at else "",
        "ended": stamp(handoff.ended_at) if handoff.ended_at else "",
        "result": handoff.result or "",
    }


def rest_state(rest: Rest) -> State[Any]:
    """The state in which the flow run comes to rest. A pause without a time-out never expires."""
    match rest.kind:
        case RestKind.COMPLETED:
            return Completed(message=rest.message)
        case RestKind.CANCELLED:
            return Cancelled(message=rest.message)
        case RestKind.AWAITING:
            # The server refuses a second pause with the key of the first.
            return Paused(name=rest.name, message=rest.message, reschedule=False, pause_key=str(uuid.uuid4()))


async def enter(flow_run: FlowRun, recording: Recording) -> State[Any] | None:
    """Enter a flow run in this process; the state in which it was left, None where there was none."""
    token = RECORDING.set(recording)
    try:
        left: Any = await run_flow_async(
            pathway_run,
            flow_run=flow_run,
            parameters={"run_ref": recording.run.ref},
            return_type="state",
        )
    finally:
        RECORDING.reset(token)
    return left if isinstance(left, State) else None


class RestIsNoError(logging.Filter):
    """Prefect logs each rest as a red error; it is the ordinary way in which a run waits for somebody."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, rests and cancelled pathways as information."""
        said = record.getMessage()
        if said.startswith("Finished in state") and ("type=PAUSED" in said or "Cancelled" in said):
            record.levelno, record.levelname = logging.INFO, "INFO"
        if record.exc_info is not None and record.exc_info[0] is None:
            record.exc_info = None  # else every such line is followed by "NoneType: None"
        return True


def calm_the_log() -> None:
    """Put the filter on Prefect's log of flow runs."""
    logging.getLogger("prefect.flow_runs").addFilter(RestIsNoError())
