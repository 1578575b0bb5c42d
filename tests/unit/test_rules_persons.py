"""The same person as before, or never the same: who is called, who may take it, and what is not known."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.alert_events import ECHOES
from procedures.case import HandoffState
from procedures.directory import Directory, Duty
from procedures.events import AlertPurpose, NobodyBecause, NoServiceFound, ServiceChosen
from procedures.person_errors import AskedOfAnother, NotOneOfThem, SayWhoTakesIt
from procedures.persons import takers_of
from procedures.whonow import who_now
from procedures.whonow_case import who_in_case
from tests.making import FACTS, START, Story, alerts, directory, library, open_case, service, settle

ASK = """
    ask: %s
    title: {it: Chiedere, en: Ask}
    accept_within: 10 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
    escalate: [{after: 5 min, to: service}, {after: 8 min, to: deputy}, {after: 10 min, to: next_service},
      {after: 30 min, to: coordinator}]
"""
OTHER, SAME = "{other_person_than: talk}", "{same_person_as: talk}"


def pathway(choose: str) -> str:
    return (
        "pathway: intake\nedition: 1\ntitle: {it: Due, en: Two}\nconsent: intake\nsteps:\n"
        f"  talk:{ASK % 'psychological_support'}"
        f"  assess:{ASK % 'psychological_support'}    needs: [talk]\n    choose: {choose}\noutcomes: {{over: assess}}\n"
    )


def centre(*, deputy: bool = True, rota: tuple[Duty, ...] = ()) -> Directory:
    """A centre with a referent and a deputy, and a second one behind it, of another body."""
    first = service("centro", "psychological_support", rank=1, deputy=deputy, rota=rota)
    return directory(first, service("altro", "psychological_support", rank=2, body="altro"))


def begun(choose: str, network: Directory | None = None) -> Story:
    """The first step is asked of the centre."""
    return Story(library([pathway(choose)], FACTS), network or centre()).opened(
        consents=frozenset({"intake"}), facts={}
    )


def talked(choose: str, network: Directory | None = None, *, by: str = "centro_ref") -> Story:
    """Somebody of the centre took the first step, and did it."""
    story = begun(choose, network)
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor=f"person:{by}")
    story.say(c.CompleteHandoff, ref=story.handoff("talk").ref, result="done", actor=f"person:{by}")
    return story


def shared(network: Directory, *names: str) -> Directory:
    """The same, where these people read one mailbox."""
    contacts = network.people[names[0]].contacts
    people = {**network.people, **{n: network.people[n].model_copy(update={"contacts": contacts}) for n in names}}
    return network.model_copy(update={"people": people})


def called(story: Story, step: str = "assess") -> list[str]:
    """Everybody whom the procedure wrote to about the step's handoffs."""
    refs = {handoff.ref for handoff in story.state.handoffs.values() if handoff.step == step}
    queued = (event for event in story.trail if isinstance(event, e.AlertQueued) and event.purpose not in ECHOES)
    return [event.person for event in queued if event.about in refs]


def chosen(story: Story) -> ServiceChosen:
    return [event for event in story.trail if isinstance(event, ServiceChosen)][-1]


def test_whoever_took_the_first_step_is_not_called_for_the_second() -> None:
    story = talked(OTHER)
    assert story.handoff("assess").service == "centro"
    assert called(story) == ["centro_dep"]
    assert chosen(story).other_person_than == ("talk",)
    story.wait(5)
    story.wait(3)
    assert set(called(story)) == {"centro_dep"}  # nor for a reminder, nor for the deputy's rung


def test_whoever_took_the_first_step_cannot_take_the_second_and_is_told_what_to_do() -> None:
    story = talked(OTHER)
    with pytest.raises(AskedOfAnother, match="somebody else") as refusal:
        story.say(c.AcceptHandoff, ref=story.handoff("assess").ref, actor="person:centro_ref")
    assert "centro_ref" not in str(refusal.value)
    story.say(c.AcceptHandoff, ref=story.handoff("assess").ref, actor="person:centro_dep")
    with pytest.raises(AskedOfAnother):
        story.say(c.CompleteHandoff, ref=story.handoff("assess").ref, result="done", actor="person:centro_ref")
    story.say(c.CompleteHandoff, ref=story.handoff("assess").ref, result="done", actor="person:centro_dep")
    assert story.handoff("assess").state is HandoffState.COMPLETED


def test_a_service_with_nobody_else_is_passed_over() -> None:
    story = talked(OTHER, centre(deputy=False))
    assert story.handoff("assess").service == "altro"
    assert chosen(story).passed_over == ("centro",)


def test_of_a_mailbox_that_several_read_nobody_is_called_again() -> None:
    story = talked(OTHER, shared(centre(), "centro_ref", "centro_dep"))
    assert story.handoff("assess").service == "altro"
    assert story.handoff("talk").takers == ("centro_dep", "centro_ref")


def test_who_works_elsewhere_but_reads_the_same_mailbox_is_not_called_either() -> None:
    story = talked(OTHER, shared(centre(), "centro_ref", "altro_ref"))
    assert called(story) == ["centro_dep"]
    story.wait(10)
    assert story.handoff("assess").service == "altro"
    assert called(story)[-1] == "altro_dep"


def test_where_nobody_said_who_took_it_everybody_of_the_service_counts() -> None:
    story = begun(OTHER)
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="operator:anna", road=c.Road.DESK)
    story.say(c.CompleteHandoff, ref=story.handoff("talk").ref, result="done", actor="operator:anna", road=c.Road.DESK)
    assert story.handoff("assess").service == "altro"


def test_an_operator_who_names_the_person_keeps_away_that_one_alone() -> None:
    story = begun(OTHER)
    ref = story.handoff("talk").ref
    with pytest.raises(NotOneOfThem):
        story.say(c.AcceptHandoff, ref=ref, actor="operator:anna", road=c.Road.DESK, person="altro_ref")
    story.say(c.AcceptHandoff, ref=ref, actor="operator:anna", road=c.Road.DESK, person="centro_dep")
    assert called(story, "talk")[-1] == "centro_dep"  # the link for the result goes to whoever was named
    story.say(c.CompleteHandoff, ref=ref, result="done", actor="operator:anna", road=c.Road.DESK)
    assert called(story) == ["centro_ref"]


def test_an_operator_has_to_say_who_takes_the_second_step() -> None:
    story = talked(OTHER)
    ref = story.handoff("assess").ref
    with pytest.raises(SayWhoTakesIt):
        story.say(c.AcceptHandoff, ref=ref, actor="operator:anna", road=c.Road.DESK)
    with pytest.raises(AskedOfAnother):
        story.say(c.AcceptHandoff, ref=ref, actor="operator:anna", road=c.Road.DESK, person="centro_ref")
    story.say(c.AcceptHandoff, ref=ref, actor="operator:anna", road=c.Road.DESK, person="centro_dep")
    assert story.handoff("assess").takers == ("centro_dep",)


def test_it_holds_the_other_way_where_the_later_step_was_begun_first() -> None:
    story = begun(OTHER)
    story.say(
        c.ActFirst, actor="operator:anna", road=c.Road.DESK, run="", step="assess", reason=c.ActFirstReason.ONLY_CHANCE
    )
    story.say(c.AcceptHandoff, ref=story.handoff("assess").ref, actor="person:centro_ref")
    with pytest.raises(AskedOfAnother):
        story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="person:centro_ref")
    story.wait(5)
    assert called(story, "talk")[-1] == "centro_dep"


def test_a_coordinator_who_took_the_first_step_is_the_last_to_be_called_and_cannot_take_the_second() -> None:
    story = begun(OTHER, directory(service("centro", "psychological_support", deputy=False)))
    story.say(c.DeclineHandoff, ref=story.handoff("talk").ref, reason="full")
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="person:coord_uno")
    story.say(c.CompleteHandoff, ref=story.handoff("talk").ref, result="done", actor="person:coord_uno")
    story.say(c.DeclineHandoff, ref=story.handoff("assess").ref, reason="full", actor="person:centro_ref")
    ref = story.handoff("assess").ref
    assert called(story)[-1] == "coord_due"
    with pytest.raises(AskedOfAnother):
        story.say(c.AcceptHandoff, ref=ref, actor="person:coord_uno")
    # Whomever the coordination found, it may say so.
    story.say(c.AcceptHandoff, ref=ref, actor="operator:anna", road=c.Road.DESK, person="centro_ref")
    assert story.handoff("assess").takers == ("centro_ref",)


def test_a_coordination_of_which_nobody_else_is_left_is_called_all_the_same() -> None:
    network = directory(service("centro", "psychological_support", deputy=False))
    alone = network.coordinators["coordinamento"].model_copy(update={"people": ("coord_uno",)})
    story = begun(OTHER, network.model_copy(update={"coordinators": {"coordinamento": alone}}))
    story.say(c.DeclineHandoff, ref=story.handoff("talk").ref, reason="full")
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="person:coord_uno")
    story.say(c.CompleteHandoff, ref=story.handoff("talk").ref, result="done", actor="person:coord_uno")
    story.say(c.DeclineHandoff, ref=story.handoff("assess").ref, reason="full", actor="person:centro_ref")
    assert called(story)[-1] == "coord_uno"


def test_whoever_took_the_first_step_is_called_first_for_the_second() -> None:
    story = talked(SAME, by="centro_dep")
    assert (story.handoff("assess").service, called(story)) == ("centro", ["centro_dep"])
    assert (chosen(story).same_person_as, chosen(story).called_first) == ("talk", True)
    story.wait(5)
    assert called(story)[-1] == "centro_ref"  # by the first rung the ladder goes on as ever


def test_who_is_not_on_duty_is_left_in_peace_and_whoever_is_on_duty_is_called() -> None:
    turn = Duty(person="notte", since=START, until=START + timedelta(hours=8))
    story = talked(SAME, centre(rota=(turn,)))
    assert called(story) == ["notte"]
    assert chosen(story).called_first is False


def test_who_left_the_service_is_not_called() -> None:
    story = begun(SAME)
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="person:centro_dep")
    left = story.directory.services["centro"].model_copy(update={"deputy": None})
    story.directory = story.directory.model_copy(update={"services": {**story.directory.services, "centro": left}})
    story.say(c.CompleteHandoff, ref=story.handoff("talk").ref, result="done", actor="person:centro_dep")
    assert called(story) == ["centro_ref"]


def test_where_that_person_cannot_be_reached_the_others_of_the_service_are_called_before_the_next() -> None:
    story = talked(SAME, by="centro_dep")
    asked = [event for event in story.trail if isinstance(event, e.AlertQueued) and event.person == "centro_dep"][-1]
    events = settle(story, asked.alert_id, "failed")
    assert (AlertPurpose.DEPUTY, "centro_ref") in alerts(events)


def test_where_it_is_not_known_which_person_it_was_nobody_is_guessed() -> None:
    story = talked(SAME, shared(centre(), "centro_ref", "centro_dep"))
    assert [event for event in story.trail if isinstance(event, NoServiceFound)][-1].because is (
        NobodyBecause.PERSON_UNKNOWN
    )
    assert story.handoff("assess").owner.id == "coordinamento"


def test_who_would_be_called_is_told_of_steps_that_are_both_asked_and_both_to_come() -> None:
    story = begun(OTHER)
    before = who_in_case(story.state, story.library, story.directory, story.now)
    assert [(row.step, row.person) for row in before] == [("talk", "centro_ref"), ("assess", "centro_dep")]
    story.say(
        c.ActFirst, actor="operator:anna", road=c.Road.DESK, run="", step="assess", reason=c.ActFirstReason.ONLY_CHANCE
    )
    both = who_in_case(story.state, story.library, story.directory, story.now)
    assert {row.service for row in both} == {"centro"}
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="person:centro_ref")
    left = who_in_case(story.state, story.library, story.directory, story.now)
    assert [(row.step, row.person) for row in left][-1] == ("assess", "centro_dep")


def test_who_now_names_the_same_person_as_before() -> None:
    story = begun(SAME)
    rows = who_now(story.library, story.directory, open_case(consents=frozenset({"intake"}), facts={}), START)
    assert [(row.step, row.person) for row in rows] == [("talk", "centro_ref"), ("assess", "centro_ref")]
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="person:centro_dep")
    rows = who_in_case(story.state, story.library, story.directory, story.now)
    assert [(row.step, row.person) for row in rows][-1] == ("assess", "centro_dep")


def test_a_trail_from_before_knows_the_person_of_the_link_and_else_the_people_of_the_service() -> None:
    story = begun(OTHER)
    story.say(c.AcceptHandoff, ref=story.handoff("talk").ref, actor="operator:anna", road=c.Road.DESK)
    recorded = story.handoff("talk").model_copy(update={"takers": ()})
    assert takers_of(story.directory, recorded) == {"centro_ref", "centro_dep"}
    by_link = recorded.model_copy(update={"accepted_by": "person:centro_dep"})
    assert takers_of(story.directory, by_link) == {"centro_dep"}


def test_whoever_took_the_first_step_is_not_the_second_person_of_the_other() -> None:
    text = pathway(OTHER).replace("    choose:", "    two_persons: true\n    choose:")
    story = Story(library([text], FACTS), centre()).opened(consents=frozenset({"intake"}), facts={})
    for said, more in ((c.AcceptHandoff, {}), (c.CompleteHandoff, {"result": "done"})):
        story.say(said, ref=story.handoff("talk").ref, actor="person:centro_ref", **more)
    ref = story.handoff("assess").ref
    story.say(c.AcceptHandoff, ref=ref, actor="person:centro_dep")
    events = story.say(c.CompleteHandoff, ref=ref, result="done", actor="person:centro_dep")
    assert alerts(events) == [(AlertPurpose.SECOND_PERSON, "coord_uno")]
    with pytest.raises(AskedOfAnother):
        story.say(c.CompleteHandoff, ref=ref, result="done", actor="person:centro_ref")
