"""How signals make the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState
from procedures.changing import change_run, changed
from procedures.pausing_state import pause, resume
from procedures.signal_notes import SignalNote


def _given(event: e.SignalGiven, state: CaseState) -> CaseState:
    note = SignalNote(at=event.at, times=event.times, evidence=dict(event.evidence))
    return change_run(state, event.run_id, lambda run: changed(run, signals={**run.signals, event.signal: note}))


SIGNAL_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.SignalGiven: _given,
    e.StepPaused: pause,
    e.StepResumed: resume,
}
