"""*Who would be called now* in a case that is open: for what is under way, what is still to come, and what is owed."""

from collections.abc import Iterator
from datetime import datetime

from procedures.case import STEP_OVER, CaseState, Handoff, PathwayRun, RunState, StepRun
from procedures.choosing import callable_at, coordinator_of
from procedures.choosing_terms import doers_of
from procedures.conditions import awaited_signals
from procedures.consenting import gate_of
from procedures.directory import Directory, Service
from procedures.events import NobodyBecause
from procedures.expecting import Expecting
from procedures.haste import is_imminent
from procedures.her_ways import first_channel
from procedures.persons import kept_away
from procedures.placing import PlacedStep, competences_of, one_of_several, unwanted
from procedures.schema import AnyStep, Library, Pathway, StartStep
from procedures.timing import NOT_BEGUN
from procedures.whonow import WhoRow, WhoWhen


def who_in_case(state: CaseState, library: Library, directory: Directory, now: datetime) -> tuple[WhoRow, ...]:
    """The rows of every step that is not over, pathway by pathway. What is owed stands as such, begun or not."""
    return tuple(
        row
        for run in state.runs.values()
        if run.state is RunState.RUNNING
        for expected in [_expecting(state, library, directory, now, run)]
        for step in _open_steps(library.by_hash[run.content_hash], run)
        for competence in _still_asked(state, run, step)
        for row in _rows(state, library, expected, run, (step, competence))
    )


def _expecting(state: CaseState, library: Library, directory: Directory, now: datetime, run: PathwayRun) -> Expecting:
    pathway = library.by_hash[run.content_hash]
    begun = (name for name, step in run.steps.items() if step.handoffs or step.state not in NOT_BEGUN)
    return Expecting(
        pathway=pathway,
        directory=directory,
        territory=state.territory,
        facts=state.facts,
        exclusions=state.exclusions,
        now=now,
        known={name: doers_of(state, directory, run, name) for name in begun},
        unwanted=lambda step: unwanted(state, directory, gate_of(library, pathway, step)),
    )


def _open_steps(pathway: Pathway, run: PathwayRun) -> Iterator[PlacedStep]:
    """Those that an edition does not have any more are over."""
    for name, step in pathway.steps.items():
        if run.steps[name].state not in STEP_OVER and not isinstance(step, StartStep):
            yield step


def _still_asked(state: CaseState, run: PathwayRun, step: PlacedStep) -> Iterator[str]:
    """The step's competences, but for those for which somebody was told already."""
    handoffs = [state.handoffs[ref] for ref in run.steps[step.name].handoffs]
    waiting = {handoff.competence for handoff in handoffs if handoff.is_open}
    for competence in competences_of(step):
        if run.steps[step.name].state in NOT_BEGUN or waiting & {competence, None} or not waiting:
            yield competence


def _rows(
    state: CaseState, library: Library, expected: Expecting, run: PathwayRun, asks: tuple[PlacedStep, str]
) -> Iterator[WhoRow]:
    """One row; where several are asked at once, one for each of them."""
    step, competence = asks
    said = one_of_several(step, competence)
    step_run, directory = run.steps[step.name], expected.directory
    because: NobodyBecause | None = None
    services: list[Service | None]
    if step_run.state not in NOT_BEGUN:
        asked = _asked(state, step_run, said)
        services = [directory.services.get(handoff.service or "") for handoff in asked]
        because = NobodyBecause.PICKED if any(handoff.waits_for_a_pick for handoff in asked) else None
    else:
        next_ones = expected.of(step, competence)
        because = next_ones if isinstance(next_ones, NobodyBecause) else None
        services = [] if isinstance(next_ones, NobodyBecause) else [*next_ones]
        services += [None] * (step.choose.fewest - len(services)) if services else []
    when, coordinator = _when(state, library, run, step), coordinator_of(directory, state.territory, state.exclusions)
    for service in services or [None]:
        person = _person(state, expected, run, (step, competence), service) if service else None
        yield WhoRow(
            pathway=run.pathway,
            step=step.name,
            when=when,
            service=service.id if service else None,
            person=person,
            coordinator=coordinator.id if coordinator and because is not NobodyBecause.PICKED else None,
            channel=first_channel(directory, person, expected.now, imminent=is_imminent(state.facts)),
            because=because,
            competence=said,
        )


def _person(
    state: CaseState, expected: Expecting, run: PathwayRun, asks: tuple[PlacedStep, str], service: Service
) -> str | None:
    """Who of the service would be called: as things stand, or, of what is to come, if all before goes as expected."""
    step, competence = asks
    if run.steps[step.name].state in NOT_BEGUN:
        return expected.person(step, competence, service)
    away = kept_away(state, expected.directory, expected.pathway, run, step)
    return next(iter(callable_at(expected.directory, service, expected.now, away)), None)


def _asked(state: CaseState, step_run: StepRun, competence: str | None) -> list[Handoff]:
    handoffs = (state.handoffs[ref] for ref in step_run.handoffs)
    return [handoff for handoff in handoffs if handoff.is_open and handoff.competence == competence]


def _when(state: CaseState, library: Library, run: PathwayRun, step: AnyStep) -> WhoWhen:
    step_run = run.steps[step.name]
    if step_run.is_owed:
        return WhoWhen.OWED
    if step_run.state not in NOT_BEGUN:
        return WhoWhen.NOW
    if awaited_signals(step.needs, run.steps, run.signals):
        return WhoWhen.SIGNAL
    consent = gate_of(library, library.by_hash[run.content_hash], step)
    return WhoWhen.CONSENT if consent and consent not in state.consents else WhoWhen.LATER
