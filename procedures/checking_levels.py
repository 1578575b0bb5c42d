"""Whether a notice may tell what its `level` says: there must be a result to tell, and to tell it must tell no fact."""

from procedures.conditions import named_results, needed_steps
from procedures.faults import FaultKind
from procedures.grammar.drafts import PathwayDraft
from procedures.language.steps import AnyStep, Level, TellStep
from procedures.notices import hangs_on_facts, sets_facts
from procedures.reading import Document

NO_RESULT_TO_TELL = FaultKind(
    "no-result-to-tell",
    "No step that {step} needs ends with a result: there is none to tell.",
    "Write level: status, or name in needs the step whose result is told.",
)
TELLS_A_FACT = FaultKind(
    "tells-a-fact",
    "How {other} ended would tell what a fact says, and a notice never does.",
    "Write level: reference or level: status; whoever must know more is asked, and reads it when it is theirs.",
)


def check_levels(document: Document, draft: PathwayDraft) -> None:
    """Take note of every notice whose level has nothing to tell, or would tell too much."""
    steps: dict[str, AnyStep] = {name: one.model for name, one in draft.steps.items() if one.model is not None}
    for name, step in steps.items():
        if isinstance(step, TellStep) and step.level is Level.RESULT and len(steps) == len(draft.steps):
            _check_result(document, draft, steps, name)


def _check_result(document: Document, draft: PathwayDraft, steps: dict[str, AnyStep], name: str) -> None:
    node = draft.steps[name].written["level"]
    named = named_results([steps[name].needs])
    needed = [other for other in steps if other in needed_steps(steps[name].needs) and steps[other].kind != "tell"]
    if not needed:
        document.fault(NO_RESULT_TO_TELL, node, step=name)
    for other in needed:
        if hangs_on_facts(steps, other) or sets_facts(steps[other], named.get(other, frozenset())):
            document.fault(TELLS_A_FACT, node, other=other)
