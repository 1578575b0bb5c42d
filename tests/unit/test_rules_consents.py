"""Whose consent counts: a parent's until the eighteenth birthday, each subject's own, and none beyond its wall."""

from datetime import UTC, datetime

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import ConsentState, StepState
from procedures.errors import BirthdayUnknown, NotTheirsToSay
from procedures.language.consents import ConsentGiver
from tests.making import FACTS, Story, library

OF_CHILDREN = (
    FACTS
    + """
  child_born_on: {type: date, of: child, birth: true, title: {it: Nascita, en: Birth}}
"""
)
CHILDREN = """
pathway: children
edition: 1
title: {it: Minori, en: Children}
subject: child
consent: {of: support, from: a_parent}
steps:
  talk:
    ask: first_contact
    title: {it: Parlare, en: Talk}
    accept_within: 1 day
    complete_within: 60 days
    source: {text: "Invented for the tests", verified: false}
    results: {done: {}}
  support:
    ask: legal_aid
    title: {it: Sostegno, en: Support}
    needs: [talk]
    accept_within: 1 day
    complete_within: 2 weeks
    source: {text: "Invented for the tests", verified: false}
outcomes: {supported: support}
"""
MOTHER = """
pathway: mother
edition: 1
title: {it: Madre, en: Mother}
consent: support
steps:
  children: {start: children, title: {it: Minori, en: Children}}
  call:
    ask: first_contact
    title: {it: Chiamare, en: Call}
    needs: [children]
    accept_within: 1 day
    complete_within: 2 days
    source: {text: "Invented for the tests", verified: false}
outcomes: {called: call}
"""
BORN = "2008-12-20"
"""Eighteen on 20 December 2026: 26 days after the story begins."""
GROWN = datetime(2026, 12, 19, 23, 0, tzinfo=UTC)


def story(pathway: str = "children", *consents: str, born: str | None = BORN) -> Story:
    facts = {"child_born_on": born} if born else {}
    told = Story(library((CHILDREN, MOTHER), OF_CHILDREN))
    return told.opened(pathway=pathway, facts=facts, consents=frozenset(consents))


def step(told: Story, name: str) -> StepState:
    return next(run.steps[name].state for run in told.state.runs.values() if name in run.steps)


def days(told: Story, number: int) -> tuple[e.Event, ...]:
    return told.wait(number * 24 * 60)


def test_a_parent_agrees_for_a_child() -> None:
    told = story()
    assert step(told, "talk") is StepState.AWAITING_CONSENT
    given = told.say(c.GiveConsent, consent="child.support")[0]
    assert isinstance(given, e.ConsentGiven)
    assert given.note is not None
    assert given.note.by is ConsentGiver.A_PARENT
    assert step(told, "talk") is StepState.ACTIVE


def test_nobody_speaks_for_a_child_whose_age_nobody_told() -> None:
    told = story(born=None)
    with pytest.raises(BirthdayUnknown) as refused:
        told.say(c.GiveConsent, consent="child.support")
    assert refused.value.data == {"consent": "child.support", "fact": "child_born_on"}


def test_a_word_that_does_not_count_is_refused() -> None:
    with pytest.raises(NotTheirsToSay):
        story().say(c.GiveConsent, consent="child.support", said_by=ConsentGiver.HERSELF)
    with pytest.raises(NotTheirsToSay):
        story(born="2001-01-01").say(c.GiveConsent, consent="child.support", said_by=ConsentGiver.A_PARENT)


def test_who_is_of_age_already_says_it_alone() -> None:
    given = story(born="2001-01-01").say(c.GiveConsent, consent="child.support")[0]
    assert isinstance(given, e.ConsentGiven)
    assert given.note is None


def test_at_the_eighteenth_birthday_the_word_of_a_parent_counts_no_more() -> None:
    told = story("children", "child.support")
    told.accept("talk")
    happened = days(told, 30)
    lapsed = [event for event in happened if isinstance(event, e.ConsentLapsed)]
    assert [(event.consent, event.reason) for event in lapsed] == [("child.support", "of_age")]
    assert step(told, "talk") is StepState.ACTIVE, "what has begun goes on"
    told.complete("talk")
    assert step(told, "support") is StepState.AWAITING_CONSENT
    told.say(c.GiveConsent, consent="child.support")
    assert told.state.consent_notes == {}
    assert step(told, "support") is StepState.ACTIVE


def test_the_birthday_itself_wakes_the_case() -> None:
    told = story("children", "child.support")
    told.accept("talk")
    assert told.state.consents["child.support"] is ConsentState.GIVEN
    told.now = GROWN
    told.say(c.PassDeadline, actor="clock", road=c.Road.CLOCK)
    assert "child.support" not in told.state.consents


def test_a_refusal_of_a_parent_counts_no_more_either() -> None:
    told = story("mother", "support")
    told.say(c.RefuseConsent, consent="child.support")
    assert told.state.consents["child.support"] is ConsentState.REFUSED
    days(told, 30)
    assert "child.support" not in told.state.consents


def test_a_corrected_birthday_moves_the_end_of_a_parents_word() -> None:
    told = story("children", "child.support")
    told.say(c.ChangeFact, fact="child_born_on", value="2001-01-01", reason="written_wrongly")
    assert "child.support" not in told.state.consents


def test_the_mothers_own_consent_does_not_count_for_her_child() -> None:
    told = story("mother", "support")
    assert step(told, "children") is StepState.AWAITING_CONSENT
    told.say(c.GiveConsent, consent="child.support")
    assert step(told, "talk") is StepState.ACTIVE


def test_what_is_taken_back_for_one_stays_for_the_other() -> None:
    told = story("mother", "support", "child.support")
    told.say(c.RevokeConsent, consent="child.support")
    assert step(told, "talk") is StepState.CANCELLED
    assert told.state.consents["support"] is ConsentState.GIVEN


def test_how_it_ends_for_the_child_is_not_shown_to_the_mothers_services() -> None:
    told = story("mother", "support", "child.support")
    for name in ("talk", "support"):
        told.accept(name)
        told.complete(name)
    ended = [event for event in told.trail if isinstance(event, e.StepEnded) and event.step == "children"]
    assert [event.result for event in ended] == ["ended"]
    assert told.handoff("call").giver.party.id == "sportello"
