"""The times of what is at work, when its pathway goes by another edition: as if that had stood there from the start."""

from collections import Counter
from datetime import datetime, timedelta

from procedures.case import UNANSWERED_STATES, Handoff, HandoffState, RungState
from procedures.drafting import Draft
from procedures.events import AlertPurpose, HandoffRetimed, LinkUse, PathwayLimitMoved
from procedures.measuring import Ground, week_of
from procedures.pausing_state import later
from procedures.placing import extension_of, ground_of, ladder_of
from procedures.remeasuring import limits_of, strictest, with_what_was_said
from procedures.schema import AnyStep, AskStep, Pathway, RungTarget


def retime(draft: Draft, run_id: str, old: Pathway, new: Pathway) -> None:
    """Note the new times of every open handoff of the run, and of the run itself; tell whoever holds what moved."""
    for handoff in draft.open_handoffs():
        if handoff.run_id == run_id:
            _retime(draft, handoff, old.steps[handoff.step], new.steps[handoff.step])
    run = draft.run(run_id)
    week = week_of(draft.directory, draft.state.territory, None)
    limits = with_what_was_said(Ground(draft.state, run, week).ends(new.within, run.started_at), run.limits, draft.now)
    if limits != run.limits:
        ends = {"old_at": strictest(run.limits), "new_at": strictest(limits)}
        draft.note(PathwayLimitMoved(at=draft.now, run_id=run_id, limits=limits, **ends))


def _retime(draft: Draft, handoff: Handoff, before: AnyStep, step: AnyStep) -> None:
    accepted = handoff.accepted_at if handoff.state is HandoffState.ACCEPTED else None
    limits = limits_of(step)
    if accepted is None:
        limits = tuple(limit for limit in limits if not limit.from_start)
    ground, times = ground_of(draft, handoff), draft.step_run(handoff.run_id, handoff.step).extended
    ends = ground.ends(limits, accepted or handoff.requested_at, extension_of(step), times)
    ends = later(ends, _stood_still(handoff))
    event = HandoffRetimed(
        at=draft.now,
        ref=handoff.ref,
        old_at=_promised(handoff),
        new_at=None,
        accept_by=_accept_by(ground, handoff, step),
        first_sign_by=_first_sign_by(ground, handoff, before, step),
        limits=with_what_was_said(ends, handoff.limits, draft.now),
        ladder=_ladder(draft, handoff, before, step),
    )
    times_now = (event.accept_by, event.first_sign_by, event.limits, event.ladder)
    if times_now == (handoff.accept_by, handoff.first_sign_by, handoff.limits, handoff.ladder):
        return
    new_at = event.accept_by if accepted is None and event.accept_by else strictest(event.limits)
    draft.note(event.model_copy(update={"new_at": new_at}))
    if new_at != event.old_at:
        link = LinkUse.RESULT if accepted else LinkUse.ANSWER
        holder = handoff.accepted_party or handoff.owner
        draft.alert(AlertPurpose.LIMIT_MOVED, draft.handoff(handoff.ref), to=holder, link=link)


def _promised(handoff: Handoff) -> datetime | None:
    """The next promise of whoever holds it: to answer, then to come back with a result."""
    unanswered = handoff.state in UNANSWERED_STATES and handoff.accept_by is not None
    return handoff.accept_by if unanswered else strictest(handoff.limits)


def _accept_by(ground: Ground, handoff: Handoff, step: AnyStep) -> datetime | None:
    if not isinstance(step, AskStep) or handoff.to_pick:
        return None
    if handoff.state not in UNANSWERED_STATES:
        return handoff.accept_by
    return ground.later(handoff.requested_at, step.accept_within.within) + _stood_still(handoff)


def _first_sign_by(ground: Ground, handoff: Handoff, before: AnyStep, step: AnyStep) -> datetime | None:
    """One that went by was said, and is not asked for a second time."""
    if not isinstance(step, AskStep) or step.first_sign_within is None or handoff.accepted_at is None:
        return None
    said = isinstance(before, AskStep) and before.first_sign_within is not None and handoff.first_sign_by is None
    return None if said else ground.later(handoff.accepted_at, step.first_sign_within.within) + _stood_still(handoff)


def _stood_still(handoff: Handoff) -> timedelta:
    """How much later everything is because of what was paused before."""
    return timedelta(seconds=handoff.stood_still)


def _ladder(draft: Draft, handoff: Handoff, before: AnyStep, step: AnyStep) -> tuple[RungState, ...]:
    """The rungs that are still to be climbed: of each kind, as many fewer as were climbed already."""
    if handoff.state not in UNANSWERED_STATES or handoff.overdue or not isinstance(step, AskStep):
        return ()
    step_run, ground = draft.step_run(handoff.run_id, handoff.step), ground_of(draft, handoff)
    there_were = Counter(str(rung.to) for rung in before.escalate) if isinstance(before, AskStep) else Counter[str]()
    climbed = there_were - Counter(rung.to for rung in handoff.ladder)
    left = []
    for rung in ladder_of(step, step_run, handoff.requested_at, ground):
        if climbed[rung.to] > 0:
            climbed[rung.to] -= 1
        elif rung.to == RungTarget.COORDINATOR:
            left.append(rung)  # counts from the step, with all that it stood still
        else:
            left.append(rung.model_copy(update={"at": rung.at + _stood_still(handoff)}))
    return tuple(sorted(left, key=lambda rung: rung.at))
