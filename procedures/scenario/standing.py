"""How a case stands, in lines that a scenario may ask for under `now`."""

from collections.abc import Iterator
from datetime import datetime

from procedures.case import CaseState, Handoff, PathwayRun
from procedures.scenario.moments import moment_words

SUBJECTS = ("case", "pathway", "step", "handoff", "consent", "contact", "fact")
"""The first word of each line."""

WORDS = (
    *SUBJECTS,
    *["is", "ended", "held", "by", "overdue", "due", "stands", "still", "waits", "for", "a", "second", "person"],
)
"""The words of its lines that are no names and no codes."""


def standing(state: CaseState, start: datetime) -> frozenset[str]:
    """Every line that is true of a case now."""
    return frozenset(_lines(state, start))


def _lines(state: CaseState, start: datetime) -> Iterator[str]:
    if not state.exists:
        return
    yield f"case is {state.status}"
    if state.no_contact_since is not None:
        yield "contact is forbidden"
    yield from (f"consent {name} is {word}" for name, word in state.consents.items())
    yield from (f"fact {name} is {str(value).lower()}" for name, value in state.facts.items())
    for run in state.runs.values():
        yield from _of_run(run)
    for handoff in state.handoffs.values():
        yield from _of_handoff(handoff, start)


def _of_run(run: PathwayRun) -> Iterator[str]:
    yield f"pathway {run.pathway} is {run.state}"
    for name, step in run.steps.items():
        yield f"step {name} is {step.state.value.replace('_', ' ')}"
        if step.is_owed:
            yield f"step {name} is owed"
        if step.result:
            yield f"step {name} ended {step.result}"


def _of_handoff(handoff: Handoff, start: datetime) -> Iterator[str]:
    asked = f"handoff {handoff.step} {handoff.service or handoff.owner.id}"
    yield f"{asked} is {handoff.state}"
    if handoff.is_open:
        yield f"handoff {handoff.step} is held by {handoff.owner.id}"
        if handoff.proposed:
            yield f"{asked} waits for a second person"
        if handoff.overdue:
            yield f"{asked} is overdue"
        if handoff.paused_at:
            yield f"{asked} stands still"
        elif handoff.complete_by:
            yield f"{asked} is due by {moment_words(handoff.complete_by, start)}"
