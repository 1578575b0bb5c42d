"""How events about facts make the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState, StepState
from procedures.changing import changed, set_step


def _changed(event: e.FactChanged, state: CaseState) -> CaseState:
    return changed(state, facts={**state.facts, event.fact: event.value})


def _waits(event: e.StepWaitsAgain, state: CaseState) -> CaseState:
    never = {"skipped_because": None, "ended_at": None, "held_since": None, "held_until": None, "turns_at": None}
    return set_step(state, event, state=StepState.WAITING, **never)


def _turns(event: e.StepTurns, state: CaseState) -> CaseState:
    return set_step(state, event, turns_at=event.until)


def _turns_no_more(event: e.StepTurnsNoMore, state: CaseState) -> CaseState:
    return set_step(state, event, turns_at=None)


FACT_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.FactChanged: _changed,
    e.StepWaitsAgain: _waits,
    e.StepTurns: _turns,
    e.StepTurnsNoMore: _turns_no_more,
}
