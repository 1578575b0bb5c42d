"""Consent as it is lived: how it was taken, until when, and for which services."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import ConsentState, HandoffState, PartyKind, StepState
from procedures.consent_notes import TakenHow
from procedures.errors import ConsentNotPending, ConsentWouldBeOver, UnknownService
from procedures.evolving import replay
from procedures.whonow_case import who_in_case
from tests.making import Story, alerts, shelter_requested

DAY = 24 * 60
TEXT = "ab" * 32


def unasked() -> Story:
    """The case is open and nobody asked her yet."""
    return Story().opened(consents=frozenset())


def step(told: Story, name: str) -> StepState:
    return next(run.steps[name].state for run in told.state.runs.values() if name in run.steps)


def given(told: Story, **more: object) -> tuple[e.Event, ...]:
    return told.say(c.GiveConsent, consent="intake", actor="operator:anna", **more)


def test_how_it_was_taken_is_kept() -> None:
    told = unasked()
    until = told.now + timedelta(days=90)
    given(told, how="interpreter", language="ro", text=TEXT, until=until)
    taken = told.state.consent_taken["intake"]
    assert (taken.by, taken.at) == ("operator:anna", told.now)
    assert (taken.how, taken.language, taken.text, taken.until) == (TakenHow.INTERPRETER, "ro", TEXT, until)


def test_what_nobody_noted_stays_unknown() -> None:
    told = unasked()
    given(told)
    taken = told.state.consent_taken["intake"]
    assert (taken.how, taken.language, taken.text, taken.until) == (None, None, None, None)


def test_an_older_trail_without_these_fields_is_followed() -> None:
    told = unasked()
    old = e.ConsentGiven.model_validate({"at": told.now, "consent": "intake"})
    state = replay([old], told.state)
    assert state.consents["intake"] is ConsentState.GIVEN
    assert state.consent_taken == {}


def test_a_no_is_taken_like_a_yes() -> None:
    told = unasked()
    told.say(c.RefuseConsent, consent="intake", how="telephone", language="it", actor="operator:anna")
    assert told.state.consent_taken["intake"].how is TakenHow.TELEPHONE
    assert step(told, "welcome") is StepState.SKIPPED


def test_she_does_not_want_one_service_and_the_next_one_is_asked() -> None:
    told = shelter_requested()
    first = told.handoff("find_place")
    assert first.service
    happened = told.say(c.RevokeConsent, consent="shelter", service=first.service)
    second = told.handoff("find_place")
    assert told.state.handoffs[first.ref].state is HandoffState.CANCELLED
    assert second.service not in {None, first.service}
    assert (e.AlertPurpose.WITHDRAWN, first.service + "_ref") in alerts(happened)
    assert told.state.consents["shelter"] is ConsentState.GIVEN


def test_who_works_for_her_already_is_told_to_stop() -> None:
    told = shelter_requested()
    told.accept("find_place")
    first = told.handoff("find_place")
    told.say(c.RevokeConsent, consent="shelter", service=first.service)
    assert told.state.handoffs[first.ref].state is HandoffState.CANCELLED
    assert told.handoff("find_place").service != first.service


def test_what_was_done_before_stays_done() -> None:
    told = shelter_requested()
    done = told.handoff("welcome")
    told.say(c.RevokeConsent, consent="intake", service=done.service)
    assert told.state.handoffs[done.ref].state is HandoffState.COMPLETED


def test_a_service_that_she_does_not_want_is_never_asked_and_who_now_says_so() -> None:
    told = unasked()
    unwanted = who_in_case(told.state, told.library, told.directory, told.now)[0].service
    told.say(c.RefuseConsent, consent="intake", service=unwanted)
    assert who_in_case(told.state, told.library, told.directory, told.now)[0].service != unwanted
    given(told)
    assert told.handoff("welcome").service != unwanted


def test_where_only_one_service_is_agreed_to_no_other_is_asked() -> None:
    told = unasked()
    named = who_in_case(told.state, told.library, told.directory, told.now)[0].service
    given(told, service=named)
    assert told.handoff("welcome").service == named
    told.say(c.DeclineHandoff, ref=told.handoff("welcome").ref, reason="full")
    assert told.handoff("welcome").owner.kind is PartyKind.COORDINATOR
    given(told, service=_other(told, named))
    assert told.state.consent_services["intake"].only == frozenset({str(named), _other(told, named)})


def _other(told: Story, named: str | None) -> str:
    return next(name for name in sorted(told.directory.services) if name != named)


def test_the_only_service_taken_back_is_the_consent_taken_back() -> None:
    told = unasked()
    named = who_in_case(told.state, told.library, told.directory, told.now)[0].service
    given(told, service=named)
    told.say(c.RevokeConsent, consent="intake", service=named)
    assert told.state.consents["intake"] is ConsentState.REVOKED
    assert step(told, "welcome") is StepState.CANCELLED


def test_her_no_to_a_service_outlives_a_general_yes_until_she_says_yes_to_it() -> None:
    told = shelter_requested()
    unwanted = told.handoff("find_place").service
    told.say(c.RevokeConsent, consent="shelter", service=unwanted)
    told.say(c.GiveConsent, consent="shelter", how="in_person")
    assert not told.state.agreed("shelter", unwanted)
    told.say(c.GiveConsent, consent="shelter", service=unwanted)
    assert told.state.agreed("shelter", unwanted)
    with pytest.raises(UnknownService):
        told.say(c.GiveConsent, consent="shelter", service="nobody")


def test_what_does_not_count_for_a_service_cannot_be_taken_back_from_it() -> None:
    told = shelter_requested()
    unwanted = told.handoff("find_place").service
    told.say(c.RevokeConsent, consent="shelter", service=unwanted)
    with pytest.raises(ConsentNotPending):
        told.say(c.RevokeConsent, consent="shelter", service=unwanted)


def test_before_it_ends_the_desk_is_called_to_ask_her_again() -> None:
    told = unasked()
    given(told, until=told.now + timedelta(days=30))
    told.accept("welcome")
    assert not _soon(told.wait(26 * DAY))
    happened = told.wait(1 * DAY)
    assert _soon(happened)
    assert [purpose for purpose, _person in alerts(happened)].count(e.AlertPurpose.CONSENT_ENDS) == 1
    assert not _soon(told.wait(60)), "once"


def _soon(happened: tuple[e.Event, ...]) -> bool:
    return any(isinstance(event, e.ConsentEndsSoon) for event in happened)


def test_a_renewed_consent_goes_on() -> None:
    told = unasked()
    given(told, until=told.now + timedelta(days=30))
    told.wait(28 * DAY)
    given(told, until=told.now + timedelta(days=30))
    told.wait(3 * DAY)
    assert told.state.consents["intake"] is ConsentState.GIVEN


def test_at_its_end_what_has_not_begun_waits_and_what_has_begun_goes_on() -> None:
    told = Story().opened(consents=frozenset({"intake"}))
    told.say(c.GiveConsent, consent="shelter", until=told.now + timedelta(days=2))
    told.accept("welcome")
    happened = told.wait(2 * DAY)
    assert [event.reason for event in happened if isinstance(event, e.ConsentLapsed)] == ["ended"]
    assert told.handoff("welcome").state is HandoffState.ACCEPTED
    told.complete("welcome")
    assert step(told, "find_place") is StepState.AWAITING_CONSENT
    told.say(c.GiveConsent, consent="shelter", how="in_person")
    assert told.handoff("find_place").state is HandoffState.REQUESTED


def test_after_its_end_nobody_more_is_asked_and_the_coordination_holds_it() -> None:
    told = unasked()
    given(told, until=told.now + timedelta(minutes=5))
    told.wait(6)
    asked = told.handoff("welcome")
    assert asked.is_open, "the request that is out stays out"
    happened = told.say(c.DeclineHandoff, ref=asked.ref, reason="full")
    because = [event.because for event in happened if isinstance(event, e.NoServiceFound)]
    assert because == [e.NobodyBecause.CONSENT_OVER]
    assert told.handoff("welcome").owner.kind is PartyKind.COORDINATOR


def test_a_consent_that_is_over_already_is_refused() -> None:
    told = unasked()
    with pytest.raises(ConsentWouldBeOver):
        given(told, until=told.now)


def test_the_same_yes_twice_says_nothing_new() -> None:
    told = unasked()
    given(told, how="in_person")
    assert not given(told)
