"""What follows by itself: steps whose needs are met begin, runs whose steps are over end, and so does the case."""

from collections.abc import Sequence

from procedures.ages import of_age_at
from procedures.calling import call_for_consent, opener
from procedures.case import STEP_OVER, CaseStatus, ConsentState, Giver, PathwayRun, RunState, StepRun, StepState
from procedures.conditions import NeedState, holds, need_state, needed_steps
from procedures.consenting import crosses, gate_of, is_contact
from procedures.drafting import Draft
from procedures.errors import GoesInCircles
from procedures.events import (
    AlertPurpose,
    CaseClosed,
    ConsentEndsSoon,
    ConsentLapsed,
    PathwayEnded,
    PathwayStarted,
    SkipReason,
    StepAwaitedConsent,
    StepCancelled,
    StepEnded,
    StepSkipped,
    StepStarted,
)
from procedures.holding import is_held
from procedures.measuring import Ground, week_of
from procedures.placing import competences_of, request
from procedures.repeating import last_look, look_again
from procedures.retelling import tell_more, told_state
from procedures.schema import AnyStep, LookedAt, Pathway, StartStep
from procedures.testing_channels import queue_tests
from procedures.timing import soon_at
from procedures.turning import look_at_turns, note_turns

ENDED = "ended"
"""The outcome of a pathway none of whose declared outcomes was reached."""
MOST_ROUNDS = 1_000
"""Many times what the longest chain takes of steps that end in one moment (a text has 200 steps at most)."""


def start_pathway(
    draft: Draft,
    pathway: Pathway,
    giver: Giver,
    parent: tuple[str, str] | None = None,
    *,
    reopens: str | None = None,
) -> None:
    """Begin a run of the pathway, pinned to its text.

    `parent` is the run and the step that start it, `reopens` the run that it begins anew.
    """
    week = week_of(draft.directory, draft.state.territory, None)
    draft.note(
        PathwayStarted(
            at=draft.now,
            run_id=draft.draw_id("run"),
            ref=draft.draw_reference("run"),
            pathway=pathway.name,
            edition=pathway.edition,
            content_hash=pathway.content_hash,
            steps=tuple(pathway.steps),
            parent_run=parent[0] if parent else None,
            parent_step=parent[1] if parent else None,
            reopens=reopens,
            giver=giver,
            limits=Ground(draft.state, None, week).ends(pathway.within, draft.now),
        )
    )
    if pathway.tests_channels:
        queue_tests(draft, tuple(draft.state.runs)[-1])


def advance(draft: Draft) -> None:
    """Do everything that follows, until nothing more does: each round ends a step or a run.

    Raises:
        GoesInCircles: it does not come to rest; a rule lets something happen again that has just happened.
    """
    if draft.state.status is CaseStatus.OPEN:
        _lapse(draft)
    for _ in range(MOST_ROUNDS):
        if draft.state.status is not CaseStatus.OPEN or not _one_round(draft):
            return
    raise GoesInCircles(pathway=latest_pathway(draft))


def latest_pathway(draft: Draft) -> str:
    """The pathway in which something happened last."""
    of_runs = (str(run_id) for event in draft.events[::-1] if (run_id := getattr(event, "run_id", None)))
    return draft.pathway(next(of_runs, next(iter(draft.state.runs)))).name


def _one_round(draft: Draft) -> bool:
    before = len(draft.events)
    for run_id, run in draft.state.runs.items():
        if run.state is RunState.RUNNING:
            for step in draft.pathway(run_id).repeated:
                look_again(draft, run_id, step)
            tell_more(draft, run_id)
            look_at_turns(draft, run_id)
            for name in run.steps:
                _look_at(draft, run_id, name)
            note_turns(draft, run_id)
            _end_if_over(draft, run_id)
    if draft.state.runs and all(run.state is not RunState.RUNNING for run in draft.state.runs.values()):
        draft.note(CaseClosed(at=draft.now))
    return len(draft.events) > before


def _look_at(draft: Draft, run_id: str, name: str) -> None:
    step, step_run = draft.step(run_id, name), draft.step_run(run_id, name)
    if step_run.state in {StepState.WAITING, StepState.AWAITING_CONSENT}:
        _begin_if_ready(draft, run_id, step, step_run)
    elif step_run.state is StepState.ACTIVE and step_run.child_run:
        _end_with_child(draft, run_id, name, draft.run(step_run.child_run))
        look_again(draft, run_id, step)


def consent_of(draft: Draft, run_id: str, step: AnyStep) -> str | None:
    """The consent that must be in force before the step begins.

    A basis in law stands instead of one (`consenting.asked_for`).
    """
    return gate_of(draft.library, draft.pathway(run_id), step)


def _lapse(draft: Draft) -> None:
    """What was said until a time that is over counts no more: what begins from now on asks anew.

    What has begun goes on: she had agreed when it was asked for, and nobody said no. Nobody more is asked for it
    (`placing.choose`): where one declines, the coordination holds it (docs/decisions/0054).
    """
    for consent, note in draft.state.consent_notes.items():
        grown = of_age_at(draft.state.facts.get(note.birth)) if note.birth else None
        if grown is not None and grown <= draft.now:
            draft.note(ConsentLapsed(at=draft.now, consent=consent))
    for consent, taken in draft.state.consent_taken.items():
        if taken.until is None or draft.state.consents.get(consent) is not ConsentState.GIVEN:
            continue
        if taken.until <= draft.now:
            draft.note(ConsentLapsed(at=draft.now, consent=consent, reason="ended"))
        elif not taken.ends_soon and (soon_at(taken) or draft.now) <= draft.now:
            _ask_again(draft, consent)


def _ask_again(draft: Draft, consent: str) -> None:
    """It ends soon: call whoever can ask her again, about the first step that still needs it, if any does."""
    draft.note(ConsentEndsSoon(at=draft.now, consent=consent))
    for run_id, run in draft.state.runs.items():
        if run.state is not RunState.RUNNING:
            continue
        for name, step_run in run.steps.items():
            if step_run.state not in STEP_OVER and consent_of(draft, run_id, draft.step(run_id, name)) == consent:
                call_for_consent(draft, run_id, name, AlertPurpose.CONSENT_ENDS)
                return


def _skip(draft: Draft, run_id: str, name: str, reason: SkipReason) -> None:
    draft.note(StepSkipped(at=draft.now, run_id=run_id, step=name, reason=reason))


def _need(run: PathwayRun, step: AnyStep) -> NeedState:
    return need_state(step.needs, run.steps, run.signals)


def _begin_if_ready(draft: Draft, run_id: str, step: AnyStep, step_run: StepRun) -> None:
    run = draft.run(run_id)
    told = told_state(draft, run_id, step)
    need = told or _need(run, step)
    if need is NeedState.IMPOSSIBLE:
        _skip(draft, run_id, step.name, SkipReason.NEEDS_CANNOT_BE_MET)
    if need is not NeedState.MET:
        return
    if not step_run.rounds and not (_applies(draft, step, step_run) and _goes_on(draft, step, step_run)):
        draft.withdraw_calls(run_id, step.name)
        _skip(draft, run_id, step.name, SkipReason.NOT_APPLICABLE)
        return
    consent = consent_of(draft, run_id, step)
    contact = is_contact(draft.library, draft.pathway(run_id), step)
    if contact and draft.state.no_contact_since is not None:
        draft.withdraw_calls(run_id, step.name)
        _skip(draft, run_id, step.name, SkipReason.NO_CONTACT)
        return
    if is_held(draft, run_id, step):
        return
    word = draft.state.consents.get(consent) if consent else ConsentState.GIVEN
    if word is not None:
        draft.withdraw_calls(run_id, step.name)
    if word is ConsentState.GIVEN:
        begin(draft, run_id, step)
    elif word is not None:
        _skip(draft, run_id, step.name, SkipReason.CONSENT_REFUSED)
    elif step_run.state is StepState.WAITING:
        draft.note(StepAwaitedConsent(at=draft.now, run_id=run_id, step=step.name, consent=consent))
        call_for_consent(draft, run_id, step.name)


def _applies(draft: Draft, step: AnyStep, step_run: StepRun) -> bool:
    """Whether the step is for this case.

    It is looked at once: a step that was put off for her consent or for its time was found to apply, and is not asked
    about again unless it says so.
    """
    put_off = step_run.state is StepState.AWAITING_CONSENT or step_run.held_since is not None
    return (put_off and step.looked_at is not LookedAt.AGAIN) or holds(step.when, draft.state.facts, draft.now)


def _goes_on(draft: Draft, step: AnyStep, step_run: StepRun) -> bool:
    at = last_look(step_run, draft.now)
    return step.repeat is None or holds(step.repeat.while_, draft.state.facts, at)


def _giver_for(run: PathwayRun, step: AnyStep) -> Giver:
    """Whoever brought home the last of what this step needed; else whoever set off the run."""
    ended = [run.steps[name] for name in needed_steps(step.needs)]
    brought = [(s.ended_at, s.step, s.ended_by) for s in ended if s.ended_by and s.ended_at]
    latest = max(brought, key=lambda entry: (entry[0], entry[1]), default=None)
    return latest[2] if latest else run.giver


def begin(draft: Draft, run_id: str, step: AnyStep) -> None:
    """Begin the step: ask for its handoff, or start its pathway."""
    giver = _giver_for(draft.run(run_id), step)
    draft.note(StepStarted(at=draft.now, run_id=run_id, step=step.name, on_basis=step.basis is not None))
    if isinstance(step, StartStep):
        if crosses(draft.library, draft.pathway(run_id), step):
            giver = opener(draft)
        start_pathway(draft, draft.library.named(step.pathway), giver, (run_id, step.name))
    else:
        for competence in competences_of(step):
            request(draft, run_id, step, giver, competence)


def _end_with_child(draft: Draft, run_id: str, name: str, child: PathwayRun) -> None:
    if child.state is RunState.ENDED:
        step = draft.step(run_id, name)
        # How it ended for somebody else is not shown on this side of the wall.
        walled = isinstance(step, StartStep) and crosses(draft.library, draft.pathway(run_id), step)
        result = ENDED if walled else child.outcome or ENDED
        draft.note(StepEnded(at=draft.now, run_id=run_id, step=name, result=result, ended_by=child.giver))
    elif child.state is RunState.CANCELLED:
        draft.note(StepCancelled(at=draft.now, run_id=run_id, step=name, reason=child.reason or ""))


def _end_if_over(draft: Draft, run_id: str) -> None:
    pathway = draft.pathway(run_id)
    waiting = [name for name, step in draft.run(run_id).steps.items() if step.state not in STEP_OVER]
    if waiting and (pathway.stays_open or not _wait_for_signals_alone(draft, run_id, waiting)):
        return
    for name in waiting:
        _skip(draft, run_id, name, SkipReason.NO_SIGNAL)
    run = draft.run(run_id)
    reached = (o.name for o in pathway.outcomes if need_state(o.when, run.steps, run.signals) is NeedState.MET)
    draft.note(PathwayEnded(at=draft.now, run_id=run_id, outcome=next(reached, ENDED)))


def _wait_for_signals_alone(draft: Draft, run_id: str, names: Sequence[str]) -> bool:
    """Whether nothing but a signal can move these steps: none is at work, held back or owed, and none can begin."""
    run, pathway = draft.run(run_id), draft.pathway(run_id)
    return all(
        run.steps[name].state is StepState.WAITING
        and not run.steps[name].is_owed
        and (told_state(draft, run_id, pathway.steps[name]) or _need(run, pathway.steps[name])) is NeedState.PENDING
        for name in names
    )
