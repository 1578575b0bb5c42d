"""Several are asked at once, and each accepts, works and brings its result: the step waits for all of theirs."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import Handoff, HandoffState, StepRun, StepState
from procedures.directory import Directory
from procedures.events import AlertPurpose, NobodyBecause
from procedures.evolving import replay
from procedures.move_errors import StepWouldDiffer
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
  assess:
    ask: police
    title: {it: Valutare, en: Assess}
    choose: {how_many: MANY}
    accept_within: 5 min
    first_sign_within: 20 min
    complete_within: 6 h
    source: {text: "Invented for the tests", verified: false}
    escalate: [LADDER{after: 10 min, to: coordinator}]
    ends_when: {done: signal.safe}
  report:
    ask: legal_aid
    title: {it: Riferire, en: Report}
    needs: [assess]
    accept_within: 5 min
    complete_within: [6 h of assess.accepted, 8 h]
    source: {text: "Invented for the tests", verified: false}
outcomes: {over: report}
"""
NAMES = ("questura", "carabinieri", "municipale")
NEXT = "{after: 6 min, to: next_service}, "


def network(names: tuple[str, ...] = NAMES) -> Directory:
    asked = (service(name, "police", body=name, rank=rank) for rank, name in enumerate(names))
    return directory(*asked, service("legale", "legal_aid", body="legale"))


def text(many: str, ladder: str = "") -> str:
    return PATHWAY.replace("MANY", many).replace("LADDER", ladder)


def told(many: str = "all", ladder: str = "", names: tuple[str, ...] = NAMES) -> Story:
    story = Story(library([text(many, ladder)], FACTS), network(names))
    return story.opened(consents=frozenset({"intake"}), facts={})


def of(story: Story, name: str | None) -> Handoff:
    return [one for one in story.state.handoffs.values() if one.service == name][-1]


def says(story: Story, kind: type[c.AboutHandoff], name: str, **more: str) -> tuple[e.Event, ...]:
    return story.say(kind, ref=of(story, name).ref, actor=f"person:{name}_ref", **more)


def step(story: Story, name: str = "assess") -> StepRun:
    (run,) = story.state.runs.values()
    return run.steps[name]


def open_ones(story: Story) -> list[str]:
    return [one.service or one.owner.id for one in story.state.handoffs.values() if one.is_open]


def nobody(story: Story) -> list[NobodyBecause]:
    return [event.because for event in story.trail if isinstance(event, e.NoServiceFound)]


def test_all_that_fit_are_asked_at_once_and_each_keeps_what_it_took() -> None:
    story = told()
    assert open_ones(story) == list(NAMES)
    for name in NAMES:
        assert not [one for one in alerts(says(story, c.AcceptHandoff, name)) if one[0] is AlertPurpose.TAKEN_BY_OTHER]
    assert [of(story, name).state for name in NAMES] == [HandoffState.ACCEPTED] * 3


def test_the_step_is_over_with_the_last_result_and_what_needs_it_waits_until_then() -> None:
    story = told()
    for name in NAMES:
        assert step(story).state is StepState.ACTIVE
        assert step(story, "report").state is StepState.WAITING
        says(story, c.AcceptHandoff, name)
        says(story, c.CompleteHandoff, name, result="done")
    assert (step(story).state, step(story).result) == (StepState.DONE, "done")
    assert step(story, "report").state is StepState.ACTIVE
    assert len([event for event in story.trail if isinstance(event, e.StepEnded)]) == 1
    assert replay(story.trail) == story.state


def test_it_is_accepted_when_the_last_of_them_accepted_and_each_has_its_own_time() -> None:
    story = told("2")
    says(story, c.AcceptHandoff, "questura")
    assert "accepted" not in step(story).moments
    story.wait(3)
    says(story, c.AcceptHandoff, "carabinieri")
    assert step(story).moments["accepted"] == START + timedelta(minutes=3)
    ends = [of(story, name).complete_by for name in NAMES[:2]]
    assert ends == [START + timedelta(hours=6), START + timedelta(hours=6, minutes=3)]


def test_of_a_number_so_many_are_asked_and_no_more() -> None:
    assert open_ones(told("2")) == list(NAMES[:2])


def test_one_of_a_number_that_declines_is_replaced_by_the_next() -> None:
    story = told("2")
    says(story, c.DeclineHandoff, "questura", reason="full")
    assert open_ones(story) == ["carabinieri", "municipale"]


def test_one_of_a_number_that_stays_silent_is_replaced_by_the_next_and_the_other_goes_on() -> None:
    story = told("2", NEXT)
    says(story, c.AcceptHandoff, "questura")
    story.wait(6)
    assert open_ones(story) == ["questura", "municipale"]
    assert of(story, "carabinieri").state is HandoffState.EXPIRED


def test_one_of_a_number_that_no_channel_reaches_is_replaced_by_the_next() -> None:
    story = told("2")
    for _message in ("to the referent", "to the deputy"):
        asked = [a for a in story.trail if isinstance(a, e.AlertQueued) and a.to.id == "questura"]
        settle(story, asked[-1].alert_id, "failed")
    assert open_ones(story) == ["carabinieri", "municipale"]


def test_where_fewer_are_left_the_coordinator_has_the_place_of_the_missing_at_once_and_brings_its_result() -> None:
    story = told("3", names=NAMES[:2])
    assert open_ones(story) == ["questura", "carabinieri", "coordinamento"]
    assert (AlertPurpose.COORDINATOR, "coord_uno") in alerts(tuple(story.trail))
    assert nobody(story) == [NobodyBecause.NOBODY]
    for name in NAMES[:2]:
        says(story, c.AcceptHandoff, name)
        says(story, c.CompleteHandoff, name, result="done")
    assert step(story).state is StepState.ACTIVE
    ref = of(story, None).ref
    story.say(c.AcceptHandoff, ref=ref, actor="person:coord_uno")
    story.say(c.CompleteHandoff, ref=ref, actor="person:coord_uno", result="done")
    assert step(story).state is StepState.DONE


def test_where_nobody_can_be_asked_the_coordinator_gets_each_place() -> None:
    assert open_ones(told("2", names=())) == ["coordinamento"] * 2
    assert open_ones(told("all", names=())) == ["coordinamento"]


def test_of_all_one_that_declines_leaves_its_place_to_the_coordinator_and_to_no_one_else() -> None:
    story = told()
    says(story, c.DeclineHandoff, "questura", reason="full")
    assert open_ones(story) == ["carabinieri", "municipale", "coordinamento"]
    assert nobody(story) == [NobodyBecause.ALL_ASKED]


@pytest.mark.parametrize("many", ["all", "2"])
def test_whoever_stays_silent_until_the_rung_of_the_coordinator_is_his_and_may_still_accept(many: str) -> None:
    story = told(many)
    says(story, c.AcceptHandoff, "questura")
    story.wait(10)
    assert not of(story, "questura").overdue
    assert of(story, "carabinieri").overdue
    says(story, c.AcceptHandoff, "carabinieri")
    assert of(story, "carabinieri").owner.id == "carabinieri"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (c.RevokeConsent, {"consent": "intake"}),
        (c.NeverContactAgain, {}),
        (c.CancelCase, {"reason": "her_wish"}),
        (c.GiveSignal, {"signal": "safe"}),
    ],
)
def test_what_stops_the_step_stops_all_that_are_at_work_and_says_so_once(
    kind: type[c.Command], fields: dict[str, str]
) -> None:
    story = told()
    for name in NAMES[:2]:
        says(story, c.AcceptHandoff, name)
    says(story, c.CompleteHandoff, "questura", result="done")
    events = story.say(kind, actor="operator:1", road=c.Road.DESK, **fields)
    states = [of(story, name).state for name in NAMES]
    assert states == [HandoffState.COMPLETED, HandoffState.CANCELLED, HandoffState.CANCELLED]
    ended = [one for one in events if isinstance(one, e.StepCancelled | e.StepEnded) and one.step == "assess"]
    assert len(ended) == 1
    assert replay(story.trail) == story.state


def test_who_would_be_called_names_each_of_them_and_the_coordinator_for_those_missing() -> None:
    command = open_case(consents=frozenset({"intake"}), facts={})

    def rows(many: str) -> list[str | None]:
        found = who_now(library([text(many)], FACTS), network(), command, START)
        return [row.service for row in found if row.step == "assess"]

    assert rows("all") == list(NAMES)
    assert rows("2") == list(NAMES[:2])
    assert rows("4") == [*NAMES, None]
    story = told("4")
    says(story, c.DeclineHandoff, "questura", reason="full")
    found = who_in_case(story.state, story.library, story.directory, story.now)
    assert [row.service for row in found if row.step == "assess"] == ["carabinieri", "municipale", None, None]


def test_while_it_is_at_work_the_number_cannot_be_changed_by_another_edition() -> None:
    story = told("2")
    (run,) = story.state.runs
    other = library([text("3").replace("edition: 1", "edition: 2")], FACTS)
    by_hash = {**story.library.by_hash, **other.by_hash}
    story.library = story.library.model_copy(update={"current": other.current, "by_hash": by_hash})
    with pytest.raises(StepWouldDiffer):
        story.say(c.MovePathway, run=run, edition=2, reason="law_changed")
