"""The same random commands against pathways with signals: they come at any time, in any number, from anybody."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from procedures import commands as c
from procedures.case import CaseStatus, RunState, StepState
from procedures.conditions import NeedState, need_state
from procedures.events import SIGNAL_CAME, HandoffCancelled, SignalGiven, StepCancelled, StepEnded
from tests.making import INTAKE, SHELTER, library
from tests.unit.test_rules_machine import Relay

SIGNALS = """signals:
  found: {title: {it: t, en: f}, from: [operator, police], evidence: {place_confirmed_at: datetime}}
  moved: {title: {it: t, en: m}, from: [operator, coordinator], cancels: [%s]}
  again: {title: {it: t, en: a}, from: [operator]}
"""
SIGNALLED_INTAKE = (
    INTAKE.replace("steps:\n", "stays_open: true\n" + SIGNALS % "shelter, hearing" + "steps:\n", 1)
    .replace("    needs: [welcome]\n    when: {risk: imminent}\n", "    needs: {any_of: [welcome, signal.again]}\n", 1)
    .replace("    needs: [welcome]\n    when: {wants", "    needs: [welcome, signal.again]\n    when: {wants", 1)
    .replace("[{within: 3 days, of: welcome.completed", "[{within: 3 days, of: signal.again", 1)
)
SIGNALLED_SHELTER = (
    SHELTER.replace("steps:\n", SIGNALS % "find_place" + "steps:\n", 1)
    .replace("    complete_within: 4 h\n", "    complete_within: 4 h\n    ends_when: {housed: signal.found}\n", 1)
    .replace("    needs: [find_place.housed]\n", "    needs: [find_place.housed, signal.again]\n", 1)
)
GIVEN = st.sampled_from(["found", "moved", "again", "nonsense"])
SHOWN = st.sampled_from([{}, {"place_confirmed_at": "2026-11-24T22:00"}])


class SignalledRelay(Relay):
    """One case of these pathways."""

    library = library((SIGNALLED_INTAKE, SIGNALLED_SHELTER))

    @initialize(legal=st.booleans(), far=st.integers(0, 3))
    def begin(self, legal: bool, far: int) -> None:
        self.story.opened(
            facts={"risk": "imminent", "wants_legal_help": legal}, consents=frozenset({"intake", "shelter"})
        )
        if far > 0:
            self.story.accept("welcome")
        if far > 1:
            self.story.complete("welcome")
        if far > 2:
            self.story.accept("find_place")

    @rule(
        signal=GIVEN,
        evidence=SHOWN,
        pick=st.integers(-2, 3),
        said_by=st.sampled_from(["operator", "police", "coordinator", "nonsense"]),
        actor=st.sampled_from(["operator:1", "person:coord_uno", "person:ascolto_ref"]),
    )
    def something_happens(self, signal: str, evidence: dict[str, str], pick: int, said_by: str, actor: str) -> None:
        refs = [run.ref for run in self.story.state.runs.values()]
        run = refs[pick % len(refs)] if refs and pick >= 0 else ""
        self.attempt(c.GiveSignal, signal=signal, evidence=evidence, run=run, said_by=said_by, actor=actor)

    @invariant()
    def a_step_waits_for_a_signal_only_while_it_has_not_come(self) -> None:
        for run in self.story.state.runs.values():
            steps = self.story.library.by_hash[run.content_hash].steps
            for step in run.steps.values():
                met = need_state(steps[step.step].needs, run.steps, run.signals) is NeedState.MET
                running = run.state is RunState.RUNNING and self.story.state.status is CaseStatus.OPEN
                assert not (running and met and step.state is StepState.WAITING), step

    @invariant()
    def a_signal_calls_off_what_is_written_and_nothing_else(self) -> None:
        for event in self.story.trail:
            if isinstance(event, StepCancelled) and event.reason == SIGNAL_CAME:
                assert event.step in {"shelter", "hearing", "find_place", "escort"}

    @invariant()
    def whoever_was_stopped_by_a_signal_was_stopped_with_the_step(self) -> None:
        """No handoff is called off by a signal while its step goes on."""
        over = {(e.run_id, e.step) for e in self.story.trail if isinstance(e, StepCancelled | StepEnded)}
        handoffs = self.story.state.handoffs
        for event in self.story.trail:
            if isinstance(event, HandoffCancelled) and event.reason == SIGNAL_CAME:
                assert (handoffs[event.ref].run_id, handoffs[event.ref].step) in over

    @invariant()
    def every_signal_is_counted(self) -> None:
        given = [(event.run_id, event.signal) for event in self.story.trail if isinstance(event, SignalGiven)]
        for run in self.story.state.runs.values():
            assert all(given.count((run.run_id, name)) == note.times for name, note in run.signals.items())


TestSignalledRelay = SignalledRelay.TestCase
TestSignalledRelay.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
