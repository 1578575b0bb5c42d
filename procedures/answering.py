"""What services say: seen, taken, refused, begun, done. A late, second or crossed answer is an event, not an error."""

from collections.abc import Mapping

from procedures import commands as c
from procedures.asking_back import ask_back, give_to_colleague
from procedures.case import (
    UNANSWERED_STATES,
    Giver,
    Handoff,
    HandoffMode,
    HandoffState,
    LimitState,
    Party,
    PartyKind,
)
from procedures.claiming import claim, needs_proof
from procedures.drafting import Draft
from procedures.errors import LastLink, NotAcceptedYet, NothingToDoHere, UnknownReason, UnknownResult
from procedures.escalating import TOLD, told
from procedures.events import (
    AlertPurpose,
    AnswerCameLate,
    FirstSignNoted,
    HandoffAccepted,
    HandoffAcknowledged,
    HandoffCompleted,
    HandoffDeclined,
    HandoffTakenByOther,
    LinkUse,
    NoticeRead,
    StepEnded,
)
from procedures.notices import may_be_read
from procedures.persons import PERSON
from procedures.pick_errors import PickFirst
from procedures.placing import competence_for, ground_of, hand_to_coordinator, request
from procedures.revising import set_facts
from procedures.schema import AnyStep, AskStep, AwaitStep, Result, StartStep, TellStep
from procedures.second_person import needs_another, propose
from procedures.taking import refuse_strangers, refuse_whoever_is_kept_away, takers_now
from procedures.values import evidence_values

ON_BEHALF = frozenset({c.Road.DESK, c.Road.CLI, c.Road.API})
"""Roads on which somebody of the network's own speaks for a service; recorded as such."""


def _late(draft: Draft, command: c.AboutHandoff, handoff: Handoff) -> None:
    answer = type(command).model_fields["kind"].default
    draft.note(AnswerCameLate(at=draft.now, ref=handoff.ref, actor=command.actor, answer=answer, stands=handoff.state))


def party_of(draft: Draft, command: c.AboutHandoff, handoff: Handoff) -> Party:
    """For whom the answer counts: a coordinator who holds it, or the service that was asked."""
    person = command.actor.removeprefix("person:")
    coordinators = draft.directory.coordinators.values()
    for coordinator in coordinators:
        if person in coordinator.people and handoff.owner.id == coordinator.id:
            return Party(kind=PartyKind.COORDINATOR, id=coordinator.id)
    if handoff.service:
        return Party(kind=PartyKind.SERVICE, id=handoff.service)
    return handoff.owner


def acknowledge(draft: Draft, command: c.AcknowledgeHandoff, handoff: Handoff) -> None:
    """Seen: noted once; it stops no clock. A notice that was seen is done: it asks for nothing more.

    What stands behind one may be read afterwards too; each person who does is noted.
    """
    _refuse_before_a_pick(handoff)
    if may_be_read(draft.library, draft.pathway(handoff.run_id), draft.state, handoff) and not handoff.is_open:
        draft.note(NoticeRead(at=draft.now, ref=handoff.ref, actor=command.actor))
    elif not handoff.is_open:
        _late(draft, command, handoff)
    elif handoff.mode is HandoffMode.TELL:
        told(draft, handoff, command.actor)
    elif handoff.state in {HandoffState.REQUESTED, HandoffState.ALERTED}:
        draft.note(HandoffAcknowledged(at=draft.now, ref=handoff.ref, actor=command.actor))


def before_answering(draft: Draft, command: c.AskBack | c.GiveToColleague, handoff: Handoff, party: Party) -> None:
    """A question, or a colleague: where it was answered meanwhile, that is an answer that came late."""
    if isinstance(command, c.AskBack):
        waits = ask_back(draft, command, handoff)
    else:
        waits = give_to_colleague(draft, command, handoff, party)
    if not waits:
        _late(draft, command, handoff)


def accept(draft: Draft, command: c.AcceptHandoff, handoff: Handoff) -> None:
    """Taken: the clock for the result starts, a fresh link goes out, whoever passed the baton gets word."""
    if handoff.mode is HandoffMode.TELL:
        raise NothingToDoHere(ref=handoff.ref)
    _refuse_before_a_pick(handoff)
    party = party_of(draft, command, handoff)
    refuse_strangers(draft, command, handoff, party)
    if handoff.state not in UNANSWERED_STATES:
        _late(draft, command, handoff)
        return
    step = draft.step(handoff.run_id, handoff.step)
    takers = takers_now(draft, command, handoff, party)
    if needs_proof(draft, command):
        claim(draft, command, handoff, party, on_behalf=command.road in ON_BEHALF)
        return
    first_sign_by, limits = None, handoff.limits
    if isinstance(step, AskStep):
        limits = _limits_from_acceptance(draft, step, handoff)
        if step.first_sign_within:
            first_sign_by = ground_of(draft, handoff).later(draft.now, step.first_sign_within.within)
    draft.withdraw_alerts(handoff.ref)
    draft.note(
        HandoffAccepted(
            at=draft.now,
            ref=handoff.ref,
            actor=command.actor,
            party=party,
            on_behalf=command.road in ON_BEHALF,
            takers=() if {command.actor} == {f"{PERSON}{one}" for one in takers} else tuple(sorted(takers)),
            first_sign_by=first_sign_by,
            limits=limits,
        )
    )
    taker = command.person or _speaker(draft, command)
    draft.alert(AlertPurpose.RESULT_LINK, handoff, to=party, person=taker, link=LinkUse.RESULT)
    _tell_the_others(draft, handoff, party)
    for other in draft.others_asked(handoff):
        _taken_by_other(draft, other, party)
    draft.word(AlertPurpose.WORD_TAKEN, draft.handoff(handoff.ref))


def _limits_from_acceptance(draft: Draft, step: AskStep, handoff: Handoff) -> tuple[LimitState, ...]:
    """All limits, now that the clock of the result runs.

    One that went by while nobody looked (the machine was down) is not marked as passed here: the next look at the
    clock shall say so.
    """
    said = {limit.at for limit in handoff.limits if limit.passed}
    times = draft.step_run(handoff.run_id, handoff.step).extended
    limits = ground_of(draft, handoff).ends(step.complete_within, draft.now, step.extend, times)
    return tuple(limit.model_copy(update={"passed": limit.at in said}) for limit in limits)


def _speaker(draft: Draft, command: c.AboutHandoff) -> str | None:
    """The very person who answered, where it was a person of the directory: the fresh link goes to the same contact."""
    person = command.actor.removeprefix("person:")
    return person if person in draft.directory.people else None


def _tell_the_others(draft: Draft, handoff: Handoff, party: Party) -> None:
    """If the coordinator held it and the service took it after all (or the other way round), tell the other."""
    if handoff.owner == party:
        if party.kind is PartyKind.COORDINATOR and handoff.service:
            other = Party(kind=PartyKind.SERVICE, id=handoff.service)
            draft.alert(AlertPurpose.TAKEN_BY_OTHER, handoff, to=other)
    elif handoff.owner.kind is PartyKind.COORDINATOR:
        draft.alert(AlertPurpose.TAKEN_BY_OTHER, handoff, to=handoff.owner)


def _taken_by_other(draft: Draft, other: Handoff, party: Party) -> None:
    """Several were asked at once: this one is told at once that it is taken, and nothing is held against it."""
    draft.withdraw_alerts(other.ref)
    taken_by = party.id if party.kind is PartyKind.SERVICE else None
    draft.note(HandoffTakenByOther(at=draft.now, ref=other.ref, taken_by=taken_by))
    asked = Party(kind=PartyKind.SERVICE, id=other.service) if other.service else other.owner
    for holder in {asked.id: asked, other.owner.id: other.owner}.values():
        if holder != party:
            draft.alert(AlertPurpose.TAKEN_BY_OTHER, other, to=holder)


def decline(draft: Draft, command: c.DeclineHandoff, handoff: Handoff) -> None:
    """Refused: the next service is asked at once; whoever passed the baton gets word."""
    if handoff.mode is HandoffMode.TELL:
        raise NothingToDoHere(ref=handoff.ref)
    if command.reason not in list(c.DeclineReason):
        raise UnknownReason(reason=command.reason, known=", ".join(c.DeclineReason))
    _refuse_before_a_pick(handoff)
    watching = handoff.mode is HandoffMode.WATCH and handoff.is_open
    if handoff.state not in UNANSWERED_STATES and not watching:
        _late(draft, command, handoff)
        return
    if party_of(draft, command, handoff).kind is PartyKind.COORDINATOR:
        raise LastLink(ref=handoff.ref)
    draft.withdraw_alerts(handoff.ref)
    draft.note(
        HandoffDeclined(
            at=draft.now,
            ref=handoff.ref,
            actor=command.actor,
            reason=command.reason,
            on_behalf=command.road in ON_BEHALF,
        )
    )
    if not draft.others_asked(handoff):
        draft.word(AlertPurpose.WORD_DECLINED, handoff)
    pass_on(draft, handoff)


def pass_on(draft: Draft, handoff: Handoff) -> None:
    """Ask the next one in the chain for the same step; nobody more while others that were asked at once may answer."""
    others = draft.others_asked(handoff)
    if others:
        if handoff.overdue or not any(other.may_answer for other in others):
            hand_to_coordinator(draft, others[0].ref)
        return
    step = draft.step(handoff.run_id, handoff.step)
    if not isinstance(step, StartStep):
        request(draft, handoff.run_id, step, handoff.giver, competence_for(step, handoff))


def first_sign(draft: Draft, command: c.NoteFirstSign, handoff: Handoff) -> None:
    """Begun: the clock for a first sign of work stops."""
    _refuse_before_acceptance(handoff)
    if not handoff.is_open:
        _late(draft, command, handoff)
    elif handoff.first_sign_at is None:
        draft.note(FirstSignNoted(at=draft.now, ref=handoff.ref, actor=command.actor))


def _refuse_before_a_pick(handoff: Handoff) -> None:
    if handoff.waits_for_a_pick:
        raise PickFirst(ref=handoff.ref)


def _refuse_before_acceptance(handoff: Handoff) -> None:
    if handoff.mode is HandoffMode.TELL:
        raise NothingToDoHere(ref=handoff.ref)
    if handoff.state in UNANSWERED_STATES:
        raise NotAcceptedYet(ref=handoff.ref)


def results_of(step: AnyStep) -> Mapping[str, Result]:
    """The results that a person can give for the step, by name."""
    if isinstance(step, AskStep | AwaitStep):
        return step.results
    return {TOLD: Result()} if isinstance(step, TellStep) else {}


def evidence_of(draft: Draft, result: Result, given: Mapping[str, c.EvidenceValue]) -> Mapping[str, c.KeptValue]:
    """What the result shows, in its kept form. Raises WrongEvidence."""
    facts = draft.library.facts
    of_fact = {field: facts[name] for field, name in result.of_fact.items() if name in facts}
    return evidence_values(result.evidence, given, of_fact)


def complete(draft: Draft, command: c.CompleteHandoff, handoff: Handoff) -> None:
    """Done: the result and its evidence end the step; whoever passed the baton gets word.

    Where the step wants two people, the first word is a proposal.
    """
    if handoff.mode is HandoffMode.TELL and handoff.overdue and handoff.is_open:
        told(draft, handoff, command.actor)
        return
    _refuse_before_acceptance(handoff)
    if not handoff.is_open:
        _late(draft, command, handoff)
        return
    refuse_whoever_is_kept_away(draft, command, handoff)
    step = draft.step(handoff.run_id, handoff.step)
    results = results_of(step)
    if command.result not in results:
        raise UnknownResult(result=command.result, known=", ".join(results))
    evidence = evidence_of(draft, results[command.result], command.evidence)
    if needs_another(step, handoff, command, evidence):
        propose(draft, handoff, command, evidence, on_behalf=command.road in ON_BEHALF)
        return
    draft.withdraw_alerts(handoff.ref)
    draft.note(
        HandoffCompleted(
            at=draft.now,
            ref=handoff.ref,
            actor=command.actor,
            result=command.result,
            on_behalf=command.road in ON_BEHALF,
            evidence=evidence,
        )
    )
    if not draft.still_open(handoff.run_id, handoff.step):
        _end_step(draft, step, handoff, command.result, evidence)
    draft.word(AlertPurpose.WORD_COMPLETED, handoff)


def _end_step(draft: Draft, step: AnyStep, handoff: Handoff, result: str, evidence: Mapping[str, c.KeptValue]) -> None:
    """The step is over with this result; where several bring theirs, with that of the last."""
    draft.note(
        StepEnded(
            at=draft.now,
            run_id=handoff.run_id,
            step=handoff.step,
            result=result,
            evidence=evidence,
            ended_by=Giver(party=handoff.accepted_party or handoff.owner, ref=handoff.ref),
        )
    )
    if isinstance(step, AskStep | AwaitStep):
        set_facts(draft, handoff.run_id, step, result)


def renew_link(draft: Draft, command: c.RenewLink, handoff: Handoff) -> None:
    """A fresh link for the result, to the same contact."""
    _refuse_before_acceptance(handoff)
    if not handoff.is_open:
        _late(draft, command, handoff)
        return
    party = handoff.accepted_party or handoff.owner
    draft.alert(AlertPurpose.RESULT_LINK, handoff, to=party, person=_speaker(draft, command), link=LinkUse.RESULT)
