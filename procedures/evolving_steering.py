"""How steering makes the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState, CaseStatus, ConsentState, StepRun, StepState
from procedures.changing import change_step, changed, set_step
from procedures.language.consents import PARENTS, Subject, subject_of


def _begun_first(event: e.StepBegunFirst, state: CaseState) -> CaseState:
    return set_step(state, event, begun_first=event.reason, held_until=None)


def _owed(event: e.StepOwed, state: CaseState) -> CaseState:
    return set_step(state, event, owed_for=event.begun, owed_since=event.at)


def _decided_anew(event: e.StepDecidedAnew, state: CaseState) -> CaseState:
    def replace(step: StepRun) -> StepRun:
        moments = {name: at for name, at in step.moments.items() if name != event.old_result}
        if event.old_result in step.moments_before:
            # An earlier time of a repeated step ended so as well: that one is not decided anew.
            moments[event.old_result] = step.moments_before[event.old_result]
        return changed(
            step,
            result=event.result,
            evidence=dict(event.evidence),
            ended_at=event.at,
            moments={**moments, "completed": event.at, event.result: event.at},
        )

    return change_step(state, event.run_id, event.step, replace)


def _case_reopened(_event: e.CaseReopened, state: CaseState) -> CaseState:
    return changed(state, status=CaseStatus.OPEN, ended_at=None)


def _more_to_tell(event: e.MoreToTell, state: CaseState) -> CaseState:
    """It waits for its turn again; what she was told so far stays known."""
    return set_step(state, event, state=StepState.WAITING, tried=(), held_since=None, held_until=None, extended=0)


def _repeats(event: e.StepRepeats, state: CaseState) -> CaseState:
    """It waits for its next time; what it led to so far stays known."""
    return set_step(
        state,
        event,
        moments_before=dict(state.runs[event.run_id].steps[event.step].moments),
        state=StepState.WAITING,
        rounds=event.rounds,
        held_until=event.until,
        tried=(),
        child_run=None,
        extended=0,
        agreed=(),
        longer_asked_at=None,
        begun_first=None,
        owed_for=None,
        owed_since=None,
    )


def _repetition_ended(event: e.RepetitionEnded, state: CaseState) -> CaseState:
    return set_step(state, event, state=StepState.DONE, rounds=event.rounds, repeat_over=True, held_until=None)


def _forbidden(event: e.ContactForbidden, state: CaseState) -> CaseState:
    return changed(state, no_contact_since=event.at)


def _allowed(_event: e.ContactAllowed, state: CaseState) -> CaseState:
    kept = {consent: word for consent, word in state.consents.items() if not _is_hers(state, consent, word)}
    notes = {consent: note for consent, note in state.consent_notes.items() if consent in kept}
    taken = {consent: how for consent, how in state.consent_taken.items() if consent in kept}
    return changed(state, no_contact_since=None, consents=kept, consent_notes=notes, consent_taken=taken)


def _is_hers(state: CaseState, consent: str, word: ConsentState) -> bool:
    """Whether the survivor agreed to it, for herself or as a parent: those are asked anew."""
    note = state.consent_notes.get(consent)
    hers = subject_of(consent) is Subject.SURVIVOR or (note is not None and note.by in PARENTS)
    return hers and word is ConsentState.GIVEN


STEERING_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {
    e.StepBegunFirst: _begun_first,
    e.StepOwed: _owed,
    e.StepDecidedAnew: _decided_anew,
    e.CaseReopened: _case_reopened,
    e.StepRepeats: _repeats,
    e.MoreToTell: _more_to_tell,
    e.RepetitionEnded: _repetition_ended,
    e.ContactForbidden: _forbidden,
    e.ContactAllowed: _allowed,
}
