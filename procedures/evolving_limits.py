"""How events about limits make the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState, StepRun
from procedures.changing import change_run, change_step, changed, move, note_moment, set_handoff, set_step


def _held(event: e.StepHeld, state: CaseState) -> CaseState:
    since = state.runs[event.run_id].steps[event.step].held_since
    return set_step(state, event, held_since=since or event.at, held_until=event.until)


def _released(event: e.StepReleased, state: CaseState) -> CaseState:
    return set_step(state, event, held_until=None)


def _moved(event: e.LimitMoved, state: CaseState) -> CaseState:
    return set_handoff(state, event.ref, limits=event.limits)


def _asked(event: e.LongerTimeAsked, state: CaseState) -> CaseState:
    return _of_its_step(state, event, lambda step: changed(step, longer_asked_at=event.at))


def _agreed(event: e.LongerTimeAgreed, state: CaseState) -> CaseState:
    return _of_its_step(state, event, lambda step: changed(step, agreed=(*step.agreed, event.body)))


def _extended(event: e.LimitExtended, state: CaseState) -> CaseState:
    state = set_handoff(state, event.ref, limits=event.limits)
    times = event.times
    return _of_its_step(state, event, lambda step: changed(step, extended=times, agreed=(), longer_asked_at=None))


def _of_its_step(state: CaseState, event: e.HandoffEvent, change: Callable[[StepRun], StepRun]) -> CaseState:
    handoff = state.handoffs[event.ref]
    return change_step(state, handoff.run_id, handoff.step, change)


def _lapsed(event: e.HandoffLapsed, state: CaseState) -> CaseState:
    state = move(state, event, ended_at=event.at, result=event.result, ladder=(), overdue=False)
    return note_moment(state, event.ref, event, "expired")


def _pathway_passed(event: e.PathwayLimitPassed, state: CaseState) -> CaseState:
    limits = state.runs[event.run_id].limits
    said = tuple(changed(limit, passed=limit.passed or limit.at <= event.limit_at) for limit in limits)
    return change_run(state, event.run_id, lambda run: changed(run, limits=said))


def _pathway_moved(event: e.PathwayLimitMoved, state: CaseState) -> CaseState:
    return change_run(state, event.run_id, lambda run: changed(run, limits=event.limits))


LIMIT_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.StepHeld: _held,
    e.StepReleased: _released,
    e.LimitMoved: _moved,
    e.LongerTimeAsked: _asked,
    e.LongerTimeAgreed: _agreed,
    e.LimitExtended: _extended,
    e.HandoffLapsed: _lapsed,
    e.PathwayLimitPassed: _pathway_passed,
    e.PathwayLimitMoved: _pathway_moved,
}
