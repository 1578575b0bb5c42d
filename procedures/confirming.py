"""What a coordinator says of an acceptance: it is true, or that answer was false."""

from collections.abc import Sequence

from procedures import commands as c
from procedures.answering import accept, pass_on
from procedures.calling import alarm_coordination
from procedures.case import Claimed, Handoff, HandoffMode
from procedures.claim_errors import NobodySaidSo, NothingToConfirm, SaidByAnother, SeveralSaidSo
from procedures.drafting import Draft
from procedures.events import AcceptanceConfirmed, AcceptanceDenied, AlertPurpose, ClaimDenied


def confirm(draft: Draft, command: c.ConfirmAcceptance, handoff: Handoff) -> None:
    """It counts from now on, for whoever said it.

    Raises:
        NothingToConfirm: nobody said so without a PIN.
        SaidByAnother, SeveralSaidSo: it is not plain whose answer is true.
        Refused: whatever an acceptance may raise.
    """
    if not handoff.claims:
        raise NothingToConfirm(ref=handoff.ref)
    said = _meant(command, handoff, handoff.claims)
    draft.note(AcceptanceConfirmed(at=draft.now, ref=handoff.ref, actor=command.actor, how=command.how))
    answer = c.AcceptHandoff(
        id=command.id,
        case_id=command.case_id,
        actor=said.actor,
        road=c.Road.API if said.on_behalf else c.Road.LINK,
        ref=command.ref,
        person=said.person,
        proven=True,
    )
    accept(draft, answer, draft.handoff(handoff.ref))


def deny(draft: Draft, command: c.DenyAcceptance, handoff: Handoff) -> None:
    """Undo what was taken falsely: the next one is asked at once; without one, the coordination has it.

    What was only said stops nothing: it is struck, and the ladder goes on as it did. Raises as `called_false` does.
    """
    said = called_false(command, handoff)
    if handoff.waits_to_be_confirmed:
        draft.note(
            ClaimDenied(at=draft.now, ref=handoff.ref, actor=command.actor, said_by=said.actor, person=said.person)
        )
        alarm_coordination(draft, AlertPurpose.FALSE_ANSWER)
        return
    draft.withdraw_alerts(handoff.ref)
    draft.note(AcceptanceDenied(at=draft.now, ref=handoff.ref, actor=command.actor, said_by=said.actor))
    draft.alert(AlertPurpose.WITHDRAWN, handoff, to=handoff.accepted_party or handoff.owner)
    draft.word(AlertPurpose.WORD_DECLINED, handoff)
    alarm_coordination(draft, AlertPurpose.FALSE_ANSWER)
    pass_on(draft, draft.handoff(handoff.ref))


def called_false(command: c.DenyAcceptance, handoff: Handoff) -> Claimed:
    """The answer that the coordinator means.

    Raises:
        NobodySaidSo: it is not taken, nor said to be.
        SaidByAnother: hers is not what stands, or was proved meanwhile.
        SeveralSaidSo: the command does not say which of several.
    """
    if not handoff.said_so or not (handoff.mode is HandoffMode.ASK or handoff.waits_to_be_confirmed):
        raise NobodySaidSo(ref=handoff.ref)
    return _meant(command, handoff, handoff.said_so)


def _meant(command: c.AboutAnswer, handoff: Handoff, said: Sequence[Claimed]) -> Claimed:
    """One and the same answer: neither another's, nor a later one of the same."""
    found = [one for one in said if command.said_by in {None, one.actor} and command.said_at in {None, one.at}]
    if not found:
        raise SaidByAnother(ref=handoff.ref)
    if len(found) > 1:
        raise SeveralSaidSo(ref=handoff.ref)
    return found[0]
