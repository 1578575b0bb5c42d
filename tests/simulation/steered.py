"""What must hold of what people do beside answering: no contact, debts, signals, repeats, answers that come late."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.recorded import Handled
from procedures import events as e
from procedures.case import STEP_OVER, CaseState, CaseStatus, StepState
from procedures.commands import AboutHandoff, AnyCommand
from procedures.events import Event
from procedures.placing import extension_of
from procedures.schema import AskStep, Library, StartStep
from tests.moved import wrong_with_move

UNDER_WAY = frozenset({StepState.ACTIVE, StepState.AWAITING_CONSENT})
Place = tuple[str, str]
"""A run and a step of it."""


class Holds(Protocol):
    """Counts one look at an invariant, and says what is broken."""

    def __call__(self, invariant: str, what: str, *, so: bool) -> None: ...


@dataclass
class Steered:
    """Looks at each commit, by the trail alone where it can: what the rules remember is not asked about itself."""

    library: Library
    holds: Holds
    done: Counter[str] = field(default_factory=Counter)
    """How often each kind of event was seen."""
    _owed: dict[str, set[Place]] = field(default_factory=dict)
    _signals: Counter[Place] = field(default_factory=Counter)
    _rounds: Counter[Place] = field(default_factory=Counter)
    _takers: dict[Place, set[str]] = field(default_factory=dict)
    """By run and step, whoever accepted it as a person."""
    _longer: Counter[Place] = field(default_factory=Counter)
    _unplanned: set[Place] = field(default_factory=set)
    """Repeated steps one time of which is over, and of which nothing was said since."""

    _ended: set[Place] = field(default_factory=set)
    """Repeated steps that come no more."""

    def look(self, before: CaseState | None, state: CaseState, events: Sequence[Event]) -> None:
        """One commit. Raises Broken."""
        for event in events:
            self.done[type(event).__name__] += 1
            self._owing(state, event)
            self._counting(state, event)
            if isinstance(event, e.HandoffAccepted) and event.actor.startswith("person:"):
                self._four_eyes(state, event)
        self._moving(before, state, events)
        self.holds("own work", "it knows a consent, or a fact of a case", so=not (state.own_work and state.consents))
        forbidden = before is not None and before.no_contact_since is not None and state.no_contact_since is not None
        if forbidden:
            asked = [one for one in events if isinstance(one, e.AlertQueued) and one.purpose == "consent_needed"]
            self.holds("no contact", "she is asked for a consent, and wants no contact", so=not asked)
        if state.no_contact_since is not None and state.status is CaseStatus.OPEN:
            served = self._served(state)
            self.holds("no contact", f"{served} goes on under her consent, and she wants no contact", so=not served)

    def _moving(self, before: CaseState | None, state: CaseState, events: Sequence[Event]) -> None:
        moved = next((event for event in events if isinstance(event, e.PathwayMoved)), None)
        if moved is not None and before is not None:
            new = self.library.by_hash[moved.content_hash]
            wrong = list(wrong_with_move(before, state, events, new))
            self.holds("moved", ", ".join(wrong), so=not wrong)

    def _served(self, state: CaseState) -> list[str]:
        running = [(self.library.by_hash[run.content_hash].steps, run) for run in state.runs.values()]
        return [
            name
            for steps, run in running
            for name, step in run.steps.items()
            if step.state in UNDER_WAY and steps[name].basis is None and not isinstance(steps[name], StartStep)
        ]

    def _owing(self, state: CaseState, event: Event) -> None:
        owed = self._owed.setdefault(state.case_id, set())
        match event:
            case e.StepOwed():
                owed.add((event.run_id, event.step))
            case e.StepEnded() | e.StepSkipped() | e.StepCancelled():
                owed.discard((event.run_id, event.step))
            case e.PathwayEnded():
                left = sorted(step for run, step in owed if run == event.run_id)
                self.holds("owed", f"a pathway ends, and {left} is owed", so=not left)
                run = state.runs[event.run_id]
                over = all(step.state in STEP_OVER for step in run.steps.values())
                self.holds("I8", f"{run.pathway} is over, and not all of its steps are", so=over)

    def _counting(self, state: CaseState, event: Event) -> None:
        match event:
            case e.SignalGiven():
                place = (event.run_id, event.signal)
                self._signals[place] += 1
                self._once(f"the signal {event.signal}", event.times, self._signals[place])
            case e.StepEnded() if self._is_repeated(state, event):
                self._unplanned.add((event.run_id, event.step))
            case e.StepRepeats() | e.RepetitionEnded():
                self._repeating(state, event)
            case e.StepStarted():
                rested = (event.run_id, event.step) not in self._unplanned
                self.holds("counted", f"{event.step} begins again before its time was planned", so=rested)
            case e.LimitExtended():
                handoff = state.handoffs[event.ref]
                place = (handoff.run_id, handoff.step)
                self._longer[place] += 1
                extension = extension_of(self.library.by_hash[state.runs[place[0]].content_hash].steps[handoff.step])
                self.holds("counted", f"{handoff.step} got no longer time", so=event.new_at > event.old_at)
                most = extension.at_most if extension else 0
                self.holds("counted", f"{handoff.step} got longer time too often", so=event.times <= most)

    def _four_eyes(self, state: CaseState, event: e.HandoffAccepted) -> None:
        """Two steps for two persons were not both taken by one."""
        handoff = state.handoffs[event.ref]
        self._takers.setdefault((handoff.run_id, handoff.step), set()).add(event.actor)
        steps = self.library.by_hash[state.runs[handoff.run_id].content_hash].steps
        for name, step in steps.items():
            for other in step.choose.other_person_than if isinstance(step, AskStep) else ():
                pair = [self._takers.get((handoff.run_id, one), set()) for one in (name, other)]
                same = handoff.step in {name, other} and event.actor in pair[0] & pair[1]
                self.holds("four eyes", f"one person took {other} and {name}", so=not same)

    def _is_repeated(self, state: CaseState, event: e.StepEnded) -> bool:
        steps = self.library.by_hash[state.runs[event.run_id].content_hash].steps
        return steps[event.step].repeat is not None and (event.run_id, event.step) not in self._ended

    def _repeating(self, state: CaseState, event: e.StepRepeats | e.RepetitionEnded) -> None:
        place = (event.run_id, event.step)
        if place in self._unplanned:
            self._rounds[place] += 1
            self._unplanned.discard(place)
        if isinstance(event, e.RepetitionEnded):
            self._ended.add(place)
        self._once(f"the times of {event.step}", event.rounds, self._rounds[place])
        if isinstance(event, e.RepetitionEnded) and event.reason is e.RepetitionEnd.EDITION:
            return
        repeat = self.library.by_hash[state.runs[event.run_id].content_hash].steps[event.step].repeat
        most = repeat.at_most if repeat else 0
        self.holds("counted", f"{event.step} came too often", so=most is None or event.rounds <= most)

    def _once(self, what: str, said: int, counted: int) -> None:
        self.holds("counted", f"{what} counts {said}, and came {counted} times", so=said == counted)

    def answered(self, command: AnyCommand, before: CaseState | None, handled: Handled) -> None:
        """Whoever answers about what is over hears that it came late, and nothing of it is changed."""
        if handled.repeated or before is None or not isinstance(command, AboutHandoff):
            return
        handoff = before.handoffs.get(command.ref)
        if handoff is not None and not handoff.is_open:
            late = any(isinstance(one.event, e.AnswerCameLate) for one in handled.events)
            self.holds("told late", f"{command.kind} of {handoff.step} came late, and nobody says so", so=late)
            same = handled.state.handoffs[command.ref] == handoff
            self.holds("told late", f"{command.kind} of {handoff.step} came late, and counts", so=same)

    def at_rest(self, state: CaseState) -> None:
        """What was passed over and is not decided is still owed, as the page of the case shows it. Raises Broken."""
        if state.status is CaseStatus.OPEN:
            owed = {(run.run_id, step.step) for run in state.runs.values() for step in run.owed}
            kept = {place for place in self._owed.get(state.case_id, set()) if state.runs[place[0]].state == "running"}
            self.holds("owed", f"{kept ^ owed} is owed, or is not", so=kept == owed)
