"""What the engine needs to bring a pathway run into its history: the trail, what nobody sent, and the mirror.

Nothing here knows of Prefect; `pathway` runs each telling as a task, and what is here is what its tasks do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.delivering import LEASE_SECONDS, Sender, deliver
from models import outbox
from models.composition import House
from models.history import (
    FlowRunNote,
    FlowTaskNote,
    HandoffFacts,
    RunFacts,
    attempts_of_run,
    events_of_run,
    flow_run_of,
    flow_tasks_of,
    handoffs_of_run,
    keep_flow_run,
    keep_flow_tasks,
)
from models.points import reach
from models.telling import Story, Telling, Unsettled, tell

SILENT_SECONDS = 5.0
"""Real seconds after which a delivery that nobody claimed means that the dispatcher is away."""


@dataclass
class Recording:
    """One entry into one run: what it found, and how far it came."""

    house: House
    carriers: Sender
    worker: str
    run: RunFacts
    story: Story | None = None
    """What was told, once the body ran to its end: without it nothing is settled."""
    told: list[FlowTaskNote] = field(default_factory=list)

    def read(self) -> Story:
        """What is still to be told, from the trail as it stands."""
        known = {task.seq for task in flow_tasks_of(self.house.database, self.run.run_id)}
        known |= {task.seq for task in self.told}
        events = events_of_run(self.house.database, self.run)
        return tell(self.run, events, attempts_of_run(self.house.database, self.run.run_id), known)

    def silent(self, unsettled: Sequence[Unsettled]) -> list[Unsettled]:
        """The alerts that a dispatcher would have sent long ago."""
        now = self.house.clock.now()
        return [alert for alert in unsettled if alert.since + self._patience <= now]

    def done(self) -> tuple[int, datetime | None]:
        """Up to which event the history is complete; and when to look again at what is not settled by then."""
        story = self.story or self.read()
        if not story.unsettled:
            return story.last_seq, None
        soonest = min(alert.since for alert in story.unsettled)
        return min(alert.seq for alert in story.unsettled) - 1, max(soonest, self.house.clock.now()) + self._patience

    async def send(self, alert: Unsettled) -> str:
        """Send this alert if nobody else does; what came of it, in a word."""
        clock = self.house.clock
        delivery = outbox.claim_one(
            self.house.database,
            alert.delivery_id,
            worker=self.worker,
            now=clock.now(),
            lease_seconds=LEASE_SECONDS * clock.speed,
        )
        if delivery is None:
            return "taken"
        outcome = await deliver(self.house, self.carriers, delivery)
        self.house.handling.settle([outcome])
        return outcome.result.value

    def note(self, telling: Telling, task_run_id: str) -> None:
        """Remember that this telling has its task run."""
        self.told.append(
            FlowTaskNote(
                run_id=self.run.run_id,
                seq=telling.seq,
                task_run_id=task_run_id,
                name=telling.name,
                state=telling.state,
                started_at=telling.began,
                ended_at=telling.ended,
                note=telling.note,
            )
        )

    def handoffs(self) -> list[HandoffFacts]:
        """The handoffs of this run."""
        return handoffs_of_run(self.house.database, self.run.run_id)

    def keep(self, flow_run_id: str, state_name: str) -> None:
        """Write the mirror: first the tasks, so that a flow run at rest has them all."""
        keep_flow_tasks(self.house.database, self.told)
        before = flow_run_of(self.house.database, self.run.run_id)
        keep_flow_run(
            self.house.database,
            FlowRunNote(
                run_id=self.run.run_id,
                flow_run_id=flow_run_id,
                recorded_seq=0 if self.story is None else self.story.last_seq,
                state_name=state_name,
                updated_at=self.house.clock.now(),
                rebuilt=before is not None and before.rebuilt,
            ),
        )
        reach("mirror-kept")

    @property
    def _patience(self) -> timedelta:
        return timedelta(seconds=SILENT_SECONDS * self.house.clock.speed)
