"""Facts after the opening: who may change them, in which direction, and what the case is told."""

from collections.abc import Iterable, Mapping

from procedures import commands as c
from procedures.case import RunState, StepRun, StepState
from procedures.commands import KeptValue
from procedures.conditions import NeedState, holds, need_state
from procedures.drafting import Draft
from procedures.errors import (
    FactNotChangedBy,
    FactOnlyRises,
    FactUnchanged,
    UnknownFact,
    UnknownReason,
    WrongFactValue,
)
from procedures.events import FactChanged, SkipReason, StepWaitsAgain
from procedures.fact_events import RESULT
from procedures.language.facts import OPERATOR, Fact
from procedures.placing import competences_of
from procedures.retelling import told_state
from procedures.schema import AnyStep, AskStep, AwaitStep, LookedAt, Setting
from procedures.values import fact_value


def change_fact(draft: Draft, command: c.ChangeFact) -> None:
    """A person says that a fact is otherwise.

    Raises:
        UnknownFact, WrongFactValue, UnknownReason: it was not understood.
        FactUnchanged: it is so already.
        FactNotChangedBy, FactOnlyRises: not on this word, or not in this direction.
    """
    if command.reason not in list(c.FactReason):
        raise UnknownReason(reason=command.reason, known=", ".join(c.FactReason))
    known = draft.library.facts_asked(no_case=draft.state.own_work, texts=draft.state.texts)
    if command.fact not in known:
        raise UnknownFact(fact=command.fact, known=", ".join(sorted(known)))
    fact = known[command.fact]
    value, before = fact_value(fact, command.value), draft.state.facts.get(fact.name)
    _check_word(draft, fact, command.by, before, value)
    if is_same(before, value):
        raise FactUnchanged(fact=fact.name)
    draft.note(
        FactChanged(
            at=draft.now, fact=fact.name, value=value, before=before, by=command.by, reason=c.FactReason(command.reason)
        )
    )
    look_again(draft)


def set_facts(draft: Draft, run_id: str, step: AskStep | AwaitStep, ended: str) -> None:
    """The result with which the step just ended says what some facts become; what hangs on them is looked at again."""
    shown = draft.step_run(run_id, step.name).evidence
    why = {"by": competences_of(step)[0], "reason": RESULT, "run_id": run_id, "step": step.name}
    if note_settings(draft, step.results[ended].sets, shown, why):
        look_again(draft)


def note_settings(
    draft: Draft, settings: Iterable[Setting], shown: Mapping[str, KeptValue], why: Mapping[str, str]
) -> bool:
    """Note what facts become, on whose word and why; whether any changed.

    What a fact is already, evidence that does not fit a vocabulary of today, and a fall of what only rises are left.
    """
    before = len(draft.events)
    for setting in settings:
        value = shown.get(setting.evidence) if setting.evidence else setting.value
        fact = draft.library.facts.get(setting.fact)
        known = draft.state.facts.get(setting.fact)
        if fact is not None and value is not None and may_be_set(fact, known, value):
            draft.note(FactChanged(at=draft.now, fact=fact.name, value=value, before=known, **why))
    return len(draft.events) > before


def may_be_set(fact: Fact, before: KeptValue | None, value: KeptValue) -> bool:
    """Whether a procedure by itself makes the fact this: never lower where it only rises."""
    try:
        fact_value(fact, value)
    except WrongFactValue:
        return False
    return not is_same(before, value) and not (fact.raises_only and fact.falls(before, value))


def is_same(before: KeptValue | None, value: KeptValue) -> bool:
    """Whether nothing would change. `True == 1` in Python: a whole number is never a yes."""
    return type(before) is type(value) and before == value


def _check_word(draft: Draft, fact: Fact, by: str, before: KeptValue | None, value: KeptValue) -> None:
    """On the word of `changed_by` it goes anywhere; a human judgement that sees more danger is taken from anybody."""
    if by in fact.changed_by:
        return
    heard = {OPERATOR}.union(*(service.competences for service in draft.directory.services.values()))
    if not fact.raises_only or by not in heard:
        raise FactNotChangedBy(fact=fact.name, known=", ".join(fact.changed_by) or "-")
    if fact.falls(before, value):
        raise FactOnlyRises(fact=fact.name, known=", ".join(fact.changed_by))


def look_again(draft: Draft) -> None:
    """A fact changed: of the steps that were left out, those that it lets in after all wait for their turn again.

    They are those whose `when` is looked at again and holds now, and those that could not begin without them. What has
    begun or ended is left alone, and so is a pathway that is over. Each round takes a step out of those left out.
    """
    while any(_waits_again(draft, run_id, name) for run_id, name in _left_out(draft)):
        pass


def _left_out(draft: Draft) -> list[tuple[str, str]]:
    """None that the edition does not have, to which the pathway was moved."""
    running = [run for run in draft.state.runs.values() if run.state is RunState.RUNNING]
    had = ((run, name, run.steps[name]) for run in running for name in draft.pathway(run.run_id).steps)
    return [(run.run_id, name) for run, name, step in had if step.state is StepState.SKIPPED]


def _waits_again(draft: Draft, run_id: str, name: str) -> bool:
    step, step_run = draft.step(run_id, name), draft.step_run(run_id, name)
    why = step_run.skipped_because
    if is_let_in(draft, step, step_run):
        draft.note(StepWaitsAgain(at=draft.now, run_id=run_id, step=name))
        return True
    stands = told_state(draft, run_id, step) or need_state(step.needs, draft.run(run_id).steps)
    possible = stands is not NeedState.IMPOSSIBLE
    if why == SkipReason.NEEDS_CANNOT_BE_MET and possible:
        draft.note(StepWaitsAgain(at=draft.now, run_id=run_id, step=name))
        return True
    return False


def is_let_in(draft: Draft, step: AnyStep, step_run: StepRun) -> bool:
    """Whether it was left out as not for this case, and is for it now, where that is looked at again."""
    left_out = step_run.state is StepState.SKIPPED and step_run.skipped_because == SkipReason.NOT_APPLICABLE
    if not left_out or step.looked_at is not LookedAt.AGAIN:
        return False
    going_on = step.repeat is None or holds(step.repeat.while_, draft.state.facts, draft.now)
    return going_on and holds(step.when, draft.state.facts, draft.now)
