"""What must hold, looked at with each commit: promises, acceptances, what callers were told. Names as in trust.md."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from models.recorded import Handled
from procedures import events as e
from procedures.case import CaseState, HandoffMode
from procedures.commands import AnyCommand
from procedures.events import Event
from procedures.schema import AskStep, Library, RungTarget
from procedures.timing import Due, dues
from tests.simulation.steered import Steered
from tests.simulation.world import CANARY, Broken, Process, World

PROMPT_SECONDS = 5.0
DISPATCHING = "dispatcher"


@dataclass(frozen=True)
class Commit:
    """What one decision is about to save."""

    asked: str
    command: AnyCommand
    events: Sequence[Event]
    state: CaseState


@dataclass
class Monitor:
    """Watches; the first thing that does not hold ends the run."""

    world: World
    library: Library
    tried: Counter[str] = field(default_factory=Counter)
    asking: str = ""
    """The id of the command that a caller is just now asking for."""
    commands: int = 0
    told_saved: list[tuple[str, str, int]] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    """Case ids, as the story calls them."""
    processes: list[Process] = field(default_factory=list)
    committed_for: Counter[str] = field(default_factory=Counter)
    alerted_at: dict[str, float] = field(default_factory=dict)
    states: dict[str, CaseState] = field(default_factory=dict)
    steered: Steered = field(init=False)
    _waiting: list[Commit] = field(default_factory=list)
    _expected: dict[str, dict[Due, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steered = Steered(self.library, self.holds)

    def holds(self, invariant: str, what: str, *, so: bool) -> None:
        """Count one look; say what is broken where it is not so."""
        self.tried[invariant] += 1
        if not so:
            raise Broken(invariant, what)

    def about_to_commit(self, command: AnyCommand, events: Sequence[Event], state: CaseState) -> None:
        if events:
            self._waiting.append(Commit(self.asking or command.id, command, events, state))

    def rolled_back(self) -> None:
        self._waiting.clear()

    def committed(self) -> None:
        """The transaction is in the database: whatever it held counts from now on."""
        commits, self._waiting = self._waiting, []
        for commit in commits:
            self._look_at(commit)

    def told(self, asked: str, handled: Handled) -> None:
        """A caller was told that this is saved."""
        before = self.committed_for[asked]
        self.holds("I2", f"the command {asked} was done {before} times", so=before <= 1)
        for recorded in handled.events:
            self.told_saved.append((handled.state.case_id, recorded.command_id, recorded.seq))

    def refused(self, asked: str, why: str) -> None:
        """A caller was told no: then nothing may have been done."""
        self.holds("I2", f"it was done, and its caller was told no ({why})", so=self.committed_for[asked] == 0)

    def claimed(self, delivery_id: str, alert_id: str, attempt: int) -> None:
        """A sender took it."""
        self.holds(
            "I3",
            f"the withdrawn alert {alert_id} is being sent all the same",
            so=alert_id not in self.withdrawn,
        )
        if attempt == 1 and delivery_id.endswith(".1"):
            late = self._lateness(self.alerted_at.get(alert_id, self.world.now))
            self.holds("I4", f"an alert left {late:.1f} s after it was decided", so=late <= PROMPT_SECONDS)

    def _lateness(self, due: float) -> float:
        """Seconds beyond `due`, or beyond the moment since when a dispatcher could act."""
        up = [p.name for p in self.processes if p.alive and p.name.startswith(DISPATCHING)]
        ready = [self.world.recovered[name] for name in up]
        return self.world.now - max(due, min(ready, default=float("inf")))

    def _look_at(self, commit: Commit) -> None:
        self.commands += 1
        self.committed_for[commit.asked] += 1
        case_id = commit.state.case_id
        before = self.states.get(case_id)
        self.states[case_id] = commit.state
        skew = (commit.events[0].at - self.world.true_time).total_seconds()
        for event in commit.events:
            self._tell(case_id, event)
            self._look_at_event(case_id, before, commit.state, event)
        self.steered.look(before, commit.state, commit.events)
        self._look_at_dues(case_id, commit.state, skew)

    def _look_at_event(self, case_id: str, before: CaseState | None, state: CaseState, event: Event) -> None:
        match event:
            case e.AlertQueued():
                self.alerted_at[event.alert_id] = self.world.now
            case e.AlertWithdrawn():
                self.withdrawn.add(event.alert_id)
            case e.HandoffRequested():
                self._look_at_promise(state, event)
            case e.HandoffAccepted():
                handoff = before.handoffs.get(event.ref) if before else None
                once = handoff is None or handoff.accepted_at is None
                self.holds("I1", f"{event.ref} was accepted twice", so=once)
                taken = state.handoffs[event.ref]
                step = state.runs[taken.run_id].steps[taken.step]
                alone = [state.handoffs[ref] for ref in step.handoffs if not (taken.each and state.handoffs[ref].each)]
                others = [one.ref for one in alone if one.ref != event.ref and one.is_open]
                self.holds("I1", f"{taken.step} was taken, and {others} are asked still", so=not others)
            case e.RungClimbed() | e.DeadlinePassed():
                self._look_at_passing(case_id, event)
            case _:
                pass

    def _look_at_promise(self, state: CaseState, event: e.HandoffRequested) -> None:
        """A promised time is elapsed time, and every rung that the pathway names is on the ladder."""
        run = state.runs[event.run_id]
        step = self.library.by_hash[run.content_hash].steps[event.step]
        if event.mode is not HandoffMode.ASK or not isinstance(step, AskStep) or event.accept_by is None:
            return
        promised = timedelta(seconds=step.accept_within.within.seconds)
        given = event.accept_by - event.at
        self.holds("I4", f"{given} to answer were given where {promised} are promised", so=given == promised)
        if event.service is None:
            return
        started = run.steps[event.step].started_at or event.at
        wanted = sorted(
            (
                (started if rung.to is RungTarget.COORDINATOR else event.at) + timedelta(seconds=rung.after.seconds),
                str(rung.to),
            )
            for rung in step.escalate
        )
        found = sorted((rung.at, str(rung.to)) for rung in event.ladder)
        if step.choose.picked:  # picked when the coordinator had it already, his time counts anew
            wanted = [one for one in wanted if one[1] != RungTarget.COORDINATOR]
            found = [one for one in found if one[1] != RungTarget.COORDINATOR]
        self.holds("I4", f"the ladder of {event.step} is not as its pathway says", so=wanted == found)

    def _look_at_passing(self, case_id: str, event: e.RungClimbed | e.DeadlinePassed) -> None:
        """Nothing comes early, whatever a clock says."""
        due = [
            at for due, at in self._expected.get(case_id, {}).items() if (due.ref, due.at) == (event.ref, event.due_at)
        ]
        early = min(due, default=0.0) - self.world.now
        self.holds("I4", f"a deadline came {early:.0f} s early", so=early <= PROMPT_SECONDS)

    def _look_at_dues(self, case_id: str, state: CaseState, skew: float) -> None:
        expected = self._expected.get(case_id, {})
        now_due = dues(state)
        for due in expected.keys() - set(now_due):
            late = self._lateness(expected[due])
            self.holds(
                "I4",
                f"{due.kind} of {due.ref} came {late:.0f} s late",
                so=late <= PROMPT_SECONDS,
            )
        begins = self.world.begins
        self._expected[case_id] = {
            due: expected.get(due, max(self.world.now, (due.at - begins).total_seconds() - skew)) for due in now_due
        }

    def nothing_forgotten(self) -> None:
        """At rest no promised time may be left that nobody will wake up for."""
        for case_id, expected in self._expected.items():
            for due in expected:
                name = self.names.get(case_id, case_id)
                self.holds("I4", f"nobody looks at {due.kind} of {name} any more", so=False)
        self.tried["I4"] += len(self._expected)

    def _tell(self, case_id: str, event: Event) -> None:
        if self.world.story is None:
            return
        name = self.names.get(case_id, case_id)
        said = {
            key: value
            for key in (
                "ref",
                "step",
                "to",
                "person",
                "purpose",
                "result",
                "reason",
                "clock_name",
                "channel",
                "service",
            )
            if (value := getattr(event, key, None)) is not None
            and key in type(event).model_fields
            and CANARY not in str(value)
        }
        what = type(event).__name__
        to = said.pop("to", None)
        shown = [str(getattr(to, "id", to))] if to is not None else []
        shown += [str(value) for value in said.values()]
        self.world.say(f"{name}: {what} {' '.join(shown)}".rstrip())
