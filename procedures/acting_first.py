"""Acting first: in danger a later step begins now, and what it passes over stays owed (language.md, signals)."""

from collections.abc import Iterable

from procedures import commands as c
from procedures.advancing import begin, consent_of
from procedures.cancelling import check_reason, stop_step
from procedures.case import STEP_OVER, ConsentState
from procedures.conditions import needed_steps
from procedures.consenting import is_contact
from procedures.drafting import Draft
from procedures.errors import ConsentFirst, NoContact, NotOwed, StepHasBegun, UnknownReason
from procedures.events import StepBegunFirst, StepForgone, StepOwed
from procedures.finding_runs import running_with_step
from procedures.schema import Pathway
from procedures.timing import NOT_BEGUN


def act_first(draft: Draft, command: c.ActFirst) -> None:
    """Begin the step now, whatever it needs and whatever its `when` and `not_before` say: a person overrides upwards.

    Her consent is not overridden. Raises UnknownReason, StepHasBegun, NoContact, ConsentFirst and what
    `running_with_step` does.
    """
    if command.reason not in list(c.ActFirstReason):
        raise UnknownReason(reason=command.reason, known=", ".join(c.ActFirstReason))
    run = running_with_step(draft.state, command.run, command.step)
    step, run_id = draft.step(run.run_id, command.step), run.run_id
    if run.steps[step.name].state not in NOT_BEGUN:
        raise StepHasBegun(step=step.name)
    consent = consent_of(draft, run_id, step)
    if is_contact(draft.library, draft.pathway(run_id), step) and draft.state.no_contact_since is not None:
        raise NoContact
    if consent and draft.state.consents.get(consent) is not ConsentState.GIVEN:
        raise ConsentFirst(step=step.name, consent=consent)
    draft.withdraw_calls(run_id, step.name)
    draft.note(StepBegunFirst(at=draft.now, run_id=run_id, step=step.name, reason=command.reason))
    for name in _passed_over(draft.pathway(run_id), step.name):
        passed = draft.step_run(run_id, name)
        if passed.state not in STEP_OVER and not passed.is_owed:
            draft.note(StepOwed(at=draft.now, run_id=run_id, step=name, begun=step.name))
    begin(draft, run_id, step)


def _passed_over(pathway: Pathway, name: str) -> Iterable[str]:
    """Every step that this one waits for, directly or through others, in the order in which they are written."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        before = needed_steps(pathway.steps[waiting.pop()].needs) - found
        found |= before
        waiting += before
    return [step for step in pathway.steps if step in found]


def forgo(draft: Draft, command: c.ForgoStep) -> None:
    """Stop what is owed: it is not needed any more. Raises UnknownReason, NotOwed and what `running_with_step` does."""
    check_reason(command.reason, own_work=draft.state.own_work)
    run = running_with_step(draft.state, command.run, command.step)
    if not run.steps[command.step].is_owed:
        raise NotOwed(step=command.step)
    draft.note(StepForgone(at=draft.now, run_id=run.run_id, step=command.step, reason=command.reason))
    stop_step(draft, run.run_id, command.step, command.reason)
