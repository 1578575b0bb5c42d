"""A step that is held back: its needs are met, and its procedure says *not before*."""

from procedures.drafting import Draft
from procedures.events import StepHeld
from procedures.language.steps import AnyStep
from procedures.measuring import Ground, week_of


def is_held(draft: Draft, run_id: str, step: AnyStep) -> bool:
    """Whether the step has to wait for its time; a new time of it is noted. A due wakes the case then.

    A moment that nobody told counts from when the step could have begun: what is not known holds nothing back for ever.
    """
    if step.not_before is None:
        return False
    step_run = draft.step_run(run_id, step.name)
    week = week_of(draft.directory, draft.state.territory, None)
    ground = Ground(draft.state, draft.run(run_id), week)
    until = ground.at(step.not_before, step_run.held_since or draft.now)
    if until <= draft.now:
        return False
    if step_run.held_until != until:
        draft.note(StepHeld(at=draft.now, run_id=run_id, step=step.name, until=until))
    return True
