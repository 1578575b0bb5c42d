"""She is told of what is done without her consent: when that is due, and when it is due again (docs/decisions/0023)."""

from datetime import datetime

from procedures.case import STEP_OVER, PathwayRun, StepRun, StepState
from procedures.conditions import NeedState
from procedures.drafting import Draft
from procedures.events import MoreToTell
from procedures.schema import AnyStep, AskStep, Pathway


def told_state(draft: Draft, run_id: str, step: AnyStep) -> NeedState | None:
    """Whether the step in which she is told may begin; None for any other step.

    It begins as soon as one of those that name it has begun, and is left out once none of them can any more.
    """
    acting = _acting(draft.pathway(run_id), draft.run(run_id), step)
    if not acting:
        return None
    if any(one.started_at for one in acting):
        return NeedState.MET
    return NeedState.IMPOSSIBLE if all(one.state in STEP_OVER for one in acting) else NeedState.PENDING


def tell_more(draft: Draft, run_id: str) -> None:
    """Where a step that names it itself began after she had been told, she is told again."""
    pathway, run = draft.pathway(run_id), draft.run(run_id)
    for name, told_in in pathway.told_in_steps:
        telling = run.steps.get(told_in)
        if telling is None or told_in == pathway.told_in:
            continue
        if telling.state in STEP_OVER and _began_after(run.steps[name], telling):
            draft.note(MoreToTell(at=draft.now, run_id=run_id, step=telling.step, of=name))
            run = draft.run(run_id)


def untold(pathway: Pathway, run: PathwayRun) -> list[tuple[StepRun, str]]:
    """What was begun without her consent and she was not told of yet, with the step in which she is told."""
    found = []
    for name, step in pathway.steps.items():
        telling, acting = run.steps.get(step.told_in or ""), run.steps[name]
        if telling is not None and acting.started_at is not None:
            told = _told_at(pathway, telling)
            if told is None or (told < acting.started_at and step.told_in != pathway.told_in):
                found.append((acting, telling.step))
    return found


def _told_at(pathway: Pathway, telling: StepRun) -> datetime | None:
    """When she was last told in this step: not with a result that says that she was not."""
    step = pathway.steps[telling.step]
    results = step.results if isinstance(step, AskStep) else {}
    told = [telling.moments[name] for name, result in results.items() if not result.untold and name in telling.moments]
    return max(told, default=None)


def _began_after(acting: StepRun, telling: StepRun) -> bool:
    """Whether it was begun when the talk was over already.

    A talk that ends sets off in the same moment what she has to be told of. One that is left out or called off in the
    moment in which something begins was so for this as well: to say it again would go on for ever.
    """
    began, talked, ended = acting.started_at, telling.started_at, telling.ended_at
    if began is None or talked is None or ended is None:
        return False
    return talked < began and (ended <= began if telling.state is StepState.DONE else ended < began)


def _acting(pathway: Pathway, run: PathwayRun, step: AnyStep) -> list[StepRun]:
    return [run.steps[name] for name in pathway.told_by.get(step.name, ())]
