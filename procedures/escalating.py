"""What time and carriers do: rungs, promises that went by, alerts that arrived or could not."""

from procedures import commands as c
from procedures.advancing import advance, latest_pathway
from procedures.calling import alarm_coordination, call_again, call_coordination, call_next, call_next_for
from procedures.case import (
    UNANSWERED_STATES,
    AlertState,
    CaseStatus,
    Giver,
    Handoff,
    HandoffMode,
    HandoffState,
    Party,
    PartyKind,
)
from procedures.drafting import Draft
from procedures.errors import GoesInCircles
from procedures.events import (
    AlertPurpose,
    AlertSettled,
    ClockName,
    DeadlinePassed,
    DeliveryUncertain,
    HandoffCompleted,
    HandoffExpired,
    LinkUse,
    ReceiptCame,
    RungClimbed,
    StepEnded,
    StepReleased,
)
from procedures.placing import choose, competence_for, hand_to_coordinator, note_nobody, request
from procedures.schema import AskStep, Clock, RungTarget, Silence, StartStep
from procedures.silence import lapse, meaning_of, pathway_is_late
from procedures.timing import Due, DueKind, dues

TOLD = "told"
"""The result of a `tell` that was delivered."""
MOST_DUES = 5_000
"""More than can fall due in a case of the longest text while nobody watched."""


def pass_deadlines(draft: Draft) -> None:
    """Do everything due by now, earliest first. What it leads to is looked at again, until nothing is due.

    Raises:
        GoesInCircles: something stays due whatever is done about it.
    """
    for _ in range(MOST_DUES):
        if draft.state.status is not CaseStatus.OPEN:
            return
        due = next((due for due in dues(draft.state) if due.at <= draft.now), None)
        if due is None:
            return
        _pass_one(draft, due)
        # Silence may have ended a step, and with it the pathway whose own time comes next.
        advance(draft)
    raise GoesInCircles(pathway=latest_pathway(draft))


def _pass_one(draft: Draft, due: Due) -> None:
    if due.kind is DueKind.CALL_AGAIN:
        call_again(draft, due)
        return
    if due.kind in {DueKind.OF_AGE, DueKind.CONSENT_ENDS, DueKind.CONSENT_SOON, DueKind.LOOK}:
        return  # `advance` says which consents count no more, or not for long, and looks at what turns
    if due.kind is DueKind.PATHWAY:
        pathway_is_late(draft, due)
        return
    if due.kind is DueKind.BEGIN:
        draft.note(StepReleased(at=draft.now, run_id=due.run_id, step=due.step))
        return
    handoff = draft.handoff(due.ref)
    if due.kind is DueKind.RUNG:
        draft.note(RungClimbed(at=draft.now, ref=due.ref, to=due.to, due_at=due.at))
        _climb(draft, handoff, due.to)
        return
    name = ClockName(due.kind.value)
    expired = name is ClockName.COMPLETE
    draft.note(DeadlinePassed(at=draft.now, ref=due.ref, clock_name=name, due_at=due.at, expired=expired))
    if due.kind is DueKind.ACCEPT:
        _remind(draft, draft.handoff(due.ref))
    elif due.kind is DueKind.FIRST_SIGN:
        holder = handoff.accepted_party or handoff.owner
        draft.alert(AlertPurpose.FIRST_SIGN_LATE, handoff, to=holder, link=LinkUse.RESULT)
        call_coordination(draft, handoff, AlertPurpose.FIRST_SIGN_LATE)
    else:
        _result_is_late(draft, handoff, due)


def _remind(draft: Draft, handoff: Handoff) -> None:
    """The promised time to answer went by: say so to the same people, unless a rung comes at this very moment."""
    comes_now = any(rung.at <= draft.now for rung in handoff.ladder)
    if handoff.is_open and not comes_now:
        draft.alert(AlertPurpose.REMINDER, handoff, to=handoff.owner, link=LinkUse.ANSWER)


def _climb(draft: Draft, handoff: Handoff, to: str) -> None:
    if to == RungTarget.SERVICE:
        draft.alert(AlertPurpose.REMINDER, handoff, to=handoff.owner, link=LinkUse.ANSWER)
    elif to == RungTarget.DEPUTY:
        deputy = next(iter(draft.stand_ins(handoff)), None)
        purpose = AlertPurpose.DEPUTY if deputy else AlertPurpose.REMINDER
        draft.alert(purpose, handoff, to=handoff.owner, person=deputy, link=LinkUse.ANSWER)
    elif to == RungTarget.NEXT_SERVICE:
        _replace(draft, handoff)
    else:
        hand_to_coordinator(draft, handoff.ref)


def _replace(draft: Draft, handoff: Handoff) -> None:
    """End it as expired and ask the next service. Nobody else: the coordinator gets it, the service may answer."""
    step = draft.step(handoff.run_id, handoff.step)
    if isinstance(step, StartStep):
        return
    competence = competence_for(step, handoff)
    chosen = choose(draft, handoff.run_id, step, competence)
    if chosen.service is None:
        note_nobody(draft, handoff.run_id, step, chosen, competence)
        hand_to_coordinator(draft, handoff.ref)
        return
    draft.withdraw_alerts(handoff.ref)
    draft.note(HandoffExpired(at=draft.now, ref=handoff.ref))
    draft.alert(AlertPurpose.WITHDRAWN, handoff, to=handoff.owner)
    draft.word(AlertPurpose.WORD_EXPIRED, handoff)
    request(draft, handoff.run_id, step, handoff.giver, competence)


def _result_is_late(draft: Draft, handoff: Handoff, due: Due) -> None:
    """A limit for the result went by.

    A statutory one binds somebody outside: it is shown and said, and is never the service's failure (domain.md, three
    kinds of clock). Any other makes the coordinator the owner; for a watched step too, since nobody else would look.
    """
    if _said_of_another(draft, handoff):
        return
    passed = next(limit for limit in handoff.limits if limit.at == due.at)
    step = draft.step(handoff.run_id, handoff.step)
    meaning = meaning_of(step)
    if meaning == Silence.NOTE:
        return
    if meaning != Silence.ESCALATE:
        lapse(draft, handoff, meaning)
        return
    coordinator = draft.coordinator_party()
    if passed.clock is Clock.STATUTORY and isinstance(step, AskStep):
        call_coordination(draft, handoff, AlertPurpose.LIMIT_PASSED)
        return
    holder = handoff.accepted_party
    if holder and holder != coordinator:
        draft.alert(AlertPurpose.OVERDUE, handoff, to=holder, link=LinkUse.RESULT)
    held = handoff.owner == coordinator and handoff.overdue
    if held or any(other.overdue for other in draft.others_asked(handoff)):
        call_coordination(draft, handoff, AlertPurpose.LIMIT_PASSED)
    else:
        hand_to_coordinator(draft, handoff.ref)


def _said_of_another(draft: Draft, handoff: Handoff) -> bool:
    """Where several were asked at once, what is late is said once: of the first of them."""
    refs = draft.step_run(handoff.run_id, handoff.step).handoffs
    return any(refs.index(other.ref) < refs.index(handoff.ref) for other in draft.others_asked(handoff))


def settle(draft: Draft, command: c.SettleAlert) -> None:
    """Take note of what became of an alert; where no channel worked, somebody else must be found at once."""
    ref = draft.state.alert_of.get(command.alert_id)
    came_back = ref is not None and _was_told_by(draft.handoff(ref), command)
    draft.note(
        AlertSettled(
            at=draft.now,
            alert_id=command.alert_id,
            result=command.result,
            channel=command.channel,
            settled_at=command.settled_at,
            detail=command.detail,
        )
    )
    if came_back:
        # It counted as told when the carrier took it, and the case may be over since.
        alarm_coordination(draft, AlertPurpose.NOTICE_RETURNED)
    if draft.state.status is not CaseStatus.OPEN:
        return
    arrived = command.result is c.DeliveryResult.ACCEPTED
    if command.alert_id in draft.state.call_of and not arrived:
        call_next(draft, command.alert_id)
    if ref is not None and draft.handoff(ref).is_open:
        _settle_about(draft, draft.handoff(ref), arrived=arrived)


def _was_told_by(handoff: Handoff, command: c.SettleAlert) -> bool:
    """Whether this is a notice that is done, and the very message that had told it has failed since."""
    told_by = handoff.alerts.get(command.alert_id)
    done = handoff.mode is HandoffMode.TELL and not handoff.is_open
    failed = command.result is not c.DeliveryResult.ACCEPTED
    return done and failed and told_by is not None and told_by.state is AlertState.SETTLED


def _settle_about(draft: Draft, handoff: Handoff, *, arrived: bool) -> None:
    if arrived:
        if handoff.mode is HandoffMode.TELL and not handoff.overdue:
            told(draft, handoff, "carrier")
    elif not handoff.may_answer:
        _unreachable(draft, handoff)


def note_of_message(draft: Draft, command: c.NoteUncertain | c.NoteReceipt) -> None:
    """Keep in the trail what became of a message on its way. Nothing else follows: delivered is not seen, nor taken."""
    if isinstance(command, c.NoteReceipt):
        note_receipt(draft, command)
    else:
        note_uncertain(draft, command)


def note_uncertain(draft: Draft, command: c.NoteUncertain) -> None:
    """Keep in the trail that an attempt may have arrived. Whoever reads it then knows; nothing else follows."""
    draft.note(
        DeliveryUncertain(
            at=draft.now,
            alert_id=command.alert_id,
            channel=command.channel,
            attempt=command.attempt,
            code=command.code,
        )
    )


def note_receipt(draft: Draft, command: c.NoteReceipt) -> None:
    """Keep in the trail what was heard of a message. Delivered is not seen, and seen is not taken: nothing follows."""
    draft.note(
        ReceiptCame(
            at=draft.now,
            alert_id=command.alert_id,
            channel=command.channel,
            receipt=command.receipt,
            code=command.code,
            said_at=command.said_at,
            evidence=command.evidence,
        )
    )


def told(draft: Draft, handoff: Handoff, actor: str) -> None:
    """A notice is done when a carrier took it, or when the coordinator has told it by telephone.

    The step is over once everybody whom it tells was told.
    """
    draft.withdraw_alerts(handoff.ref)
    draft.note(HandoffCompleted(at=draft.now, ref=handoff.ref, actor=actor, result=TOLD))
    if draft.still_open(handoff.run_id, handoff.step):
        return
    party = Party(kind=PartyKind.SERVICE, id=handoff.service) if handoff.service else handoff.owner
    draft.note(
        StepEnded(
            at=draft.now,
            run_id=handoff.run_id,
            step=handoff.step,
            result=TOLD,
            ended_by=Giver(party=party, ref=handoff.ref),
        )
    )


def _unreachable(draft: Draft, handoff: Handoff) -> None:
    """No channel of the holder works: do not wait for its silence, go on now."""
    if handoff.overdue:
        call_next_for(draft, handoff)
    elif handoff.state in UNANSWERED_STATES:
        step = draft.step(handoff.run_id, handoff.step)
        alerted = {alert.person for alert in handoff.alerts.values()}
        left = [person for person in draft.stand_ins(handoff, everybody=True) if person not in alerted]
        if isinstance(step, AskStep) and left:
            draft.alert(AlertPurpose.DEPUTY, handoff, to=handoff.owner, person=left[0], link=LinkUse.ANSWER)
        elif not any(other.may_answer for other in draft.others_asked(handoff)):
            _replace(draft, handoff)
    elif handoff.state is HandoffState.ACCEPTED:
        hand_to_coordinator(draft, handoff.ref)
