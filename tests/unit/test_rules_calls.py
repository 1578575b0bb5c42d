"""A call goes on until somebody is reached: the next person, then all of them again, and never whoever is excluded."""

from collections.abc import Callable

import pytest

from procedures import commands as c
from procedures.case import AlertState, CaseState
from procedures.choosing import reachable_people
from procedures.directory import Coordinator, Directory
from procedures.events import AlertPurpose, AlertQueued, AlertWithdrawn, Event, NobodyToCall
from procedures.schema import Text
from procedures.timing import dues
from tests.making import START, Story, alerts, directory, person, service, settle, shelter_requested

COORDINATOR = AlertPurpose.COORDINATOR
ALONE = directory(service("casa_uno", "emergency_shelter"))
"""A network in which nobody can be asked for the first step: the coordination has it at once."""


def waiting(story: Story) -> list[str]:
    """Every alert the rules listen to that a carrier still has in hand, oldest first."""
    notes = [item for handoff in story.state.handoffs.values() for item in handoff.alerts.items()]
    steps = [step for run in story.state.runs.values() for step in run.steps.values()]
    notes += [item for step in steps for item in step.calls.items()]
    return [alert_id for alert_id, note in notes if note.state is AlertState.QUEUED]


def all_fail(story: Story) -> list[tuple[AlertPurpose, str]]:
    """No carrier works: whom that leads to, until nobody is left to try."""
    before = len(story.trail)
    while now := waiting(story):
        settle(story, now[0], "failed")
    return alerts(tuple(story.trail[before:]))


def called(events: tuple[Event, ...], purpose: AlertPurpose) -> list[str]:
    return [who for why, who in alerts(events) if why is purpose]


def taken_back_by_lateness() -> Story:
    """The coordination held it and was reached, a service took it all the same, and now its result is late."""
    story = Story().opened()
    story.wait(31)
    for alert_id in waiting(story):
        settle(story, alert_id, "accepted")
    story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor="service:ascolto")
    for alert_id in waiting(story):
        settle(story, alert_id, "accepted")
    story.wait(121)
    return story


def test_a_coordination_that_was_reached_once_is_called_again_when_it_is_late_anew() -> None:
    story = taken_back_by_lateness()
    assert called(tuple(story.trail), AlertPurpose.COORDINATOR) == ["coord_uno", "coord_uno"]
    assert (AlertPurpose.COORDINATOR, "coord_due") in all_fail(story)
    assert story.wait(14) == ()
    assert called(story.wait(1), AlertPurpose.COORDINATOR) == ["coord_uno", "coord_due"]


def test_the_word_about_the_service_does_not_stand_for_the_coordination() -> None:
    story = taken_back_by_lateness()
    to_service, to_coordination = waiting(story)
    assert called(settle(story, to_coordination, "failed"), AlertPurpose.COORDINATOR) == ["coord_due"]
    assert alerts(settle(story, to_service, "accepted")) == []


def consent_awaited() -> Story:
    return Story().opened(consents=frozenset())


def limit_over() -> Story:
    story = Story().opened(facts={"risk": "high", "incident_at": "2026-11-20T20:00:00Z"})
    story.accept("welcome")
    settle(story, waiting(story)[0], "accepted")
    return story


def limit_passed() -> Story:
    story = taken_back_by_lateness()
    for alert_id in waiting(story):
        settle(story, alert_id, "accepted")
    story.wait(60 * 72)
    return story


def first_sign_late() -> Story:
    story = shelter_requested()
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T21:00")
    story.accept("escort")
    for alert_id in waiting(story):
        settle(story, alert_id, "accepted")
    story.wait(31)
    return story


@pytest.mark.parametrize(
    ("told", "purpose", "next_ones"),
    [
        (consent_awaited, AlertPurpose.CONSENT_NEEDED, ["coord_uno", "coord_due"]),
        (limit_over, AlertPurpose.LIMIT_OVER, ["coord_due"]),
        (limit_passed, AlertPurpose.LIMIT_PASSED, ["coord_due"]),
        (first_sign_late, AlertPurpose.FIRST_SIGN_LATE, ["coord_due"]),
    ],
)
def test_what_somebody_must_come_to_know_is_said_until_somebody_does(
    told: Callable[[], Story], purpose: AlertPurpose, next_ones: list[str]
) -> None:
    story = told()
    failing = all_fail(story)
    assert [who for why, who in failing if why is purpose] == next_ones
    again = called(story.wait(15), purpose)
    assert again[-2:] == ["coord_uno", "coord_due"]
    settle(story, waiting(story)[0], "accepted")
    assert all_fail(story) == []
    assert called(story.wait(15), purpose) == []


@pytest.mark.parametrize("told", [consent_awaited, taken_back_by_lateness])
def test_a_weekend_of_calls_in_vain_does_not_make_the_case_grow(told: Callable[[], Story]) -> None:
    story = told()
    lengths = []
    for _ in range(12):
        all_fail(story)
        story.wait(15)
        lengths.append(len(story.state.model_dump_json()))
    assert len(called(tuple(story.trail), AlertPurpose.CONSENT_NEEDED if told is consent_awaited else COORDINATOR)) > 24
    assert lengths[-1] - lengths[1] < 100


def test_a_consent_that_was_given_meanwhile_is_not_called_for_any_more() -> None:
    story = consent_awaited()
    all_fail(story)
    story.say(c.GiveConsent, consent="intake")
    assert called(story.wait(15), AlertPurpose.CONSENT_NEEDED) == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (c.GiveConsent, {"consent": "intake"}),
        (c.RefuseConsent, {"consent": "intake"}),
        (c.CancelCase, {"reason": "her_wish"}),
    ],
)
def test_a_call_for_consent_that_is_not_sent_yet_is_withdrawn_when_she_was_asked(
    kind: type[c.Command], fields: dict[str, object]
) -> None:
    story = consent_awaited()
    (unsent,) = waiting(story)
    withdrawn = [event.alert_id for event in story.say(kind, **fields) if isinstance(event, AlertWithdrawn)]
    assert withdrawn == [unsent]


def test_a_first_sign_that_came_meanwhile_is_not_called_for_any_more() -> None:
    story = first_sign_late()
    all_fail(story)
    story.say(c.NoteFirstSign, ref=story.handoff("escort").ref)
    assert called(story.wait(15), AlertPurpose.FIRST_SIGN_LATE) == []


def test_a_limit_of_a_handoff_that_ended_is_called_for_under_the_next_one_alone() -> None:
    story = Story().opened(facts={"risk": "high", "incident_at": "2026-11-20T20:00:00Z"})
    all_fail(story)
    assert len(story.state.handoffs) > 1
    story.wait(15)
    queued = [e for e in story.trail if isinstance(e, AlertQueued) and e.at == story.now]
    assert {e.about for e in queued if e.purpose is AlertPurpose.LIMIT_OVER} == {story.handoff("welcome").ref}


def test_news_that_nobody_needs_to_act_on_is_not_repeated() -> None:
    story = shelter_requested()
    story.accept("find_place")
    word = [e for e in story.trail if isinstance(e, AlertQueued) and e.purpose is AlertPurpose.WORD_TAKEN][-1]
    assert len(settle(story, word.alert_id, "failed")) == 1


def with_mailbox_of(owner: str, name: str = "author") -> Directory:
    """A network in which somebody else reads that mailbox too."""
    network = directory()
    shared = person(name).model_copy(update={"contacts": network.people[owner].contacts})
    return network.model_copy(update={"people": {**network.people, name: shared}})


def test_whoever_shares_a_mailbox_with_an_excluded_person_is_not_written_to() -> None:
    network = with_mailbox_of("coord_uno")
    assert reachable_people(network, ("coord_uno", "coord_due", "nobody"), {"author"}) == ("coord_due",)
    assert reachable_people(network, ("coord_uno", "coord_due"), {"coord_due"}) == ("coord_uno",)


@pytest.mark.parametrize(
    ("network", "excluded"), [(directory(), "coord_uno"), (with_mailbox_of("coord_uno"), "author")]
)
def test_an_excluded_person_of_the_coordination_is_never_called(network: Directory, excluded: str) -> None:
    story = Story(directory_=network).opened(exclusions=frozenset({excluded}))
    for _ in range(8):
        story.wait(15)
        all_fail(story)
    assert story.handoff("welcome").overdue
    people = {event.person for event in story.trail if isinstance(event, AlertQueued)}
    assert "coord_due" in people
    assert people.isdisjoint({"coord_uno", excluded})


def test_an_excluded_person_of_the_desk_gets_no_word_and_the_coordination_asks_for_consent() -> None:
    story = Story().opened(exclusions=frozenset({"desk_person"}), consents=frozenset({"shelter"}))
    assert alerts(tuple(story.trail)) == [(AlertPurpose.CONSENT_NEEDED, "coord_uno")]
    story.say(c.GiveConsent, consent="intake")
    story.accept("welcome")
    assert "desk_person" not in {event.person for event in story.trail if isinstance(event, AlertQueued)}


def only_excluded_left(story: Story, *others: Coordinator) -> None:
    """A new edition of the network leaves the territory one person, who is excluded in this case."""
    own = story.directory.coordinators["coordinamento"].model_copy(update={"people": ("coord_due",)})
    found = {one.id: one for one in (own, *others)}
    story.directory = story.directory.model_copy(update={"coordinators": found})


def test_when_everybody_here_is_excluded_another_territory_is_called() -> None:
    story = Story().opened(exclusions=frozenset({"coord_due"}))
    name, far = Text(it="Lontano", en="Far"), frozenset({"mare"})
    only_excluded_left(story, Coordinator(id="mare", name=name, territories=far, phone="+39", people=("coord_uno",)))
    assert called(story.wait(46), AlertPurpose.COORDINATOR) == ["coord_uno"]
    assert story.handoff("welcome").owner.id == "mare"


def test_when_nobody_may_be_called_the_case_says_so_and_looks_again() -> None:
    story = Story().opened(exclusions=frozenset({"coord_due"}))
    with_somebody = story.directory
    only_excluded_left(story)
    events = story.wait(46)
    assert [type(event) for event in events if isinstance(event, NobodyToCall)] == [NobodyToCall]
    assert (story.handoff("welcome").owner.id, story.handoff("welcome").overdue) == ("coordinamento", True)
    assert [type(event) for event in story.wait(15)] == [NobodyToCall]
    story.directory = with_somebody
    assert called(story.wait(15), AlertPurpose.COORDINATOR) == ["coord_uno"]


def test_a_network_without_any_coordination_still_leaves_a_deadline() -> None:
    story = Story().opened()
    story.directory = story.directory.model_copy(update={"coordinators": {}})
    story.wait(46)
    assert story.handoff("welcome").owner.id == "valle"
    assert dues(story.state)


@pytest.mark.parametrize("mailbox", ["casa_uno_ref", "ascolto_dep"])
def test_somebody_who_becomes_excluded_by_a_new_network_gets_nothing_more(mailbox: str) -> None:
    story = Story().opened(exclusions=frozenset({"author"}))
    story.directory = with_mailbox_of(mailbox)
    for _ in range(8):
        story.wait(10)
    assert story.now > START
    assert mailbox not in {event.person for event in story.trail if isinstance(event, AlertQueued)}


def test_the_first_message_to_a_person_does_not_say_that_she_was_told_before() -> None:
    story = shelter_requested()
    story.wait(60)
    first: dict[tuple[str | None, str], bool] = {}
    for event in story.trail:
        if isinstance(event, AlertQueued) and event.about:
            first.setdefault((event.about, event.person), event.again)
    assert len(first) > 4
    assert set(first.values()) == {False}


def test_a_reminder_says_that_she_was_told_before() -> None:
    story = shelter_requested()
    (reminder,) = [event for event in story.wait(5) if isinstance(event, AlertQueued)]
    assert reminder.again


def test_a_state_kept_before_calls_were_known_still_loads_and_still_calls() -> None:
    story = Story(directory_=ALONE).opened()
    all_fail(story)
    kept = story.state.model_dump(mode="json")
    del kept["call_of"]
    for run in kept["runs"].values():
        for step in run["steps"].values():
            del step["calls"]
    for handoff in kept["handoffs"].values():
        for alert in handoff["alerts"].values():
            del alert["call"]
    story.state = CaseState.model_validate(kept)
    assert called(story.wait(15), AlertPurpose.COORDINATOR) == ["coord_uno", "coord_due"]
    assert all_fail(story) == []
    assert called(story.wait(15), AlertPurpose.COORDINATOR) == ["coord_uno", "coord_due"]
