"""Whether our mirror of Prefect's record says of a pathway run what its trail asks for.

The same rule that the engine tells by (`models/telling.py`) is asked again here. What differs between the mirror and
Prefect itself is for `flows/comparing.py`, and stands in `models/reports.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.database import Database
from models.history import (
    FlowRunNote,
    FlowTaskNote,
    attempts_of_run,
    events_of_run,
    flow_tasks_of,
    run_facts,
)
from models.mirrored import LOST
from models.telling import Telling, tell


@dataclass(frozen=True, slots=True)
class Untold:
    """One thing that Prefect's run says otherwise than the trail."""

    seq: int
    """The event; of a run's end state, the last one."""
    code: str
    """`missing`: was to be told and is not; `otherwise`: told in other words; `unknown`: follows from no event;
    `rest`: the run stands elsewhere."""
    wanted: str
    found: str


def untold_of(db: Database, run_id: str, flow: FlowRunNote | None) -> tuple[Untold, ...]:
    """What of this run was told otherwise, as far as the engine says that it has told it.

    What is not told yet, for Prefect is away or was wiped, is no fault: the page says so in another place.
    """
    run = run_facts(db, run_id)
    if run is None or flow is None or flow.flow_run_id.startswith(LOST):
        return ()
    events = events_of_run(db, run)
    try:
        story = tell(run, events, attempts_of_run(db, run_id), ())
    except (KeyError, TypeError, ValueError):
        return ()  # an event is no event any more: its own column says so
    wanted = {one.seq: one for one in story.tellings}
    waiting = {one.seq for one in story.unsettled}
    tasks = {one.seq: one for one in flow_tasks_of(db, run_id)}
    alerts = {event.seq for event in events if event.kind == "alert_queued"}
    found = [*_of_tasks(wanted, waiting | alerts, tasks), *_missing(wanted, tasks, flow.recorded_seq)]
    if flow.recorded_seq >= story.last_seq and not waiting and flow.state_name != story.rest.name:
        found.append(Untold(story.last_seq, "rest", story.rest.name, flow.state_name))
    return tuple(sorted(found, key=lambda one: one.seq))


def _of_tasks(wanted: dict[int, Telling], alerts: set[int], tasks: dict[int, FlowTaskNote]) -> Iterator[Untold]:
    """Of an alert its name alone is compared: what became of its message may be known better since it was told."""
    for seq, task in tasks.items():
        one = wanted.get(seq)
        if one is None and seq not in alerts:
            yield Untold(seq, "unknown", "", f"{task.name}, {task.state}")
        elif one is not None and (one.name != task.name or (one.state != task.state and seq not in alerts)):
            yield Untold(seq, "otherwise", f"{one.name}, {one.state}", f"{task.name}, {task.state}")


def _missing(wanted: dict[int, Telling], tasks: dict[int, FlowTaskNote], recorded: int) -> Iterator[Untold]:
    for seq, one in wanted.items():
        if seq <= recorded and seq not in tasks:
            yield Untold(seq, "missing", f"{one.name}, {one.state}", "")
