"""What silence means: a step or a pathway that ends because nobody answered, where its procedure says so."""

from procedures.calling import call_about_run
from procedures.cancelling import stop_step
from procedures.case import STEP_OVER, Handoff
from procedures.commands import CancelReason
from procedures.drafting import Draft
from procedures.events import AlertPurpose, HandoffLapsed, PathwayEnded, PathwayLimitPassed, StepEnded
from procedures.language.limits import Silence
from procedures.language.steps import AnyStep, AskStep, AwaitStep
from procedures.revising import set_facts
from procedures.timing import Due


def meaning_of(step: AnyStep) -> str:
    """What it means that a limit for the step's result went by: `escalate`, `note`, or a result."""
    return step.on_expiry if isinstance(step, AskStep | AwaitStep) else Silence.ESCALATE


def lapse(draft: Draft, handoff: Handoff, result: str) -> None:
    """End the step with this result. Whoever holds it and whoever passed it on are told; nobody is blamed."""
    asked = (handoff, *draft.others_asked(handoff))
    draft.withdraw_calls(handoff.run_id, handoff.step)
    for one in asked:
        draft.withdraw_alerts(one.ref)
        draft.note(HandoffLapsed(at=draft.now, ref=one.ref, result=result))
    draft.note(StepEnded(at=draft.now, run_id=handoff.run_id, step=handoff.step, result=result))
    step = draft.step(handoff.run_id, handoff.step)
    if isinstance(step, AskStep | AwaitStep):
        set_facts(draft, handoff.run_id, step, result)
    for one in asked:
        draft.alert(AlertPurpose.LAPSED, one, to=one.accepted_party or one.owner)
    draft.word(AlertPurpose.WORD_LAPSED, handoff)


def pathway_is_late(draft: Draft, due: Due) -> None:
    """A limit of the whole pathway went by: it ends, it is noted, or the coordination comes to know."""
    draft.note(PathwayLimitPassed(at=draft.now, run_id=due.run_id, limit_at=due.at))
    meaning = draft.pathway(due.run_id).on_expiry
    if meaning == Silence.NOTE:
        return
    run = draft.run(due.run_id)
    going_on = [name for name, step in run.steps.items() if step.state not in STEP_OVER]
    if meaning == Silence.ESCALATE or run.owed:
        # What was passed over is never ended by silence: somebody has to do it, or to decide.
        call_about_run(draft, due.run_id, going_on[0])
        return
    for name in going_on:
        stop_step(draft, due.run_id, name, CancelReason.TIME_OVER)
    draft.note(PathwayEnded(at=draft.now, run_id=due.run_id, outcome=meaning))
    draft.tell_party(AlertPurpose.WORD_LAPSED, run.giver, due.run_id, None)
