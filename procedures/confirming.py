"""What a coordinator says of an acceptance: it is true, or that answer was false."""

from procedures import commands as c
from procedures.answering import accept, pass_on
from procedures.calling import alarm_coordination
from procedures.case import Handoff, HandoffMode, HandoffState
from procedures.claim_errors import NobodySaidSo, NothingToConfirm
from procedures.drafting import Draft
from procedures.events import AcceptanceConfirmed, AcceptanceDenied, AlertPurpose, ClaimDenied


def confirm(draft: Draft, command: c.ConfirmAcceptance, handoff: Handoff) -> None:
    """It counts from now on, for whoever said it. Raises NothingToConfirm; whatever an acceptance may raise."""
    said = handoff.claimed
    if said is None or not handoff.waits_to_be_confirmed:
        raise NothingToConfirm(ref=handoff.ref)
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

    What was only said stops nothing: it is struck, and the ladder goes on as it did. Raises NobodySaidSo.
    """
    if handoff.waits_to_be_confirmed and handoff.claimed is not None:
        said_by = handoff.claimed.actor
        draft.note(ClaimDenied(at=draft.now, ref=handoff.ref, actor=command.actor, said_by=said_by))
        alarm_coordination(draft, AlertPurpose.FALSE_ANSWER)
        return
    taken = handoff.mode is HandoffMode.ASK and handoff.state is HandoffState.ACCEPTED
    if not taken or handoff.accepted_by is None:
        raise NobodySaidSo(ref=handoff.ref)
    draft.withdraw_alerts(handoff.ref)
    draft.note(AcceptanceDenied(at=draft.now, ref=handoff.ref, actor=command.actor, said_by=handoff.accepted_by))
    draft.alert(AlertPurpose.WITHDRAWN, handoff, to=handoff.accepted_party or handoff.owner)
    draft.word(AlertPurpose.WORD_DECLINED, handoff)
    alarm_coordination(draft, AlertPurpose.FALSE_ANSWER)
    pass_on(draft, draft.handoff(handoff.ref))
