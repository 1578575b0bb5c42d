"""A false *accepted* stops every escalation: each answer is heard again where whoever gave it does not read."""

from datetime import time

import pytest

from procedures import commands as c
from procedures.alert_events import ECHOES
from procedures.directory import Contact, ContactKind, Directory, Opening
from procedures.events import AlertPurpose, AlertQueued, Event, LinkUse
from tests.making import Story, directory, person, service, settle

TAKEN, COORDINATOR = AlertPurpose.ECHO_TAKEN, AlertPurpose.ECHO_COORDINATOR
SMS = Contact(kind=ContactKind.SMS, address="+393331234567")


def echoes(events: tuple[Event, ...]) -> list[tuple[AlertPurpose, str]]:
    return [(one.purpose, one.person) for one in events if isinstance(one, AlertQueued) and one.purpose in ECHOES]


def accepted(story: Story, who: str = "ascolto_ref") -> tuple[Event, ...]:
    return story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref, actor=f"person:{who}")


def alone(*contacts: Contact) -> Directory:
    """A network in which one person is all of the first service, with these channels more."""
    made = directory(service("ascolto", "first_contact", deputy=False))
    ref = person("ascolto_ref")
    more = ref.model_copy(update={"contacts": (*ref.contacts, *contacts)})
    return made.model_copy(update={"people": {**made.people, "ascolto_ref": more}})


def sharing(first: str, second: str) -> Directory:
    """Two people who read one mailbox."""
    made = directory()
    people = dict(made.people)
    people[second] = people[second].model_copy(update={"contacts": people[first].contacts})
    return made.model_copy(update={"people": people})


def test_whoever_else_stands_for_the_service_hears_that_it_was_taken() -> None:
    assert echoes(accepted(Story().opened())) == [(TAKEN, "ascolto_dep")]


def test_the_referent_hears_what_the_deputy_answered() -> None:
    assert echoes(accepted(Story().opened(), "ascolto_dep")) == [(TAKEN, "ascolto_ref")]


def test_an_answer_recorded_at_the_desk_is_heard_by_the_service() -> None:
    story = Story().opened()
    events = story.say(
        c.AcceptHandoff, ref=story.handoff("welcome").ref, actor="operator:1", road=c.Road.DESK, person="ascolto_dep"
    )
    assert echoes(events) == [(TAKEN, "ascolto_ref")]


@pytest.mark.parametrize(
    ("kind", "more", "purpose"),
    [
        (c.DeclineHandoff, {"reason": "full"}, AlertPurpose.ECHO_DECLINED),
        (c.AcceptHandoff, {}, TAKEN),
    ],
)
def test_each_answer_has_its_echo(kind: type[c.Command], more: dict[str, str], purpose: AlertPurpose) -> None:
    story = Story().opened()
    ref = story.handoff("welcome").ref
    assert echoes(story.say(kind, ref=ref, actor="person:ascolto_ref", **more)) == [(purpose, "ascolto_dep")]


def test_so_have_a_first_sign_and_a_result() -> None:
    story = Story().opened()
    accepted(story)
    who = {"ref": story.handoff("welcome").ref, "actor": "person:ascolto_ref"}
    assert echoes(story.say(c.NoteFirstSign, **who)) == [(AlertPurpose.ECHO_WORK, "ascolto_dep")]
    assert echoes(story.say(c.CompleteHandoff, result="done", **who)) == [(AlertPurpose.ECHO_WORK, "ascolto_dep")]


def test_seen_and_late_answers_have_none() -> None:
    story = Story().opened()
    ref = story.handoff("welcome").ref
    assert echoes(story.say(c.AcknowledgeHandoff, ref=ref, actor="person:ascolto_ref")) == []
    accepted(story)
    assert echoes(accepted(story)) == []


def test_a_mailbox_that_two_read_is_no_other_channel() -> None:
    story = Story(directory_=sharing("ascolto_ref", "ascolto_dep")).opened()
    assert echoes(accepted(story)) == [(COORDINATOR, "coord_uno")]


def test_where_one_person_is_the_service_it_is_said_over_each_of_their_channels() -> None:
    events = accepted(Story(directory_=alone(SMS)).opened())
    said = [(one.person, one.contact) for one in events if isinstance(one, AlertQueued) and one.purpose is TAKEN]
    assert said == [("ascolto_ref", 0), ("ascolto_ref", 1)]


def test_certified_mail_and_a_second_kind_of_the_same_telephone_are_no_other_channel() -> None:
    pec = Contact(kind=ContactKind.PEC, address="ente@pec.example.org")
    voice = Contact(kind=ContactKind.VOICE, address=SMS.address)
    assert echoes(accepted(Story(directory_=alone(pec)).opened()))[0][0] is COORDINATOR
    heard = [
        one.contact
        for one in accepted(Story(directory_=alone(voice, SMS, pec)).opened())
        if isinstance(one, AlertQueued) and one.purpose is TAKEN
    ]
    assert heard == [0, 2]


def test_where_there_is_one_channel_alone_the_coordinator_hears_of_it() -> None:
    assert echoes(accepted(Story(directory_=alone()).opened())) == [(COORDINATOR, "coord_uno")]


def test_in_imminent_danger_the_coordinator_hears_of_it_at_once_too() -> None:
    story = Story().opened(facts={"risk": "imminent"})
    assert echoes(accepted(story)) == [(TAKEN, "ascolto_dep"), (COORDINATOR, "coord_uno")]


def test_so_she_does_where_nobody_should_be_there_to_answer() -> None:
    hours = (Opening(days=tuple(range(7)), since=time(8), until=time(22)),)
    story = Story(directory_=directory(service("ascolto", "first_contact", hours=hours))).opened()
    story.now = story.now.replace(hour=23)
    assert echoes(accepted(story)) == [(TAKEN, "ascolto_dep"), (COORDINATOR, "coord_uno")]


def test_nobody_who_is_excluded_hears_an_echo() -> None:
    made = directory(service("ascolto", "first_contact"))
    story = Story(directory_=made).opened(exclusions=frozenset({"coord_uno"}), facts={"risk": "imminent"})
    assert echoes(accepted(story)) == [(TAKEN, "ascolto_dep"), (COORDINATOR, "coord_due")]
    late = Story(directory_=made).opened(facts={"risk": "imminent"})
    late.state = late.state.model_copy(update={"exclusions": frozenset({"ascolto_dep", "coord_uno", "coord_due"})})
    assert "ascolto_dep" not in dict.fromkeys(who for _, who in echoes(accepted(late)))


def test_an_echo_carries_no_link_and_nothing_waits_for_it() -> None:
    story = Story().opened()
    (echo,) = [one for one in accepted(story) if isinstance(one, AlertQueued) and one.purpose is TAKEN]
    assert echo.link is LinkUse.NONE
    before = story.state
    assert len(settle(story, echo.alert_id, "failed")) == 1
    assert (story.state.handoffs, story.state.runs) == (before.handoffs, before.runs)


def test_what_comes_after_is_called_as_it_would_be_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """References are drawn in order: an echo must not move those of what the procedure says itself."""
    loud = Story().opened()
    accepted(loud)
    loud.complete("welcome")
    monkeypatch.setattr("procedures.deciding.echo", lambda *_: None)
    quiet = Story().opened()
    accepted(quiet)
    quiet.complete("welcome")
    assert set(loud.state.handoffs) == set(quiet.state.handoffs)


def test_no_two_echoes_have_one_id() -> None:
    story = Story(directory_=alone(SMS)).opened(facts={"risk": "imminent"})
    accepted(story)
    story.complete("welcome")
    ids = [one.alert_id for one in story.trail if isinstance(one, AlertQueued)]
    assert len(ids) == len(set(ids))
