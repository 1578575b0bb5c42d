"""A step at work stands still while a signal says so, and goes on with the time that remained (language.md, signals).

What bodies promised each other stands still. What counts from the violence or binds an authority does not.
"""

from collections.abc import Collection

from procedures.case import Handoff, HandoffState, PathwayRun, StepState
from procedures.conditions import NeedState, need_state, needed_signals
from procedures.drafting import Draft
from procedures.events import AlertPurpose, LinkUse, StepPaused, StepResumed
from procedures.language.conditions import Need
from procedures.language.steps import AskStep, AwaitStep


def look_at_pauses(draft: Draft, run_id: str, name: str, signal: str) -> None:
    """The signal has just come: the step stands still, or goes on."""
    step, step_run = draft.step(run_id, name), draft.step_run(run_id, name)
    if step_run.state is not StepState.ACTIVE or not isinstance(step, AskStep | AwaitStep):
        return
    run = draft.run(run_id)
    if step_run.paused_at is None and came_now(step.pauses_on, run, signal):
        draft.note(StepPaused(at=draft.now, run_id=run_id, step=name, signal=signal))
        for handoff in _at_work(draft, step_run.handoffs):
            draft.withdraw_alerts(handoff.ref)
            draft.alert(AlertPurpose.PAUSED, handoff, to=handoff.accepted_party or handoff.owner)
    elif step_run.paused_at is not None and came_now(step.resumes_on, run, signal):
        draft.note(StepResumed(at=draft.now, run_id=run_id, step=name, signal=signal))
        for handoff in _at_work(draft, step_run.handoffs):
            link = LinkUse.RESULT if handoff.state is HandoffState.ACCEPTED else LinkUse.ANSWER
            draft.alert(AlertPurpose.LIMIT_MOVED, handoff, to=handoff.accepted_party or handoff.owner, link=link)


def came_now(need: Need | None, run: PathwayRun, signal: str) -> bool:
    """Whether the signal that came is one that the need names, and all that it asks for is there."""
    if need is None or signal not in needed_signals(need):
        return False
    return need_state(need, run.steps, run.signals) is NeedState.MET


def _at_work(draft: Draft, refs: Collection[str]) -> list[Handoff]:
    return [draft.handoff(ref) for ref in refs if draft.handoff(ref).is_open]
