"""How steering makes the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState
from procedures.changing import set_step


def _begun_first(event: e.StepBegunFirst, state: CaseState) -> CaseState:
    return set_step(state, event, begun_first=event.reason, held_until=None)


def _owed(event: e.StepOwed, state: CaseState) -> CaseState:
    return set_step(state, event, owed_for=event.begun, owed_since=event.at)


STEERING_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.StepBegunFirst: _begun_first,
    e.StepOwed: _owed,
}
