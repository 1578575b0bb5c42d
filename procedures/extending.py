"""Longer time: asked for before the end, agreed by every body that the procedure names, and never in silence."""

from datetime import timedelta

from procedures import commands as c
from procedures.calling import call_coordination
from procedures.case import Handoff, HandoffState
from procedures.drafting import Draft
from procedures.errors import LimitIsOver, LongerTimeUsedUp, NoLongerTime, NotAcceptedYet, UnknownAgreeingBody
from procedures.events import (
    AlertPurpose,
    AnswerCameLate,
    LimitExtended,
    LinkUse,
    LongerTimeAgreed,
    LongerTimeAsked,
)
from procedures.language.limits import Clock, Extension
from procedures.pausing_state import later
from procedures.placing import extension_of, ground_of
from procedures.remeasuring import limits_of, strictest, with_what_was_said


def extend(draft: Draft, command: c.ExtendLimit, handoff: Handoff) -> None:
    """Ask for longer time, or say that a body agrees; when all do, the limits move.

    Raises NoLongerTime, NotAcceptedYet, LimitIsOver, LongerTimeUsedUp, UnknownAgreeingBody.
    """
    if not handoff.is_open:
        draft.note(
            AnswerCameLate(
                at=draft.now, ref=handoff.ref, actor=command.actor, answer="extend_limit", stands=handoff.state
            )
        )
        return
    extension = _extension(draft, command, handoff)
    step_run = draft.step_run(handoff.run_id, handoff.step)
    newly_asked = step_run.longer_asked_at is None
    if newly_asked:
        draft.note(LongerTimeAsked(at=draft.now, ref=handoff.ref, actor=command.actor))
    if command.body is not None and command.body not in step_run.agreed:
        draft.note(LongerTimeAgreed(at=draft.now, ref=handoff.ref, actor=command.actor, body=command.body))
    if set(extension.agreed_by) <= set(draft.step_run(handoff.run_id, handoff.step).agreed):
        _extend(draft, handoff, extension)
    elif newly_asked:
        call_coordination(draft, handoff, AlertPurpose.LONGER_TIME_ASKED)


def _extension(draft: Draft, command: c.ExtendLimit, handoff: Handoff) -> Extension:
    extension = extension_of(draft.step(handoff.run_id, handoff.step))
    if extension is None:
        raise NoLongerTime(ref=handoff.ref)
    movable = [limit for limit in handoff.limits if limit.clock is not Clock.CLINICAL]
    stands = handoff.paused_at or draft.now  # while it stands still, none of what was promised goes by
    times = {Clock.PROTOCOL: stands}
    if any(limit.passed or limit.at <= times.get(limit.clock, draft.now) for limit in movable):
        raise LimitIsOver(ref=handoff.ref)
    if not movable:
        raise NotAcceptedYet(ref=handoff.ref)
    if draft.step_run(handoff.run_id, handoff.step).extended >= extension.at_most:
        raise LongerTimeUsedUp(ref=handoff.ref, at_most=extension.at_most)
    if command.body is not None and command.body not in extension.agreed_by:
        raise UnknownAgreeingBody(body=command.body, known=", ".join(extension.agreed_by))
    return extension


def _extend(draft: Draft, handoff: Handoff, extension: Extension) -> None:
    step, step_run = draft.step(handoff.run_id, handoff.step), draft.step_run(handoff.run_id, handoff.step)
    accepted = handoff.accepted_at if handoff.state is HandoffState.ACCEPTED else None
    limits = [limit for limit in limits_of(step) if accepted or not limit.from_start]
    times = step_run.extended + 1
    ends = ground_of(draft, handoff).ends(limits, accepted or handoff.requested_at, extension, times)
    new = with_what_was_said(later(ends, timedelta(seconds=handoff.stood_still)), handoff.limits, draft.now)
    draft.note(
        LimitExtended(
            at=draft.now,
            ref=handoff.ref,
            old_at=strictest(limit for limit in handoff.limits if limit.clock is not Clock.CLINICAL),
            new_at=strictest(limit for limit in new if limit.clock is not Clock.CLINICAL),
            limits=new,
            times=times,
        )
    )
    link = LinkUse.RESULT if accepted else LinkUse.ANSWER
    draft.alert(
        AlertPurpose.LIMIT_MOVED,
        draft.handoff(handoff.ref),
        to=handoff.accepted_party or handoff.owner,
        link=link,
    )
