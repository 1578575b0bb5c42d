"""What of a state is kept in clear, for boards and clocks: pure, so that the trail's check can do it again."""

from datetime import datetime
from typing import Any

from procedures.case import UNANSWERED_STATES, CaseState, Handoff, PathwayRun
from procedures.reviewing import review_since
from procedures.schema import Clock
from procedures.timing import next_due


def case_row(state: CaseState) -> dict[str, Any]:
    """The clear part of a case."""
    return {
        "case_id": state.case_id,
        "code": state.code,
        "status": state.status.value,
        "territory": state.territory,
        "drill": state.drill,
        "own_work": state.own_work,
        "opened_at": state.opened_at,
        "ended_at": state.ended_at,
        "version": state.version,
        "next_due_at": next_due(state),
    }


def run_row(state: CaseState, run: PathwayRun) -> dict[str, Any]:
    """One pathway run."""
    return {
        "run_id": run.run_id,
        "case_id": state.case_id,
        "ref": run.ref,
        "pathway": run.pathway,
        "content_hash": run.content_hash,
        "state": run.state.value,
        "parent_run": run.parent_run,
        "outcome": run.outcome,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "review_since": review_since(run),
    }


def handoff_row(state: CaseState, handoff: Handoff) -> dict[str, Any]:
    """One handoff."""
    return {
        "ref": handoff.ref,
        "case_id": state.case_id,
        "run_id": handoff.run_id,
        "pathway": state.runs[handoff.run_id].pathway,
        "step": handoff.step,
        "mode": handoff.mode.value,
        "service": handoff.service,
        "owner_kind": handoff.owner.kind.value,
        "owner_id": handoff.owner.id,
        "state": handoff.state.value,
        "overdue": handoff.overdue,
        "requested_at": handoff.requested_at,
        "accept_by": None if handoff.paused_at else handoff.accept_by,
        "complete_by": complete_by(handoff),
        "due_at": due_at(handoff),
        "acknowledged_at": handoff.acknowledged_at,
        "accepted_at": handoff.accepted_at,
        "ended_at": handoff.ended_at,
        "result": handoff.result,
        "reason": handoff.reason,
        "giver_kind": handoff.giver.party.kind.value,
        "giver_id": handoff.giver.party.id,
        "giver_ref": handoff.giver.ref,
    }


def complete_by(handoff: Handoff) -> datetime | None:
    """The strictest end of time for the result; while it stands still, of what never does."""
    if handoff.paused_at is None:
        return handoff.complete_by
    runs = [limit for limit in handoff.limits if limit.clock is not Clock.PROTOCOL and not limit.passed]
    return min((limit.at for limit in runs), default=None)


def due_at(handoff: Handoff) -> datetime | None:
    """The next promise that somebody has to keep; the broken one where none is left. None once it is over."""
    if not handoff.is_open:
        return None
    if handoff.paused_at is not None:
        return complete_by(handoff)
    if handoff.state in UNANSWERED_STATES and handoff.accept_by is not None:
        return handoff.accept_by
    if handoff.accepted_at is not None and handoff.first_sign_at is None and handoff.first_sign_by is not None:
        return handoff.first_sign_by
    return handoff.complete_by or max((limit.at for limit in handoff.limits), default=None)
