"""The relay as stories: who is asked, who takes it, what follows."""

from datetime import UTC, datetime, timedelta

import pytest

from procedures import commands as c
from procedures.case import CaseStatus, HandoffState, PartyKind
from procedures.errors import (
    LastLink,
    NotAcceptedYet,
    NothingToDoHere,
    UnknownResult,
    WrongEvidence,
)
from procedures.events import AlertPurpose, AlertQueued, AnswerCameLate, LinkUse
from tests.making import (
    START,
    Story,
    alerts,
    directory,
    last_alert,
    open_case,
    service,
    settle,
    shelter_requested,
)


def test_opening_alerts_the_first_service_at_once() -> None:
    events = Story().tell(open_case())
    assert alerts(events) == [(AlertPurpose.REQUEST, "ascolto_ref")]


def test_an_accepted_handoff_gets_a_link_for_its_result_and_the_giver_gets_word() -> None:
    story = Story().opened()
    events = story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor="person:ascolto_ref")
    assert alerts(events) == [(AlertPurpose.RESULT_LINK, "ascolto_ref"), (AlertPurpose.WORD_TAKEN, "desk_person")]
    assert story.handoff("welcome").state is HandoffState.ACCEPTED


def test_the_word_to_the_giver_carries_the_givers_own_reference() -> None:
    story = Story().opened()
    words = [e for e in story.accept("welcome") if isinstance(e, AlertQueued) and e.purpose is AlertPurpose.WORD_TAKEN]
    assert words[0].ref == next(iter(story.state.runs.values())).ref != story.handoff("welcome").ref


def test_a_result_starts_what_needs_it() -> None:
    story = Story().opened()
    story.accept("welcome")
    assert (AlertPurpose.REQUEST, "casa_uno_ref") in alerts(story.complete("welcome"))


def test_the_giver_of_a_later_step_is_whoever_brought_home_the_one_before() -> None:
    story = shelter_requested()
    assert story.handoff("find_place").giver.party.id == "ascolto"


def test_a_refusal_passes_the_baton_to_the_next_service() -> None:
    story = shelter_requested()
    first = story.handoff("find_place")
    events = story.say(c.DeclineHandoff, ref=first.ref, reason="full")
    assert story.state.handoffs[first.ref].state is HandoffState.DECLINED
    assert (AlertPurpose.REQUEST, "casa_due_ref") in alerts(events)
    assert (AlertPurpose.WORD_DECLINED, "ascolto_ref") in alerts(events)


def test_when_all_have_declined_the_coordinator_holds_the_baton() -> None:
    story = shelter_requested()
    story.say(c.DeclineHandoff, ref=story.handoff("find_place").ref, reason="full")
    story.say(c.DeclineHandoff, ref=story.handoff("find_place").ref, reason="full")
    last = story.handoff("find_place")
    assert (last.service, last.owner.kind, last.overdue) == (None, PartyKind.COORDINATOR, True)
    with pytest.raises(LastLink):
        story.say(c.DeclineHandoff, ref=last.ref, reason="full", actor="person:coord_uno")


def test_silence_reminds_then_calls_the_deputy_then_the_next_service() -> None:
    story = shelter_requested()
    first = story.handoff("find_place").ref
    assert alerts(story.wait(5)) == [(AlertPurpose.REMINDER, "casa_uno_ref")]
    assert alerts(story.wait(5)) == [(AlertPurpose.DEPUTY, "casa_uno_dep")]
    events = story.wait(5)
    assert story.state.handoffs[first].state is HandoffState.EXPIRED
    assert alerts(events) == [
        (AlertPurpose.WITHDRAWN, "casa_uno_ref"),
        (AlertPurpose.WORD_EXPIRED, "ascolto_ref"),
        (AlertPurpose.REQUEST, "casa_due_ref"),
    ]


def test_the_coordinators_rung_counts_from_the_steps_start_so_no_chain_outruns_it() -> None:
    story = shelter_requested()
    for _ in range(9):
        story.wait(5)
    held = story.handoff("find_place")
    assert (held.owner.id, held.overdue) == ("coordinamento", True)
    assert story.now - START == timedelta(minutes=45)


def test_a_silent_last_service_may_still_answer_after_the_coordinator_took_over() -> None:
    story = shelter_requested()
    story.wait(60)
    events = story.accept("find_place")
    held = story.handoff("find_place")
    assert (held.state, held.owner.id, held.overdue) == (HandoffState.ACCEPTED, "casa_due", False)
    assert (AlertPurpose.TAKEN_BY_OTHER, "coord_uno") in alerts(events)


def test_the_coordinator_can_take_it_and_the_service_is_told() -> None:
    story = shelter_requested()
    story.wait(60)
    events = story.say(c.AcceptHandoff, ref=story.handoff("find_place").ref, actor="person:coord_uno")
    assert story.handoff("find_place").owner.kind is PartyKind.COORDINATOR
    assert (AlertPurpose.TAKEN_BY_OTHER, "casa_due_ref") in alerts(events)


def test_a_second_answer_is_recorded_and_changes_nothing() -> None:
    story = Story().opened()
    story.accept("welcome")
    events = story.accept("welcome")
    assert [type(event) for event in events] == [AnswerCameLate]
    assert story.handoff("welcome").state is HandoffState.ACCEPTED


def test_a_late_answer_after_the_baton_moved_on_is_recorded() -> None:
    story = shelter_requested()
    first = story.handoff("find_place").ref
    story.wait(15)
    events = story.say(c.AcceptHandoff, ref=first)
    assert isinstance(events[0], AnswerCameLate)
    assert events[0].stands == "expired"


def test_crossed_answers_the_first_one_stands() -> None:
    story = Story().opened()
    ref = story.handoff("welcome").ref
    story.say(c.AcceptHandoff, ref=ref)
    events = story.say(c.DeclineHandoff, ref=ref, reason="full")
    assert isinstance(events[0], AnswerCameLate)


@pytest.mark.parametrize("command", [c.AcknowledgeHandoff, c.RenewLink, c.NoteFirstSign])
def test_every_answer_to_a_handoff_that_ended_is_late(command: type[c.Command]) -> None:
    story = shelter_requested()
    assert isinstance(story.say(command, ref=story.handoff("welcome").ref)[0], AnswerCameLate)
    again = story.say(c.CompleteHandoff, ref=story.handoff("welcome").ref, result="done")
    assert isinstance(again[0], AnswerCameLate)


def test_seen_stops_no_clock() -> None:
    story = shelter_requested()
    story.say(c.AcknowledgeHandoff, ref=story.handoff("find_place").ref)
    assert story.handoff("find_place").state is HandoffState.ACKNOWLEDGED
    assert story.say(c.AcknowledgeHandoff, ref=story.handoff("find_place").ref) == ()
    assert alerts(story.wait(5)) == [(AlertPurpose.REMINDER, "casa_uno_ref")]


def test_a_result_before_the_acceptance_is_refused() -> None:
    story = Story().opened()
    with pytest.raises(NotAcceptedYet):
        story.complete("welcome")


def test_evidence_must_be_what_the_result_asks_for() -> None:
    story = shelter_requested()
    story.accept("find_place")
    for evidence in ({}, {"place_confirmed_at": "tomorrow"}, {"place_confirmed_at": "2026-11-24T21:00", "more": 1}):
        with pytest.raises(WrongEvidence):
            story.complete("find_place", "housed", **evidence)
    with pytest.raises(UnknownResult):
        story.complete("find_place", "elsewhere")


def test_to_the_last_handoff_the_case_closes_by_itself() -> None:
    story = shelter_requested()
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T21:30:00+01:00")
    story.accept("escort")
    story.complete("escort")
    assert story.state.status is CaseStatus.CLOSED
    assert {run.outcome for run in story.state.runs.values()} == {"helped", "housed"}


def test_no_place_leaves_out_what_only_a_place_needs() -> None:
    story = shelter_requested()
    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert story.state.status is CaseStatus.CLOSED


def test_no_first_sign_of_work_is_said_to_the_service_and_to_the_coordinator() -> None:
    story = shelter_requested()
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at=datetime(2026, 11, 24, 21, tzinfo=UTC))
    story.accept("escort")
    events = story.wait(30)
    assert alerts(events) == [
        (AlertPurpose.FIRST_SIGN_LATE, "navetta_ref"),
        (AlertPurpose.FIRST_SIGN_LATE, "coord_uno"),
    ]


def test_a_first_sign_stops_its_clock() -> None:
    story = shelter_requested()
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T21:00")
    story.accept("escort")
    story.say(c.NoteFirstSign, ref=story.handoff("escort").ref)
    assert story.say(c.NoteFirstSign, ref=story.handoff("escort").ref) == ()
    assert story.wait(30) == ()


def test_a_late_result_makes_the_coordinator_the_owner() -> None:
    story = Story().opened()
    story.accept("welcome")
    events = story.wait(121)
    assert (story.handoff("welcome").owner.kind, story.handoff("welcome").overdue) == (PartyKind.COORDINATOR, True)
    assert (AlertPurpose.OVERDUE, "ascolto_ref") in alerts(events)
    assert (AlertPurpose.COORDINATOR, "coord_uno") in alerts(events)
    story.complete("welcome")
    assert not story.handoff("welcome").overdue


def test_a_window_that_closed_before_the_step_began_is_said_at_once() -> None:
    events = Story().tell(open_case(facts={"risk": "high", "incident_at": START - timedelta(hours=80)}))
    assert (AlertPurpose.LIMIT_OVER, "coord_uno") in alerts(events)


def test_nobody_in_the_directory_means_the_coordinator_at_once() -> None:
    story = Story(directory_=directory(service("casa_uno", "emergency_shelter"))).opened()
    held = story.handoff("welcome")
    assert (held.service, held.owner.kind, held.overdue) == (None, PartyKind.COORDINATOR, True)
    assert alerts(tuple(story.trail))[0] == (AlertPurpose.COORDINATOR, "coord_uno")


def test_a_notice_is_done_when_a_carrier_took_it() -> None:
    story = Story().opened(facts={"risk": "imminent"})
    story.accept("welcome")
    story.complete("welcome")
    alert = [e for e in story.trail if isinstance(e, AlertQueued) and e.purpose is AlertPurpose.TELL][-1]
    assert alert.link is LinkUse.NONE
    with pytest.raises(NothingToDoHere):
        story.accept("tell_police")
    settle(story, alert.alert_id, "accepted")
    assert story.handoff("tell_police").state is HandoffState.COMPLETED


def test_an_alert_that_arrived_makes_the_handoff_alerted() -> None:
    story = Story().opened()
    settle(story, last_alert(story).alert_id, "accepted")
    assert story.handoff("welcome").state is HandoffState.ALERTED


def test_a_service_that_cannot_be_reached_is_not_waited_for() -> None:
    story = Story().opened()
    events = settle(story, last_alert(story).alert_id, "failed")
    assert alerts(events) == [(AlertPurpose.DEPUTY, "ascolto_dep")]
    events = settle(story, last_alert(story).alert_id, "failed")
    assert (AlertPurpose.REQUEST, "ascolto_due_ref") in alerts(events)


def test_a_coordinator_that_cannot_be_reached_is_followed_by_the_next_person() -> None:
    story = Story(directory_=directory(service("casa_uno", "emergency_shelter"))).opened()
    first = next(e for e in story.trail if isinstance(e, AlertQueued) and e.about)
    assert alerts(settle(story, first.alert_id, "failed")) == [(AlertPurpose.COORDINATOR, "coord_due")]
    assert alerts(settle(story, last_alert(story).alert_id, "uncertain")) == []


def test_an_untold_notice_can_be_told_by_the_coordinator() -> None:
    story = Story(directory_=directory(service("ascolto", "first_contact"), service("casa_uno", "emergency_shelter")))
    story.opened(facts={"risk": "imminent"})
    story.accept("welcome")
    story.complete("welcome")
    assert story.handoff("tell_police").overdue
    story.say(c.CompleteHandoff, ref=story.handoff("tell_police").ref, result="told", actor="person:coord_uno")
    assert story.handoff("tell_police").state is HandoffState.COMPLETED


def test_a_watcher_reports_for_somebody_outside() -> None:
    story = watched()
    assert story.handoff("hearing").state is HandoffState.ACCEPTED
    story.complete("hearing", "heard", heard_on="2026-11-26")
    assert story.handoff("hearing").result == "heard"


def watched() -> Story:
    """A hearing is being watched."""
    story = Story().opened(facts={"wants_legal_help": True})
    story.accept("welcome")
    story.complete("welcome")
    return story


def test_a_statutory_limit_that_passes_comes_before_a_named_person() -> None:
    story = watched()
    story.wait(60 * 24 * 3)
    assert story.handoff("hearing").owner.kind is PartyKind.COORDINATOR


def test_a_watcher_may_give_it_back() -> None:
    story = watched()
    story.say(c.DeclineHandoff, ref=story.handoff("hearing").ref, reason="no_staff")
    assert story.handoff("hearing").owner.kind is PartyKind.COORDINATOR


def test_a_doubtful_attempt_is_kept_in_the_trail_and_changes_nothing_else() -> None:
    story = Story().opened()
    before = story.state
    alert = last_alert(story).alert_id
    (event,) = story.say(c.NoteUncertain, alert_id=alert, channel="email", attempt=2, code="lease-lapsed")
    assert (event.at, getattr(event, "kind", "")) == (story.now, "delivery_uncertain")
    assert story.state == before.model_copy(update={"version": before.version + 1})
    settle(story, alert, "accepted")
    assert story.handoff("welcome").state is HandoffState.ALERTED
