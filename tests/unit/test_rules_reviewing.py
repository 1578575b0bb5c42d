"""What is done without a consent, on a basis in law, is reviewed afterwards by somebody who is named."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import CaseStatus
from procedures.errors import NothingToReview, UnknownReason
from procedures.evolving import replay
from procedures.reviewing import review_by, review_since, to_review
from tests.making import Story


def told_without_her() -> Story:
    """The police was told on a basis in law."""
    story = Story().opened(facts={"risk": "imminent"})
    story.accept("welcome")
    story.complete("welcome")
    return story


def waiting(story: Story) -> list[str]:
    return [step.step for _run, step in to_review(story.state)]


def test_what_rests_on_a_consent_is_not_reviewed_and_what_rests_on_a_law_is() -> None:
    story = told_without_her()
    assert waiting(story) == ["tell_police"]
    (run,) = [run for run, _step in to_review(story.state)]
    assert review_since(run) == story.now
    assert review_by(story.now) == story.now + timedelta(days=7)


def test_a_review_names_whoever_did_it_and_ends_the_waiting() -> None:
    story = told_without_her()
    story.wait(60)
    story.say(c.ReviewSteps, run="", finding="not_grounded", actor="operator:5")
    assert waiting(story) == []
    step = next(run.steps["tell_police"] for run in story.state.runs.values() if "tell_police" in run.steps)
    assert (step.reviewed_by, step.reviewed_at, step.finding) == ("operator:5", story.now, "not_grounded")
    with pytest.raises(NothingToReview):
        story.say(c.ReviewSteps, run="", finding="grounded")


def test_a_case_that_is_over_is_still_reviewed() -> None:
    story = told_without_her()
    story.say(c.CancelCase, reason="her_wish")
    assert story.state.status is CaseStatus.CANCELLED
    story.say(c.ReviewSteps, run="", step="tell_police", finding="grounded")
    assert waiting(story) == []


def test_a_finding_is_one_of_a_closed_list() -> None:
    with pytest.raises(UnknownReason):
        told_without_her().say(c.ReviewSteps, run="", finding="perhaps")


def test_an_older_trail_says_nothing_of_it_and_asks_for_no_review() -> None:
    story = told_without_her()
    older = [
        event.model_copy(update={"on_basis": False}) if isinstance(event, e.StepStarted) else event
        for event in story.trail
    ]
    assert list(to_review(replay(older))) == []
