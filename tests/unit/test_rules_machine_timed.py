"""The same random commands against a pathway full of limits: held back, lapsing, made longer, late as a whole."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from procedures import commands as c
from procedures.case import HandoffState, RunState
from procedures.conditions import holds
from procedures.events import (
    FactChanged,
    HandoffLapsed,
    LimitExtended,
    SkipReason,
    StepBegunFirst,
    StepHeld,
    StepSkipped,
    StepStarted,
    StepWaitsAgain,
)
from procedures.schema import LookedAt
from tests.making import FACTS, INTAKE, SHELTER, library
from tests.unit.test_rules_machine import Relay

pytestmark = pytest.mark.slow

SOURCE = 'source: {text: "Invented for the tests", verified: false}'
EXTEND = f"    extend: {{by: 2 working days in IT, at_most: 2, agreed_by: [coordinator, police], {SOURCE}}}\n"
TIMED_INTAKE = (
    INTAKE.replace("steps:\n", f"within: [6 months, {{earliest: [9 days, 3 working days]}}]\n{SOURCE}\nsteps:\n", 1)
    .replace("[2 h, {within: 72 h", "[{latest: [2 h, 20:00 of case.opened]}, {within: 72 h", 1)
    .replace("    basis: {it: Legge", "    at: 20:00 of welcome.completed\n    basis: {it: Legge", 1)
    .replace("    when: {risk: imminent}\n", "    when: {risk: imminent}\n    looked_at: again\n", 1)
    .replace("    when: {wants_legal_help: true}\n", "    when: {wants_legal_help: true}\n    looked_at: again\n", 1)
    .replace("deferred: {}", "deferred: {sets: {wants_legal_help: false}}", 1)
    .replace("    watched_by:", "    on_expiry: deferred\n" + EXTEND + "    watched_by:", 1)
)
SOONER = "    complete_within: [4 h, {within: 1 h, when: {risk: imminent}}]\n"
TIMED_SHELTER = (
    SHELTER.replace("steps:\n", f"within: 2 days\non_expiry: no_place\n{SOURCE}\nsteps:\n", 1)
    .replace("    complete_within: 4 h\n", SOONER + EXTEND, 1)
    .replace("    needs: [find_place.housed]\n", "    needs: [find_place.housed]\n    not_before: 1 h\n", 1)
    .replace("no_place: {}", "no_place: {sets: {risk: high}}", 1)
)
WORDS = FACTS.replace(
    "    type: choice\n", "    type: choice\n    ordered: true\n    raises_only: true\n    changed_by: [police]\n", 1
).replace("{type: boolean,", "{type: boolean, changed_by: [operator, legal_aid],")


class TimedRelay(Relay):
    """One case of these pathways."""

    library = library((TIMED_INTAKE, TIMED_SHELTER), facts=WORDS)

    @initialize(risk=st.sampled_from(["low", "high", "imminent"]), legal=st.booleans(), far=st.integers(0, 3))
    def begin(self, risk: str, legal: bool, far: int) -> None:
        self.story.opened(facts={"risk": risk, "wants_legal_help": legal}, consents=frozenset({"intake", "shelter"}))
        if far > 0:
            self.story.accept("welcome")
        if far > 1:
            self.story.complete("welcome")
        if far > 2:
            self.story.accept("find_place")

    @rule(hours=st.integers(1, 80))
    def nobody_does_anything(self, hours: int) -> None:
        self.story.wait(60 * hours)

    @rule(pick=st.integers(0, 5), bodies=st.lists(st.sampled_from([None, "coordinator", "police", "nonsense"])))
    def extend(self, pick: int, bodies: list[str | None]) -> None:
        waiting = [handoff.ref for handoff in self.story.state.handoffs.values() if handoff.is_open] or ["NONE"]
        for body in bodies:
            self.attempt(c.ExtendLimit, ref=waiting[pick % len(waiting)], body=body)

    @invariant()
    def nothing_begins_before_its_time(self) -> None:
        held = {(e.run_id, e.step): e.until for e in self.story.trail if isinstance(e, StepHeld)}
        first = {(e.run_id, e.step) for e in self.story.trail if isinstance(e, StepBegunFirst)}
        steps = [event for event in self.story.trail if isinstance(event, StepStarted)]
        begun = [event for event in steps if (event.run_id, event.step) not in first]
        assert all(event.at >= held.get((event.run_id, event.step), event.at) for event in begun)

    @invariant()
    def longer_time_is_longer_and_given_no_more_often_than_it_is_written(self) -> None:
        for event in self.story.trail:
            assert not isinstance(event, LimitExtended) or (event.new_at > event.old_at and event.times <= 2)

    @invariant()
    def nothing_is_left_out_that_is_looked_at_again_and_applies(self) -> None:
        state = self.story.state
        for run in state.runs.values():
            steps = self.library.by_hash[run.content_hash].steps
            for name, step in run.steps.items():
                if run.state is RunState.RUNNING and step.skipped_because == SkipReason.NOT_APPLICABLE:
                    again = steps[name].looked_at is LookedAt.AGAIN
                    assert not (again and holds(steps[name].when, state.facts, self.story.now)), name

    @invariant()
    def what_waits_again_had_been_left_out_and_nothing_else_had(self) -> None:
        left: set[tuple[str, str]] = set()
        for event in self.story.trail:
            if isinstance(event, StepSkipped):
                left.add((event.run_id, event.step))
            elif isinstance(event, StepWaitsAgain):
                left.remove((event.run_id, event.step))
            elif isinstance(event, StepStarted):
                assert (event.run_id, event.step) not in left

    @invariant()
    def the_risk_falls_on_the_word_of_the_police_alone(self) -> None:
        risk = self.library.facts["risk"]
        for event in self.story.trail:
            if isinstance(event, FactChanged) and event.fact == "risk":
                assert event.by == "police" or not risk.falls(event.before, event.value)

    @invariant()
    def what_lapsed_stays_so(self) -> None:
        lapsed = [event.ref for event in self.story.trail if isinstance(event, HandoffLapsed)]
        assert len(lapsed) == len(set(lapsed))
        assert all(self.story.state.handoffs[ref].state is HandoffState.EXPIRED for ref in lapsed)

    @invariant()
    def a_pathway_whose_time_ends_it_is_over_then(self) -> None:
        for run in self.story.state.runs.values():
            late = any(limit.passed for limit in run.limits) and not run.owed
            assert run.pathway != "shelter" or run.state is not RunState.RUNNING or not late


TestTimedRelay = TimedRelay.TestCase
TestTimedRelay.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
