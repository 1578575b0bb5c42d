"""What she says when she is asked: yes, no, not any more; for everybody whom a step asks, or for one service."""

from procedures import commands as c
from procedures.advancing import consent_of
from procedures.answering import pass_on
from procedures.cancelling import cancel_handoff, stop_for_her
from procedures.case import ConsentState, Handoff, HandoffMode
from procedures.consent_notes import EVERY_SERVICE, ConsentNote, ConsentTaken, ServiceWord
from procedures.consenting import birthday_fact, declared_giver, giver_at
from procedures.drafting import Draft
from procedures.errors import (
    BirthdayUnknown,
    ConsentNotPending,
    ConsentWouldBeOver,
    NoContact,
    NotTheirsToSay,
    UnknownConsent,
    UnknownService,
)
from procedures.events import AlertPurpose, ConsentForService, ConsentGiven, ConsentRefused, ConsentRevoked
from procedures.language.consents import PARENTS, UNTIL_OF_AGE, ConsentGiver, Subject, subject_of


def give(draft: Draft, command: c.GiveConsent) -> None:
    """She agrees, or whoever speaks for the subject; once more: for longer, or for a service that it did not count for.

    Without a service she agrees to whoever is asked, but for those that she said no to.

    Raises UnknownConsent, UnknownService, NoContact, ConsentWouldBeOver and what `_note` does.
    """
    consent, service = command.consent, command.service
    _check(draft, consent, service)
    giver = declared_giver(draft.library, draft.state, consent)
    if draft.state.no_contact_since is not None and (subject_of(consent) is Subject.SURVIVOR or giver in PARENTS):
        raise NoContact
    if command.until is not None and command.until <= draft.now:
        raise ConsentWouldBeOver
    taken = ConsentTaken(
        at=draft.now,
        by=command.actor,
        how=command.how,
        language=command.language,
        text=command.text,
        until=command.until,
    )
    note = _note(draft, consent, command.said_by)
    given = draft.state.consents.get(consent) is ConsentState.GIVEN
    services = draft.state.consent_services.get(consent, EVERY_SERVICE)
    if given and service is not None:
        if not services.cover(service):
            draft.note(ConsentForService(at=draft.now, consent=consent, service=service, word=ServiceWord.ALSO))
        return
    if not given or taken.says_something or services.only is not None:
        draft.note(ConsentGiven(at=draft.now, consent=consent, note=note, taken=taken))
    if service is not None:
        draft.note(ConsentForService(at=draft.now, consent=consent, service=service, word=ServiceWord.ONLY))


def agreed_at_opening(draft: Draft, command: c.OpenCase, consent: str) -> None:
    """Somebody who speaks for a subject agreed when the case was opened. Raises as `give`."""
    said = {"id": command.id, "case_id": command.case_id, "actor": command.actor, "road": command.road}
    give(draft, c.GiveConsent.model_validate({**said, "consent": consent}))


def refuse(draft: Draft, command: c.RefuseConsent) -> None:
    """She does not agree; where she had agreed before, it is a revocation. Raises UnknownConsent and as `_note`."""
    consent = command.consent
    _check(draft, consent, command.service)
    word = draft.state.consents.get(consent)
    if word is ConsentState.GIVEN:
        revoke(draft, consent, command.service)
        return
    note = _note(draft, consent, command.said_by)
    if command.service is not None:
        _not_this_one(draft, consent, command.service)
    elif word is None:
        taken = ConsentTaken(
            at=draft.now, by=command.actor, how=command.how, language=command.language, text=command.text
        )
        draft.note(ConsentRefused(at=draft.now, consent=consent, note=note, taken=taken))


def revoke(draft: Draft, consent: str, service: str | None = None) -> None:
    """She takes it back: what is pending under it stops, the services are told. What was done stays done.

    For one service: what is pending there stops, and the next one is asked, as when that one had declined. Where it
    was the only one that she agreed to, nothing is left of the consent: then it is taken back whole.

    Raises UnknownConsent, UnknownService, ConsentNotPending.
    """
    _check(draft, consent, service)
    if not draft.state.agreed(consent, service):
        raise ConsentNotPending(consent=consent)
    services = draft.state.consent_services.get(consent, EVERY_SERVICE)
    if service is not None and services.only != frozenset({service}):
        _not_this_one(draft, consent, service)
        return
    draft.note(ConsentRevoked(at=draft.now, consent=consent))
    for handoff in draft.open_handoffs():
        if _rests_on(draft, handoff, consent):
            stop_for_her(draft, handoff, c.CancelReason.CONSENT_REVOKED)


def _not_this_one(draft: Draft, consent: str, service: str) -> None:
    """The consent does not count for this service: what it holds is called off, and whoever comes next is asked."""
    if service not in draft.state.consent_services.get(consent, EVERY_SERVICE).without:
        draft.note(ConsentForService(at=draft.now, consent=consent, service=service, word=ServiceWord.NOT))
    for handoff in draft.open_handoffs():
        if handoff.service != service or not _rests_on(draft, handoff, consent):
            continue
        if handoff.mode is HandoffMode.TELL:
            stop_for_her(draft, handoff, c.CancelReason.CONSENT_REVOKED)
            continue
        cancel_handoff(draft, handoff, c.CancelReason.CONSENT_REVOKED)
        if not draft.others_asked(handoff):
            draft.word(AlertPurpose.WORD_CANCELLED, handoff)
        pass_on(draft, handoff)


def _rests_on(draft: Draft, handoff: Handoff, consent: str) -> bool:
    return consent_of(draft, handoff.run_id, draft.step(handoff.run_id, handoff.step)) == consent


def _check(draft: Draft, consent: str, service: str | None) -> None:
    known = draft.library.consents() | draft.library.consents_ever()
    if consent not in known:
        raise UnknownConsent(consent=consent, known=", ".join(sorted(known)))
    asked = {handoff.service for handoff in draft.state.handoffs.values()}
    if service is not None and service not in draft.directory.services and service not in asked:
        raise UnknownService(service=service, known=", ".join(sorted(draft.directory.services)))


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
