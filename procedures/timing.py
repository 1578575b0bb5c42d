"""When things are due: the dues of a case, the next one. All of them are absolute, in UTC (`measuring` makes them)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from procedures.ages import of_age_at
from procedures.case import (
    UNANSWERED_STATES,
    AlertNote,
    AlertState,
    CallNote,
    CaseState,
    CaseStatus,
    ConsentState,
    Handoff,
    HandoffState,
    PathwayRun,
    RunState,
    StepRun,
    StepState,
)
from procedures.consent_notes import ConsentTaken
from procedures.language.limits import Clock
from procedures.urgency import Urgency, urgency

__all__ = ["Due", "DueKind", "Urgency", "dues", "next_due", "urgency"]


class DueKind(StrEnum):
    """What comes due. Of several at the same instant, the order here is the order of doing."""

    RUNG = "rung"
    ACCEPT = "accept"
    FIRST_SIGN = "first_sign"
    COMPLETE = "complete"
    PATHWAY = "pathway"
    """A limit of a whole pathway."""
    BEGIN = "begin"
    """A step is held back until then."""
    LOOK = "look"
    """Time alone changes what a step hangs on: it is looked at again."""
    OF_AGE = "of_age"
    """Whoever somebody else consented for is of age."""
    CONSENT_SOON = "consent_soon"
    """A consent ends soon: somebody is to ask her again."""
    CONSENT_ENDS = "consent_ends"
    """The time for which she agreed is over."""
    CALL_AGAIN = "call_again"
    """Nobody who was called could be reached the last time."""


ASK_AGAIN_SECONDS = 3 * 24 * 3600
"""How long before the end of a consent somebody is called to ask her again."""
NOT_BEGUN = frozenset({StepState.WAITING, StepState.AWAITING_CONSENT})
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


def _handoff_dues(handoff: Handoff) -> Iterable[Due]:
    ref = handoff.ref
    runs = handoff.paused_at is None
    if runs and handoff.state in UNANSWERED_STATES:
        for rung in handoff.ladder:
            yield Due(at=rung.at, kind=DueKind.RUNG, ref=ref, to=rung.to)
        if handoff.accept_by and not handoff.accept_late and not handoff.overdue:
            yield Due(at=handoff.accept_by, kind=DueKind.ACCEPT, ref=ref)
    begun = handoff.first_sign_at is not None
    if runs and handoff.state is HandoffState.ACCEPTED and handoff.first_sign_by and not begun:
        yield Due(at=handoff.first_sign_by, kind=DueKind.FIRST_SIGN, ref=ref)
    for limit in handoff.limits:
        if not limit.passed and (runs or limit.clock is not Clock.PROTOCOL):
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


def _run_dues(run: PathwayRun) -> Iterable[Due]:
    for limit in run.limits:
        if not limit.passed:
            yield Due(at=limit.at, kind=DueKind.PATHWAY, run_id=run.run_id)
    for step in run.steps.values():
        if step.held_until and step.state in NOT_BEGUN:
            yield Due(at=step.held_until, kind=DueKind.BEGIN, run_id=run.run_id, step=step.step)
        if step.turns_at and step.hangs_on_facts:
            yield Due(at=step.turns_at, kind=DueKind.LOOK, run_id=run.run_id, step=step.step)


def _ages(state: CaseState) -> Iterable[Due]:
    for note in state.consent_notes.values():
        grown = of_age_at(state.facts.get(note.birth)) if note.birth else None
        if grown is not None:
            yield Due(at=grown, kind=DueKind.OF_AGE)


def soon_at(taken: ConsentTaken) -> datetime | None:
    """When somebody is to ask her again: three days before the end, and never before half of the time is over."""
    if taken.until is None:
        return None
    return taken.until - min(timedelta(seconds=ASK_AGAIN_SECONDS), (taken.until - taken.at) / 2)


def _consent_ends(state: CaseState) -> Iterable[Due]:
    for consent, taken in state.consent_taken.items():
        soon = soon_at(taken)
        if taken.until is None or soon is None or state.consents.get(consent) is not ConsentState.GIVEN:
            continue
        if not taken.ends_soon:
            yield Due(at=soon, kind=DueKind.CONSENT_SOON)
        yield Due(at=taken.until, kind=DueKind.CONSENT_ENDS)


def dues(state: CaseState) -> list[Due]:
    """Everything that will come due in this state, earliest first."""
    if state.status is not CaseStatus.OPEN:
        return []
    order = list(DueKind)
    found = [due for handoff in state.handoffs.values() if handoff.is_open for due in _handoff_dues(handoff)]
    for run in state.runs.values():
        found += [due for step in run.steps.values() if step.calls for due in _step_dues(state, run, step)]
        if run.state is RunState.RUNNING:
            found += _run_dues(run)
    found += [*_ages(state), *_consent_ends(state)]
    return sorted(found, key=lambda due: (due.at, order.index(due.kind), due.ref, due.step))


def next_due(state: CaseState) -> datetime | None:
    """When the case must be looked at again, if nobody acts before."""
    waiting = dues(state)
    return waiting[0].at if waiting else None
