"""What must hold once everything has come to rest: the whole trail, the outbox, the history, and every case."""

import hashlib
import sqlite3
from collections.abc import Sequence

from models import store
from models.composition import House
from models.history import attempts_of_run, events_of_run, run_facts
from models.telling import tell
from models.trail import verify
from procedures.case import (
    AlertState,
    CaseState,
    CaseStatus,
    Handoff,
    HandoffMode,
    PartyKind,
    PathwayRun,
    RunState,
    StepRun,
    StepState,
)
from procedures.conditions import needed_signals
from procedures.schema import Library
from tests.simulation.carrier import Carrier
from tests.simulation.monitor import Monitor
from tests.simulation.workers import FakePrefect
from tests.simulation.world import CANARY

CHAIN_FAULTS = frozenset({"hash", "chain", "tail", "unreadable"})


def heads(raw: sqlite3.Connection) -> str:
    """One hash over the heads of all chains."""
    rows = raw.execute("SELECT case_id, version, head_hash FROM cases ORDER BY case_id").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


class Ending:
    """Looks at a relay at rest."""

    def __init__(self, raw: sqlite3.Connection, house: House, monitor: Monitor) -> None:
        self._raw = raw
        self._house = house
        self._monitor = monitor

    def look(self, carrier: Carrier, prefect: FakePrefect) -> None:
        """Look at everything. Raises Broken."""
        self._monitor.nothing_forgotten()
        self._trail()
        self._told()
        self._deliveries(carrier)
        self._history(prefect)
        self._cases()
        self._canary()

    def _trail(self) -> None:
        found = verify(self._house.database, self._house.keyring)
        for fault in found.faults:
            where = "I5" if fault.code in CHAIN_FAULTS else "I1"
            self._monitor.holds(where, f"{fault.case_code} {fault.code}: {fault.message}", so=False)
        self._monitor.tried["I1"] += found.cases
        self._monitor.tried["I5"] += found.events

    def _told(self) -> None:
        kept = set(self._raw.execute("SELECT case_id, command_id, seq FROM events"))
        for told in self._monitor.told_saved:
            self._monitor.holds("I2", f"told as saved and not in the trail: {told}", so=told in kept)
        twice = self._raw.execute(
            "SELECT command_id FROM events GROUP BY command_id HAVING max(seq) - min(seq) >= count(*) LIMIT 1"
        ).fetchone()
        self._monitor.holds("I2", f"the command {twice} was done twice", so=twice is None)

    def _deliveries(self, carrier: Carrier) -> None:
        rows = self._raw.execute("SELECT delivery_id, alert_id, purpose, state FROM deliveries").fetchall()
        marked = self._marked_uncertain()
        for delivery_id, alert_id, purpose, state in rows:
            under_way = state in {"queued", "temporary", "sending"}
            self._monitor.holds("I4", f"{purpose} stays {state} for ever", so=not under_way)
            taken = len(carrier.accepted.get(delivery_id, ()))
            self._monitor.holds("I3", f"{purpose} counts as taken, and never was", so=state != "accepted" or taken > 0)
            known = taken < 2 or state == "uncertain" or alert_id in marked
            self._monitor.holds("I3", f"{purpose} was taken {taken} times, unmarked", so=known)

    def _marked_uncertain(self) -> set[str]:
        query = (
            "SELECT json_extract(payload, '$.alert_id') FROM events WHERE kind = 'delivery_uncertain' "
            "OR (kind = 'alert_settled' AND json_extract(payload, '$.result') = 'uncertain')"
        )
        return {row[0] for row in self._raw.execute(query)}

    def _history(self, prefect: FakePrefect) -> None:
        database = self._house.database
        for (run_id,) in self._raw.execute("SELECT run_id FROM runs").fetchall():
            run = run_facts(database, run_id)
            assert run is not None
            story = tell(run, events_of_run(database, run), attempts_of_run(database, run_id), ())
            wanted = {one.seq: (one.name, one.state, one.note) for one in story.tellings}
            found = {seq: told for (told_run, seq), told in prefect.tasks.items() if told_run == run_id}
            differing = sorted(seq for seq in wanted.keys() | found.keys() if wanted.get(seq) != found.get(seq))
            how = [f"{wanted.get(seq)} is told as {found.get(seq)}" for seq in differing[:1]]
            self._monitor.holds("I9", f"the history differs: {' '.join(how)}", so=not differing)
            rest = prefect.rests.get(run_id)
            self._monitor.holds(
                "I9",
                f"the run rests as {rest}, the trail says {story.rest.name}",
                so=rest == story.rest.name,
            )

    def _cases(self) -> None:
        database, keyring = self._house.database, self._house.keyring
        for (case_id,) in self._raw.execute("SELECT case_id FROM cases").fetchall():
            with database.read() as connection:
                state = store.load(connection, keyring, case_id).state
            self._monitor.holds(
                "I1",
                "the kept state is not the last that was decided",
                so=state == self._monitor.states[case_id],
            )
            self._monitor.steered.at_rest(state)
            wrong = forgotten(state, self._monitor.library) if state.status is CaseStatus.OPEN else []
            name = self._monitor.names.get(case_id, case_id)
            self._monitor.holds("I8", f"{name}: {', '.join(wrong)}", so=not wrong)

    def _canary(self) -> None:
        memory = self._raw.serialize()
        named = [part for part in CANARY.split() if part.encode() in memory]
        self._monitor.holds("I6", "her name stands in the database in clear", so=not named)


def forgotten(state: CaseState, library: Library) -> Sequence[str]:
    """What of an open case at rest stands before nobody."""
    running = [run for run in state.runs.values() if run.state is RunState.RUNNING]
    if not running:
        return ["it is open, and nothing of it runs"]
    found: list[str] = []
    for run in running:
        steps = [step for step in run.steps.values() if step.state in {StepState.ACTIVE, StepState.AWAITING_CONSENT}]
        if not steps and not _sleeps(run, library):
            found.append(f"{run.pathway} runs, and none of its steps does")
        found += [said for step in steps if (said := _step(state, step))]
    return found


def _sleeps(run: PathwayRun, library: Library) -> bool:
    """Its pathway stays open, and a step of it waits for a signal: it may sleep for years."""
    pathway = library.by_hash[run.content_hash]
    waiting = [name for name, step in run.steps.items() if step.state is StepState.WAITING]
    return pathway.stays_open and any(needed_signals(pathway.steps[name].needs) for name in waiting)


def _step(state: CaseState, step: StepRun) -> str:
    if step.state is StepState.AWAITING_CONSENT:
        return ""
    if step.child_run:
        return (
            "" if state.runs[step.child_run].state is RunState.RUNNING else f"{step.step} waits for a run that is over"
        )
    open_ones = [state.handoffs[ref] for ref in step.handoffs if state.handoffs[ref].is_open]
    if any(one.each for one in open_ones):  # each of them brings its own result
        return next((said for one in open_ones if (said := _before_nobody(one))), "")
    at_once = all(one.mode is HandoffMode.ASK and one.accepted_at is None for one in open_ones)
    if len(open_ones) > 1 and at_once:  # several were asked at once: one of them is enough
        return "" if any(not _before_nobody(one) for one in open_ones) else f"{step.step} stands before nobody"
    if len(open_ones) != 1:
        return f"{step.step} has {len(open_ones)} open handoffs"
    return _before_nobody(open_ones[0])


def _before_nobody(handoff: Handoff) -> str:
    """Empty where a named person knows of it: whoever took it, or the coordinator whom an alert reached."""
    reached = {alert.to for alert in handoff.alerts.values() if alert.state is AlertState.SETTLED}
    if handoff.overdue:
        known = PartyKind.COORDINATOR in reached or handoff.accepted_at is not None
        return "" if known else f"the coordinator holds {handoff.step}, and no alert reached anybody"
    if handoff.mode is HandoffMode.TELL:
        return f"{handoff.step} was never told"
    if handoff.accepted_at is not None and any(limit.passed for limit in handoff.limits):
        return (
            "" if all(limit.passed for limit in handoff.limits) else f"{handoff.step} has a time that nobody looks at"
        )
    return "" if reached else f"no alert of {handoff.step} reached anybody"
