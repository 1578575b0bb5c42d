"""When things are due: limits in absolute time, the dues of a case, the next one.

Everything is elapsed time between aware UTC datetimes: a daylight-saving night neither gives nor takes an hour.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from procedures.case import (
    UNANSWERED_STATES,
    AlertNote,
    AlertState,
    CallNote,
    CaseState,
    CaseStatus,
    Handoff,
    HandoffState,
    LimitState,
    PathwayRun,
    StepRun,
)
from procedures.schema import Limit, Moment, MomentKind
from procedures.urgency import Urgency, urgency
from procedures.values import as_moment

__all__ = ["Due", "DueKind", "Urgency", "dues", "limit_end", "limit_states", "next_due", "urgency"]


class DueKind(StrEnum):
    """What comes due. Of several at the same instant, the order here is the order of doing."""

    RUNG = "rung"
    ACCEPT = "accept"
    FIRST_SIGN = "first_sign"
    COMPLETE = "complete"
    CALL_AGAIN = "call_again"
    """Nobody who was called could be reached the last time."""


CALL_AGAIN_SECONDS = 15 * 60
"""Between two attempts to reach a coordination none of whose channels worked. It is the last link: they never end."""


class Due(BaseModel):
    """One thing that happens by itself at `at` unless somebody acts before."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    kind: DueKind
    ref: str = ""
    """The handoff; empty for a call about a step."""
    to: str = ""
    """Where a rung leads; which call is made again."""
    run_id: str = ""
    step: str = ""


def limit_end(limit: Limit, state: CaseState, run: PathwayRun, start: datetime) -> datetime:
    """The absolute end of a limit.

    A moment that nobody told (an unknown fact, evidence not given) counts from the step's own start: what is not known
    must not make a limit vanish.
    """
    moment = _moment(limit.of, state, run) or start
    return moment + timedelta(seconds=limit.within.seconds)


def _moment(moment: Moment, state: CaseState, run: PathwayRun) -> datetime | None:
    match moment.kind:
        case MomentKind.START:
            return None
        case MomentKind.CASE:
            return state.opened_at
        case MomentKind.PATHWAY:
            return run.started_at
        case MomentKind.FACT:
            return as_moment(state.facts.get(moment.name or "", False))
        case MomentKind.EVIDENCE:
            return as_moment(run.steps[moment.step or ""].evidence.get(moment.name or "", False))
        case MomentKind.STEP:
            return run.steps[moment.step or ""].moments.get(moment.name or "")


def limit_states(
    limits: Iterable[Limit], state: CaseState, run: PathwayRun, start: datetime, now: datetime
) -> tuple[LimitState, ...]:
    """The limits in absolute time, strictest first; those over at `now` are marked passed."""
    ends = ((limit_end(limit, state, run, start), limit.clock) for limit in limits)
    return tuple(LimitState(at=at, clock=clock, passed=at <= now) for at, clock in sorted(ends))


def _handoff_dues(handoff: Handoff) -> Iterable[Due]:
    ref = handoff.ref
    if handoff.state in UNANSWERED_STATES:
        for rung in handoff.ladder:
            yield Due(at=rung.at, kind=DueKind.RUNG, ref=ref, to=rung.to)
        if handoff.accept_by and not handoff.accept_late and not handoff.overdue:
            yield Due(at=handoff.accept_by, kind=DueKind.ACCEPT, ref=ref)
    if handoff.state is HandoffState.ACCEPTED and handoff.first_sign_by and handoff.first_sign_at is None:
        yield Due(at=handoff.first_sign_by, kind=DueKind.FIRST_SIGN, ref=ref)
    for limit in handoff.limits:
        if not limit.passed:
            yield Due(at=limit.at, kind=DueKind.COMPLETE, ref=ref)
    again = _call_again_at(handoff.calls, handoff.requested_at) if handoff.overdue else None
    if again:
        yield Due(at=again, kind=DueKind.CALL_AGAIN, ref=ref)


def _call_again_at(calls: Sequence[AlertNote], since: datetime) -> datetime | None:
    """When to call again those whom nothing reached; None while one of them may know."""
    if not calls or any(call.state is not AlertState.FAILED for call in calls):
        return None
    return max(call.settled_at or since for call in calls) + timedelta(seconds=CALL_AGAIN_SECONDS)


def _step_dues(state: CaseState, run: PathwayRun, step: StepRun) -> Iterable[Due]:
    by_call: dict[str, list[CallNote]] = {}
    for call in step.calls.values():
        by_call.setdefault(call.call or "", []).append(call)
    for call_id, calls in by_call.items():
        again = _call_again_at(calls, run.started_at)
        if again and state.still_calls(step, calls[0]):
            yield Due(at=again, kind=DueKind.CALL_AGAIN, to=call_id, run_id=run.run_id, step=step.step)


def dues(state: CaseState) -> list[Due]:
    """Everything that will come due in this state, earliest first."""
    if state.status is not CaseStatus.OPEN:
        return []
    order = list(DueKind)
    found = [due for handoff in state.handoffs.values() if handoff.is_open for due in _handoff_dues(handoff)]
    for run in state.runs.values():
        found += [due for step in run.steps.values() if step.calls for due in _step_dues(state, run, step)]
    return sorted(found, key=lambda due: (due.at, order.index(due.kind), due.ref, due.step))


def next_due(state: CaseState) -> datetime | None:
    """When the case must be looked at again, if nobody acts before."""
    waiting = dues(state)
    return waiting[0].at if waiting else None
