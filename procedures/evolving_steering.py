"""How steering makes the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState, ConsentState
from procedures.changing import changed, set_step


def _begun_first(event: e.StepBegunFirst, state: CaseState) -> CaseState:
    return set_step(state, event, begun_first=event.reason, held_until=None)


def _owed(event: e.StepOwed, state: CaseState) -> CaseState:
    return set_step(state, event, owed_for=event.begun, owed_since=event.at)


def _forbidden(event: e.ContactForbidden, state: CaseState) -> CaseState:
    return changed(state, no_contact_since=event.at)


def _allowed(_event: e.ContactAllowed, state: CaseState) -> CaseState:
    kept = {consent: word for consent, word in state.consents.items() if word is not ConsentState.GIVEN}
    return changed(state, no_contact_since=None, consents=kept)


STEERING_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.StepBegunFirst: _begun_first,
    e.StepOwed: _owed,
    e.ContactForbidden: _forbidden,
    e.ContactAllowed: _allowed,
}
