"""Whether a repetition can end: what is to end it must not wait for its end."""

from procedures.faults import FaultKind
from procedures.grammar import kinds
from procedures.grammar.drafts import PathwayDraft, StepDraft
from procedures.reading import Document

UNTIL_NEVER = FaultKind(
    "repeat-until-never",
    "{step} is over only when this repetition is: it cannot end it.",
    "Name a result of this step, or a step that waits for one of its results alone.",
)


def check_repetition(document: Document, draft: PathwayDraft, step: StepDraft) -> None:
    """The end of a repetition comes from a result of its own, or from a step that does not wait for it to be over."""
    if step.repeat is None:
        return
    if step.not_before is not None and step.repeats_first is not None:
        document.fault(kinds.TWO_MOMENTS, step.repeats_first)
    for ref in step.until:
        own = ref.step == step.name and ref.result is None
        if own or (ref.step != step.name and _waits_for_its_end(draft, ref.step, step.name)):
            document.fault(UNTIL_NEVER, ref.node, step=ref.step)


def _waits_for_its_end(draft: PathwayDraft, name: str, repeated: str) -> bool:
    """Whether the step, or one that it needs, needs the repeated one to be over."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        step = draft.steps.get(waiting.pop())
        if step is None or step.name in seen:
            continue
        seen.add(step.name)
        if any(need.step == repeated and need.result is None for need in step.needs):
            return True
        waiting += [need.step for need in step.needs if need.step != repeated]
    return False
