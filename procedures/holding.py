"""A step that is held back: its needs are met, and its procedure says *not before*, or *again later*."""

from datetime import datetime

from procedures.case import StepRun
from procedures.coming_days import next_of
from procedures.drafting import Draft
from procedures.events import StepHeld
from procedures.language.steps import AnyStep
from procedures.measuring import Ground, week_of
from procedures.repeating import next_begin


def is_held(draft: Draft, run_id: str, step: AnyStep) -> bool:
    """Whether the step has to wait for its time; a new time of it is noted. A due wakes the case then.

    A moment that nobody told counts from when the step could have begun: what is not known holds nothing back for ever.
    """
    step_run = draft.step_run(run_id, step.name)
    if step.not_before is None and step.repeat is None:
        return False
    until = _until(draft, run_id, step, step_run)
    if until is None or until <= draft.now:
        return False
    if step_run.held_until != until:
        draft.note(StepHeld(at=draft.now, run_id=run_id, step=step.name, until=until))
    return True


def _until(draft: Draft, run_id: str, step: AnyStep, step_run: StepRun) -> datetime | None:
    if step.repeat and step_run.rounds:
        return next_begin(draft, run_id, step.repeat, step_run, step_run.rounds)
    week = week_of(draft.directory, draft.state.territory, None)
    ground, since = Ground(draft.state, draft.run(run_id), week), step_run.held_since or draft.now
    soonest = ground.at(step.not_before, since) if step.not_before else None
    if step.repeat and step.repeat.on_days:
        return next_of(step.repeat.on_days, max(since, soonest or since), week)
    if soonest is not None:
        return soonest
    return ground.later(since, step.repeat.first) if step.repeat and step.repeat.first else None
