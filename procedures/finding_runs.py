"""Which pathway of a case is meant, by whatever a person can say of it."""

from collections.abc import Iterable

from procedures.case import CaseState, PathwayRun, RunState
from procedures.errors import UnknownRunning, UnknownStep, WhichPathway


def running_with_step(state: CaseState, said: str, step: str) -> PathwayRun:
    """The run with this step, by its id, its reference or its pathway's name; by nothing where one alone has it.

    Raises UnknownRunning, UnknownStep, WhichPathway.
    """
    meant = running_called(state, said)
    found = [run for run in meant if step in run.steps]
    if not found:
        raise UnknownStep(step=step, known=_steps(meant))
    if len(found) > 1:
        raise WhichPathway(step=step, known=", ".join(called(run) for run in found))
    return found[0]


def running_called(state: CaseState, said: str) -> list[PathwayRun]:
    """The runs that are called so, by id, reference or pathway; all that run where nothing is said.

    Raises UnknownRunning.
    """
    running = [run for run in state.runs.values() if run.state is RunState.RUNNING]
    meant = [run for run in running if said in {"", run.run_id, run.ref, run.pathway}]
    if not meant:
        raise UnknownRunning(known=", ".join(called(run) for run in running) or "-")
    return meant


def called(run: PathwayRun) -> str:
    """How a run is called where several could be meant."""
    return f"{run.ref} ({run.pathway})"


def _steps(runs: Iterable[PathwayRun]) -> str:
    return ", ".join(step for run in runs for step in run.steps)
