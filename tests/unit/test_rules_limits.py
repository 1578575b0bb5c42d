"""Limits at work: several of them, a step held back, silence that ends something, longer time, a late pathway."""

from datetime import UTC, datetime, timedelta

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import CaseStatus, HandoffState
from procedures.errors import LimitIsOver, LongerTimeUsedUp, NoLongerTime, UnknownAgreeingBody
from procedures.events import AlertPurpose
from procedures.evolving import replay
from tests.making import SHELTER, START, Story, alerts, library

LIMIT = "    complete_within: 4 h\n"
SOURCE = 'source: {text: "Invented for the tests", verified: false}\n'
EXTEND = f"    extend: {{by: 1 month, at_most: 1, agreed_by: [coordinator, police], {SOURCE.strip()}}}\n"


def told(step: str = LIMIT, whole: str = "", **facts: object) -> Story:
    """The shelter alone as the first pathway; its step and the pathway say this of time."""
    text = SHELTER.replace("pathway: shelter", "pathway: intake").replace("consent: shelter", "consent: intake")
    text = text.replace(LIMIT, step, 1).replace("steps:\n", whole + "steps:\n", 1)
    return Story(library((text,))).opened(consents=frozenset({"intake"}), facts=facts)


def kinds(events: tuple[e.Event, ...]) -> list[type[e.Event]]:
    return [type(event) for event in events]


def ends(story: Story) -> list[timedelta]:
    """The ends of time for the result, after the story's beginning."""
    return [limit.at - START for limit in story.handoff("find_place").limits]


def test_the_strictest_limit_wins_and_says_in_its_words_which_it_is() -> None:
    story = told("    complete_within: [6 h, {earliest: [5 h of case.opened, 7 h]}, {latest: [4 h, 8 h]}]\n")
    story.accept("find_place")
    handoff = story.handoff("find_place")
    assert [limit.words for limit in handoff.limits] == ["earliest: 5 h of case.opened, 7 h", "6 h", "latest: 4 h, 8 h"]
    assert handoff.complete_by == START + timedelta(hours=5)


def test_a_limit_counts_only_where_the_facts_are_so() -> None:
    step = "    complete_within: [4 h, {within: 1 h, when: {risk: high}}]\n"
    for risk, hours in (("high", 1), ("low", 4)):
        story = told(step, risk=risk)
        story.accept("find_place")
        assert story.handoff("find_place").complete_by == START + timedelta(hours=hours)


def test_of_several_points_those_count_whose_moment_is_known() -> None:
    step = "    complete_within: {latest: [4 h, 2 days before fact.incident_at]}\n"
    story, known = told(step), told(step, incident_at=START + timedelta(days=5))
    for each in (story, known):
        each.accept("find_place")
    assert (ends(story), ends(known)) == ([timedelta(hours=4)], [timedelta(days=3)])


def test_what_leads_up_to_an_unknown_moment_is_told_to_a_person_at_once() -> None:
    story = told("    complete_within: 2 days before fact.incident_at\n")
    purposes = [event.purpose for event in story.trail if isinstance(event, e.AlertQueued)]
    assert AlertPurpose.LIMIT_OVER in purposes
    assert [event.limit_at for event in story.trail if isinstance(event, e.LimitAlreadyOver)] == [START]


def test_a_step_is_held_back_until_its_time_and_then_begins_by_itself() -> None:
    story = told("    not_before: 20:00 of case.opened\n" + LIMIT)
    held = [event for event in story.trail if isinstance(event, e.StepHeld)]
    assert [event.until for event in held] == [datetime(2026, 11, 25, 19, tzinfo=UTC)]
    assert not story.state.handoffs
    assert kinds(story.wait(22 * 60)) == []
    assert kinds(story.wait(60))[:3] == [e.StepReleased, e.StepStarted, e.HandoffRequested]


def test_the_silence_that_a_source_allows_ends_the_step_and_blames_nobody() -> None:
    story = told(LIMIT + "    on_expiry: no_place\n")
    story.accept("find_place")
    events = story.wait(241)
    assert e.HandoffLapsed in kinds(events)
    assert [purpose for purpose, _ in alerts(events)] == [AlertPurpose.LAPSED, AlertPurpose.WORD_LAPSED]
    assert story.handoff("find_place").state is HandoffState.EXPIRED
    (run,) = story.state.runs.values()
    assert (run.outcome, story.state.status) == ("no_place", CaseStatus.CLOSED)
    assert run.steps["find_place"].moments["expired"] == story.now


def test_silence_that_is_only_noted_calls_nobody() -> None:
    story = told(LIMIT + "    on_expiry: note\n")
    story.accept("find_place")
    assert kinds(story.wait(241)) == [e.DeadlinePassed]
    assert story.handoff("find_place").is_open


def test_without_a_word_silence_calls_the_coordinator_as_before() -> None:
    story = told()
    story.accept("find_place")
    assert e.OwnerChanged in kinds(story.wait(241))


def test_longer_time_is_agreed_by_every_body_and_keeps_the_old_end_and_the_new() -> None:
    story = told(LIMIT + EXTEND)
    story.accept("find_place")
    ref, old = story.handoff("find_place").ref, story.handoff("find_place").complete_by
    asked = story.say(c.ExtendLimit, ref=ref)
    assert (kinds(asked)[0], alerts(asked)[0][0]) == (e.LongerTimeAsked, AlertPurpose.LONGER_TIME_ASKED)
    assert kinds(story.say(c.ExtendLimit, ref=ref, body="coordinator")) == [e.LongerTimeAgreed]
    assert story.handoff("find_place").complete_by == old
    agreed = story.say(c.ExtendLimit, ref=ref, body="police")
    (moved,) = [event for event in agreed if isinstance(event, e.LimitExtended)]
    assert (moved.old_at, moved.new_at) == (old, datetime(2026, 12, 25, 0, tzinfo=UTC))
    assert alerts(agreed) == [(AlertPurpose.LIMIT_MOVED, "casa_uno_ref")]
    assert story.handoff("find_place").complete_by == moved.new_at
    with pytest.raises(LongerTimeUsedUp):
        story.say(c.ExtendLimit, ref=ref)


def test_longer_time_is_asked_for_before_the_end_by_who_may_agree_and_only_where_it_is_written() -> None:
    story = told(LIMIT + EXTEND)
    story.accept("find_place")
    ref = story.handoff("find_place").ref
    with pytest.raises(UnknownAgreeingBody):
        story.say(c.ExtendLimit, ref=ref, body="school")
    story.wait(241)
    with pytest.raises(LimitIsOver):
        story.say(c.ExtendLimit, ref=ref)
    plain = told()
    plain.accept("find_place")
    with pytest.raises(NoLongerTime):
        plain.say(c.ExtendLimit, ref=plain.handoff("find_place").ref)


def test_a_body_that_agrees_twice_is_one_body() -> None:
    story = told(LIMIT + EXTEND)
    story.accept("find_place")
    ref = story.handoff("find_place").ref
    story.say(c.ExtendLimit, ref=ref, body="police")
    assert kinds(story.say(c.ExtendLimit, ref=ref, body="police")) == []


def test_longer_time_for_what_has_ended_comes_late() -> None:
    story = told(LIMIT + EXTEND)
    story.accept("find_place")
    ref = story.handoff("find_place").ref
    story.complete("find_place", "no_place")
    assert story.state.status is CaseStatus.CLOSED
    assert kinds(story.say(c.ExtendLimit, ref=ref)) == [e.AnswerCameLate]


def test_a_late_pathway_calls_the_coordination_and_goes_on() -> None:
    story = told(whole="within: 5 h\n" + SOURCE)
    story.wait(10)
    events = story.wait(295)
    assert e.PathwayLimitPassed in kinds(events)
    assert AlertPurpose.PATHWAY_LATE in [purpose for purpose, _ in alerts(events)]
    assert story.handoff("find_place").is_open
    assert e.PathwayLimitPassed not in kinds(story.wait(600))


def test_the_time_for_a_pathway_may_end_it() -> None:
    story = told(whole="within: 5 h\non_expiry: no_place\n" + SOURCE)
    events = story.wait(301)
    assert e.PathwayEnded in kinds(events)
    (run,) = story.state.runs.values()
    assert (run.outcome, story.state.status) == ("no_place", CaseStatus.CLOSED)
    assert AlertPurpose.WORD_LAPSED in [purpose for purpose, _ in alerts(events)]


def test_working_days_are_those_of_the_service_and_of_its_town() -> None:
    story = told("    complete_within: 2 working days\n")
    service = story.directory.services["casa_uno"]
    office = service.model_copy(update={"opening_hours": "Mo-Fr 09:00-13:00; PH off", "holidays": ("IT", "11-26")})
    story.directory = story.directory.model_copy(update={"services": {**story.directory.services, "casa_uno": office}})
    story.accept("find_place")
    # Tuesday 24 November; the 25th, and the 27th because of the patron on the 26th: until its midnight in Rome.
    assert story.handoff("find_place").complete_by == datetime(2026, 11, 27, 23, tzinfo=UTC)


def test_a_fact_that_was_asked_and_not_told_counts_as_unknown_and_never_as_less() -> None:
    story = told("    complete_within: [4 h, {within: 1 h, when: {risk: unknown}}]\n", risk="not_answered")
    story.accept("find_place")
    assert story.handoff("find_place").complete_by == START + timedelta(hours=1)


MEETING = """
pathway: intake
edition: 1
title: {it: Riunione, en: Meeting}
consent: intake
steps:
  ask_one:
    ask: first_contact
    title: {it: Uno, en: One}
    accept_within: 10 min
    complete_within: 2 h
    source: {text: "Invented for the tests", verified: false}
  ask_two:
    ask: emergency_shelter
    title: {it: Due, en: Two}
    accept_within: 10 min
    complete_within: 2 h
    source: {text: "Invented for the tests", verified: false}
  after_one:
    ask: safe_transport
    title: {it: Poi, en: Then}
    needs: {any_of: [ask_one, ask_two]}
    accept_within: 10 min
    complete_within: 90 min of ask_two.completed
    source: {text: "Invented for the tests", verified: false}
outcomes: {over: after_one}
"""


def test_a_limit_moves_when_what_it_counts_from_becomes_known_and_its_holder_is_told() -> None:
    story = Story(library((MEETING,))).opened(consents=frozenset({"intake"}))
    for step in ("ask_one", "ask_two"):
        story.accept(step)
    story.complete("ask_one")
    story.accept("after_one")
    assert story.handoff("after_one").complete_by == START + timedelta(minutes=90)
    story.wait(30)
    events = story.complete("ask_two")
    (moved,) = [event for event in events if isinstance(event, e.LimitMoved)]
    assert (moved.old_at, moved.new_at) == (START + timedelta(minutes=90), START + timedelta(minutes=120))
    assert (AlertPurpose.LIMIT_MOVED, "navetta_ref") in alerts(events)
    assert story.handoff("after_one").complete_by == moved.new_at


def test_silence_that_ended_the_last_step_ends_the_pathway_before_its_own_time_comes() -> None:
    story = told(LIMIT + "    on_expiry: no_place\n", whole="within: 5 h\n" + SOURCE)
    story.accept("find_place")
    events = kinds(story.wait(24 * 60))
    assert e.HandoffLapsed in events
    assert e.PathwayLimitPassed not in events
    assert story.state.status is CaseStatus.CLOSED


def test_a_window_that_is_over_when_its_step_begins_is_told_to_a_person_at_once() -> None:
    story = told("    complete_within: [4 h, {within: 30 min of pathway.started}]\n    not_before: 40 min\n")
    assert not story.state.handoffs
    events = story.wait(40)
    assert e.LimitAlreadyOver in kinds(events)
    assert AlertPurpose.LIMIT_OVER in [purpose for purpose, _ in alerts(events)]


def test_an_old_trail_in_which_a_time_went_by_leads_to_the_state_it_led_to() -> None:
    story = told()
    story.accept("find_place")
    story.wait(241)
    old = [
        event.model_copy(update={"expired": False}) if isinstance(event, e.DeadlinePassed) else event
        for event in story.trail
    ]
    (run,) = replay(old).runs.values()
    assert "expired" not in run.steps["find_place"].moments
    assert "expired" in next(iter(story.state.runs.values())).steps["find_place"].moments
