"""Stopping: a whole case, one pathway, or what a consent allowed. Every service that was asked is told."""

from procedures.advancing import consent_of
from procedures.case import ConsentState, Handoff, Party, PartyKind, RunState, StepState
from procedures.commands import CancelReason, reasons_to_cancel
from procedures.consent_notes import ConsentNote
from procedures.consenting import birthday_fact, declared_giver, giver_at
from procedures.drafting import Draft
from procedures.errors import (
    BirthdayUnknown,
    ConsentNotPending,
    NoContact,
    NotTheirsToSay,
    UnknownConsent,
    UnknownReason,
    UnknownRun,
)
from procedures.events import (
    AlertPurpose,
    CaseCancelled,
    ConsentGiven,
    ConsentRefused,
    ConsentRevoked,
    HandoffCancelled,
    PathwayCancelled,
    StepCancelled,
)
from procedures.language.consents import PARENTS, UNTIL_OF_AGE, ConsentGiver, Subject, subject_of

STOPPABLE = frozenset({StepState.WAITING, StepState.AWAITING_CONSENT, StepState.ACTIVE})


def check_reason(reason: str, *, own_work: bool = False) -> None:
    """Raise UnknownReason unless the reason is on the list of those that a person may choose."""
    known = reasons_to_cancel(own_work=own_work)
    if reason not in known:
        raise UnknownReason(reason=reason, known=", ".join(known))


def cancel_handoff(draft: Draft, handoff: Handoff, reason: str) -> None:
    """End it, take back what is not sent yet, and tell the service that it is not needed any more."""
    draft.withdraw_alerts(handoff.ref)
    draft.note(HandoffCancelled(at=draft.now, ref=handoff.ref, reason=reason))
    holder = handoff.accepted_party
    if holder is None:
        service = Party(kind=PartyKind.SERVICE, id=handoff.service) if handoff.service else None
        holder = service or handoff.owner
    draft.alert(AlertPurpose.WITHDRAWN, handoff, to=holder)
    if handoff.overdue and handoff.owner != holder:
        draft.alert(AlertPurpose.WITHDRAWN, handoff, to=handoff.owner)


def cancel_case(draft: Draft, reason: str) -> None:
    """Stop everything. Raises UnknownReason."""
    check_reason(reason, own_work=draft.state.own_work)
    for run_id, run in draft.state.runs.items():
        if run.state is RunState.RUNNING:
            _stop_run(draft, run_id, reason)
    draft.note(CaseCancelled(at=draft.now, reason=reason))


def cancel_pathway(draft: Draft, run_id: str, reason: str) -> None:
    """Stop one pathway and those it started. Raises UnknownReason, UnknownRun."""
    check_reason(reason, own_work=draft.state.own_work)
    run = draft.state.runs.get(run_id)
    if run is None or run.state is not RunState.RUNNING:
        raise UnknownRun(run=run.ref if run else run_id)
    _stop_run(draft, run_id, reason)
    draft.tell_party(AlertPurpose.WORD_CANCELLED, run.giver, run_id, None)


def _stop_run(draft: Draft, run_id: str, reason: str) -> None:
    if draft.run(run_id).state is not RunState.RUNNING:
        return
    for name, step_run in draft.run(run_id).steps.items():
        if step_run.state in STOPPABLE:
            stop_step(draft, run_id, name, reason)
    draft.note(PathwayCancelled(at=draft.now, run_id=run_id, reason=reason))


def stop_step(draft: Draft, run_id: str, name: str, reason: str) -> None:
    """Stop one step, with what is asked for it and the pathway it started."""
    step_run = draft.step_run(run_id, name)
    for ref in step_run.handoffs:
        if draft.handoff(ref).is_open:
            cancel_handoff(draft, draft.handoff(ref), reason)
    draft.withdraw_calls(run_id, name)
    if step_run.child_run:
        _stop_run(draft, step_run.child_run, reason)
    draft.note(StepCancelled(at=draft.now, run_id=run_id, step=name, reason=reason))


def _check_consent(draft: Draft, consent: str) -> None:
    known = draft.library.consents() | draft.library.consents_ever()
    if consent not in known:
        raise UnknownConsent(consent=consent, known=", ".join(sorted(known)))


def give(draft: Draft, consent: str, said_by: ConsentGiver | None = None) -> None:
    """She agrees, or whoever speaks for the subject. Raises UnknownConsent, NoContact and what `_note` does."""
    _check_consent(draft, consent)
    giver = declared_giver(draft.library, draft.state, consent)
    if draft.state.no_contact_since is not None and (subject_of(consent) is Subject.SURVIVOR or giver in PARENTS):
        raise NoContact
    note = _note(draft, consent, said_by)
    if draft.state.consents.get(consent) is not ConsentState.GIVEN:
        draft.note(ConsentGiven(at=draft.now, consent=consent, note=note))


def refuse(draft: Draft, consent: str, said_by: ConsentGiver | None = None) -> None:
    """She does not agree; where she had agreed before, it is a revocation. Raises UnknownConsent and as `_note`."""
    _check_consent(draft, consent)
    word = draft.state.consents.get(consent)
    if word is ConsentState.GIVEN:
        revoke(draft, consent)
    elif word is None:
        note = _note(draft, consent, said_by)
        draft.note(ConsentRefused(at=draft.now, consent=consent, note=note))


def _note(draft: Draft, consent: str, said_by: ConsentGiver | None) -> ConsentNote | None:
    """Who says it, where that is not the subject. Raises BirthdayUnknown, NotTheirsToSay."""
    giver = giver_at(draft.library, draft.state, consent, draft.now)
    if giver is None:
        raise BirthdayUnknown(consent=consent, fact=birthday_fact(draft.library, consent) or "-")
    if said_by is not None and said_by is not giver:
        raise NotTheirsToSay(consent=consent, by=said_by, giver=giver)
    if giver is ConsentGiver.HERSELF:
        return None
    birth = birthday_fact(draft.library, consent) if giver in UNTIL_OF_AGE else None
    return ConsentNote(by=giver, birth=birth)


def revoke(draft: Draft, consent: str) -> None:
    """She takes it back: what is pending under it stops, the services are told. Raises ConsentNotPending."""
    _check_consent(draft, consent)
    if draft.state.consents.get(consent) is not ConsentState.GIVEN:
        raise ConsentNotPending(consent=consent)
    draft.note(ConsentRevoked(at=draft.now, consent=consent))
    for handoff in draft.open_handoffs():
        step = draft.step(handoff.run_id, handoff.step)
        if consent_of(draft, handoff.run_id, step) == consent:
            stop_for_her(draft, handoff, CancelReason.CONSENT_REVOKED)


def stop_for_her(draft: Draft, handoff: Handoff, reason: CancelReason) -> None:
    """She does not want it any more: call the handoff off, and its step; whoever passed it on gets word."""
    cancel_handoff(draft, handoff, reason)
    if draft.still_open(handoff.run_id, handoff.step):
        return  # the last of those whom the step asks or tells ends it
    draft.word(AlertPurpose.WORD_CANCELLED, handoff)
    draft.note(StepCancelled(at=draft.now, run_id=handoff.run_id, step=handoff.step, reason=reason))
