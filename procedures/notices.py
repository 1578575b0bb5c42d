"""What a notice tells of its pathway, level by level: where it stands, how a step ended; never a fact, never evidence.

The message itself carries a reference, a link and a code, whatever the level: this is what stands behind them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from procedures.case import CaseState, CaseStatus, Handoff, HandoffState, RunState, StepState
from procedures.conditions import named_results, needed_steps
from procedures.consenting import asked_for, crosses, is_contact
from procedures.language.steps import AnyStep, AskStep, AwaitStep, Level, StartStep, TellStep
from procedures.schema import Library, Pathway

READABLE = frozenset({HandoffState.REQUESTED, HandoffState.ALERTED, HandoffState.ACKNOWLEDGED, HandoffState.COMPLETED})
BEGUN = frozenset({StepState.ACTIVE, StepState.DONE})


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One step of the pathway, as far as whoever is told may know."""

    step: str
    state: StepState
    result: str | None = None
    """How it ended, where the level says so."""


def sets_facts(step: AnyStep, results: frozenset[str]) -> bool:
    """Whether one of these results changes a fact; without any, whether one of the step's does."""
    if not isinstance(step, AskStep | AwaitStep):
        return False
    return any(result.sets for name, result in step.results.items() if name in results or not results)


def hangs_on_facts(steps: Mapping[str, AnyStep], name: str) -> bool:
    """Whether it tells a fact that the step began: by its own condition, or by that of one that it needs."""
    waiting, seen = [name], set[str]()
    while waiting:
        step = steps[waiting.pop()]
        if step.name in seen:
            continue
        seen.add(step.name)
        if step.when or (step.repeat and step.repeat.while_):
            return True
        named = named_results([step.needs])
        if any(results and sets_facts(steps[other], results) for other, results in named.items() if other in steps):
            return True
        waiting += [other for other in needed_steps(step.needs) if other in steps]
    return False


def is_told_more(step: AnyStep) -> bool:
    """Whether there is anything to read behind the notice of this step."""
    return isinstance(step, TellStep) and step.level is not Level.REFERENCE


def may_be_read(library: Library, pathway: Pathway, state: CaseState, handoff: Handoff) -> bool:
    """Whether it may be told now: not once it was called off, or once the consent to it is there no more."""
    step = pathway.steps.get(handoff.step)
    if step is None or not is_told_more(step) or handoff.withheld or handoff.state not in READABLE:
        return False
    if state.status is CaseStatus.CANCELLED or state.runs[handoff.run_id].state is RunState.CANCELLED:
        return False
    if state.no_contact_since is not None and is_contact(library, pathway, step):
        return False
    terms = asked_for(library, pathway, step)
    return terms is None or state.agreed(terms.consent or "", handoff.service)


def notice_lines(library: Library, pathway: Pathway, state: CaseState, handoff: Handoff) -> Iterator[NoticeLine]:
    """Where the pathway stands, in its order; nothing that hangs on a fact, or that is about somebody else."""
    step, runs = pathway.steps[handoff.step], state.runs[handoff.run_id].steps
    needed = needed_steps(step.needs) if isinstance(step, TellStep) and step.level is Level.RESULT else frozenset()
    for name, other in pathway.steps.items():
        walled = isinstance(other, StartStep) and crosses(library, pathway, other)
        if name == step.name or name not in runs or walled or runs[name].state not in BEGUN:
            continue
        if not hangs_on_facts(pathway.steps, name):
            result = runs[name].result if name in needed and runs[name].state is StepState.DONE else None
            yield NoticeLine(name, runs[name].state, result)
