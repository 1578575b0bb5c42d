"""Doing a step again: when the next time begins, and what ends it (language.md, facts that change)."""

from datetime import datetime

from procedures.case import StepRun, StepState
from procedures.coming_days import next_of
from procedures.conditions import NeedState, holds, need_state
from procedures.drafting import Draft
from procedures.events import RepetitionEnd, RepetitionEnded, StepRepeats
from procedures.language.repeating import Interval, Repetition
from procedures.language.steps import AnyStep
from procedures.measuring import Ground, week_of
from procedures.schema import Duration
from procedures.timing import NOT_BEGUN


def look_again(draft: Draft, run_id: str, step: AnyStep) -> None:
    """Where one time of a repeated step is over, plan the next or end the repetition; its end may come in between."""
    repetition, step_run = step.repeat, draft.step_run(run_id, step.name)
    if repetition is None or step_run.repeat_over:
        return
    done, rests = step_run.state is StepState.DONE, step_run.rounds > 0 and step_run.state in NOT_BEGUN
    if not (done or rests):
        return
    rounds = step_run.rounds + done
    end = _end(draft, run_id, repetition, rounds, draft.now if done else last_look(step_run, draft.now))
    if end is not None:
        draft.note(RepetitionEnded(at=draft.now, run_id=run_id, step=step.name, rounds=rounds, reason=end))
        draft.withdraw_calls(run_id, step.name)
    elif done:
        until = next_begin(draft, run_id, repetition, step_run, rounds)
        draft.note(StepRepeats(at=draft.now, run_id=run_id, step=step.name, rounds=rounds, until=until))


def last_look(step_run: StepRun, now: datetime) -> datetime:
    """With which moment `while` compares between two times: the end of the last one, until the next would begin.

    Before the first time it is the moment since which the step is held back. Else it would end sooner or later by when
    somebody happens to touch the case.
    """
    if step_run.held_until is None or now >= step_run.held_until:
        return now
    return (step_run.ended_at if step_run.rounds else step_run.held_since) or now


def _end(draft: Draft, run_id: str, repetition: Repetition, rounds: int, at: datetime) -> RepetitionEnd | None:
    run = draft.run(run_id)
    if repetition.until and need_state(repetition.until, run.steps, run.signals) is NeedState.MET:
        return RepetitionEnd.UNTIL
    if not holds(repetition.while_, draft.state.facts, at):
        return RepetitionEnd.WHILE
    return RepetitionEnd.AT_MOST if repetition.at_most is not None and rounds >= repetition.at_most else None


def next_begin(draft: Draft, run_id: str, repetition: Repetition, step_run: StepRun, rounds: int) -> datetime:
    """When the next time begins, `rounds` being over: on the next of its days, or so long after, by the facts now."""
    over, week = step_run.ended_at or draft.now, week_of(draft.directory, draft.state.territory, None)
    if repetition.on_days is not None:
        return next_of(repetition.on_days, over, week)
    if repetition.every is None:
        return over
    return Ground(draft.state, draft.run(run_id), week).later(over, _length(draft, repetition.every, rounds))


def _length(draft: Draft, every: Interval, rounds: int) -> Duration:
    if 0 < rounds <= len(every.by_count):
        return every.by_count[rounds - 1]
    value = draft.state.facts.get(every.fact or "", "unknown")
    found = [length for word, length in every.by_value.items() if type(word) is type(value) and word == value]
    return found[0] if found else every.otherwise
