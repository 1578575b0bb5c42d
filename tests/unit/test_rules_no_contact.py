"""*Never contact again* as stories: what stops, what goes on, and what happens when she says otherwise."""

import pytest

from procedures import commands as c
from procedures.case import CaseStatus, HandoffState, StepState
from procedures.errors import NoContact
from procedures.events import AlertPurpose, SkipReason, StepSkipped
from tests.making import INTAKE, SHELTER, Story, alerts, library, shelter_requested


def test_what_rests_on_a_consent_stops_and_the_services_are_told() -> None:
    story = Story().opened(facts={"risk": "imminent", "wants_legal_help": True})
    story.accept("welcome")
    story.complete("welcome")
    story.say(c.NeverContactAgain)
    assert story.handoff("find_place").state is HandoffState.CANCELLED
    assert story.handoff("hearing").state is HandoffState.CANCELLED
    assert story.handoff("tell_police").is_open
    assert story.state.status is CaseStatus.OPEN


def test_nobody_asks_her_any_more() -> None:
    story = Story().opened(consents=frozenset({"intake"}))
    story.say(c.NeverContactAgain)
    assert story.state.status is CaseStatus.CLOSED

    waiting = Story().opened(consents=frozenset())
    events = waiting.say(c.NeverContactAgain)
    left_out = {event.step: event.reason for event in events if isinstance(event, StepSkipped)}
    assert left_out["welcome"] is SkipReason.NO_CONTACT
    assert "alert_withdrawn" in [getattr(event, "kind", "") for event in events]
    assert alerts(waiting.wait(600)) == []


def test_until_she_says_otherwise_no_consent_counts_and_then_each_is_asked_anew() -> None:
    later = "  later: {start: shelter, title: {it: Poi, en: Later}, needs: [tell_police]}\n  hearing:"
    story = Story(library((INTAKE.replace("  hearing:", later), SHELTER))).opened(facts={"risk": "imminent"})
    story.accept("welcome")
    story.complete("welcome")
    story.say(c.NeverContactAgain)
    with pytest.raises(NoContact):
        story.say(c.GiveConsent, consent="shelter")
    with pytest.raises(NoContact):
        story.say(c.ActFirst, run="", step="later", reason="imminent_danger")
    assert story.state.consents == {"intake": "given", "shelter": "given"}

    story.say(c.ContactAgain)
    assert story.state.consents == {}
    assert story.state.no_contact_since is None


def test_she_may_say_it_of_a_case_that_is_over_and_twice() -> None:
    story = shelter_requested()
    story.say(c.CancelCase, reason="her_wish")
    assert len(story.say(c.NeverContactAgain)) == 1
    assert story.say(c.NeverContactAgain) == ()
    assert len(story.say(c.ContactAgain)) == 1
    assert story.say(c.ContactAgain) == ()


def test_a_step_that_was_to_come_is_left_out_in_its_turn_alone() -> None:
    story = Story().opened(facts={"risk": "imminent"})
    story.accept("welcome")
    story.complete("welcome")
    story.say(c.NeverContactAgain)
    run = next(iter(story.state.runs.values()))
    assert run.steps["tell_police"].state is StepState.ACTIVE
    assert (AlertPurpose.CONSENT_NEEDED, "desk_person") not in alerts(tuple(story.trail))
