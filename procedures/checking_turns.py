"""What time alone may still let in: nothing may hang on its not having happened."""

from collections.abc import Mapping

from procedures.exploring.earlier import may_come_later
from procedures.faults import FaultKind
from procedures.grammar.drafts import PathwayDraft
from procedures.language.conditions import Need, NeedKind
from procedures.language.steps import AnyStep
from procedures.reading import Document

MAY_COME_LATER = FaultKind(
    "may-come-later",
    "That {step} did not end so is never certain: it can be left out now and begin later, by time alone.",
    "Let the when that compares with today be looked at once, or name results with which steps end.",
)


def check_turns(document: Document, draft: PathwayDraft) -> None:
    """Take note of every `not` among what a step needs, or what ends a repetition, that time could make untrue."""
    steps: Mapping[str, AnyStep] = {name: one.model for name, one in draft.steps.items() if one.model is not None}
    if len(steps) < len(draft.steps):
        return
    later = may_come_later(steps)
    for name, step in steps.items():
        placed = draft.steps[name]
        needs = [("needs", step.needs)]
        if step.repeat is not None and step.repeat.until is not None:
            needs.append(("repeat", step.repeat.until))
        for word, need in needs:
            for denied in sorted(_denied(need) & later):
                document.fault(MAY_COME_LATER, placed.written.get(word, placed.key), step=denied)


def _denied(need: Need, *, under_not: bool = False) -> frozenset[str]:
    """The steps that stand under a `not`."""
    if need.step is not None:
        return frozenset({need.step}) if under_not else frozenset()
    under_not = under_not or need.kind is NeedKind.NOT
    return frozenset().union(*(_denied(part, under_not=under_not) for part in need.parts))
