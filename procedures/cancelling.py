"""Stopping: a whole case, one pathway, or what she does not want. Every service that was asked is told."""

from procedures.case import Handoff, Party, PartyKind, RunState, StepState
from procedures.commands import CancelReason, reasons_to_cancel
from procedures.drafting import Draft
from procedures.errors import UnknownReason, UnknownRun
from procedures.events import (
    AlertPurpose,
    CaseCancelled,
    HandoffCancelled,
    PathwayCancelled,
    StepCancelled,
)

STOPPABLE = frozenset({StepState.WAITING, StepState.AWAITING_CONSENT, StepState.ACTIVE})


def check_reason(reason: str, *, own_work: bool = False) -> None:
    """Raise UnknownReason unless the reason is on the list of those that a person may choose."""
    known = reasons_to_cancel(own_work=own_work)
    if reason not in known:
        raise UnknownReason(reason=reason, known=", ".join(known))


def cancel_handoff(draft: Draft, handoff: Handoff, reason: str) -> None:
    """End it, take back what is not sent yet, and tell the service that it is not needed any more."""
    draft.withdraw_alerts(handoff.ref)
    draft.note(HandoffCancelled(at=draft.now, ref=handoff.ref, reason=reason))
    holder = handoff.accepted_party
    if holder is None:
        service = Party(kind=PartyKind.SERVICE, id=handoff.service) if handoff.service else None
        holder = service or handoff.owner
    draft.alert(AlertPurpose.WITHDRAWN, handoff, to=holder)
    if handoff.overdue and handoff.owner != holder:
        draft.alert(AlertPurpose.WITHDRAWN, handoff, to=handoff.owner)


def cancel_case(draft: Draft, reason: str) -> None:
    """Stop everything. Raises UnknownReason."""
    check_reason(reason, own_work=draft.state.own_work)
    for run_id, run in draft.state.runs.items():
        if run.state is RunState.RUNNING:
            _stop_run(draft, run_id, reason)
    draft.note(CaseCancelled(at=draft.now, reason=reason))


def cancel_pathway(draft: Draft, run_id: str, reason: str) -> None:
    """Stop one pathway and those it started. Raises UnknownReason, UnknownRun."""
    check_reason(reason, own_work=draft.state.own_work)
    run = draft.state.runs.get(run_id)
    if run is None or run.state is not RunState.RUNNING:
        raise UnknownRun(run=run.ref if run else run_id)
    _stop_run(draft, run_id, reason)
    draft.tell_party(AlertPurpose.WORD_CANCELLED, run.giver, run_id, None)


def _stop_run(draft: Draft, run_id: str, reason: str) -> None:
    if draft.run(run_id).state is not RunState.RUNNING:
        return
    for name, step_run in draft.run(run_id).steps.items():
        if step_run.state in STOPPABLE:
            stop_step(draft, run_id, name, reason)
    draft.note(PathwayCancelled(at=draft.now, run_id=run_id, reason=reason))


def stop_step(draft: Draft, run_id: str, name: str, reason: str) -> None:
    """Stop one step, with what is asked for it and the pathway it started."""
    step_run = draft.step_run(run_id, name)
    for ref in step_run.handoffs:
        if draft.handoff(ref).is_open:
            cancel_handoff(draft, draft.handoff(ref), reason)
    draft.withdraw_calls(run_id, name)
    if step_run.child_run:
        _stop_run(draft, step_run.child_run, reason)
    draft.note(StepCancelled(at=draft.now, run_id=run_id, step=name, reason=reason))


def stop_for_her(draft: Draft, handoff: Handoff, reason: CancelReason) -> None:
    """She does not want it any more: call the handoff off, and its step; whoever passed it on gets word."""
    cancel_handoff(draft, handoff, reason)
    if draft.still_open(handoff.run_id, handoff.step):
        return  # the last of those whom the step asks or tells ends it
    draft.word(AlertPurpose.WORD_CANCELLED, handoff)
    draft.note(StepCancelled(at=draft.now, run_id=handoff.run_id, step=handoff.step, reason=reason))
