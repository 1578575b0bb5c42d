"""Steps that stand still with a signal, and go on with the time that remained."""

from datetime import datetime, timedelta

import pytest

from models.projecting import handoff_row
from procedures import commands as c
from procedures import events as e
from procedures.case import HandoffState, StepState
from procedures.events import AlertPurpose
from procedures.timing import next_due
from tests.making import START, Story, alerts
from tests.unit.test_rules_signals import give, kinds, step
from tests.unit.test_rules_signals import told as signalled

PAUSES = "    pauses_on: signal.found\n    resumes_on: signal.again\n"
TIME = "    complete_within: 4 h\n"
CLINICAL = "    complete_within: [4 h, {within: 5 h, clock: clinical}]\n"
SHOWN = {"place_confirmed_at": "2026-11-24T22:00"}


def story_of(more: str = TIME) -> Story:
    """The shelter was asked: it stands still with `found`, and goes on with `again`."""
    return signalled(find=PAUSES + more)


def stop(story: Story) -> tuple[e.Event, ...]:
    return give(story, "found", evidence=SHOWN)


def go_on(story: Story) -> tuple[e.Event, ...]:
    return give(story, "again", said_by="coordinator")


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_whoever_holds_it_hears_that_it_stands_still_and_that_it_goes_on() -> None:
    story = story_of()
    story.accept("find_place")
    events = stop(story)
    assert e.StepPaused in kinds(events)
    assert alerts(events) == [(AlertPurpose.PAUSED, "casa_uno_ref")]

    events = go_on(story)
    assert e.StepResumed in kinds(events)
    assert alerts(events) == [(AlertPurpose.LIMIT_MOVED, "casa_uno_ref")]


def test_the_time_for_the_result_goes_on_with_what_remained() -> None:
    story = story_of()
    story.accept("find_place")
    story.wait(60)
    stop(story)
    assert alerts(story.wait(600)) == []
    go_on(story)
    handoff = story.handoff("find_place")
    assert [limit.at for limit in handoff.limits] == [after(600 + 240)]
    assert alerts(story.wait(179)) == []
    assert (AlertPurpose.OVERDUE, "casa_uno_ref") in alerts(story.wait(1))


def test_nobody_is_replaced_while_it_stands_still_and_the_ladder_goes_on_from_where_it_was() -> None:
    story = story_of()
    story.wait(6)
    stop(story)
    assert story.wait(300) == ()
    assert story.handoff("find_place").state is HandoffState.REQUESTED
    go_on(story)
    assert story.handoff("find_place").accept_by == after(315)
    assert alerts(story.wait(3)) == []
    assert alerts(story.wait(1)) == [(AlertPurpose.DEPUTY, "casa_uno_dep")]


def test_it_may_be_taken_while_it_stands_still_and_its_time_begins_when_it_goes_on() -> None:
    story = story_of()
    stop(story)
    story.wait(100)
    story.accept("find_place")
    story.wait(100)
    go_on(story)
    assert [limit.at for limit in story.handoff("find_place").limits] == [after(200 + 240)]


def test_it_may_be_done_while_it_stands_still() -> None:
    story = story_of()
    story.accept("find_place")
    stop(story)
    story.complete("find_place", "no_place")
    assert step(story, "find_place") is StepState.DONE


def test_what_is_no_promise_between_bodies_runs_on() -> None:
    story = story_of(CLINICAL)
    story.accept("find_place")
    stop(story)
    assert next_due(story.state) == after(300)
    assert (AlertPurpose.OVERDUE, "casa_uno_ref") in alerts(story.wait(300))


def test_a_signal_that_came_before_the_step_began_lets_nothing_stand_still() -> None:
    story = signalled("    needs: [find_place.no_place]\n" + PAUSES, TIME)
    stop(story)
    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert step(story, "escort") is StepState.ACTIVE
    assert story.handoff("escort").paused_at is None


def test_it_stands_still_again_and_both_times_are_made_up_for() -> None:
    story = story_of()
    story.accept("find_place")
    for _ in range(2):
        story.wait(10)
        stop(story)
        assert e.StepPaused not in kinds(stop(story))
        story.wait(50)
        go_on(story)
        assert e.StepResumed not in kinds(go_on(story))
    assert [limit.at for limit in story.handoff("find_place").limits] == [after(100 + 240)]


def test_longer_time_is_reckoned_on_top_of_the_time_that_it_stood_still() -> None:
    extend = (
        "    extend: {by: 2 h, at_most: 1, agreed_by: [coordinator], source: {text: Invented, verified: false}}\n"
        + TIME
    )
    story = story_of(extend)
    story.accept("find_place")
    story.wait(60)
    stop(story)
    story.wait(300)
    ref = story.handoff("find_place").ref
    story.say(c.ExtendLimit, ref=ref, body="coordinator")
    go_on(story)
    assert [limit.at for limit in story.handoff("find_place").limits] == [after(300 + 240 + 120)]


def test_another_service_that_is_asked_meanwhile_has_its_whole_time_when_it_goes_on() -> None:
    story = story_of()
    stop(story)
    story.wait(60)
    story.say(c.DeclineHandoff, ref=story.handoff("find_place").ref, reason="full")
    assert story.handoff("find_place").service == "casa_due"
    assert alerts(story.wait(500)) == []
    go_on(story)
    assert story.handoff("find_place").accept_by == after(560 + 15)


@pytest.mark.parametrize(("more", "due"), [(TIME, None), (CLINICAL, 300)])
def test_a_board_shows_no_time_that_does_not_run(more: str, due: int | None) -> None:
    story = story_of(more)
    story.accept("find_place")
    stop(story)
    row = handoff_row(story.state, story.handoff("find_place"))
    assert row["due_at"] == row["complete_by"] == (None if due is None else after(due))
    assert row["accept_by"] is None
