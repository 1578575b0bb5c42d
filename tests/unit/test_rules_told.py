"""What is done without her consent she is told, and what is said of her hangs on a consent of its own."""

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import StepState
from procedures.errors import GoesInCircles
from procedures.retelling import untold
from tests.making import START, Story, library, settle

WITHOUT_HER = """
pathway: danger
edition: 1
title: {it: Pericolo, en: Danger}
consent: danger
steps:
  warn_police:
    tell: police
    title: {it: Avvisare, en: Warn}
    when: {risk: imminent}
    looked_at: again
    basis: {it: Legge inventata, en: Invented law}
    told_in: talk_to_her
  report:
    ask: police
    title: {it: Denuncia, en: Report}
    needs: [call]
    basis: {it: Legge inventata, en: Invented law}
    told_in: talk_to_her
    accept_within: 1 h
    complete_within: 1 day
    source: {text: "Invented for the tests", verified: false}
  talk_to_her:
    ask: first_contact
    title: {it: Dirle che cosa è stato fatto, en: Tell her what was done}
    accept_within: 1 h
    complete_within: 3 days
    source: {text: "Invented for the tests", verified: false}
    results: {told: {}, not_reached: {untold: true}}
  call:
    ask: first_contact
    title: {it: Chiamare, en: Call}
    accept_within: 1 h
    complete_within: 1 day
    source: {text: "Invented for the tests", verified: false}
outcomes: {called: call}
"""
SAID_LESS = """
pathway: conference
edition: 1
title: {it: Tavolo, en: Conference}
consent: conference
steps:
  discuss:
    ask: police
    title: {it: Discutere, en: Discuss}
    consent: {of: conference, governs: what_is_said}
    accept_within: 1 h
    complete_within: 1 day
    source: {text: "Invented for the tests", verified: false}
outcomes: {over: discuss}
"""


def danger(risk: str = "imminent", *consents: str) -> Story:
    texts = (WITHOUT_HER, SAID_LESS)
    return Story(library(texts)).opened(pathway="danger", facts={"risk": risk}, consents=frozenset(consents))


def step(told: Story, name: str) -> StepState:
    return next(run.steps[name].state for run in told.state.runs.values() if name in run.steps)


def owed(told: Story) -> list[str]:
    run = next(iter(told.state.runs.values()))
    return [acted.step for acted, _telling in untold(told.library.by_hash[run.content_hash], run)]


def test_who_acts_without_her_consent_sets_off_that_she_is_told() -> None:
    told = danger()
    assert step(told, "talk_to_her") is StepState.ACTIVE, "nobody waits for a consent to tell her"
    assert owed(told) == ["warn_police"]
    told.accept("talk_to_her")
    told.complete("talk_to_her", "told")
    assert owed(told) == []


def test_who_was_not_reached_is_still_owed_it_until_somebody_told_her() -> None:
    told = danger()
    told.accept("talk_to_her")
    told.complete("talk_to_her", "not_reached")
    assert owed(told) == ["warn_police"]
    told.say(c.DecideAnew, run="danger", step="talk_to_her", result="told", reason="recorded_wrongly")
    assert owed(told) == []


def test_what_she_was_told_before_stays_told_when_later_nobody_reaches_her() -> None:
    told = danger("imminent", "danger")
    told.accept("talk_to_her")
    told.wait(10)
    told.complete("talk_to_her", "told")
    told.wait(10)
    told.accept("call")
    told.complete("call")
    told.accept("talk_to_her")
    told.wait(10)
    told.complete("talk_to_her", "not_reached")
    assert owed(told) == ["report"]


def test_where_nothing_was_done_there_is_nothing_to_tell() -> None:
    told = danger("high")
    assert step(told, "talk_to_her") is StepState.WAITING
    assert owed(told) == []
    told.say(c.RefuseConsent, consent="danger")
    assert step(told, "call") is StepState.SKIPPED
    assert step(told, "report") is StepState.ACTIVE, "its need is over"
    assert step(told, "talk_to_her") is StepState.ACTIVE


def test_what_is_done_later_is_told_again() -> None:
    told = danger("imminent", "danger")
    told.accept("talk_to_her")
    told.wait(10)
    told.complete("talk_to_her", "told")
    told.wait(10)
    told.accept("call")
    more = [event for event in told.complete("call") if isinstance(event, e.MoreToTell)]
    assert [(event.step, event.of) for event in more] == [("talk_to_her", "report")]
    assert step(told, "talk_to_her") is StepState.ACTIVE
    assert owed(told) == ["report"]


def test_what_is_done_while_somebody_is_telling_her_is_told_once() -> None:
    told = danger("imminent", "danger")
    told.accept("talk_to_her")
    told.wait(10)
    told.accept("call")
    told.complete("call")
    told.wait(10)
    told.complete("talk_to_her", "told")
    assert step(told, "talk_to_her") is StepState.DONE
    assert owed(told) == []


def test_she_may_want_no_contact_and_what_she_was_not_told_stays_known() -> None:
    told = danger()
    told.say(c.NeverContactAgain)
    assert step(told, "talk_to_her") is StepState.CANCELLED
    assert owed(told) == ["warn_police", "report"]


def test_what_is_done_while_she_wants_no_contact_stays_known_and_is_left_out_once() -> None:
    told = danger("imminent", "danger")
    told.accept("talk_to_her")
    told.wait(10)
    told.complete("talk_to_her", "told")
    told.accept("call")
    told.wait(10)
    told.say(c.NeverContactAgain)
    assert step(told, "report") is StepState.ACTIVE, "the call is over, and the law does not ask her"
    assert step(told, "talk_to_her") is StepState.SKIPPED
    assert owed(told) == ["report"]
    told.wait(10)
    assert step(told, "talk_to_her") is StepState.SKIPPED


@pytest.mark.slow
def test_what_follows_has_an_end_or_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("procedures.advancing.tell_more", lambda draft, run_id: draft.note(again(run_id)))
    told = Story(library((WITHOUT_HER, SAID_LESS)))
    with pytest.raises(GoesInCircles, match="danger"):
        told.opened(pathway="danger", facts={"risk": "imminent"}, consents=frozenset())
    assert told.trail == []


def test_what_stays_due_whatever_is_done_about_it_holds_up_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    told = danger()
    monkeypatch.setattr("procedures.escalating._pass_one", lambda _draft, _due: None)
    with pytest.raises(GoesInCircles, match="danger"):
        told.wait(100)


def again(run_id: str) -> e.MoreToTell:
    """A rule that forgets that it has said so already."""
    return e.MoreToTell(at=START, run_id=run_id, step="talk_to_her", of="report")


def test_what_is_said_may_hang_on_a_consent_and_the_work_not() -> None:
    told = danger().library
    for consents, withheld in ((frozenset[str](), True), (frozenset({"conference"}), False)):
        story = Story(told).opened(pathway="conference", consents=consents)
        assert story.handoff("discuss").withheld is withheld


def test_taking_back_a_consent_to_what_is_said_calls_nothing_off() -> None:
    story = Story(danger().library).opened(pathway="conference", consents=frozenset({"conference"}))
    story.say(c.RevokeConsent, consent="conference")
    assert step(story, "discuss") is StepState.ACTIVE


def test_a_notice_that_came_back_once_it_was_told_is_said_to_the_coordination() -> None:
    story = danger()
    notice = story.handoff("warn_police")
    (alert,) = notice.alerts
    settle(story, alert, "accepted")
    assert not story.state.handoffs[notice.ref].is_open
    events = settle(story, alert, "failed")
    told = [one for one in events if isinstance(one, e.AlertQueued)]
    assert {one.purpose for one in told} == {e.AlertPurpose.NOTICE_RETURNED}
    assert told
    assert settle(story, alert, "failed")[1:] == (), "it is said once"
