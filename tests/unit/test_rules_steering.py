"""Steering a case as stories: consents, cancelling, what is refused, and limits that nobody looked at."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures.case import AlertState, CaseStatus, HandoffState, RunState, StepState
from procedures.errors import (
    CaseAlreadyOpen,
    CaseIsOver,
    NoCoordinator,
    UnknownCase,
    UnknownConsent,
    UnknownFact,
    UnknownHandoff,
    UnknownPathway,
    UnknownReason,
    UnknownTerritory,
    WrongFactValue,
)
from procedures.events import AlertPurpose
from procedures.evolving import replay
from tests.making import START, Story, alerts, directory, person, service, settle, shelter_requested


def test_a_step_waits_until_she_was_asked_and_the_desk_is_told() -> None:
    story = Story().opened(consents=frozenset({"intake"}))
    story.accept("welcome")
    events = story.complete("welcome")
    assert (AlertPurpose.CONSENT_NEEDED, "desk_person") in alerts(events)
    assert (AlertPurpose.REQUEST, "casa_uno_ref") in alerts(story.say(c.GiveConsent, consent="shelter"))


def test_a_consent_refused_leaves_the_step_out_and_help_goes_on() -> None:
    story = Story().opened(consents=frozenset({"intake"}))
    story.say(c.RefuseConsent, consent="shelter")
    story.accept("welcome")
    story.complete("welcome")
    assert story.state.status is CaseStatus.CLOSED


def test_a_revoked_consent_stops_what_is_pending_and_tells_the_service() -> None:
    story = shelter_requested()
    events = story.say(c.RevokeConsent, consent="shelter")
    assert (AlertPurpose.WITHDRAWN, "casa_uno_ref") in alerts(events)
    assert story.handoff("find_place").state is HandoffState.CANCELLED
    assert story.state.status is CaseStatus.CLOSED


def test_what_is_not_sent_yet_is_withdrawn_when_it_is_answered() -> None:
    story = Story().opened()
    assert "alert_withdrawn" in [getattr(event, "kind", "") for event in story.accept("welcome")]


def test_a_cancelled_case_tells_everybody_who_was_asked() -> None:
    story = shelter_requested()
    events = story.say(c.CancelCase, reason="her_wish")
    assert alerts(events) == [(AlertPurpose.WITHDRAWN, "casa_uno_ref")]
    assert story.state.status is CaseStatus.CANCELLED
    assert {run.state for run in story.state.runs.values()} == {RunState.CANCELLED}
    with pytest.raises(CaseIsOver):
        story.say(c.CancelCase, reason="her_wish")


def test_a_cancelled_pathway_lets_the_others_go_on() -> None:
    story = shelter_requested()
    child = next(run for run in story.state.runs.values() if run.pathway == "shelter")
    story.say(c.CancelPathway, run_id=child.run_id, reason="helped_elsewhere")
    parent = next(iter(story.state.runs.values()))
    assert parent.steps["shelter"].state is StepState.CANCELLED
    assert parent.state is RunState.ENDED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"pathway": "nowhere"}, UnknownPathway),
        ({"territory": "nowhere"}, UnknownTerritory),
        ({"facts": {"nothing": True}}, UnknownFact),
        ({"facts": {"risk": "enormous"}}, WrongFactValue),
        ({"facts": {"incident_at": "yesterday"}}, WrongFactValue),
        ({"consents": frozenset({"nothing"})}, UnknownConsent),
        ({"exclusions": frozenset({"coordinamento"})}, NoCoordinator),
    ],
)
def test_a_case_that_could_not_run_is_not_opened(changes: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        Story().opened(**changes)


def without_shelter(story: Story) -> None:
    """A new release ships only the intake; the text of the shelter was in force when the case was opened."""
    kept = story.library.by_hash
    story.library = story.library.model_copy(update={"current": {"intake": story.library.current["intake"]}})
    assert story.library.by_hash == kept


def test_a_pathway_out_of_force_is_still_started_by_a_text_that_runs() -> None:
    story = Story().opened()
    story.accept("welcome")
    without_shelter(story)
    assert (AlertPurpose.REQUEST, "casa_uno_ref") in alerts(story.complete("welcome"))


def test_a_consent_that_only_a_text_out_of_force_asks_for_can_still_be_given() -> None:
    story = Story().opened(consents=frozenset({"intake"}))
    story.accept("welcome")
    story.complete("welcome")
    without_shelter(story)
    assert alerts(story.wait(15)) == []
    assert (AlertPurpose.REQUEST, "casa_uno_ref") in alerts(story.say(c.GiveConsent, consent="shelter"))


def test_refusals_have_names() -> None:
    with pytest.raises(UnknownCase):
        Story().say(c.CancelCase, reason="her_wish")
    story = Story().opened()
    with pytest.raises(CaseAlreadyOpen):
        story.opened()
    with pytest.raises(UnknownHandoff):
        story.say(c.AcceptHandoff, ref="NO-SUCH")
    with pytest.raises(UnknownReason):
        story.say(c.CancelCase, reason="because")
    with pytest.raises(UnknownReason):
        story.say(c.CancelCase, reason=c.CancelReason.TIME_OVER)
    with pytest.raises(UnknownReason):
        story.say(c.DeclineHandoff, ref=story.handoff("welcome").ref, reason="because")


def test_an_excluded_person_excludes_every_channel_she_can_read() -> None:
    shared = person("altra").model_copy(update={"contacts": person("ascolto_ref").contacts})
    network = directory()
    network = network.model_copy(update={"people": {**network.people, "altra": shared}})
    story = Story(directory_=network).opened(exclusions=frozenset({"altra"}))
    assert story.handoff("welcome").service == "ascolto_due"


def test_an_answer_on_a_services_behalf_is_recorded_as_such() -> None:
    story = Story().opened()
    events = story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor="operator:1", road=c.Road.DESK)
    assert [event.on_behalf for event in events if hasattr(event, "on_behalf")] == [True]
    assert story.handoff("welcome").accepted_party == story.handoff("welcome").owner


def test_the_trail_alone_gives_the_same_state() -> None:
    story = shelter_requested()
    story.wait(60)
    assert replay(story.trail) == story.state


def test_a_limit_that_went_by_while_nobody_looked_is_still_said() -> None:
    story = Story().opened(facts={"incident_at": START - timedelta(hours=71)})
    story.now += timedelta(minutes=61)
    story.accept("welcome")
    assert (AlertPurpose.COORDINATOR, "coord_uno") in alerts(story.wait(0))


def test_a_notice_that_was_seen_is_done() -> None:
    story = Story().opened(facts={"risk": "imminent"})
    story.accept("welcome")
    story.complete("welcome")
    story.say(c.AcknowledgeHandoff, ref=story.handoff("tell_police").ref, actor="operator:1", road=c.Road.DESK)
    assert story.handoff("tell_police").state is HandoffState.COMPLETED


def calls(story: Story) -> list[str]:
    """The alerts to the coordination that still wait for the carrier's word, oldest first."""
    waiting = story.handoff("welcome").alerts.items()
    return [alert_id for alert_id, alert in waiting if alert.state is AlertState.QUEUED]


def test_a_coordination_that_nothing_reaches_is_called_again_and_again() -> None:
    story = Story(directory_=directory(service("casa_uno", "emergency_shelter"))).opened()
    for _ in range(3):
        while waiting := calls(story):
            settle(story, waiting[0], "failed")
        assert story.wait(14) == ()
        called = [(AlertPurpose.COORDINATOR, "coord_uno"), (AlertPurpose.COORDINATOR, "coord_due")]
        assert alerts(story.wait(1)) == called


def test_one_person_of_the_coordination_reached_is_enough() -> None:
    story = Story(directory_=directory(service("casa_uno", "emergency_shelter"))).opened()
    settle(story, calls(story)[0], "failed")
    settle(story, calls(story)[0], "accepted")
    assert story.wait(120) == ()
