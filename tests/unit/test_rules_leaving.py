"""Somebody leaves the network: what stood with her alone goes to others at once, and nothing of it is asked twice."""

from procedures import commands as c
from procedures import events as e
from procedures.case import HandoffState, PartyKind
from procedures.directory import Directory
from tests.making import Story, alerts, directory, last_alert, service, settle


def without(person: str, network: Directory, **services: object) -> Directory:
    people = {name: one for name, one in network.people.items() if name != person}
    return network.model_copy(update={"people": people, "services": {**network.services, **services}})


def referent_left(story: Story) -> None:
    """The first contact's referent is gone; her deputy is the referent now."""
    gone = service("ascolto", "first_contact", deputy=False).model_copy(update={"referent": "ascolto_dep"})
    story.directory = without("ascolto_ref", directory(), ascolto=gone)


def left(story: Story) -> tuple[e.Event, ...]:
    return story.say(c.PeopleLeft, actor="operator:command-line", road=c.Road.CLI)


def test_what_she_was_asked_is_asked_of_others_of_her_service() -> None:
    story = Story().opened()
    settle(story, last_alert(story).alert_id, "accepted")
    referent_left(story)
    happened = left(story)
    assert [type(event) for event in happened[:1]] == [e.HolderLeft]
    assert alerts(happened) == [(e.AlertPurpose.REQUEST, "ascolto_dep")]
    assert last_alert(story).link is e.LinkUse.ANSWER


def test_what_has_not_gone_out_to_her_is_taken_back() -> None:
    story = Story().opened()
    hers = last_alert(story).alert_id
    referent_left(story)
    assert any(isinstance(event, e.AlertWithdrawn) and event.alert_id == hers for event in left(story))


def test_what_she_took_stays_with_her_service_and_another_brings_the_result() -> None:
    story = Story().opened()
    settle(story, last_alert(story).alert_id, "accepted")
    story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor="person:ascolto_ref")
    referent_left(story)
    assert alerts(left(story)) == [(e.AlertPurpose.RESULT_LINK, "ascolto_dep")]
    assert story.handoff("welcome").state is HandoffState.ACCEPTED
    assert last_alert(story).link is e.LinkUse.RESULT


def test_where_the_service_left_too_the_coordination_has_it() -> None:
    story = Story().opened()
    network = directory()
    services = {name: one for name, one in network.services.items() if name != "ascolto"}
    story.directory = without("ascolto_ref", network.model_copy(update={"services": services}))
    left(story)
    assert story.handoff("welcome").owner.kind is PartyKind.COORDINATOR


def test_it_is_passed_on_once_and_nobody_is_asked_who_was_asked_already() -> None:
    story = Story().opened()
    referent_left(story)
    left(story)
    assert left(story) == ()


def test_of_those_who_stay_nothing_changes() -> None:
    story = Story().opened()
    assert left(story) == ()
