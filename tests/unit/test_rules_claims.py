"""What nobody proved stops nothing: the rules of an acceptance in imminent danger."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures.case import AlertState, HandoffState
from procedures.claim_errors import NobodySaidSo, NothingToConfirm, SaidByAnother, SeveralSaidSo
from procedures.events import AcceptanceClaimed, AlertPurpose, HandoffAccepted, HandoffRequested
from procedures.evolving import replay
from procedures.timing import next_due
from tests.making import Story, alerts

HOW = {"how": c.ConfirmedHow.CALLED_BACK, "actor": "operator:1", "road": c.Road.DESK}
BY_OPERATOR = {"actor": "operator:1", "road": c.Road.DESK}


def in_danger() -> Story:
    return Story().opened(facts={"risk": "imminent"})


def says(story: Story, actor: str = "person:ascolto_ref") -> tuple[object, ...]:
    return story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor=actor, proven=False)


def test_the_next_deadline_is_what_it_would_be_without_it() -> None:
    story, silent = in_danger(), in_danger()
    says(story)
    assert next_due(story.state) == next_due(silent.state)
    assert story.handoff("welcome").ladder == silent.handoff("welcome").ladder
    assert story.handoff("welcome").state is silent.handoff("welcome").state


def test_the_coordination_is_called_and_the_same_by_the_same_person_is_nothing_new() -> None:
    story = in_danger()
    events = story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, proven=False)
    assert alerts(events) == [(AlertPurpose.CONFIRM_NEEDED, "coord_uno")]
    assert story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, proven=False) == ()


@pytest.mark.parametrize("road", [c.Road.DESK, c.Road.CLI])
def test_whoever_is_signed_in_vouches_for_it(road: c.Road) -> None:
    story = in_danger()
    story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, proven=False, actor="operator:1", road=road)
    assert story.handoff("welcome").state is HandoffState.ACCEPTED


@pytest.mark.parametrize("risk", ["high", "low"])
def test_elsewhere_nothing_has_to_be_proved(risk: str) -> None:
    story = Story().opened(facts={"risk": risk})
    says(story)
    assert story.handoff("welcome").state is HandoffState.ACCEPTED


def test_once_confirmed_it_is_the_acceptance_of_whoever_said_it() -> None:
    story = in_danger()
    says(story)
    events = story.say(c.ConfirmAcceptance, ref=story.handoff("welcome").ref, **HOW)
    (taken,) = [event for event in events if isinstance(event, HandoffAccepted)]
    assert (taken.actor, taken.on_behalf, story.handoff("welcome").claimed) == ("person:ascolto_ref", False, None)
    with pytest.raises(NothingToConfirm):
        story.say(c.ConfirmAcceptance, ref=story.handoff("welcome").ref, **HOW)


def test_whoever_proves_it_meanwhile_has_it() -> None:
    story = in_danger()
    says(story)
    story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor="person:ascolto_dep")
    assert story.handoff("welcome").accepted_by == "person:ascolto_dep"


def test_a_false_one_is_taken_away_and_the_next_one_asked_at_once() -> None:
    story = Story().opened()
    story.accept("welcome")
    false = story.handoff("welcome").ref
    events = story.say(c.DenyAcceptance, ref=false, **BY_OPERATOR)
    assert story.state.handoffs[false].state is HandoffState.DECLINED
    assert [event.service for event in events if isinstance(event, HandoffRequested)] == ["ascolto_due"]
    with pytest.raises(NobodySaidSo):
        story.say(c.DenyAcceptance, ref=false, **BY_OPERATOR)


def test_what_was_only_said_is_struck_and_may_be_said_again() -> None:
    story = in_danger()
    says(story)
    story.say(c.DenyAcceptance, ref=story.handoff("welcome").ref, **BY_OPERATOR)
    assert story.handoff("welcome").claimed is None
    assert any(isinstance(event, AcceptanceClaimed) for event in says(story))


BOTH = ("person:ascolto_ref", "person:ascolto_dep")


def two_said_so() -> Story:
    story = in_danger()
    for actor in BOTH:
        says(story, actor)
    return story


def test_what_another_says_takes_nobodys_word_away() -> None:
    story = two_said_so()
    story.say(c.ConfirmAcceptance, ref=story.handoff("welcome").ref, said_by=BOTH[0], **HOW)
    assert story.handoff("welcome").accepted_by == BOTH[0]


def test_of_several_it_has_to_be_said_whose_answer_is_meant() -> None:
    story = two_said_so()
    for command, more in ((c.ConfirmAcceptance, HOW), (c.DenyAcceptance, BY_OPERATOR)):
        with pytest.raises(SeveralSaidSo):
            story.say(command, ref=story.handoff("welcome").ref, **more)


def test_where_one_was_false_the_other_still_stands() -> None:
    story = two_said_so()
    story.say(c.DenyAcceptance, ref=story.handoff("welcome").ref, said_by=BOTH[1], **BY_OPERATOR)
    assert [said.actor for said in story.handoff("welcome").claims] == [BOTH[0]]
    with pytest.raises(SaidByAnother):
        story.say(c.DenyAcceptance, ref=story.handoff("welcome").ref, said_by=BOTH[1], **BY_OPERATOR)
    assert replay(story.trail) == story.state


def test_a_true_acceptance_is_not_undone_by_whoever_meant_what_was_said_before() -> None:
    story = two_said_so()
    said = story.handoff("welcome").claims
    story.wait(1)
    story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor=BOTH[0])
    for one in said:
        with pytest.raises(SaidByAnother):
            story.say(
                c.DenyAcceptance,
                ref=story.handoff("welcome").ref,
                said_by=one.actor,
                said_at=one.at,
                **BY_OPERATOR,
            )
    assert story.handoff("welcome").accepted_by == BOTH[0]


def test_events_from_before_that_are_read_as_they_were() -> None:
    story = two_said_so()
    old = [event.model_copy(update={"beside": False}) for event in story.trail if isinstance(event, AcceptanceClaimed)]
    others = [event for event in story.trail if not isinstance(event, AcceptanceClaimed)]
    state = replay([*others, *old])
    assert [said.actor for said in state.handoffs[story.handoff("welcome").ref].claims] == [BOTH[1]]


def calls_to_confirm(story: Story) -> list[AlertState]:
    notes = [call for run in story.state.runs.values() for step in run.steps.values() for call in step.calls.values()]
    return [call.state for call in notes if call.purpose == AlertPurpose.CONFIRM_NEEDED]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (c.AcceptHandoff, {"actor": "person:ascolto_dep"}),
        (c.ConfirmAcceptance, HOW),
        (c.DenyAcceptance, BY_OPERATOR),
        (c.DeclineHandoff, {"reason": "full"}),
        (c.PassDeadline, {"actor": "clock", "road": c.Road.CLOCK}),
        (c.CancelCase, {**BY_OPERATOR, "reason": "her_wish"}),
    ],
)
def test_a_call_to_confirm_what_is_over_goes_out_no_more(kind: type[c.Command], more: dict[str, object]) -> None:
    story = in_danger()
    says(story)
    assert AlertState.QUEUED in calls_to_confirm(story)
    story.now += timedelta(minutes=11)
    story.say(kind, **({"ref": story.handoff("welcome").ref} if "ref" in kind.model_fields else {}), **more)
    assert AlertState.QUEUED not in calls_to_confirm(story)


def test_what_was_false_of_one_ends_no_call_for_another() -> None:
    story = two_said_so()
    story.say(c.DenyAcceptance, ref=story.handoff("welcome").ref, said_by=BOTH[1], **BY_OPERATOR)
    assert AlertState.QUEUED in calls_to_confirm(story)


def test_however_many_say_so_and_again_the_coordination_is_called_once() -> None:
    story = in_danger()
    for actor in BOTH * 3:
        says(story, actor)
    assert calls_to_confirm(story) == [AlertState.QUEUED]


def test_what_is_said_after_all_of_it_was_false_is_called_for_anew() -> None:
    story = in_danger()
    says(story)
    story.say(c.DenyAcceptance, ref=story.handoff("welcome").ref, **BY_OPERATOR)
    says(story, BOTH[1])
    assert calls_to_confirm(story) == [AlertState.WITHDRAWN, AlertState.QUEUED]
