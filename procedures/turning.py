"""A `when` that compares with today and is looked at again: the moments at which time alone changes what it says.

They are computed from the facts (`with_today.turns`), a few for each comparison, and each wakes the case once. Between
two of them nothing changes, so it makes no difference when somebody happens to touch the case (docs/decisions/0064).
Until its first time begins, what a repetition goes on by (`while`) has to hold together with its `when`.
"""

from collections.abc import Mapping
from datetime import datetime

from procedures.case import StepRun, StepState
from procedures.commands import KeptValue
from procedures.conditions import holds
from procedures.drafting import Draft
from procedures.events import StepTurns, StepTurnsNoMore
from procedures.language.conditions import Condition, LookedAt, compared_with_today
from procedures.language.steps import AnyStep, entering
from procedures.revising import is_let_in, look_again
from procedures.timing import NOT_BEGUN
from procedures.with_today import turns


def next_turn(condition: Condition | None, facts: Mapping[str, KeptValue], now: datetime) -> datetime | None:
    """The first moment after `now` (aware) at which the condition is otherwise than now, if nobody changes a fact."""
    leaves = compared_with_today(condition)
    moments = {at for leaf in leaves for at in turns(facts.get(leaf.fact or ""), leaf) if at > now}
    so = holds(condition, facts, now)
    return next((at for at in sorted(moments) if holds(condition, facts, at) is not so), None)


def look_at_turns(draft: Draft, run_id: str) -> None:
    """Those left out that time lets in by now wait for their turn, whether or not the moment was noted."""
    steps = draft.run(run_id).steps
    if any(is_let_in(draft, step, steps[name]) for name, step in draft.pathway(run_id).steps.items()):
        look_again(draft)


def note_turns(draft: Draft, run_id: str) -> None:
    """Note when time alone would let in what was left out, or leave out what was put off.

    Nothing lets in what the edition does not have, to which the pathway was moved.
    """
    steps = draft.pathway(run_id).steps
    for name, step_run in draft.run(run_id).steps.items():
        if not step_run.hangs_on_facts:
            continue
        until = _turn(draft, steps[name], step_run) if name in steps else None
        if until is not None and until != step_run.turns_at:
            draft.note(StepTurns(at=draft.now, run_id=run_id, step=name, until=until))
        elif until is None and step_run.turns_at is not None:
            draft.note(StepTurnsNoMore(at=draft.now, run_id=run_id, step=name))


def _turn(draft: Draft, step: AnyStep, step_run: StepRun) -> datetime | None:
    """None as long as its needs are not met: it is looked at first when they are."""
    waits_for_needs = step_run.state is StepState.WAITING and step_run.held_since is None
    if step.looked_at is not LookedAt.AGAIN or waits_for_needs:
        return None
    return next_turn(_asked_by_time(step, step_run, draft.now), draft.state.facts, draft.now)


def _asked_by_time(step: AnyStep, step_run: StepRun, now: datetime) -> Condition | None:
    """What is compared with now: before its time comes, a repetition goes on by when it could have begun first."""
    held = step_run.state in NOT_BEGUN and step_run.held_until is not None and now < step_run.held_until
    return step.when if held else entering(step)
