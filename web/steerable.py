"""What can be steered in a case beyond its pathways: steps still to come, and steps that are owed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from procedures.case import CaseState, RunState, StepRun, StepState
from procedures.schema import AskStep, AwaitStep
from procedures.timing import NOT_BEGUN
from web.naming import Names


@dataclass(frozen=True)
class Choice:
    """One step that can be chosen."""

    value: str
    """The reference of its pathway, and its name."""
    title: str


@dataclass(frozen=True)
class OwedLine:
    """One step that is owed."""

    choice: Choice
    begun: str
    """What was begun before it."""
    since: datetime | None


@dataclass(frozen=True)
class Steerable:
    """What can be steered now."""

    to_come: tuple[Choice, ...]
    owed: tuple[OwedLine, ...]
    over: tuple[Choice, ...]
    """Pathways that are over and may be begun anew; the value is their reference."""
    decided: tuple[Choice, ...]
    """Steps that are done, and may be decided anew; the value is the end of an address."""
    no_contact_since: datetime | None
    """Since when she does not want to be contacted again."""


def steerable(state: CaseState, names: Names) -> Steerable:
    """What can be steered in this case now."""
    return Steerable(
        over=tuple(_over(state, names)),
        decided=tuple(_decided(state, names)),
        no_contact_since=state.no_contact_since,
        to_come=tuple(_choices(state, names)),
        owed=tuple(
            OwedLine(
                Choice(f"{run.ref} {step.step}", names.step(run.content_hash, step.step)),
                names.step(run.content_hash, step.owed_for or ""),
                step.owed_since,
            )
            for run in state.runs.values()
            for step in run.owed
        ),
    )


def _choices(state: CaseState, names: Names) -> Iterator[Choice]:
    for run in state.runs.values():
        if run.state is not RunState.RUNNING:
            continue
        title = names.pathway(run.content_hash, run.pathway)
        for step in filter(_is_to_come, run.steps.values()):
            yield Choice(f"{run.ref} {step.step}", f"{title}: {names.step(run.content_hash, step.step)}")


def _is_to_come(step: StepRun) -> bool:
    return step.state in NOT_BEGUN


def _over(state: CaseState, names: Names) -> Iterator[Choice]:
    runs = state.runs.values()
    going_on = {run.pathway for run in runs if run.state is RunState.RUNNING}
    for run in runs:
        if run.state is not RunState.RUNNING and run.pathway not in going_on:
            yield Choice(run.ref, f"{names.pathway(run.content_hash, run.pathway)} ({run.ref})")


def _decided(state: CaseState, names: Names) -> Iterator[Choice]:
    for run in state.runs.values():
        pinned = names.pinned(run.content_hash)
        if run.state is not RunState.RUNNING or pinned is None:
            continue
        for name, step in run.steps.items():
            text = pinned.steps.get(name)
            if step.state is StepState.DONE and isinstance(text, AskStep | AwaitStep) and not text.final:
                said = names.result(run.content_hash, name, step.result or "")
                yield Choice(f"{run.ref}/{name}", f"{names.step(run.content_hash, name)}: {said}")
