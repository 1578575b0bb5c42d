"""Deciding a step anew: an appeal, a reconsideration. What hung on the old result is kept or cancelled by name."""

from procedures import commands as c
from procedures.answering import evidence_of, results_of
from procedures.cancelling import stop_step
from procedures.case import PathwayRun, StepState
from procedures.conditions import NeedState, need_state, needed_steps
from procedures.drafting import Draft
from procedures.errors import (
    NeverAnew,
    NotDecidedAnewBy,
    NothingDecided,
    SayKeptOrCancelled,
    UnknownReason,
    UnknownResult,
)
from procedures.events import SkipReason, StepDecidedAnew, StepKept, StepWaitsAgain
from procedures.finding_runs import running_with_step
from procedures.retelling import told_state
from procedures.revising import set_facts
from procedures.schema import OPERATOR, AskStep, AwaitStep, Pathway

UNDER_WAY = frozenset({StepState.ACTIVE, StepState.AWAITING_CONSENT})


def decide_anew(draft: Draft, command: c.DecideAnew) -> None:
    """Replace the result; the old one stays in the trail (language.md, results).

    Of each step that hangs on it and is under way, the command says whether it is kept or cancelled. What was left out
    because of the old result is looked at again. Raises UnknownReason, NothingDecided, NeverAnew, NotDecidedAnewBy,
    UnknownResult, WrongEvidence, SayKeptOrCancelled and what `running_with_step` does.
    """
    if command.reason not in list(c.AnewReason):
        raise UnknownReason(reason=command.reason, known=", ".join(c.AnewReason))
    run = running_with_step(draft.state, command.run, command.step)
    step = _decided_step(draft, run, command)
    results = results_of(step)
    if command.result not in results:
        raise UnknownResult(result=command.result, known=", ".join(results))
    hanging = under_way_after(draft.pathway(run.run_id), run, command.step)
    if command.keep & command.cancel or command.keep | command.cancel != set(hanging):
        raise SayKeptOrCancelled(step=command.step, steps=", ".join(hanging) or "-")
    draft.note(
        StepDecidedAnew(
            at=draft.now,
            run_id=run.run_id,
            step=command.step,
            old_result=run.steps[command.step].result or "",
            result=command.result,
            evidence=evidence_of(draft, results[command.result], command.evidence),
            reason=command.reason,
            by=command.by,
        )
    )
    for name in hanging:
        if name in command.cancel:
            stop_step(draft, run.run_id, name, c.CancelReason.DECIDED_ANEW)
        else:
            draft.note(StepKept(at=draft.now, run_id=run.run_id, step=name, decided=command.step))
    _look_again(draft, run.run_id, command.step)
    set_facts(draft, run.run_id, step, command.result)


def _decided_step(draft: Draft, run: PathwayRun, command: c.DecideAnew) -> AskStep | AwaitStep:
    """The step, where it is done and may be decided anew on this word."""
    step, gone = draft.step(run.run_id, command.step), command.step not in draft.pathway(run.run_id).steps
    done = run.steps[command.step].state is StepState.DONE
    if gone or not done or not isinstance(step, AskStep | AwaitStep):
        raise NothingDecided(step=command.step)
    if step.final:
        raise NeverAnew(step=command.step)
    if command.by not in (voices := voices_for(step)):
        raise NotDecidedAnewBy(step=command.step, known=", ".join(voices))
    return step


def voices_for(step: AskStep | AwaitStep) -> tuple[str, ...]:
    """On whose word it is decided anew: the operator's, unless its procedure says otherwise."""
    return step.anew_by or (OPERATOR,)


def hanging_on(pathway: Pathway, name: str) -> list[str]:
    """Every step that needs this one, directly or through others, in the order in which they are written."""
    found = {name}
    grew = True
    while grew:
        more = {step.name for step in pathway.steps.values() if needed_steps(step.needs) & found} - found
        found |= more
        grew = bool(more)
    return [step for step in pathway.steps if step in found - {name}]


def under_way_after(pathway: Pathway, run: PathwayRun, name: str) -> list[str]:
    """Those of them that are under way: of each, somebody has to say whether it goes on."""
    return [step for step in hanging_on(pathway, name) if run.steps[step].state in UNDER_WAY]


def _look_again(draft: Draft, run_id: str, name: str) -> None:
    """What was left out because its needs could not be met waits again, where now they can."""
    pathway = draft.pathway(run_id)
    for step in hanging_on(pathway, name):
        step_run = draft.step_run(run_id, step)
        left_out = step_run.skipped_because == SkipReason.NEEDS_CANNOT_BE_MET
        told = told_state(draft, run_id, pathway.steps[step])
        stands = told or need_state(pathway.steps[step].needs, draft.run(run_id).steps)
        if left_out and stands is not NeedState.IMPOSSIBLE:
            draft.note(StepWaitsAgain(at=draft.now, run_id=run_id, step=step))
