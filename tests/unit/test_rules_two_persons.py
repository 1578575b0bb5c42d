"""A result that two people must give: nobody alone brings such a step to its end."""

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import HandoffState, StepState
from procedures.events import AlertPurpose
from procedures.faults import ProcedureFaults
from tests.making import Story, alerts, directory, library, service
from tests.unit.marked import codes

TEXT = """
pathway: intake
edition: 1
title: {it: Due, en: Two}
consent: intake
steps:
  end_protection:
    ask: police
    title: {it: Togliere la protezione, en: End the protection}
    two_persons: true
    accept_within: 10 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
    results: {ended: {evidence: {protocol_number: reference}}, kept: {}}
outcomes: {over: end_protection}
"""
END = "end_protection"


def taken(*, deputy: bool = True, text: str = TEXT) -> Story:
    story = Story(library([text]), directory(service("questura", "police", deputy=deputy)))
    story.opened(consents=frozenset({"intake"}), facts={})
    story.say(c.AcceptHandoff, ref=story.handoff(END).ref, actor="person:questura_ref")
    return story


def give(story: Story, who: str, result: str = "kept", **evidence: object) -> tuple[e.Event, ...]:
    ref = story.handoff(END).ref
    return story.say(c.CompleteHandoff, ref=ref, result=result, evidence=evidence, actor=f"person:{who}")


def step(story: Story) -> StepState:
    return next(iter(story.state.runs.values())).steps[END].state


def test_the_first_word_is_a_proposal_and_the_second_person_gets_a_link() -> None:
    story = taken()
    events = give(story, "questura_ref")
    assert [type(one) for one in events] == [e.ResultProposed, e.AlertQueued]
    assert alerts(events) == [(AlertPurpose.SECOND_PERSON, "questura_dep")]
    assert step(story) is StepState.ACTIVE
    assert story.handoff(END).state is HandoffState.ACCEPTED


def test_the_same_result_by_somebody_else_ends_the_step() -> None:
    story = taken()
    give(story, "questura_ref", "ended", protocol_number="A-1")
    give(story, "questura_dep", "ended", protocol_number="A-1")
    assert step(story) is StepState.DONE
    assert story.handoff(END).result == "ended"


def test_the_same_person_twice_is_nothing_new() -> None:
    story = taken()
    give(story, "questura_ref")
    assert give(story, "questura_ref") == ()
    assert step(story) is StepState.ACTIVE


@pytest.mark.parametrize(("result", "shown"), [("kept", {}), ("ended", {"protocol_number": "A-2"})])
def test_what_differs_is_a_new_proposal_that_the_first_may_confirm(result: str, shown: dict[str, str]) -> None:
    story = taken()
    give(story, "questura_ref", "ended", protocol_number="A-1")
    events = give(story, "questura_dep", result, **shown)
    assert alerts(events) == [(AlertPurpose.SECOND_PERSON, "questura_ref")]
    assert step(story) is StepState.ACTIVE
    give(story, "questura_ref", result, **shown)
    assert step(story) is StepState.DONE


def test_whoever_proposed_may_think_again_and_still_needs_another() -> None:
    story = taken()
    give(story, "questura_ref")
    give(story, "questura_ref", "ended", protocol_number="A-1")
    assert step(story) is StepState.ACTIVE
    give(story, "questura_dep")
    assert step(story) is StepState.ACTIVE


def test_an_operator_may_be_the_second_on_behalf_of_the_service_but_not_both() -> None:
    story = taken()
    ref = story.handoff(END).ref
    for _ in range(2):
        story.say(c.CompleteHandoff, ref=ref, result="kept", actor="operator:1", road=c.Road.DESK)
    assert step(story) is StepState.ACTIVE
    give(story, "questura_ref")
    assert step(story) is StepState.DONE
    (first,) = [one for one in story.trail if isinstance(one, e.ResultProposed)]
    assert (first.actor, first.on_behalf) == ("operator:1", True)


def test_where_the_service_has_nobody_else_the_coordinator_is_asked() -> None:
    assert alerts(give(taken(deputy=False), "questura_ref")) == [(AlertPurpose.SECOND_PERSON, "coord_uno")]


def test_the_time_for_the_result_runs_on_until_the_second_has_spoken() -> None:
    story = taken()
    give(story, "questura_ref")
    story.wait(4 * 60)
    assert story.handoff(END).overdue
    give(story, "questura_dep")
    assert step(story) is StepState.DONE


@pytest.mark.parametrize("way", ["on_expiry: kept", "ends_when: {kept: signal.over}"])
def test_neither_silence_nor_a_signal_ends_it(way: str) -> None:
    text = TEXT.replace("    two_persons: true\n", f"    two_persons: true\n    {way}\n")
    text = text.replace("steps:\n", "signals: {over: {title: {it: F, en: O}, from: [operator]}}\nsteps:\n", 1)
    text = text.replace("outcomes: {", "outcomes: {told: signal.over, ")
    with pytest.raises(ProcedureFaults) as refused:
        library([text])
    assert "ends-without-two" in codes(refused.value.faults)
