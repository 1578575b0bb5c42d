"""Prefect's record against the trail, in both directions: what it lacks is told, what it has too much is reported.

No handoff ever changes by what stands in Prefect. Who pressed a button there is seen in `models.reports`, and the run
is put back to where the trail says. Nothing here imports Prefect; `flows.history` reads and writes it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

from models.composition import House
from models.history import (
    FlowTaskNote,
    events_of_run,
    flow_run_of,
    flow_tasks_of,
    forget_flow_run,
    forget_flow_tasks,
    keep_flow_run,
    run_facts,
)
from models.mirrored import Mirrored, ended_after, known_flow_runs, lost_at_rest, open_after, runs_being_made
from models.mirrored import touched_since as mirrors_touched_since
from models.reports import mend_reports, note_report
from models.runwakes import wake_run

PAGE = 200
OPEN_EACH_TIME = 2000
ENDED_EACH_TIME = 200
"""Of those that nothing happened to lately: so many are looked at each minute, then the next ones."""
REBUILT_AT_ONCE = 5
"""Lost runs are told anew so many at a time, so that what happens now is told first."""
SETTLING_SECONDS = 5.0
NOT_OURS = "Not ours"
"""The state's name of what follows from no event: it stays to be seen, and is not reported again."""
KINDS = {
    "CANCELLED": "cancelled",
    "CANCELLING": "cancelled",
    "RUNNING": "resumed",
    "PENDING": "resumed",
    "SCHEDULED": "resumed",
    "PAUSED": "paused",
    "COMPLETED": "ended",
    "FAILED": "ended",
    "CRASHED": "ended",
}
"""What somebody must have done, by the type of the state in which a run was found instead of its own."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A flow run as Prefect has it."""

    flow_run_id: str
    run_ref: str
    state_type: str
    state_name: str


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A task run as Prefect has it."""

    task_run_id: str
    state_type: str
    state_name: str
    final: bool


class Record(Protocol):
    """What of Prefect is read and put right: `flows.history.PrefectRecord`."""

    async def runs(self, flow_run_ids: Collection[str]) -> Mapping[str, SeenRun]:
        """Those of these flow runs that Prefect has, by id."""
        ...

    async def tasks(self, flow_run_ids: Collection[str]) -> Mapping[str, Sequence[SeenTask]]:
        """Their task runs, by the id of the flow run."""
        ...

    async def latest_runs(self) -> Sequence[SeenRun]:
        """The flow runs that were made during the last minutes."""
        ...

    async def has_any_run(self) -> bool:
        """Whether Prefect has any flow run of ours at all."""
        ...

    async def end_task(self, task_run_id: str, word: str, note: str | None) -> None:
        """Have a task run end as it was told."""
        ...

    async def disown_task(self, task_run_id: str) -> None:
        """Say of a task run that it follows from no event."""
        ...

    async def disown_run(self, flow_run_id: str) -> None:
        """Say of a flow run that it follows from no trail."""
        ...


def task_run_id_of(run_id: str, seq: int) -> UUID:
    """The id of the task run that tells event `seq` of this run."""
    return uuid5(NAMESPACE_OID, f"{run_id}/{seq}")


def sending_id_of(run_id: str, delivery_id: str) -> UUID:
    """The id of the task run that sends this delivery."""
    return uuid5(NAMESPACE_OID, f"{run_id}/{delivery_id}")


def state_name_of(word: str) -> str:
    """The name of the state in which a task run ends."""
    return word.replace("_", " ").capitalize()


class Comparing:
    """Compares, as long as one connection to Prefect lasts."""

    def __init__(self, house: House, record: Record) -> None:
        """Nothing was looked at yet."""
        self._house = house
        self._record = record
        self._open_after = ""
        self._ended_after = ""
        self._lost_all: bool | None = None

    async def compare(self, since: datetime) -> int:
        """Compare what changed since, and a share of the rest; how many runs did not agree."""
        if self._lost_all is None:
            self._lost_all = not await self._record.has_any_run()
        chosen = self._choose(since)
        differing = 0
        for start in range(0, len(chosen), PAGE):
            differing += await self._compare_page(chosen[start : start + PAGE], since)
        differing += await self._look_for_unknown_runs()
        if self._lost_all and not self._choose(since):
            self._lost_all = False
        return differing

    def rebuild_some(self) -> int:
        """Wake a few of the runs that Prefect lost; how many. Called when nothing else is to be done."""
        lost = lost_at_rest(self._house.database, REBUILT_AT_ONCE)
        for run_id in lost:
            wake_run(self._house.database, run_id, now=self._house.clock.now())
        return len(lost)

    def _choose(self, since: datetime) -> Sequence[Mirrored]:
        """Where everything was lost, everything is looked at; else a share."""
        database = self._house.database
        limit = 1_000_000 if self._lost_all else OPEN_EACH_TIME
        open_ones = open_after(database, "" if self._lost_all else self._open_after, limit)
        limit = 1_000_000 if self._lost_all else ENDED_EACH_TIME
        ended = ended_after(database, "" if self._lost_all else self._ended_after, limit)
        self._open_after = open_ones[-1].note.run_id if len(open_ones) == OPEN_EACH_TIME else ""
        self._ended_after = ended[-1].note.run_id if len(ended) == ENDED_EACH_TIME else ""
        touched = mirrors_touched_since(database, since)
        just_now = self._house.clock.now() - timedelta(seconds=SETTLING_SECONDS * self._house.clock.speed)
        every = {one.note.run_id: one for one in (*touched, *open_ones, *ended)}
        return [one for one in every.values() if one.note.updated_at <= just_now]

    async def _compare_page(self, some: Sequence[Mirrored], since: datetime) -> int:
        seen = await self._record.runs([one.note.flow_run_id for one in some])
        looked_into = [
            one for one in some if one.at_rest and one.note.updated_at >= since and one.note.flow_run_id in seen
        ]
        tasks = await self._record.tasks([one.note.flow_run_id for one in looked_into]) if looked_into else {}
        differing = 0
        for one in some:
            if flow_run_of(self._house.database, one.note.run_id) != one.note:
                continue  # another engine was there meanwhile
            differs = self._state_differs(one, seen.get(one.note.flow_run_id))
            if not differs and one in looked_into:
                differs = await self._tasks_differ(one, tasks.get(one.note.flow_run_id, ()))
            differing += differs
        return differing

    def _state_differs(self, one: Mirrored, seen: SeenRun | None) -> bool:
        """Whether this run stands elsewhere in Prefect than where we left it. If so, it is told again."""
        database, now, run_id = self._house.database, self._house.clock.now(), one.note.run_id
        if seen is None:
            note_report(database, run_id, "rebuilt" if self._lost_all else "deleted", now=now)
            forget_flow_run(database, run_id, now=now)
            return True
        if seen.state_name == one.note.state_name or not one.at_rest:
            return False
        note_report(database, run_id, KINDS.get(seen.state_type, "ended"), now=now)
        keep_flow_run(database, replace(one.note, state_name=seen.state_name))
        wake_run(database, run_id, now=now)
        return True

    async def _tasks_differ(self, one: Mirrored, seen: Sequence[SeenTask]) -> bool:
        """Whether a task run is lost (it is told again), or too much, or ended otherwise than it was told."""
        database, now, run_id = self._house.database, self._house.clock.now(), one.note.run_id
        told = {note.task_run_id: note for note in flow_tasks_of(database, run_id) if note.task_run_id}
        by_id = {task.task_run_id: task for task in seen}
        changed = [
            await self._put_right(run_id, note, by_id[note.task_run_id])
            for note in told.values()
            if note.task_run_id in by_id
        ]
        unknown = [task for task in seen if task.task_run_id not in told and task.state_name != NOT_OURS]
        unknown = [task for task in unknown if task.task_run_id not in self._justified(run_id)] if unknown else []
        for task in unknown:
            note_report(database, run_id, "unknown_task", now=now)
            await self._record.disown_task(task.task_run_id)
        if any(changed) or unknown:
            mend_reports(database, run_id, now=now)
        if lost := [note.seq for note in told.values() if note.task_run_id not in by_id]:
            forget_flow_tasks(database, run_id, lost)
            wake_run(database, run_id, now=now)
        return bool(lost or unknown or any(changed))

    async def _put_right(self, run_id: str, note: FlowTaskNote, task: SeenTask) -> bool:
        """End a task run as it was told. One whose end got lost on the way is nobody's doing, and not reported."""
        if task.state_name == state_name_of(note.state):
            return False
        if task.final:
            note_report(self._house.database, run_id, "task_changed", now=self._house.clock.now())
        await self._record.end_task(task.task_run_id, note.state, note.note)
        return task.final

    def _justified(self, run_id: str) -> set[str]:
        """The ids of every task run that may follow from this run's events."""
        run = run_facts(self._house.database, run_id)
        events = () if run is None else events_of_run(self._house.database, run)
        alerts = [str(event.payload["alert_id"]) for event in events if event.kind == "alert_queued"]
        telling = {str(task_run_id_of(run_id, event.seq)) for event in events}
        return telling | {str(sending_id_of(run_id, f"{alert}.{n}")) for alert in alerts for n in range(20)}

    async def _look_for_unknown_runs(self) -> int:
        """Flow runs of ours that nobody here made: they stay, named for it."""
        latest = [run for run in await self._record.latest_runs() if run.state_name != NOT_OURS]
        known = known_flow_runs(self._house.database, [run.flow_run_id for run in latest])
        strange = [run for run in latest if run.flow_run_id not in known]
        made = runs_being_made(self._house.database, [run.run_ref for run in strange]) if strange else set()
        strange = [run for run in strange if run.run_ref not in made]
        for run in strange:
            note_report(self._house.database, run.flow_run_id, "unknown_run", now=self._house.clock.now())
            await self._record.disown_run(run.flow_run_id)
            mend_reports(self._house.database, run.flow_run_id, now=self._house.clock.now())
        return len(strange)
