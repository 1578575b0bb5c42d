"""Small changes of a frozen state, for `evolving`: one run, step or handoff; and which moves a handoff may make."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import BaseModel

from procedures import events as e
from procedures.case import CaseState, HandoffState, PathwayRun, StepRun
from procedures.errors import StaffettaError

S = HandoffState
M = TypeVar("M", bound=BaseModel)
_new = object.__new__
_put = object.__setattr__

TRANSITIONS: Mapping[type[e.HandoffEvent], tuple[frozenset[HandoffState], HandoffState]] = {
    e.HandoffAcknowledged: (frozenset({S.REQUESTED, S.ALERTED}), S.ACKNOWLEDGED),
    e.HandoffAccepted: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED}), S.ACCEPTED),
    e.ServicePicked: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED}), S.COMPLETED),
    e.HandoffTakenByOther: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED}), S.CANCELLED),
    e.HandoffDeclined: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED, S.ACCEPTED}), S.DECLINED),
    e.AcceptanceDenied: (frozenset({S.ACCEPTED}), S.DECLINED),
    e.HandoffExpired: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED}), S.EXPIRED),
    e.HandoffLapsed: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED, S.ACCEPTED}), S.EXPIRED),
    e.HandoffCompleted: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED, S.ACCEPTED}), S.COMPLETED),
    e.HandoffCancelled: (frozenset({S.REQUESTED, S.ALERTED, S.ACKNOWLEDGED, S.ACCEPTED}), S.CANCELLED),
}
"""From which states an event may lead where. `requested → alerted` comes from a carrier's word (`AlertSettled`)."""


class ImpossibleEvent(StaffettaError):
    """An event does not fit the state: a fault in the rules, or a trail that was altered."""

    template = "The trail cannot be followed at {kind}: run `staffetta audit verify`."


def changed(model: M, /, **changes: object) -> M:
    """A copy with changes, unvalidated: our own events were validated when they were made.

    It does what pydantic's `model_copy(update=…)` does for a model without extra or private fields, in a third of the
    time: an opened case makes some ninety copies, and an alert waits for them.
    """
    copy = _new(type(model))
    fields_set = model.__pydantic_fields_set__
    _put(copy, "__dict__", {**model.__dict__, **changes})
    _put(copy, "__pydantic_fields_set__", fields_set if changes.keys() <= fields_set else fields_set | changes.keys())
    _put(copy, "__pydantic_extra__", None)
    _put(copy, "__pydantic_private__", None)
    return copy


def change_run(state: CaseState, run_id: str, change: Callable[[PathwayRun], PathwayRun]) -> CaseState:
    """One run, changed."""
    return changed(state, runs={**state.runs, run_id: change(state.runs[run_id])})


def set_step(state: CaseState, event: e.StepEvent, /, **changes: object) -> CaseState:
    """The step of the event, with these fields set."""
    return change_step(state, event.run_id, event.step, lambda step: changed(step, **changes))


def change_step(state: CaseState, run_id: str, step: str, change: Callable[[StepRun], StepRun]) -> CaseState:
    """One step, changed."""
    return change_run(state, run_id, lambda run: changed(run, steps={**run.steps, step: change(run.steps[step])}))


def set_handoff(state: CaseState, ref: str, /, **changes: object) -> CaseState:
    """One handoff, with these fields set."""
    return changed(state, handoffs={**state.handoffs, ref: changed(state.handoffs[ref], **changes)})


def move(state: CaseState, event: e.HandoffEvent, /, **changes: object) -> CaseState:
    """Move the handoff along `TRANSITIONS`, or refuse the event."""
    allowed, target = TRANSITIONS[type(event)]
    if state.handoffs[event.ref].state not in allowed:
        raise ImpossibleEvent(kind=type(event).__name__)
    return set_handoff(state, event.ref, state=target, **changes)


def note_moment(state: CaseState, ref: str, event: e.Event, *names: str) -> CaseState:
    """Note named moments of the handoff's step; a later one overwrites an earlier one."""
    handoff = state.handoffs[ref]
    return change_step(
        state,
        handoff.run_id,
        handoff.step,
        lambda step: changed(step, moments={**step.moments, **dict.fromkeys(names, event.at)}),
    )
