"""What was done without her consent is reviewed afterwards: by a named person, within a week."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from procedures.case import CaseState, PathwayRun, StepRun
from procedures.commands import ReviewFinding, ReviewSteps
from procedures.drafting import Draft
from procedures.errors import NothingToReview, UnknownReason
from procedures.events import StepReviewed

REVIEW_SECONDS = 7 * 24 * 3600
"""Within which it is reviewed. Our own choice: no law that we read sets one."""


def to_review(state: CaseState) -> Iterator[tuple[PathwayRun, StepRun]]:
    """What of a case waits to be reviewed, pathway by pathway."""
    for run in state.runs.values():
        yield from ((run, step) for step in run.steps.values() if step.review_since is not None)


def review_since(run: PathwayRun) -> datetime | None:
    """Since when the first of its steps waits to be reviewed."""
    return min((step.review_since for step in run.steps.values() if step.review_since), default=None)


def review_by(since: datetime) -> datetime:
    """When it has to be done."""
    return since + timedelta(seconds=REVIEW_SECONDS)


def review(draft: Draft, command: ReviewSteps) -> None:
    """Note who looked and what came of it. Raises UnknownReason, NothingToReview."""
    if command.finding not in list(ReviewFinding):
        raise UnknownReason(reason=command.finding, known=", ".join(ReviewFinding))
    found = [
        (run, step)
        for run, step in to_review(draft.state)
        if command.run in {"", run.run_id, run.ref, run.pathway} and command.step in {"", step.step}
    ]
    if not found:
        raise NothingToReview
    for run, step in found:
        draft.note(
            StepReviewed(at=draft.now, run_id=run.run_id, step=step.step, actor=command.actor, finding=command.finding)
        )
