"""Several are asked at once, and the first that accepts has it: exactly one owner, and nobody is blamed."""

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import Handoff, HandoffState, StepState
from procedures.directory import Directory
from procedures.events import AlertPurpose
from procedures.evolving import replay
from procedures.whonow import who_now
from procedures.whonow_case import who_in_case
from tests.making import FACTS, START, Story, alerts, directory, library, open_case, service, settle

PATHWAY = """
pathway: intake
edition: 1
title: {it: Subito, en: At once}
consent: intake
signals: {safe: {title: {it: Al sicuro, en: Safe}, from: [operator]}}
steps:
  protect:
    ask: police
    title: {it: Proteggerla, en: Protect her}
    choose: {how_many: first}
    accept_within: 5 min
    first_sign_within: 20 min
    complete_within: [6 h, {within: 8 h, of: case.opened}]
    on_expiry: SILENCE
    source: {text: "Invented for the tests", verified: false}
    escalate: [{after: 4 min, to: deputy}, {after: 10 min, to: coordinator}]
    results: {done: {}, late: {}}
    ends_when: {done: signal.safe}
outcomes: {over: protect}
"""
NAMES = ("questura", "carabinieri", "municipale")


def network() -> Directory:
    return directory(*(service(name, "police", body=name, rank=rank) for rank, name in enumerate(NAMES)))


def told(silence: str = "escalate") -> Story:
    story = Story(library([PATHWAY.replace("SILENCE", silence)], FACTS), network())
    return story.opened(consents=frozenset({"intake"}), facts={})


def of(story: Story, name: str) -> Handoff:
    return [one for one in story.state.handoffs.values() if one.service == name][-1]


def says(story: Story, kind: type[c.AboutHandoff], name: str, **more: str) -> tuple[e.Event, ...]:
    return story.say(kind, ref=of(story, name).ref, actor=f"person:{name}_ref", **more)


def states(story: Story) -> list[HandoffState]:
    return [of(story, name).state for name in NAMES]


def test_all_that_fit_are_asked_at_once_each_under_a_reference_of_its_own() -> None:
    story = told()
    assert alerts(tuple(story.trail)) == [(AlertPurpose.REQUEST, f"{name}_ref") for name in NAMES]
    assert len({of(story, name).ref for name in NAMES}) == 3


def test_the_first_that_accepts_has_it_and_the_others_are_told_at_once() -> None:
    story = told()
    events = says(story, c.AcceptHandoff, "carabinieri")
    taken = [(purpose, person) for purpose, person in alerts(events) if purpose is AlertPurpose.TAKEN_BY_OTHER]
    assert taken == [(AlertPurpose.TAKEN_BY_OTHER, "questura_ref"), (AlertPurpose.TAKEN_BY_OTHER, "municipale_ref")]
    assert states(story) == [HandoffState.CANCELLED, HandoffState.ACCEPTED, HandoffState.CANCELLED]
    assert not [event for event in story.trail if isinstance(event, e.HandoffDeclined | e.HandoffExpired)]


def test_a_second_acceptance_comes_late_and_changes_nothing() -> None:
    story = told()
    says(story, c.AcceptHandoff, "carabinieri")
    (late,) = says(story, c.AcceptHandoff, "questura")
    assert isinstance(late, e.AnswerCameLate)
    assert of(story, "carabinieri").state is HandoffState.ACCEPTED


def test_one_that_declines_leaves_the_others_asked_and_nobody_is_troubled() -> None:
    story = told()
    assert alerts(says(story, c.DeclineHandoff, "questura", reason="full")) == []
    assert states(story) == [HandoffState.DECLINED, HandoffState.REQUESTED, HandoffState.REQUESTED]


def test_when_all_declined_the_coordinator_gets_it() -> None:
    story = told()
    for name in NAMES:
        says(story, c.DeclineHandoff, name, reason="full")
    handoff = story.handoff("protect")
    assert (handoff.service, handoff.owner.id, handoff.overdue) == (None, "coordinamento", True)


def test_where_all_stay_silent_the_coordinator_is_called_once_and_any_of_them_may_still_accept() -> None:
    story = told()
    events = story.wait(10)
    assert [one for one in alerts(events) if one[0] is AlertPurpose.COORDINATOR] == [
        (AlertPurpose.COORDINATOR, "coord_uno")
    ]
    assert [of(story, name).overdue for name in NAMES] == [True, False, False]
    done = says(story, c.AcceptHandoff, "municipale")
    assert (AlertPurpose.TAKEN_BY_OTHER, "coord_uno") in alerts(done)
    assert [one.ref for one in story.state.handoffs.values() if one.is_open] == [of(story, "municipale").ref]


def test_where_the_one_declines_that_the_coordinator_holds_he_holds_another() -> None:
    story = told()
    story.wait(10)
    says(story, c.DeclineHandoff, "questura", reason="full")
    assert of(story, "carabinieri").overdue


def test_while_one_of_them_was_reached_the_others_need_not_be() -> None:
    story = told()
    for alert in [a for a in story.trail if isinstance(a, e.AlertQueued)][:2]:
        settle(story, alert.alert_id, "failed")
    for alert in [a for a in story.trail if isinstance(a, e.AlertQueued)][3:]:
        settle(story, alert.alert_id, "failed")  # the deputies of those two
    assert not any(of(story, name).overdue for name in NAMES)
    assert says(story, c.DeclineHandoff, "municipale", reason="full")
    assert of(story, "questura").overdue  # nobody who was reached is left


@pytest.mark.parametrize("silence", ["escalate", "late"])
def test_a_limit_that_goes_by_is_said_once(silence: str) -> None:
    story = told(silence)
    events = story.wait(8 * 60 + 1)
    assert len([one for one in events if isinstance(one, e.StepEnded)]) == (silence == "late")
    open_ones = [one for one in story.state.handoffs.values() if one.is_open]
    assert len(open_ones) == (0 if silence == "late" else 3)
    assert sum(one.overdue for one in open_ones) == (silence == "escalate")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (c.RevokeConsent, {"consent": "intake"}),
        (c.NeverContactAgain, {}),
        (c.CancelCase, {"reason": "her_wish"}),
        (c.GiveSignal, {"signal": "safe"}),
    ],
)
def test_what_stops_the_step_stops_all_of_them_and_says_so_once(kind: type[c.Command], fields: dict[str, str]) -> None:
    story = told()
    events = story.say(kind, actor="operator:1", road=c.Road.DESK, **fields)
    assert states(story) == [HandoffState.CANCELLED] * 3
    assert len([one for one in events if isinstance(one, e.StepCancelled | e.StepEnded)]) == 1
    (run,) = story.state.runs.values()
    assert run.steps["protect"].state in {StepState.CANCELLED, StepState.DONE}
    assert replay(story.trail) == story.state


def test_who_would_be_called_names_all_of_them() -> None:
    command = open_case(consents=frozenset({"intake"}), facts={})
    texts = [PATHWAY.replace("SILENCE", "escalate")]
    assert [row.service for row in who_now(library(texts, FACTS), network(), command, START)] == list(NAMES)
    story = told()
    says(story, c.DeclineHandoff, "questura", reason="full")
    rows = who_in_case(story.state, story.library, story.directory, story.now)
    assert [row.service for row in rows] == ["carabinieri", "municipale"]
