"""Which pathway of a case is meant, by whatever a person can say of it."""

from collections.abc import Iterable

from procedures.case import CaseState, PathwayRun, RunState
from procedures.errors import UnknownRunning, UnknownStep, WhichPathway


def running_with_step(state: CaseState, said: str, step: str) -> PathwayRun:
    """The run with this step, by its id, its reference or its pathway's name; by nothing where one alone has it.

    Raises UnknownRunning, UnknownStep, WhichPathway.
    """
    running = [run for run in state.runs.values() if run.state is RunState.RUNNING]
    meant = [run for run in running if said in {"", run.run_id, run.ref, run.pathway}]
    if not meant:
        raise UnknownRunning(known=", ".join(_called(run) for run in running) or "-")
    found = [run for run in meant if step in run.steps]
    if not found:
        raise UnknownStep(step=step, known=_steps(meant))
    if len(found) > 1:
        raise WhichPathway(step=step, known=", ".join(_called(run) for run in found))
    return found[0]


def _called(run: PathwayRun) -> str:
    return f"{run.ref} ({run.pathway})"


def _steps(runs: Iterable[PathwayRun]) -> str:
    return ", ".join(step for run in runs for step in run.steps)
