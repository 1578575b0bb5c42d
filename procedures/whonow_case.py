"""*Who would be called now* in a case that is open: for what is under way, what is still to come, and what is owed."""

from collections.abc import Iterator
from datetime import datetime

from procedures.case import STEP_OVER, CaseState, PathwayRun, RunState, StepRun
from procedures.choosing import candidates, coordinator_of
from procedures.consenting import gate_of
from procedures.directory import Directory
from procedures.placing import competence_of
from procedures.schema import AnyStep, Library, Pathway, StartStep
from procedures.timing import NOT_BEGUN
from procedures.whonow import WhoRow, WhoWhen


def who_in_case(state: CaseState, library: Library, directory: Directory, now: datetime) -> tuple[WhoRow, ...]:
    """The rows of every step that is not over, pathway by pathway. What is owed stands as such, begun or not."""
    return tuple(
        _row(state, (library, directory), now, run, step)
        for run in state.runs.values()
        if run.state is RunState.RUNNING
        for step in _open_steps(library.by_hash[run.content_hash], run)
    )


def _open_steps(pathway: Pathway, run: PathwayRun) -> Iterator[AnyStep]:
    for name, step_run in run.steps.items():
        if step_run.state not in STEP_OVER and not isinstance(pathway.steps[name], StartStep):
            yield pathway.steps[name]


def _row(state: CaseState, network: tuple[Library, Directory], now: datetime, run: PathwayRun, step: AnyStep) -> WhoRow:
    library, directory = network
    step_run = run.steps[step.name]
    service = _asked(state, step_run) if step_run.state not in NOT_BEGUN else _next(state, directory, now, step)
    found = directory.services.get(service or "")
    person = directory.person_on_duty(found, now).id if found else None
    contacts = directory.people[person].contacts if person else ()
    coordinator = coordinator_of(directory, state.territory, state.exclusions)
    return WhoRow(
        pathway=run.pathway,
        step=step.name,
        when=_when(state, library, run, step),
        service=service,
        person=person,
        coordinator=coordinator.id if coordinator else None,
        channel=contacts[0].kind if contacts else None,
    )


def _asked(state: CaseState, step_run: StepRun) -> str | None:
    asked = [state.handoffs[ref] for ref in step_run.handoffs if state.handoffs[ref].is_open]
    return asked[-1].service if asked else None


def _next(state: CaseState, directory: Directory, now: datetime, step: AnyStep) -> str | None:
    if isinstance(step, StartStep):
        return None
    found = candidates(
        directory,
        competence=competence_of(step),
        territory=state.territory,
        now=now,
        exclusions=state.exclusions,
    )
    return found[0].id if found else None


def _when(state: CaseState, library: Library, run: PathwayRun, step: AnyStep) -> WhoWhen:
    step_run = run.steps[step.name]
    if step_run.is_owed:
        return WhoWhen.OWED
    if step_run.state not in NOT_BEGUN:
        return WhoWhen.NOW
    consent = gate_of(library, library.by_hash[run.content_hash], step)
    return WhoWhen.CONSENT if consent and consent not in state.consents else WhoWhen.LATER
