"""What of consents the state keeps: the word, who gave it and how, until when, and for which services."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState, ConsentState
from procedures.changing import changed, set_step
from procedures.consent_notes import EVERY_SERVICE, ConsentNote, ConsentServices, ConsentTaken, ServiceWord


def _said(
    state: CaseState, consent: str, word: ConsentState, note: ConsentNote | None, taken: ConsentTaken | None
) -> CaseState:
    return changed(
        state,
        consents={**state.consents, consent: word},
        consent_notes=_with(state.consent_notes, consent, note),
        consent_taken=_with(state.consent_taken, consent, taken),
    )


def _with(known: Mapping[str, Any], consent: str, value: object) -> dict[str, Any]:
    kept = {name: other for name, other in known.items() if name != consent}
    return kept | ({consent: value} if value is not None else {})


def _given(event: e.ConsentGiven, state: CaseState) -> CaseState:
    state = _said(state, event.consent, ConsentState.GIVEN, event.note, event.taken)
    return _for_any(state, event.consent)


def _refused(event: e.ConsentRefused, state: CaseState) -> CaseState:
    return _said(state, event.consent, ConsentState.REFUSED, event.note, event.taken)


def _revoked(event: e.ConsentRevoked, state: CaseState) -> CaseState:
    note = state.consent_notes.get(event.consent)
    return _said(state, event.consent, ConsentState.REVOKED, note, None)


def _lapsed(event: e.ConsentLapsed, state: CaseState) -> CaseState:
    words = {name: word for name, word in state.consents.items() if name != event.consent}
    state = changed(
        state,
        consents=words,
        consent_notes=_with(state.consent_notes, event.consent, None),
        consent_taken=_with(state.consent_taken, event.consent, None),
    )
    return _for_any(state, event.consent)


def _for_any(state: CaseState, consent: str) -> CaseState:
    """Only her no to single services stands beside a new word, and after the old one is over."""
    without = state.consent_services.get(consent, EVERY_SERVICE).without
    services = ConsentServices(without=without) if without else None
    return changed(state, consent_services=_with(state.consent_services, consent, services))


def _for_service(event: e.ConsentForService, state: CaseState) -> CaseState:
    known, one = state.consent_services.get(event.consent, EVERY_SERVICE), frozenset({event.service})
    only, without = known.only, known.without - one
    if event.word is ServiceWord.ONLY:
        only = one
    elif event.word is ServiceWord.ALSO:
        only = only and only | one
    else:
        only, without = only and only - one, without | one
    services = ConsentServices(only=only, without=without)
    kept = None if services == EVERY_SERVICE else services
    return changed(state, consent_services=_with(state.consent_services, event.consent, kept))


def _ends_soon(event: e.ConsentEndsSoon, state: CaseState) -> CaseState:
    taken = changed(state.consent_taken[event.consent], ends_soon=True)
    return changed(state, consent_taken={**state.consent_taken, event.consent: taken})


def _reviewed(event: e.StepReviewed, state: CaseState) -> CaseState:
    found = {"reviewed_at": event.at, "reviewed_by": event.actor, "finding": event.finding}
    return set_step(state, event, review_since=None, **found)


CONSENT_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.ConsentGiven: _given,
    e.ConsentRefused: _refused,
    e.ConsentRevoked: _revoked,
    e.ConsentLapsed: _lapsed,
    e.ConsentForService: _for_service,
    e.ConsentEndsSoon: _ends_soon,
    e.StepReviewed: _reviewed,
}
