"""`looked_at: again`: a step's condition is looked at whenever a fact changes, until the step begins."""

from procedures import commands as c
from procedures import events as e
from procedures.case import RunState, StepState
from procedures.events import AlertPurpose, Event, FactChanged
from tests.making import INTAKE, SHELTER, Story, alerts, library

AGAIN = "    looked_at: again\n"
TOLD_AGAIN = INTAKE.replace("    when: {risk: imminent}\n", "    when: {risk: imminent}\n" + AGAIN, 1)
ESCORT_AGAIN = SHELTER.replace(
    "    when: {risk: [high, imminent]}\n", "    when: {risk: [high, imminent]}\n" + AGAIN, 1
)


def change(story: Story, fact: str, value: object) -> tuple[Event, ...]:
    return story.say(c.ChangeFact, fact=fact, value=value, reason="something_happened")


def kinds(events: tuple[Event, ...]) -> list[type[Event]]:
    return [type(event) for event in events]


def under_way(text: str = TOLD_AGAIN, **facts: object) -> Story:
    """The first talk is over at a low risk, and the shelter is being asked."""
    story = Story(library((text, ESCORT_AGAIN))).opened(facts={"risk": "low", **facts})
    story.accept("welcome")
    story.complete("welcome")
    return story


def state_of(story: Story, step: str) -> StepState:
    return next(run.steps[step].state for run in story.state.runs.values() if step in run.steps)


def test_a_step_that_was_left_out_begins_when_a_fact_lets_it_in() -> None:
    story = under_way()
    assert state_of(story, "tell_police") is StepState.SKIPPED
    told = change(story, "risk", "imminent")
    assert kinds(told)[:4] == [FactChanged, e.StepWaitsAgain, e.StepStarted, e.HandoffRequested]
    assert alerts(told) == [(AlertPurpose.TELL, "questura_ref")]


def test_without_the_word_what_was_left_out_stays_so() -> None:
    story = under_way(INTAKE)
    assert kinds(change(story, "risk", "imminent")) == [FactChanged]
    assert state_of(story, "tell_police") is StepState.SKIPPED


def test_what_has_begun_goes_on_when_its_condition_holds_no_more() -> None:
    story = under_way()
    change(story, "risk", "imminent")
    assert kinds(change(story, "risk", "low")) == [FactChanged]
    assert state_of(story, "tell_police") is StepState.ACTIVE
    assert kinds(change(story, "risk", "imminent")) == [FactChanged]


def test_what_could_not_happen_without_the_step_waits_again_too() -> None:
    debrief = "  debrief: {tell: police, title: {it: Esito, en: Outcome}, needs: [hearing.heard]}\n"
    hearing = INTAKE.replace("    when: {wants_legal_help: true}\n", "    when: {wants_legal_help: true}\n" + AGAIN, 1)
    story = under_way(hearing.replace("outcomes:", debrief + "outcomes:"), wants_legal_help=False)
    assert {state_of(story, step) for step in ("hearing", "debrief")} == {StepState.SKIPPED}
    changed = change(story, "wants_legal_help", value=True)
    assert kinds(changed)[:3] == [FactChanged, e.StepWaitsAgain, e.StepWaitsAgain]
    assert state_of(story, "hearing") is StepState.ACTIVE
    assert state_of(story, "debrief") is StepState.WAITING
    story.complete("hearing", "heard", heard_on="2026-11-25")
    assert state_of(story, "debrief") is StepState.ACTIVE


def test_a_step_that_waits_for_her_consent_is_left_out_and_nobody_is_called_for_it_any_more() -> None:
    own = INTAKE.replace("    when: {wants_legal_help: true}\n", "    when: {wants_legal_help: true}\n" + AGAIN, 1)
    story = under_way(own.replace("    watched_by", "    consent: legal\n    watched_by"), wants_legal_help=True)
    assert state_of(story, "hearing") is StepState.AWAITING_CONSENT
    changed = change(story, "wants_legal_help", value=False)
    assert kinds(changed) == [FactChanged, e.AlertWithdrawn, e.StepSkipped]
    again = change(story, "wants_legal_help", value=True)
    assert kinds(again) == [FactChanged, e.StepWaitsAgain, e.StepAwaitedConsent, e.AlertQueued]


def test_a_step_that_is_held_back_is_left_out_and_held_back_anew() -> None:
    held = TOLD_AGAIN.replace("    basis: {it: Legge", "    at: 2 h\n    basis: {it: Legge", 1)
    story = under_way(held, risk="imminent")
    assert state_of(story, "tell_police") is StepState.WAITING
    assert kinds(change(story, "risk", "low")) == [FactChanged, e.StepSkipped]
    assert story.wait(180) is not None
    assert state_of(story, "tell_police") is StepState.SKIPPED
    assert kinds(change(story, "risk", "imminent")) == [FactChanged, e.StepWaitsAgain, e.StepHeld]
    story.wait(120)
    assert state_of(story, "tell_police") is StepState.ACTIVE


def test_a_pathway_that_is_over_is_not_opened_by_a_fact() -> None:
    story = under_way(wants_legal_help=True)
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T22:00")
    assert state_of(story, "escort") is StepState.SKIPPED
    assert [run.state for run in story.state.runs.values()] == [RunState.RUNNING, RunState.ENDED]
    assert kinds(change(story, "risk", "high")) == [FactChanged]


def test_the_shelter_goes_on_and_its_escort_is_decided_when_the_place_is_there() -> None:
    story = under_way()
    change(story, "risk", "high")
    story.accept("find_place")
    assert e.StepStarted in kinds(story.complete("find_place", "housed", place_confirmed_at="2026-11-24T22:00"))
