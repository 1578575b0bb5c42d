"""Passing the baton: a step's handoff goes to the next service that can be asked, or to the coordinator."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

from procedures.calling import call_coordination, call_to_pick, opener
from procedures.case import CaseState, Giver, Handoff, HandoffMode, LimitState, Party, PartyKind, RungState, StepRun
from procedures.choosing import candidates
from procedures.choosing_terms import compared, doers_of, terms_of
from procedures.consent_notes import EVERY_SERVICE
from procedures.consenting import gate_of, is_withheld
from procedures.directory import Directory, Service
from procedures.drafting import Draft
from procedures.events import (
    AlertPurpose,
    HandoffRequested,
    LimitAlreadyOver,
    LinkUse,
    NobodyBecause,
    NoServiceFound,
    OwnerChanged,
    ServiceChosen,
)
from procedures.language.choosing import HowMany
from procedures.measuring import Ground, marked, week_of
from procedures.notices import is_told_more
from procedures.persons import called_first, others_than
from procedures.schema import AnyStep, AskStep, AwaitStep, Extension, Limit, RungTarget, TellStep

PlacedStep = AskStep | TellStep | AwaitStep

MODES = {"ask": HandoffMode.ASK, "tell": HandoffMode.TELL, "await": HandoffMode.WATCH}
FIRST_ALERT = {
    HandoffMode.ASK: AlertPurpose.REQUEST,
    HandoffMode.TELL: AlertPurpose.TELL,
    HandoffMode.WATCH: AlertPurpose.WATCH,
}
LINK = {HandoffMode.ASK: LinkUse.ANSWER, HandoffMode.TELL: LinkUse.NONE, HandoffMode.WATCH: LinkUse.RESULT}


def competences_of(step: PlacedStep) -> tuple[str, ...]:
    """What a service must be able to do to be asked, told, or set to watch: one service for each of them."""
    if isinstance(step, TellStep):
        return step.competences
    return (step.watched_by if isinstance(step, AwaitStep) else step.competence,)


def competence_for(step: PlacedStep, handoff: Handoff) -> str:
    """For which of them this handoff was asked."""
    return handoff.competence or competences_of(step)[0]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is asked next, or why nobody can be."""

    service: Service | None = None
    because: NobodyBecause = NobodyBecause.NOBODY
    """Why there is nobody, where there is none."""
    among: tuple[Service, ...] = ()
    """All that can be asked, the first one first."""
    territory: str = ""
    passed_over: tuple[str, ...] = ()
    """The services that would have come before it, but for what the procedure says."""
    person: str | None = None
    """Whom of it the procedure calls first."""


def _tried(draft: Draft, run_id: str, step: PlacedStep, competence: str) -> tuple[str, ...]:
    """Who was asked already: a service that was told for one thing may be told for another as well."""
    step_run = draft.step_run(run_id, step.name)
    if len(competences_of(step)) == 1:
        return step_run.tried
    told = [handoff for ref in step_run.handoffs if (handoff := draft.handoff(ref)).competence == competence]
    return tuple(handoff.service for handoff in told if handoff.service in step_run.tried)


def unwanted(state: CaseState, directory: Directory, consent: str | None) -> frozenset[str]:
    """The services that she does not want for what needs this consent: they are passed over like those asked before."""
    services = state.consent_services.get(consent or "", EVERY_SERVICE)
    return frozenset(name for name in directory.services if not services.cover(name))


def choose(draft: Draft, run_id: str, step: PlacedStep, competence: str) -> Chosen:
    """The next service that can be asked for this step at the draft's `now`, by all that the procedure says of it."""
    tried = _tried(draft, run_id, step, competence)
    if tried and not isinstance(step, TellStep) and step.not_delegable:
        return Chosen(because=NobodyBecause.NOT_DELEGABLE)
    if tried and step.choose.how_many is HowMany.ALL:
        return Chosen(because=NobodyBecause.ALL_ASKED)
    gate = gate_of(draft.library, draft.pathway(run_id), step)
    if gate and draft.step_run(run_id, step.name).handoffs and not draft.state.agreed(gate, None):
        return Chosen(because=NobodyBecause.CONSENT_OVER)
    terms = terms_of(
        step,
        draft.pathway(run_id),
        directory=draft.directory,
        territory=draft.state.territory,
        facts=draft.state.facts,
        doers=partial(doers_of, draft.state, draft.directory, draft.run(run_id)),
    )
    if isinstance(terms, NobodyBecause):
        return Chosen(because=terms)
    look = partial(
        candidates,
        draft.directory,
        competence=competence,
        territory=terms.territory,
        now=draft.now,
        exclusions=draft.state.exclusions,
        tried={*tried, *unwanted(draft.state, draft.directory, gate)},
    )
    found = look(terms=terms)
    if not found:
        return Chosen(territory=terms.territory)
    before = takewhile(lambda service: service != found[0], look()) if terms.narrows else ()
    passed_over = tuple(service.id for service in before if service not in found)
    person = terms.same_person if called_first(draft.directory, found[0], terms.same_person, draft.now) else None
    return Chosen(found[0], among=tuple(found), territory=terms.territory, passed_over=passed_over, person=person)


def one_of_several(step: PlacedStep, competence: str) -> str | None:
    """The competence, where the step names more than one."""
    return competence if len(competences_of(step)) > 1 else None


def note_nobody(draft: Draft, run_id: str, step: PlacedStep, chosen: Chosen, competence: str) -> None:
    """Say that nobody can be asked, and why."""
    said = one_of_several(step, competence)
    draft.note(NoServiceFound(at=draft.now, run_id=run_id, step=step.name, because=chosen.because, competence=said))


def _note_choice(draft: Draft, run_id: str, step: PlacedStep, chosen: Chosen, competence: str) -> None:
    """Say why it is this service, where that is more than its competence."""
    if chosen.service is None:
        note_nobody(draft, run_id, step, chosen, competence)
        return
    if step.choose.says_something or chosen.passed_over:
        draft.note(
            ServiceChosen(
                at=draft.now,
                run_id=run_id,
                step=step.name,
                service=chosen.service.id,
                territory=chosen.territory if step.choose.territory else None,
                same_as=step.choose.same_as,
                different_from=tuple(compared(step, draft.pathway(run_id))),
                same_person_as=step.choose.same_person_as,
                called_first=chosen.person is not None,
                other_person_than=tuple(others_than(step, draft.pathway(run_id))),
                barred=step.choose.barred,
                passed_over=chosen.passed_over,
            )
        )


def _limits(step: PlacedStep) -> tuple[Limit, ...]:
    if isinstance(step, AskStep):
        # Until somebody accepts, a limit that counts from the acceptance does not run yet.
        return tuple(limit for limit in step.complete_within if not limit.from_start)
    return step.within if isinstance(step, AwaitStep) else ()


def ground_of(draft: Draft, handoff: Handoff) -> Ground:
    """What the limits of a handoff are measured on: the working days of the service that was asked."""
    service = draft.directory.services.get(handoff.service or "")
    week = week_of(draft.directory, draft.state.territory, service)
    return Ground(draft.state, draft.run(handoff.run_id), week, handoff.requested_at)


def extension_of(step: AnyStep) -> Extension | None:
    """How its limits may be moved, if at all."""
    return step.extend if isinstance(step, AskStep | AwaitStep) else None


def ladder_of(step: PlacedStep, step_run: StepRun, now: datetime, ground: Ground) -> tuple[RungState, ...]:
    """The rungs in absolute time. The coordinator's counts from the step's start, so that no chain outruns it."""
    if not isinstance(step, AskStep):
        return ()
    rungs = []
    for rung in step.escalate:
        begun = (step_run.started_at or now) + timedelta(seconds=step_run.stood_still)
        base = begun if rung.to is RungTarget.COORDINATOR else now
        rungs.append(RungState(at=ground.later(base, rung.after), to=rung.to))
    return tuple(sorted(rungs, key=lambda rung: rung.at))


def request(draft: Draft, run_id: str, step: PlacedStep, giver: Giver, competence: str) -> None:
    """Ask the next service, or the desk to pick one; without one the coordinator gets it at once."""
    chosen = choose(draft, run_id, step, competence)
    if step.choose.picked and chosen.service is not None:
        _ask_to_pick(draft, run_id, step, giver)
        return
    for service in _at_once(draft, run_id, step, chosen):
        if step.choose.each or service == chosen.service:
            _note_choice(draft, run_id, step, replace(chosen, service=service), competence)
        ask(draft, run_id, step, giver, service, competence=one_of_several(step, competence), person=chosen.person)


def _at_once(draft: Draft, run_id: str, step: PlacedStep, chosen: Chosen) -> tuple[Service | None, ...]:
    """Who is asked now: one, or several at once; None for each that is missing, which the coordinator gets.

    Where several bring their result each, one comes in the place of one that cannot.
    """
    if step.choose.each and draft.step_run(run_id, step.name).handoffs:
        return (chosen.service,)
    found = chosen.among[: step.choose.most]
    return (*found, *(None for _missing in range(step.choose.fewest - len(found))))


def _ask_to_pick(draft: Draft, run_id: str, step: PlacedStep, giver: Giver) -> None:
    """Nobody is guessed: whoever opened the case is called to pick. Meanwhile the step's own times run."""
    handoff = _note_request(draft, run_id, step, giver, to_pick=opener(draft).party)
    call_to_pick(draft, handoff)
    _say_what_is_over(draft, handoff.ref, handoff.limits)


def ask(
    draft: Draft,
    run_id: str,
    step: PlacedStep,
    giver: Giver,
    service: Service | None,
    *,
    competence: str | None = None,
    person: str | None = None,
    anew: bool = False,
) -> None:
    """Ask this service; without one the coordinator gets it at once, and the operator sees it.

    `competence`: for which of several. `person`: whom of it to call first, where it is not whoever is on duty.
    `anew`: the coordinator had it, and somebody picked this service: his time to take over counts from now.
    """
    handoff = _note_request(draft, run_id, step, giver, service, competence=competence, anew=anew)
    if service is None:
        call_coordination(draft, handoff)
        draft.word(AlertPurpose.WORD_OVERDUE, handoff)
    else:
        link = LinkUse.READ if is_told_more(step) and not handoff.withheld else LINK[handoff.mode]
        draft.alert(FIRST_ALERT[handoff.mode], handoff, to=handoff.owner, person=person, link=link)
    _say_what_is_over(draft, handoff.ref, handoff.limits)


def _note_request(
    draft: Draft,
    run_id: str,
    step: PlacedStep,
    giver: Giver,
    service: Service | None = None,
    *,
    competence: str | None = None,
    to_pick: Party | None = None,
    anew: bool = False,
) -> Handoff:
    """The handoff, with all its times: of the service, of whoever is to pick one, or else of the coordinator."""
    run, step_run = draft.run(run_id), draft.step_run(run_id, step.name)
    ground = Ground(draft.state, run, week_of(draft.directory, draft.state.territory, service))
    asked = Party(kind=PartyKind.SERVICE, id=service.id) if service else to_pick
    accept_by = None
    if isinstance(step, AskStep) and not to_pick:
        accept_by = ground.later(draft.now, step.accept_within.within)
    climbing = step_run.model_copy(update={"started_at": draft.now, "stood_still": 0}) if anew else step_run
    ladder = ladder_of(step, climbing, draft.now, ground) if asked else ()
    ref = draft.draw_reference("handoff")
    draft.note(
        HandoffRequested(
            at=draft.now,
            ref=ref,
            run_id=run_id,
            step=step.name,
            mode=MODES[step.kind],
            competence=competence,
            service=service.id if service else None,
            owner=asked or draft.coordinator_party(),
            giver=giver,
            withheld=is_withheld(
                draft.library, draft.pathway(run_id), step, draft.state, service.id if service else None
            ),
            to_pick=to_pick is not None,
            each=step.choose.each,
            accept_by=accept_by,
            limits=marked(ground.ends(_limits(step), draft.now, extension_of(step), step_run.extended), draft.now),
            ladder=tuple(rung for rung in ladder if not to_pick or rung.to == RungTarget.COORDINATOR),
        )
    )
    return draft.handoff(ref)


def _say_what_is_over(draft: Draft, ref: str, limits: tuple[LimitState, ...]) -> None:
    """A limit already over when the step starts is said at once, to a person (language.md, moments and limits)."""
    handoff = draft.handoff(ref)
    over = [limit for limit in limits if limit.passed]
    for limit in over:
        draft.note(LimitAlreadyOver(at=draft.now, run_id=handoff.run_id, step=handoff.step, limit_at=limit.at))
    if over:
        call_coordination(draft, handoff, AlertPurpose.LIMIT_OVER)


def hand_to_coordinator(draft: Draft, ref: str) -> None:
    """The named coordinator answers for it from now on, overdue until a person ends it.

    Where several were asked at once he gets it once, through the first of them.
    """
    handoff = draft.handoff(ref)
    if any(other.overdue for other in draft.others_asked(handoff)):
        return
    coordinator = draft.coordinator_party()
    draft.note(OwnerChanged(at=draft.now, ref=ref, owner=coordinator))
    call_coordination(draft, handoff)
    draft.word(AlertPurpose.WORD_OVERDUE, handoff)
