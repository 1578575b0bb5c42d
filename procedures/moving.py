"""Moving a running pathway to another edition of its text (language.md, reopening and versions).

What is done stays done; what is at work goes on under the same name, by the times of the new text; what waits, waits by
the new text. Where something has no place in it, the pathway is not moved, and the obstacle says what to do first.
"""

from collections.abc import Iterator, Sequence

from procedures import commands as c
from procedures.case import STEP_OVER, CaseState, ConsentState, PathwayRun, RunState, StepRun, StepState
from procedures.conditions import NeedState, named_results, need_state
from procedures.consenting import gate_of
from procedures.drafting import Draft
from procedures.errors import UnknownReason
from procedures.events import (
    PathwayMoved,
    RepetitionEnd,
    RepetitionEnded,
    SkipReason,
    StepLookedAtAnew,
    StepSkipped,
)
from procedures.finding_runs import called, running_called
from procedures.grammar.words import ENDED
from procedures.move_errors import (
    CannotMove,
    ConsentWouldLack,
    GoesByItAlready,
    KindWouldDiffer,
    NoEditionInForce,
    NotTheEditionInForce,
    OutcomeWouldVanish,
    PauseWouldLast,
    ResultWouldVanish,
    StepWouldDiffer,
    StepWouldVanish,
    SubjectWouldDiffer,
    WhichRun,
)
from procedures.placing import competences_of
from procedures.retelling import told_state
from procedures.retiming import retime
from procedures.schema import AnyStep, AskStep, AwaitStep, Library, Pathway, StartStep
from procedures.timing import NOT_BEGUN

PUT_OFF = frozenset({SkipReason.NOT_APPLICABLE, SkipReason.NEEDS_CANNOT_BE_MET})
"""What a text left out may be let in by another."""


def move(draft: Draft, command: c.MovePathway) -> None:
    """Move it to the edition in force.

    Raises:
        UnknownReason, UnknownRunning, WhichRun, NoEditionInForce, NotTheEditionInForce,
        GoesByItAlready: it was not understood.
        CannotMove: something has no place in the edition.
    """
    if command.reason not in list(c.MoveReason):
        raise UnknownReason(reason=command.reason, known=", ".join(c.MoveReason))
    run = run_called(draft.state, command.run)
    if run.pathway not in draft.library.current:
        raise NoEditionInForce(pathway=run.pathway)
    old, new = draft.pathway(run.run_id), draft.library.named(run.pathway)
    if new.edition != command.edition:
        raise NotTheEditionInForce(pathway=run.pathway, edition=command.edition, in_force=new.edition)
    if new.content_hash == run.content_hash:
        raise GoesByItAlready(pathway=run.pathway, edition=new.edition)
    for obstacle in obstacles(draft.state, draft.library, run.run_id):
        raise obstacle
    _leave_out(draft, run, new)
    draft.note(
        PathwayMoved(
            at=draft.now,
            run_id=run.run_id,
            old_edition=old.edition,
            edition=new.edition,
            content_hash=new.content_hash,
            steps=tuple(new.steps),
            reason=command.reason,
        )
    )
    _end_repetitions(draft, run.run_id, new)
    _look_anew(draft, run.run_id, old, new)
    retime(draft, run.run_id, old, new)


def run_called(state: CaseState, said: str) -> PathwayRun:
    """The one running pathway that is called so. Raises UnknownRunning, WhichRun."""
    meant = running_called(state, said)
    if len(meant) > 1:
        raise WhichRun(known=", ".join(called(run) for run in meant))
    return meant[0]


def obstacles(state: CaseState, library: Library, run_id: str) -> Iterator[CannotMove]:
    """Everything that keeps this run from going by the edition in force, in the order of its steps."""
    run = state.runs[run_id]
    old, new = library.by_hash[run.content_hash], library.named(run.pathway)
    if new.subject is not old.subject:
        yield SubjectWouldDiffer(pathway=new.name, edition=new.edition)
    if old.no_case != new.no_case:
        yield KindWouldDiffer(pathway=new.name, edition=new.edition)
    for name, step_run in run.steps.items():
        before, after = old.steps.get(name), new.steps.get(name)
        if before is None:
            continue  # of an edition before that one: over since it was moved
        if step_run.state is StepState.ACTIVE and step_run.paused_at and not getattr(after, "resumes_on", None):
            yield PauseWouldLast(step=name, edition=new.edition)
        if step_run.state is StepState.ACTIVE or step_run.is_owed:
            yield from _of_work(state, library, new, (before, after), active=step_run.state is StepState.ACTIVE)
        if after is not None:
            yield from _of_result(library, new, after, step_run)
    yield from _of_relatives(state, library, run, new)


def _of_work(
    state: CaseState, library: Library, new: Pathway, step: tuple[AnyStep, AnyStep | None], *, active: bool
) -> Iterator[CannotMove]:
    """What is at work, or owed, must be there in the new text, and be the same work."""
    before, after = step
    if after is None:
        yield StepWouldVanish(step=before.name, edition=new.edition)
    elif active and _work(before) != _work(after):
        yield StepWouldDiffer(step=before.name, edition=new.edition)
    elif active:
        consent = gate_of(library, new, after)
        if consent is not None and state.consents.get(consent) is not ConsentState.GIVEN:
            yield ConsentWouldLack(step=before.name, edition=new.edition, consent=consent)


def _work(step: AnyStep) -> tuple[str, ...]:
    """What is done, and by whom; where several bring their result each, by how many."""
    if isinstance(step, StartStep):
        return (step.kind, step.pathway)
    each = (str(step.choose.how_many),) if step.choose.each else ()
    return (step.kind, *competences_of(step), *each)


def _of_result(library: Library, new: Pathway, after: AnyStep, step_run: StepRun) -> Iterator[CannotMove]:
    """What ended must have ended in a way that the new text knows."""
    if step_run.result is None or step_run.state not in {StepState.DONE, StepState.WAITING}:
        return
    if isinstance(after, AskStep | AwaitStep):
        known: Sequence[str] = tuple(after.results)
    elif isinstance(after, StartStep):
        known = (*(outcome.name for outcome in library.named(after.pathway).outcomes), ENDED)
    else:
        return
    if step_run.result not in known:
        yield ResultWouldVanish(step=after.name, edition=new.edition, result=step_run.result)


def _of_relatives(state: CaseState, library: Library, run: PathwayRun, new: Pathway) -> Iterator[CannotMove]:
    """Who started it must know its outcomes, and it those of whatever it started: else a step would wait in vain."""
    parent = state.runs.get(run.parent_run or "")
    if parent is not None and parent.state is RunState.RUNNING and run.parent_step:
        yield from _unknown_outcomes(library.by_hash[parent.content_hash], run.parent_step, new)
    for name, step_run in run.steps.items():
        child = state.runs.get(step_run.child_run or "")
        if child is not None and step_run.state is StepState.ACTIVE and name in new.steps:
            yield from _unknown_outcomes(new, name, library.by_hash[child.content_hash])


def _unknown_outcomes(starting: Pathway, step: str, started: Pathway) -> Iterator[CannotMove]:
    needs = [*(one.needs for one in starting.steps.values()), *(outcome.when for outcome in starting.outcomes)]
    unknown = named_results(needs).get(step, frozenset()) - {ENDED, *(outcome.name for outcome in started.outcomes)}
    if unknown:
        yield OutcomeWouldVanish(step=step, pathway=starting.name, outcomes=", ".join(sorted(unknown)))


def _leave_out(draft: Draft, run: PathwayRun, new: Pathway) -> None:
    """Steps that did not begin yet and that the edition does not have."""
    for name, step_run in run.steps.items():
        if name not in new.steps and step_run.state not in STEP_OVER:
            draft.withdraw_calls(run.run_id, name)
            draft.note(StepSkipped(at=draft.now, run_id=run.run_id, step=name, reason=SkipReason.NOT_IN_EDITION))


def _end_repetitions(draft: Draft, run_id: str, new: Pathway) -> None:
    """A step that rests between two times, and that the edition does not repeat, is done."""
    for step in new.steps.values():
        step_run = draft.step_run(run_id, step.name)
        if step.repeat is None and step_run.rounds and step_run.state in NOT_BEGUN:
            draft.withdraw_calls(run_id, step.name)
            rounds, reason = step_run.rounds, RepetitionEnd.EDITION
            draft.note(RepetitionEnded(at=draft.now, run_id=run_id, step=step.name, rounds=rounds, reason=reason))


def _look_anew(draft: Draft, run_id: str, old: Pathway, new: Pathway) -> None:
    """Steps whose beginning the edition puts otherwise, and those left out because of them, wait for their turn again.

    Each round takes a step out of those left out.
    """
    for name, step in new.steps.items():
        before, step_run = old.steps.get(name), draft.step_run(run_id, name)
        if before is None or step_run.rounds or not _begins_otherwise(draft.library, old, before, new, step):
            continue
        held = step_run.state is StepState.WAITING and step_run.held_since is not None
        put_off = step_run.state is StepState.SKIPPED and step_run.skipped_because in PUT_OFF
        if held or put_off or step_run.state is StepState.AWAITING_CONSENT:
            draft.withdraw_calls(run_id, name)
            draft.note(StepLookedAtAnew(at=draft.now, run_id=run_id, step=name))
    while any(_may_come_after_all(draft, run_id, step) for step in new.steps.values()):
        pass


def _begins_otherwise(library: Library, old: Pathway, before: AnyStep, new: Pathway, step: AnyStep) -> bool:
    def begins(pathway: Pathway, step: AnyStep) -> tuple[object, ...]:
        consent = gate_of(library, pathway, step), step.consent_from
        return (step.needs, step.when, step.looked_at, consent, step.not_before, step.repeat)

    return begins(old, before) != begins(new, step)


def _may_come_after_all(draft: Draft, run_id: str, step: AnyStep) -> bool:
    run = draft.run(run_id)
    step_run = run.steps[step.name]
    left_out = step_run.state is StepState.SKIPPED and step_run.skipped_because == SkipReason.NEEDS_CANNOT_BE_MET
    stands = told_state(draft, run_id, step) or need_state(step.needs, run.steps, run.signals)
    if not left_out or stands is NeedState.IMPOSSIBLE:
        return False
    draft.note(StepLookedAtAnew(at=draft.now, run_id=run_id, step=step.name))
    return True
