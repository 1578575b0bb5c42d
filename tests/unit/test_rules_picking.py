"""Where the procedure leaves it to the operator who is asked: nobody is guessed, and somebody is called to pick."""

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import HandoffState, PartyKind
from procedures.choice_events import NobodyBecause
from procedures.directory import Directory
from procedures.events import AlertPurpose
from procedures.pick_errors import NotAmongThem, NothingToPick, PickFirst
from procedures.whonow import who_now
from procedures.whonow_case import who_in_case
from tests.making import FACTS, START, Story, alerts, directory, library, open_case, service, settle

PATHWAY = """
pathway: intake
edition: 1
title: {it: Scegliere, en: Pick}
consent: intake
steps:
  report:
    ask: police
    title: {it: Querela, en: Report}
    choose: {picked: true, barred: [legal_aid]}
    accept_within: 10 min
    complete_within: [4 h, {within: 72 h, of: fact.incident_at, clock: clinical}]
    source: {text: "Invented for the tests", verified: false}
    escalate: [{after: 10 min, to: next_service}, {after: 30 min, to: coordinator}]
outcomes: {over: report}
"""


def network() -> Directory:
    return directory(
        service("questura", "police", body="stato", rank=1),
        service("carabinieri", "police", body="arma", rank=2),
        service("legali", "police", body="studio", rank=0).model_copy(
            update={"competences": frozenset({"police", "legal_aid"})}
        ),
    )


def told(**opened: object) -> Story:
    story = Story(library([PATHWAY], FACTS), network())
    return story.opened(consents=frozenset({"intake"}), facts={}, **opened)


def picks(story: Story, name: str) -> tuple[e.Event, ...]:
    ref = story.handoff("report").ref
    return story.say(c.PickService, ref=ref, service=name, actor="operator:1", road=c.Road.DESK)


def test_when_its_turn_comes_nobody_is_asked_and_the_desk_is_called_to_pick() -> None:
    story = told()
    handoff = story.handoff("report")
    assert (handoff.service, handoff.owner.kind, handoff.overdue) == (None, PartyKind.DESK, False)
    assert alerts(tuple(story.trail)) == [(AlertPurpose.PICK_NEEDED, "desk_person")]


def test_the_one_that_was_picked_is_asked_and_the_trail_says_by_whom_and_out_of_how_many() -> None:
    story = told()
    before = story.handoff("report")
    events = picks(story, "carabinieri")
    (picked,) = (event for event in events if isinstance(event, e.ServicePicked))
    assert (picked.actor, picked.service, picked.out_of) == ("operator:1", "carabinieri", 2)
    now = story.handoff("report")
    assert (now.service, now.state, now.ref != before.ref) == ("carabinieri", HandoffState.REQUESTED, True)
    assert alerts(events) == [(AlertPurpose.REQUEST, "carabinieri_ref")]
    assert not story.state.handoffs[before.ref].is_open


def test_one_that_declines_comes_back_to_the_picker_and_is_not_picked_twice() -> None:
    story = told()
    picks(story, "carabinieri")
    story.say(c.DeclineHandoff, ref=story.handoff("report").ref, reason="full")
    assert story.handoff("report").waits_for_a_pick
    with pytest.raises(NotAmongThem) as refused:
        picks(story, "carabinieri")
    assert refused.value.data["known"] == "questura"


@pytest.mark.parametrize("other", ["legali", "nonsense", "questura_ref"])
def test_only_one_that_may_be_asked_now_can_be_picked(other: str) -> None:
    with pytest.raises(NotAmongThem):
        picks(told(), other)


def test_silence_comes_back_to_the_picker_where_another_would_come_next() -> None:
    story = told()
    picks(story, "questura")
    story.wait(10)
    assert story.handoff("report").waits_for_a_pick


def test_when_all_have_declined_the_coordinator_gets_it() -> None:
    story = told()
    for name in ("questura", "carabinieri"):
        picks(story, name)
        story.say(c.DeclineHandoff, ref=story.handoff("report").ref, reason="full")
    assert (story.handoff("report").owner.id, story.handoff("report").overdue) == ("coordinamento", True)
    with pytest.raises(NothingToPick):
        picks(story, "questura")


def test_the_call_to_pick_goes_on_until_somebody_is_reached() -> None:
    story = told()
    for person in ("desk_person", "coord_uno", "coord_due"):
        alert = [a for a in story.trail if isinstance(a, e.AlertQueued)][-1]
        assert (alert.purpose, alert.person) == (AlertPurpose.PICK_NEEDED, person)
        settle(story, alert.alert_id, "failed")
    again = story.wait(15)
    assert (AlertPurpose.PICK_NEEDED, "desk_person") in alerts(again)


def test_a_coordinator_who_takes_it_brings_it_home() -> None:
    story = told()
    story.wait(30)
    story.accept("report")
    assert not story.handoff("report").waits_for_a_pick
    story.complete("report")
    assert story.handoff("report").state == "completed"


def test_where_nobody_picks_in_time_the_coordinator_answers_for_it_and_can_still_pick() -> None:
    story = told()
    late = story.wait(30)
    handoff = story.handoff("report")
    assert (handoff.owner.id, handoff.overdue) == ("coordinamento", True)
    assert (AlertPurpose.COORDINATOR, "coord_uno") in alerts(late)
    events = picks(story, "questura")
    assert alerts(events) == [(AlertPurpose.WITHDRAWN, "coord_uno"), (AlertPurpose.REQUEST, "questura_ref")]
    assert (story.handoff("report").owner.id, story.handoff("report").overdue) == ("questura", False)
    story.wait(30)  # the coordinator's time counts anew
    assert story.handoff("report").overdue


def test_once_it_is_picked_nobody_is_called_to_pick_any_more() -> None:
    story = told()
    picks(story, "questura")
    story.accept("report")
    assert AlertPurpose.PICK_NEEDED not in [purpose for purpose, _ in alerts(story.wait(60))]


@pytest.mark.parametrize("kind", [c.AcceptHandoff, c.AcknowledgeHandoff])
def test_nothing_is_answered_before_somebody_is_picked(kind: type[c.AboutHandoff]) -> None:
    story = told()
    with pytest.raises(PickFirst):
        story.say(kind, ref=story.handoff("report").ref, actor="operator:1", road=c.Road.DESK)


def test_a_second_pick_is_refused() -> None:
    story = told()
    before = story.handoff("report").ref
    picks(story, "questura")
    with pytest.raises(NothingToPick):
        story.say(c.PickService, ref=before, service="carabinieri", actor="operator:2", road=c.Road.DESK)


def test_who_would_be_called_says_that_the_operator_picks() -> None:
    command = open_case(consents=frozenset({"intake"}), facts={})
    (row,) = who_now(library([PATHWAY], FACTS), network(), command, START)
    assert (row.service, row.person, row.because) == (None, None, NobodyBecause.PICKED)
    story = told()
    (row,) = who_in_case(story.state, story.library, story.directory, story.now)
    assert (row.service, row.because) == (None, NobodyBecause.PICKED)
    picks(story, "questura")
    (row,) = who_in_case(story.state, story.library, story.directory, story.now)
    assert (row.service, row.because) == ("questura", None)
