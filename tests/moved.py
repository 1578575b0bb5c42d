"""What must hold of every move to another edition, by what was there before, what happened, and what is there after."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from procedures import events as e
from procedures.case import UNANSWERED_STATES, CaseState, Handoff, StepState
from procedures.schema import AskStep, Pathway, RungTarget


def wrong_with_move(before: CaseState, after: CaseState, events: Sequence[e.Event], new: Pathway) -> Iterator[str]:
    """Whatever a move left without anybody, or shortened without a word. `new` is the text that it goes by now."""
    (moved,) = (event for event in events if isinstance(event, e.PathwayMoved))
    run = after.runs[moved.run_id]
    yield from (f"{name} is not in its state" for name in new.steps if name not in run.steps)
    for name, step in before.runs[moved.run_id].steps.items():
        again = name in new.steps and new.steps[name].repeat is not None
        if step.state is StepState.DONE and not again and not step.rounds and run.steps[name] != step:
            yield f"{name} was done, and is otherwise now"
    cancelled = {event.ref for event in events if isinstance(event, e.HandoffCancelled)}
    for ref, handoff in before.handoffs.items():
        if handoff.run_id == moved.run_id and handoff.is_open and ref not in cancelled:
            yield from _wrong_with_handoff(handoff, after.handoffs[ref], events, new)


def _wrong_with_handoff(before: Handoff, after: Handoff, events: Sequence[e.Event], new: Pathway) -> Iterator[str]:
    ref, step = before.ref, new.steps.get(before.step)
    if not after.is_open or step is None:
        yield f"{before.step} lost its handoff"
        return
    changed = any(isinstance(event, e.OwnerChanged) and event.ref == ref for event in events)
    if after.owner != before.owner and not changed:
        yield f"{before.step} has another owner, and nobody said so"
    if promised(after) != promised(before):
        told = [event for event in events if isinstance(event, e.AlertQueued) and event.about == ref]
        nobody = any(isinstance(event, e.NobodyToCall) for event in events)
        if not told and not nobody:
            yield f"{before.step} is due otherwise, and whoever holds it is not told"
    climbs = isinstance(step, AskStep) and any(rung.to is RungTarget.COORDINATOR for rung in step.escalate)
    climbed = isinstance(step, AskStep) and not any(rung.to == RungTarget.COORDINATOR for rung in before.ladder)
    waits = after.state in UNANSWERED_STATES and after.service is not None and not after.overdue
    if climbs and waits and not climbed and not any(rung.to == RungTarget.COORDINATOR for rung in after.ladder):
        yield f"{before.step} never comes to the coordinator any more"


def promised(handoff: Handoff) -> datetime | None:
    """The next promise of whoever holds it."""
    unanswered = handoff.state in UNANSWERED_STATES and handoff.accept_by is not None
    return handoff.accept_by if unanswered else handoff.complete_by
