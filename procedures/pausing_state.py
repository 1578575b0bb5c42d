"""How standing still and going on make the state: for `evolving`, which follows every event."""

from collections.abc import Collection
from datetime import datetime, timedelta

from procedures.case import CaseState, Handoff, LimitState
from procedures.changing import change_step, changed, set_handoff
from procedures.language.limits import Clock
from procedures.pause_events import StepPaused, StepResumed


def pause(event: StepPaused, state: CaseState) -> CaseState:
    """Its handoffs stand still from now on."""
    for ref in _open_of(state, event.run_id, event.step):
        state = set_handoff(state, ref, paused_at=event.at)
    return change_step(state, event.run_id, event.step, lambda step: changed(step, paused_at=event.at))


def resume(event: StepResumed, state: CaseState) -> CaseState:
    """They go on: whatever was still to come comes as much later as they stood still."""
    for ref in _open_of(state, event.run_id, event.step):
        state = set_handoff(state, ref, **_later(state.handoffs[ref], event.at))
    since = state.runs[event.run_id].steps[event.step].paused_at or event.at
    lost = int((event.at - since).total_seconds())
    return change_step(
        state,
        event.run_id,
        event.step,
        lambda step: changed(step, paused_at=None, stood_still=step.stood_still + lost),
    )


def _open_of(state: CaseState, run_id: str, step: str) -> list[str]:
    refs = state.runs[run_id].steps[step].handoffs
    return [ref for ref in refs if state.handoffs[ref].is_open]


def _later(handoff: Handoff, now: datetime) -> dict[str, object]:
    lost = now - (handoff.paused_at or now)
    return {
        "paused_at": None,
        "stood_still": handoff.stood_still + int(lost.total_seconds()),
        "accept_by": handoff.accept_by and handoff.accept_by + lost,
        "first_sign_by": handoff.first_sign_by and handoff.first_sign_by + lost,
        "ladder": tuple(changed(rung, at=rung.at + lost) for rung in handoff.ladder),
        "limits": later(handoff.limits, lost),
    }


def later(limits: Collection[LimitState], lost: timedelta) -> tuple[LimitState, ...]:
    """The limits, so much later: those that bodies promised each other, and that did not go by before."""
    moved = [limit if _goes_on(limit) else changed(limit, at=limit.at + lost) for limit in limits]
    return tuple(sorted(moved, key=lambda limit: (limit.at, limit.clock, limit.words)))


def _goes_on(limit: LimitState) -> bool:
    return limit.passed or limit.clock is not Clock.PROTOCOL
