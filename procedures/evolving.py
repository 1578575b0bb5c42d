"""How events make the state: `evolve(state, event)`, pure and total. `replay` rebuilds a case from its trail.

A transition that is not listed in `TRANSITIONS` cannot be written: `evolve` raises `ImpossibleEvent`, which is a fault
of ours and never a person's.
"""

from collections.abc import Callable, Iterable
from functools import singledispatch

from procedures import events as e
from procedures.case import (
    EMPTY,
    FALSE_ANSWER,
    TAKEN_BY_OTHER,
    UNANSWERED_STATES,
    AlertState,
    CaseState,
    CaseStatus,
    Claimed,
    ConsentState,
    Handoff,
    HandoffMode,
    HandoffState,
    PathwayRun,
    Proposed,
    RunState,
    StepRun,
    StepState,
)
from procedures.changing import (
    ImpossibleEvent,
    change_run,
    change_step,
    changed,
    move,
    note_moment,
    set_handoff,
    set_step,
)
from procedures.evolving_consents import CONSENT_EVENTS
from procedures.evolving_facts import FACT_EVENTS
from procedures.evolving_limits import LIMIT_EVENTS
from procedures.evolving_moves import MOVE_EVENTS
from procedures.evolving_signals import SIGNAL_EVENTS
from procedures.evolving_steering import STEERING_EVENTS
from procedures.noting import note_alert, note_nobody, note_word

S = HandoffState


def replay(events: Iterable[e.Event], state: CaseState = EMPTY) -> CaseState:
    """Follow `events` from `state`. Raises ImpossibleEvent where the trail makes no sense."""
    version = state.version
    for event in events:
        state = _after(state, event)
        version += 1
    return state if version == state.version else changed(state, version=version)


def evolve(state: CaseState, event: e.Event) -> CaseState:
    """The state after `event`. Raises ImpossibleEvent where it does not fit."""
    return changed(_after(state, event), version=state.version + 1)


def _after(state: CaseState, event: e.Event) -> CaseState:
    """Whose number is still that of before: no rule reads it, and `replay` counts once for all."""
    kind = type(event)
    follow = _FOLLOWING.get(kind)
    if follow is None:
        follow = _FOLLOWING[kind] = _apply.dispatch(kind)
    try:
        return follow(event, state)
    except KeyError:
        raise ImpossibleEvent(kind=type(event).__name__) from None


_FOLLOWING: dict[type[e.Event], Callable[[e.Event, CaseState], CaseState]] = {}
"""What `_apply` would choose: it thinks longer about that than most events take to be followed."""


@singledispatch
def _apply(event: e.Event, state: CaseState) -> CaseState:  # noqa: ARG001 - registered ones read it
    """Most events only note something; those that change more are registered below."""
    return state


@_apply.register
def _(event: e.CaseOpened, state: CaseState) -> CaseState:
    if state.exists:
        raise ImpossibleEvent(kind="CaseOpened")
    return CaseState(
        case_id=event.case_id,
        code=event.code,
        seed=event.seed,
        drill=event.drill,
        territory=event.territory,
        desk=event.desk,
        opened_at=event.at,
        facts=dict(event.facts),
        consents=dict.fromkeys(sorted(event.consents), ConsentState.GIVEN),
        exclusions=event.exclusions,
    )


@_apply.register
def _(event: e.PathwayStarted, state: CaseState) -> CaseState:
    run = PathwayRun(
        run_id=event.run_id,
        ref=event.ref,
        pathway=event.pathway,
        content_hash=event.content_hash,
        parent_run=event.parent_run,
        parent_step=event.parent_step,
        reopens=event.reopens,
        giver=event.giver,
        started_at=event.at,
        steps={name: StepRun(step=name) for name in event.steps},
        limits=event.limits,
    )
    state = changed(state, runs={**state.runs, run.run_id: run}, drawn=state.drawn + 1)
    if event.parent_run and event.parent_step:
        child = event.run_id
        state = change_step(state, event.parent_run, event.parent_step, lambda step: changed(step, child_run=child))
    return state


@_apply.register
def _(event: e.PathwayEnded, state: CaseState) -> CaseState:
    return change_run(
        state,
        event.run_id,
        lambda run: changed(run, state=RunState.ENDED, outcome=event.outcome, ended_at=event.at),
    )


@_apply.register
def _(event: e.PathwayCancelled, state: CaseState) -> CaseState:
    return change_run(
        state,
        event.run_id,
        lambda run: changed(run, state=RunState.CANCELLED, reason=event.reason, ended_at=event.at),
    )


@_apply.register
def _(event: e.StepStarted, state: CaseState) -> CaseState:
    since = state.runs[event.run_id].steps[event.step].review_since
    review = (since or event.at) if event.on_basis else since
    return set_step(state, event, state=StepState.ACTIVE, started_at=event.at, review_since=review)


@_apply.register
def _(event: e.StepAwaitedConsent, state: CaseState) -> CaseState:
    return set_step(state, event, state=StepState.AWAITING_CONSENT, awaited_consent=event.consent)


@_apply.register
def _(event: e.StepSkipped, state: CaseState) -> CaseState:
    left_out = {"skipped_because": event.reason, "ended_at": event.at, "turns_at": None}
    return set_step(state, event, state=StepState.SKIPPED, **left_out)


@_apply.register
def _(event: e.StepCancelled, state: CaseState) -> CaseState:
    return set_step(state, event, state=StepState.CANCELLED, skipped_because=event.reason, ended_at=event.at)


@_apply.register
def _(event: e.StepEnded, state: CaseState) -> CaseState:
    def end(step: StepRun) -> StepRun:
        return changed(
            step,
            state=StepState.DONE,
            result=event.result,
            evidence=dict(event.evidence),
            ended_at=event.at,
            ended_by=event.ended_by,
            moments={**step.moments, "completed": event.at, event.result: event.at},
        )

    return change_step(state, event.run_id, event.step, end)


@_apply.register
def _(event: e.HandoffRequested, state: CaseState) -> CaseState:
    watching = event.mode is HandoffMode.WATCH
    stands_still = state.runs[event.run_id].steps[event.step].paused_at is not None
    handoff = Handoff(
        ref=event.ref,
        run_id=event.run_id,
        step=event.step,
        mode=event.mode,
        competence=event.competence,
        state=S.ACCEPTED if watching else S.REQUESTED,
        service=event.service,
        owner=event.owner,
        overdue=event.service is None and not event.to_pick,
        giver=event.giver,
        requested_at=event.at,
        withheld=event.withheld,
        to_pick=event.to_pick,
        each=event.each,
        accept_by=event.accept_by,
        limits=event.limits,
        ladder=event.ladder,
        accepted_at=event.at if watching else None,
        accepted_party=event.owner if watching else None,
        paused_at=event.at if stands_still else None,
    )
    state = changed(state, handoffs={**state.handoffs, event.ref: handoff}, drawn=state.drawn + 1)

    def note(step: StepRun) -> StepRun:
        tried = (*step.tried, event.service) if event.service else step.tried
        return changed(step, handoffs=(*step.handoffs, event.ref), tried=tried)

    state = change_step(state, event.run_id, event.step, note)
    return note_moment(state, event.ref, event, "requested")


@_apply.register
def _(event: e.HandoffAcknowledged, state: CaseState) -> CaseState:
    return move(state, event, acknowledged_at=event.at)


@_apply.register
def _(event: e.HandoffAskedBack, state: CaseState) -> CaseState:
    return set_handoff(state, event.ref, asked_back_at=event.at)


@_apply.register
def _(event: e.HandoffGivenToColleague, state: CaseState) -> CaseState:  # noqa: ARG001  # its alert is what changes
    return state


@_apply.register
def _(event: e.HandoffAccepted, state: CaseState) -> CaseState:
    stands_still = state.handoffs[event.ref].paused_at is not None
    state = move(
        state,
        event,
        paused_at=event.at if stands_still else None,
        stood_still=0,
        accepted_at=event.at,
        accepted_by=event.actor,
        accepted_party=event.party,
        claimed=None,
        also_claimed=(),
        takers=event.takers,
        owner=event.party,
        overdue=False,
        first_sign_by=event.first_sign_by,
        limits=event.limits,
        ladder=(),
    )
    if _waits_for_others(state, state.handoffs[event.ref]):
        return state
    return note_moment(state, event.ref, event, "accepted")


def _waits_for_others(state: CaseState, handoff: Handoff) -> bool:
    """Where several bring their result each, the step is accepted when the last of them accepted."""
    beside = (state.handoffs[ref] for ref in state.runs[handoff.run_id].steps[handoff.step].handoffs)
    return handoff.each and any(other.state in UNANSWERED_STATES for other in beside)


@_apply.register
def _(event: e.AcceptanceClaimed, state: CaseState) -> CaseState:
    said = Claimed(at=event.at, actor=event.actor, party=event.party, on_behalf=event.on_behalf, person=event.person)
    before = _claims(state, event.ref) if event.beside else ()
    others = tuple(one for one in before if (one.actor, one.person) != (said.actor, said.person))
    return set_handoff(state, event.ref, claimed=said, also_claimed=others)


def _claims(state: CaseState, ref: str) -> tuple[Claimed, ...]:
    handoff = state.handoffs[ref]
    return (*handoff.also_claimed, handoff.claimed) if handoff.claimed else ()


@_apply.register
def _(event: e.ClaimDenied, state: CaseState) -> CaseState:
    struck = (event.said_by, event.person)
    left = [one for one in _claims(state, event.ref) if struck not in {(one.actor, one.person), (one.actor, None)}]
    return set_handoff(state, event.ref, claimed=left[-1] if left else None, also_claimed=tuple(left[:-1]))


@_apply.register
def _(event: e.AcceptanceDenied, state: CaseState) -> CaseState:
    return move(state, event, ended_at=event.at, reason=FALSE_ANSWER, ladder=(), overdue=False)


@_apply.register
def _(event: e.HandoffDeclined, state: CaseState) -> CaseState:
    return move(state, event, ended_at=event.at, reason=event.reason, ladder=())


@_apply.register
def _(event: e.ServicePicked, state: CaseState) -> CaseState:
    return move(state, event, ended_at=event.at, ladder=(), overdue=False)


@_apply.register
def _(event: e.HandoffTakenByOther, state: CaseState) -> CaseState:
    return move(state, event, ended_at=event.at, reason=TAKEN_BY_OTHER, ladder=(), overdue=False)


@_apply.register
def _(event: e.HandoffExpired, state: CaseState) -> CaseState:
    state = move(state, event, ended_at=event.at, ladder=())
    return note_moment(state, event.ref, event, "expired")


@_apply.register
def _(event: e.HandoffCompleted, state: CaseState) -> CaseState:
    return move(state, event, ended_at=event.at, result=event.result, ladder=(), overdue=False)


@_apply.register
def _(event: e.HandoffCancelled, state: CaseState) -> CaseState:
    return move(state, event, ended_at=event.at, reason=event.reason, ladder=())


@_apply.register
def _(event: e.ResultProposed, state: CaseState) -> CaseState:
    found = Proposed(actor=event.actor, result=event.result, evidence=dict(event.evidence))
    return set_handoff(state, event.ref, proposed=found)


@_apply.register
def _(event: e.FirstSignNoted, state: CaseState) -> CaseState:
    return set_handoff(state, event.ref, first_sign_at=event.at)


@_apply.register
def _(event: e.RungClimbed, state: CaseState) -> CaseState:
    rest = tuple(rung for rung in state.handoffs[event.ref].ladder if (rung.at, rung.to) != (event.due_at, event.to))
    return set_handoff(state, event.ref, ladder=rest)


@_apply.register
def _(event: e.DeadlinePassed, state: CaseState) -> CaseState:
    handoff = state.handoffs[event.ref]
    if event.clock_name is e.ClockName.ACCEPT:
        return set_handoff(state, event.ref, accept_late=True)
    if event.clock_name is e.ClockName.FIRST_SIGN:
        return set_handoff(state, event.ref, first_sign_by=None)
    limits = tuple(changed(limit, passed=limit.passed or limit.at <= event.due_at) for limit in handoff.limits)
    state = set_handoff(state, event.ref, limits=limits)
    return note_moment(state, event.ref, event, "expired") if event.expired else state


@_apply.register
def _(event: e.OwnerChanged, state: CaseState) -> CaseState:
    return set_handoff(state, event.ref, owner=event.owner, overdue=True, ladder=())


@_apply.register
def _(event: e.AlertQueued, state: CaseState) -> CaseState:
    return note_alert(state, event)


@_apply.register
def _(event: e.NobodyToCall, state: CaseState) -> CaseState:
    return note_nobody(state, event)


@_apply.register
def _(event: e.AlertSettled, state: CaseState) -> CaseState:
    arrived = event.result == "accepted"
    state = note_word(state, event.alert_id, AlertState.SETTLED if arrived else AlertState.FAILED, event.at)
    ref = state.alert_of.get(event.alert_id)
    if not arrived or ref is None:
        return state
    handoff = state.handoffs[ref]
    word = S.ALERTED if handoff.state is S.REQUESTED else handoff.state
    return set_handoff(state, ref, state=word, alerted_at=handoff.alerted_at or event.settled_at)


@_apply.register
def _(event: e.AlertWithdrawn, state: CaseState) -> CaseState:
    return note_word(state, event.alert_id, AlertState.WITHDRAWN, event.at)


@_apply.register
def _(event: e.CaseClosed, state: CaseState) -> CaseState:
    return changed(state, status=CaseStatus.CLOSED, ended_at=event.at)


@_apply.register
def _(event: e.CaseCancelled, state: CaseState) -> CaseState:
    return changed(state, status=CaseStatus.CANCELLED, ended_at=event.at)


_APART = (CONSENT_EVENTS, LIMIT_EVENTS, STEERING_EVENTS, FACT_EVENTS, SIGNAL_EVENTS, MOVE_EVENTS)
for _kind, _follow in (pair for events in _APART for pair in events.items()):
    _apply.register(_kind, _follow)
