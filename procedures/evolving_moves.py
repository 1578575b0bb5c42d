"""How moving a pathway to another edition makes the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState, PathwayRun, StepRun, StepState
from procedures.changing import change_run, changed, set_handoff, set_step


def _moved(event: e.PathwayMoved, state: CaseState) -> CaseState:
    """Steps that the edition does not have stay known behind those that it has: they are over."""

    def move(run: PathwayRun) -> PathwayRun:
        now = {name: run.steps.get(name, StepRun(step=name)) for name in event.steps}
        past = {name: step for name, step in run.steps.items() if name not in now}
        return changed(
            run, content_hash=event.content_hash, earlier=(*run.earlier, run.content_hash), steps={**now, **past}
        )

    return change_run(state, event.run_id, move)


def _looked_at_anew(event: e.StepLookedAtAnew, state: CaseState) -> CaseState:
    never = {"skipped_because": None, "ended_at": None, "held_since": None, "held_until": None, "turns_at": None}
    return set_step(state, event, state=StepState.WAITING, **never)


def _retimed(event: e.HandoffRetimed, state: CaseState) -> CaseState:
    before = state.handoffs[event.ref]
    late = before.accept_late and (event.accept_by is None or event.accept_by <= event.at)
    return set_handoff(
        state,
        event.ref,
        accept_by=event.accept_by,
        accept_late=late,
        first_sign_by=event.first_sign_by,
        limits=event.limits,
        ladder=event.ladder,
    )


MOVE_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.PathwayMoved: _moved,
    e.StepLookedAtAnew: _looked_at_anew,
    e.HandoffRetimed: _retimed,
}
