"""Limits looked at again, when something became known: a fact changed, evidence or a signal came in."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from procedures.case import CaseStatus, Handoff, HandoffState, LimitState, PathwayRun, RunState
from procedures.drafting import Draft
from procedures.events import AlertPurpose, LimitMoved, LinkUse, PathwayLimitMoved
from procedures.language.limits import Limit, MomentKind
from procedures.language.steps import AnyStep, AskStep, AwaitStep
from procedures.measuring import Ground, week_of
from procedures.pausing_state import later
from procedures.placing import extension_of, ground_of

_FIXED = frozenset({MomentKind.START, MomentKind.CASE, MomentKind.PATHWAY})


def limits_again(draft: Draft) -> None:
    """Measure the limits of everything open anew; what moved is noted, and whoever holds it is told.

    A limit that is over by now is left to the clock, which comes at once and says what follows.
    """
    if draft.state.status is not CaseStatus.OPEN:
        return
    for handoff in draft.open_handoffs():
        _of_handoff(draft, handoff, draft.step(handoff.run_id, handoff.step))
    for run in draft.state.runs.values():
        if run.state is RunState.RUNNING:
            _of_run(draft, run)


def _can_move(limits: Iterable[Limit]) -> bool:
    """Whether anything but time bears on these limits: most steps have none such, and are not measured again."""
    return any(limit.when or any(moment.kind not in _FIXED for moment in limit.moments) for limit in limits)


def limits_of(step: AnyStep) -> tuple[Limit, ...]:
    """Its limits for the result."""
    if isinstance(step, AskStep):
        return step.complete_within
    return step.within if isinstance(step, AwaitStep) else ()


def _of_handoff(draft: Draft, handoff: Handoff, step: AnyStep) -> None:
    limits = limits_of(step)
    if not _can_move(limits):
        return
    accepted = handoff.accepted_at if handoff.state is HandoffState.ACCEPTED else None
    if accepted is None:
        limits = tuple(limit for limit in limits if not limit.from_start)
    times = draft.step_run(handoff.run_id, handoff.step).extended
    ends = ground_of(draft, handoff).ends(limits, accepted or handoff.requested_at, extension_of(step), times)
    new = with_what_was_said(later(ends, timedelta(seconds=handoff.stood_still)), handoff.limits, draft.now)
    if _times(new) == _times(handoff.limits):
        return
    old_at, new_at = strictest(handoff.limits), strictest(new)
    draft.note(LimitMoved(at=draft.now, ref=handoff.ref, old_at=old_at, new_at=new_at, limits=new))
    if old_at != new_at:
        link = LinkUse.RESULT if accepted else LinkUse.ANSWER
        holder = handoff.accepted_party or handoff.owner
        draft.alert(AlertPurpose.LIMIT_MOVED, draft.handoff(handoff.ref), to=holder, link=link)


def _of_run(draft: Draft, run: PathwayRun) -> None:
    limits = draft.pathway(run.run_id).within
    if not _can_move(limits):
        return
    week = week_of(draft.directory, draft.state.territory, None)
    new = with_what_was_said(Ground(draft.state, run, week).ends(limits, run.started_at), run.limits, draft.now)
    if _times(new) != _times(run.limits):
        old_at, new_at = strictest(run.limits), strictest(new)
        draft.note(PathwayLimitMoved(at=draft.now, run_id=run.run_id, old_at=old_at, new_at=new_at, limits=new))


def with_what_was_said(new: Iterable[LimitState], old: Iterable[LimitState], now: datetime) -> tuple[LimitState, ...]:
    """The new ends; one that went by and was said, and is over still, is not said a second time."""
    said = {(limit.clock, limit.words) for limit in old if limit.passed}
    return tuple(
        limit.model_copy(update={"passed": (limit.clock, limit.words) in said and limit.at <= now}) for limit in new
    )


def strictest(limits: Iterable[LimitState]) -> datetime | None:
    """The first end that is still to come."""
    return min((limit.at for limit in limits if not limit.passed), default=None)


def _times(limits: Sequence[LimitState]) -> list[tuple[datetime, str]]:
    return sorted((limit.at, limit.clock.value) for limit in limits)
