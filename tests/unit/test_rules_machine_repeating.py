"""The same random commands against a pathway that repeats two of its steps: nothing comes too soon, or for ever."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from procedures.case import STEP_OVER, RunState
from procedures.events import RepetitionEnded, StepEnded, StepRepeats, StepStarted
from tests.making import INTAKE, SHELTER, library
from tests.unit.test_rules_machine import Relay

AGAIN = "    repeat: {every: {fact: risk, high: 1 h, otherwise: 3 h}, until: find_place.no_place, at_most: 3}\n"
REPEATED_SHELTER = SHELTER.replace("    accept_within: 15 min\n", AGAIN + "    accept_within: 15 min\n", 1)
REPEATED_INTAKE = INTAKE.replace(
    "    when: {risk: imminent}\n",
    "    repeat: {every: 20 min, first: 5 min, while: {risk: [low, high]}, at_most: 4}\n",
    1,
)


class RepeatedRelay(Relay):
    """One case of these pathways."""

    library = library((REPEATED_INTAKE, REPEATED_SHELTER))

    @initialize(risk=st.sampled_from(["low", "high", "imminent"]), far=st.integers(0, 3))
    def begin(self, risk: str, far: int) -> None:
        self.story.opened(facts={"risk": risk}, consents=frozenset({"intake", "shelter"}))
        if far > 0:
            self.story.accept("welcome")
        if far > 1:
            self.story.complete("welcome")
        if far > 2:
            self.story.accept("find_place")
            self.story.complete("find_place", "housed", place_confirmed_at="2026-11-24T22:00")

    @rule(hours=st.integers(1, 8))
    def nobody_does_anything(self, hours: int) -> None:
        self.story.wait(60 * hours)

    @invariant()
    def nothing_comes_again_more_often_than_is_written(self) -> None:
        for event in self.story.trail:
            if isinstance(event, StepRepeats | RepetitionEnded):
                assert event.rounds <= (3 if event.step == "find_place" else 4)
            assert not isinstance(event, StepRepeats) or event.until - event.at >= timedelta(minutes=20)

    @invariant()
    def every_time_that_is_over_is_followed_by_the_next_or_by_the_end(self) -> None:
        waiting: set[tuple[str, str]] = set()
        for event in self.story.trail:
            if isinstance(event, StepEnded) and event.step in {"find_place", "tell_police"}:
                waiting.add((event.run_id, event.step))
            elif isinstance(event, StepRepeats | RepetitionEnded):
                waiting.discard((event.run_id, event.step))
            elif isinstance(event, StepStarted):
                assert (event.run_id, event.step) not in waiting
        assert not waiting or not self.story.state.exists or self.story.state.ended_at is not None

    @invariant()
    def a_pathway_that_ended_repeats_nothing(self) -> None:
        for run in self.story.state.runs.values():
            assert run.state is RunState.RUNNING or all(step.state in STEP_OVER for step in run.steps.values())


TestRepeatedRelay = RepeatedRelay.TestCase
TestRepeatedRelay.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
