"""Before an answer: a service wants to be telephoned, or hands the request to a colleague; no clock stops for that."""

import pytest

from procedures import commands as c
from procedures.case import HandoffState
from procedures.errors import NothingToDoHere
from procedures.events import AlertPurpose, AlertQueued, AnswerCameLate, HandoffGivenToColleague, LinkUse
from procedures.person_errors import ColleagueWasAsked, NotAColleague
from procedures.timing import next_due
from tests.making import Story, alerts, last_alert, settle

REFERENT, DEPUTY = "ascolto_ref", "ascolto_dep"
GIVEN = {"actor": f"person:{REFERENT}", "colleague": DEPUTY}


def waiting() -> tuple[Story, str]:
    story = Story().opened()
    return story, story.handoff("welcome").ref


def test_whoever_passed_it_on_is_asked_to_telephone() -> None:
    story, ref = waiting()
    events = story.say(c.AskBack, ref=ref, actor=f"person:{REFERENT}")
    assert alerts(events) == [(AlertPurpose.WORD_ASKED_BACK, "desk_person")]
    assert story.handoff("welcome").asked_back_at == story.now


def test_it_is_asked_once_for_each_request() -> None:
    story, ref = waiting()
    story.say(c.AskBack, ref=ref, actor=f"person:{REFERENT}")
    assert story.say(c.AskBack, ref=ref, actor=f"person:{DEPUTY}") == ()


@pytest.mark.parametrize("kind", [c.AskBack, c.GiveToColleague])
def test_neither_stops_a_clock_nor_answers_for_anybody(kind: type[c.Command]) -> None:
    story, ref = waiting()
    before = next_due(story.state)
    story.say(kind, ref=ref, **GIVEN if kind is c.GiveToColleague else {"actor": f"person:{REFERENT}"})
    assert next_due(story.state) == before
    assert story.handoff("welcome").state is HandoffState.REQUESTED


def test_a_colleague_is_alerted_at_once_with_a_link_of_her_own() -> None:
    story, ref = waiting()
    events = story.say(c.GiveToColleague, ref=ref, **GIVEN)
    (alert,) = [event for event in events if isinstance(event, AlertQueued)]
    assert (alert.purpose, alert.person, alert.link) == (AlertPurpose.REQUEST, DEPUTY, LinkUse.ANSWER)
    assert alert.answer_by == story.handoff("welcome").accept_by


@pytest.mark.parametrize("taker", [REFERENT, DEPUTY])
def test_either_of_them_can_still_take_it(taker: str) -> None:
    story, ref = waiting()
    story.say(c.GiveToColleague, ref=ref, **GIVEN)
    story.say(c.AcceptHandoff, ref=ref, actor=f"person:{taker}")
    assert story.handoff("welcome").state is HandoffState.ACCEPTED


@pytest.mark.parametrize("named", [REFERENT, "casa_uno_ref", "coord_uno", "nobody"])
def test_nobody_but_a_colleague_can_be_named(named: str) -> None:
    story, ref = waiting()
    with pytest.raises(NotAColleague):
        story.say(c.GiveToColleague, ref=ref, actor=f"person:{REFERENT}", colleague=named)


def test_a_colleague_who_has_it_is_not_alerted_twice() -> None:
    story, ref = waiting()
    story.say(c.GiveToColleague, ref=ref, **GIVEN)
    with pytest.raises(ColleagueWasAsked):
        story.say(c.GiveToColleague, ref=ref, **GIVEN)


def test_one_whom_no_message_reached_can_be_alerted_again() -> None:
    story, ref = waiting()
    story.say(c.GiveToColleague, ref=ref, **GIVEN)
    settle(story, last_alert(story).alert_id, c.DeliveryResult.FAILED)
    assert alerts(story.say(c.GiveToColleague, ref=ref, **GIVEN)) == [(AlertPurpose.REQUEST, DEPUTY)]


def test_nothing_goes_to_a_colleague_who_is_excluded_and_nothing_betrays_it() -> None:
    story, ref = waiting()
    story.state = story.state.model_copy(update={"exclusions": frozenset({DEPUTY})})
    events = story.say(c.GiveToColleague, ref=ref, **GIVEN)
    assert alerts(events) == []
    assert [type(event) for event in events] == [HandoffGivenToColleague]


@pytest.mark.parametrize("kind", [c.AskBack, c.GiveToColleague])
def test_after_the_answer_it_came_late(kind: type[c.Command]) -> None:
    story, ref = waiting()
    story.accept("welcome")
    (late,) = story.say(kind, ref=ref, **GIVEN if kind is c.GiveToColleague else {"actor": f"person:{REFERENT}"})
    assert isinstance(late, AnswerCameLate)


@pytest.mark.parametrize("kind", [c.AskBack, c.GiveToColleague])
def test_what_is_only_told_needs_neither(kind: type[c.Command]) -> None:
    story = Story().opened(facts={"risk": "imminent"})
    story.accept("welcome")
    story.complete("welcome")
    with pytest.raises(NothingToDoHere):
        story.say(kind, ref=story.handoff("tell_police").ref, **GIVEN if kind is c.GiveToColleague else {})
