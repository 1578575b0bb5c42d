"""A signal comes: who may give it, what it calls off, and which steps at work end with it.

It comes any number of times. `needs` look at whether it ever came in this run; what it calls off or ends is what stands
at the moment it comes, so that a signal of last week never ends what began today.
"""

from procedures import commands as c
from procedures.cancelling import cancel_handoff, stop_step
from procedures.case import Handoff, PathwayRun, StepState
from procedures.directory import Directory
from procedures.drafting import Draft
from procedures.errors import SignalNotTheirs, SignalOfSeveral, UnknownSignal, WrongEvidence
from procedures.events import SIGNAL_CAME, AlertPurpose, SignalGiven, StepEnded
from procedures.fact_events import BY_SIGNAL
from procedures.finding_runs import called, running_called
from procedures.language.limits import COORDINATOR
from procedures.language.signals import Signal
from procedures.language.steps import AskStep, AwaitStep
from procedures.marking import N_
from procedures.pausing import came_now, look_at_pauses
from procedures.revising import look_again, note_settings, set_facts
from procedures.values import evidence_values

_STOPPABLE = frozenset({StepState.WAITING, StepState.AWAITING_CONSENT, StepState.ACTIVE})


def give(draft: Draft, command: c.GiveSignal) -> None:
    """Note the signal and what facts become with it, call off what it calls off, end what it ends.

    Raises UnknownRunning, UnknownSignal, SignalOfSeveral, SignalNotTheirs, WrongEvidence.
    """
    run = _run_for(draft, command)
    signal = draft.pathway(run.run_id).signals[command.signal]
    _check_sender(draft, command, signal)
    if command.evidence and not signal.evidence:
        raise WrongEvidence(field=next(iter(command.evidence)), expected=N_("a signal without evidence"))
    facts = draft.library.facts
    of_fact = {field: facts[name] for field, name in signal.of_fact.items() if name in facts}
    evidence = evidence_values(signal.evidence, command.evidence, of_fact)
    known = run.signals.get(signal.name)
    draft.note(
        SignalGiven(
            at=draft.now,
            run_id=run.run_id,
            signal=signal.name,
            actor=command.actor,
            said_by=command.said_by,
            times=known.times + 1 if known else 1,
            evidence=evidence,
        )
    )
    why = {"by": command.said_by, "reason": BY_SIGNAL, "run_id": run.run_id}
    facts_changed = note_settings(draft, signal.sets, evidence, why)
    for name in signal.cancels:
        _call_off(draft, run.run_id, name)
    for name in run.steps:
        _end(draft, run.run_id, name, signal)
        look_at_pauses(draft, run.run_id, name, signal.name)
    if facts_changed:
        look_again(draft)


def _run_for(draft: Draft, command: c.GiveSignal) -> PathwayRun:
    """The run that is meant: the one named, or the only one that knows the signal."""
    running = running_called(draft.state, command.run)
    knowing = [run for run in running if command.signal in draft.pathway(run.run_id).signals]
    if not knowing:
        names = sorted({name for run in running for name in draft.pathway(run.run_id).signals})
        raise UnknownSignal(signal=command.signal, known=", ".join(names) or "-")
    if len(knowing) > 1:
        raise SignalOfSeveral(signal=command.signal, known=", ".join(called(run) for run in knowing))
    return knowing[0]


def _check_sender(draft: Draft, command: c.GiveSignal, signal: Signal) -> None:
    """It is the word of somebody whom the pathway names; a person of the network speaks for their own service alone."""
    theirs = command.said_by in signal.senders
    person = command.actor.removeprefix("person:")
    if not theirs or (person != command.actor and not speaks_for(draft.directory, person, command.said_by)):
        raise SignalNotTheirs(signal=signal.name, known=", ".join(signal.senders))


def speaks_for(directory: Directory, person: str, whose: str) -> bool:
    """Whether the word of this person is that of `whose`: a competence, or `coordinator`."""
    if whose == COORDINATOR:
        return any(person in coordinator.people for coordinator in directory.coordinators.values())
    services = (service for service in directory.services.values() if whose in service.competences)
    return any(
        person in {service.referent, service.deputy, *(duty.person for duty in service.rota)} for service in services
    )


def _at_work(draft: Draft, run_id: str, name: str) -> list[Handoff]:
    refs = draft.step_run(run_id, name).handoffs
    return [draft.handoff(ref) for ref in refs if draft.handoff(ref).is_open]


def _call_off(draft: Draft, run_id: str, name: str) -> None:
    """Stop a step that is not over: whoever was asked hears it, and whoever had passed the baton."""
    if draft.step_run(run_id, name).state not in _STOPPABLE:
        return
    handoffs = _at_work(draft, run_id, name)
    stop_step(draft, run_id, name, SIGNAL_CAME)
    for handoff in handoffs[:1]:  # several that were asked at once have one giver
        draft.word(AlertPurpose.WORD_CANCELLED, handoff)


def _end(draft: Draft, run_id: str, name: str, signal: Signal) -> None:
    """End a step at work with the result that this signal stands for, if it does."""
    step, run = draft.step(run_id, name), draft.run(run_id)
    if run.steps[name].state is not StepState.ACTIVE or not isinstance(step, AskStep | AwaitStep):
        return
    end = next((end for end in step.ends_when if came_now(end.need, run, signal.name)), None)
    if end is None:
        return
    handoffs = _at_work(draft, run_id, name)
    for handoff in handoffs:
        cancel_handoff(draft, handoff, SIGNAL_CAME)
    draft.withdraw_calls(run_id, name)
    shown = {field: run.signals[signal.name].evidence[field] for field in step.results[end.result].evidence}
    draft.note(StepEnded(at=draft.now, run_id=run_id, step=name, result=end.result, evidence=shown))
    set_facts(draft, run_id, step, end.result)
    for handoff in handoffs[:1]:
        draft.word(AlertPurpose.WORD_COMPLETED, handoff)
