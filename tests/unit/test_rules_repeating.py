"""Repetition as stories: it comes again by itself, by what the facts say, and it ends."""

from procedures import commands as c
from procedures.case import CaseStatus, StepState
from procedures.events import AlertPurpose, RepetitionEnd, RepetitionEnded, StepRepeats, StepStarted
from procedures.evolving import replay
from tests.making import INTAKE, SHELTER, Story, alerts, library

DAY = 24 * 60
SOURCE = 'source: {text: "Invented for the tests", verified: false}'
CHECK = f"""
  check_in:
    ask: first_contact
    title: {{it: Risentirla, en: Check in}}
    needs: [find_place.housed]
    repeat: REPEAT
    accept_within: 1 days
    complete_within: 2 days
    results: {{well: {{}}, worse: {{}}}}
    {SOURCE}
  meet:
    ask: legal_aid
    title: {{it: Riunirsi, en: Meet}}
    needs: [check_in.worse]
    accept_within: 1 days
    complete_within: 2 days
    {SOURCE}
  after:
    tell: police
    title: {{it: Dopo, en: Afterwards}}
    needs: [check_in]
outcomes:"""


def checked(repeat: str, **opening: object) -> Story:
    """She was housed, and is checked on from now on."""
    text = SHELTER.replace("\noutcomes:", CHECK.replace("REPEAT", repeat), 1)
    story = Story(library((INTAKE, text))).opened(pathway="shelter", facts={"risk": "low"}, **opening)
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T22:00")
    return story


def once(story: Story, result: str = "well") -> None:
    story.accept("check_in")
    story.complete("check_in", result)


def begun(story: Story) -> int:
    return sum(isinstance(event, StepStarted) and event.step == "check_in" for event in story.trail)


def ended(story: Story) -> list[tuple[int, RepetitionEnd]]:
    return [(event.rounds, event.reason) for event in story.trail if isinstance(event, RepetitionEnded)]


def test_the_interval_changes_by_count_and_the_last_one_stays() -> None:
    story = checked("{every: [1 weeks, 2 weeks, 4 weeks], at_most: 6}")
    for _ in range(6):
        once(story)
        story.wait(60 * 24 * 28 + 5)
    repeats = [event for event in story.trail if isinstance(event, StepRepeats)]
    assert [(event.until - event.at).days for event in repeats] == [7, 14, 28, 28, 28]
    assert ended(story) == [(6, RepetitionEnd.AT_MOST)]


def test_it_comes_again_by_itself_so_long_after_the_last_time_and_ends_after_so_many() -> None:
    story = checked("{every: 30 days, first: 2 days, at_most: 3}")
    assert begun(story) == 0
    assert alerts(story.wait(2 * DAY - 1)) == []
    assert (AlertPurpose.REQUEST, "ascolto_ref") in alerts(story.wait(1))
    once(story)
    assert [event.rounds for event in story.trail if isinstance(event, StepRepeats)] == [1]
    assert alerts(story.wait(30 * DAY - 1)) == []
    assert (AlertPurpose.REQUEST, "ascolto_ref") in alerts(story.wait(1))
    once(story)
    story.wait(30 * DAY)
    once(story)
    assert ended(story) == [(3, RepetitionEnd.AT_MOST)]
    assert begun(story) == 3


def test_whoever_needs_a_result_begins_when_it_comes_and_whoever_needs_it_over_waits_for_its_end() -> None:
    story = checked("{every: 1 weeks, at_most: 3}")
    once(story)
    assert story.handoff("check_in").state == "completed"
    story.wait(7 * DAY)
    once(story, "worse")
    assert story.handoff("meet").is_open
    assert all(handoff.step != "after" for handoff in story.state.handoffs.values())
    story.wait(7 * DAY)
    once(story)
    assert story.handoff("after").is_open


def test_a_result_ends_it() -> None:
    story = checked("{every: 1 weeks, until: check_in.worse}")
    for _ in range(5):
        once(story)
        story.wait(7 * DAY)
    once(story, "worse")
    assert ended(story) == [(6, RepetitionEnd.UNTIL)]


def test_the_interval_is_told_by_a_fact_as_it_stands_now() -> None:
    story = checked("{every: {fact: risk, high: 1 weeks, otherwise: 1 months}, at_most: 9}")
    once(story)
    assert alerts(story.wait(6 * DAY)) == []
    story.say(c.ChangeFact, fact="risk", value="high", reason="new_assessment")
    assert alerts(story.wait(1 * DAY - 1)) == []
    assert (AlertPurpose.REQUEST, "ascolto_ref") in alerts(story.wait(1))


def test_it_ends_when_what_it_was_done_for_is_no_longer_so_between_two_times_too() -> None:
    story = checked("{every: 1 weeks, while: {risk: [low, high]}}")
    once(story)
    story.say(c.ChangeFact, fact="risk", value="imminent", reason="new_assessment")
    assert ended(story) == [(1, RepetitionEnd.WHILE)]


def test_it_does_not_begin_where_what_it_is_done_for_is_not_so() -> None:
    story = checked("{every: 1 weeks, while: {risk: imminent}}")
    run = next(iter(story.state.runs.values()))
    assert run.steps["check_in"].state is StepState.SKIPPED


def test_each_time_asks_the_first_service_again_and_has_its_own_silence() -> None:
    story = checked("{every: 1 weeks, at_most: 3}")
    story.say(c.DeclineHandoff, ref=story.handoff("check_in").ref, reason="full")
    assert story.handoff("check_in").service == "ascolto_due"
    once(story)
    story.wait(7 * DAY)
    assert story.handoff("check_in").service == "ascolto"
    assert (AlertPurpose.COORDINATOR, "coord_uno") in alerts(story.wait(1 * DAY))


def test_a_consent_that_is_taken_back_ends_it() -> None:
    story = checked("{every: 1 weeks, at_most: 3}")
    once(story)
    story.say(c.RevokeConsent, consent="shelter")
    story.wait(7 * DAY)
    assert begun(story) == 1
    assert story.state.status is CaseStatus.CLOSED


def test_a_notice_and_a_pathway_can_be_repeated_too() -> None:
    again = INTAKE.replace("needs: [welcome]}\n", "needs: [welcome], repeat: {every: 1 weeks, at_most: 2}}\n", 1)
    story = Story(library((again, SHELTER))).opened()
    story.accept("welcome")
    story.complete("welcome")
    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert len(story.state.runs) == 2
    story.wait(7 * DAY)
    assert len(story.state.runs) == 3
    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert ended(story) == [(2, RepetitionEnd.AT_MOST)]
    assert story.state.status is CaseStatus.CLOSED


def test_deciding_the_last_time_anew_leaves_what_an_earlier_time_led_to() -> None:
    story = checked("{every: 1 weeks, at_most: 2}")
    once(story, "worse")
    first = story.now
    story.wait(7 * DAY)
    once(story, "worse")
    story.say(c.DecideAnew, run="", step="check_in", result="well", reason="recorded_wrongly", keep={"meet", "after"})
    step = story.state.runs[next(iter(story.state.runs))].steps["check_in"]
    assert step.result == "well"
    assert (step.moments["worse"], step.moments["well"]) == (first, story.now)
    assert replay(story.trail) == story.state


def test_deciding_anew_takes_back_what_only_the_last_time_led_to() -> None:
    story = checked("{every: 1 weeks, at_most: 2}")
    once(story)
    story.wait(7 * DAY)
    once(story, "worse")
    story.say(c.DecideAnew, run="", step="check_in", result="well", reason="appeal", keep={"meet", "after"})
    step = story.state.runs[next(iter(story.state.runs))].steps["check_in"]
    assert "worse" not in step.moments
