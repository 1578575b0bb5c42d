"""Whether she is told of what is done without her consent: in a step that is there, and that nothing else moves."""

from procedures.grammar import consent_kinds, kinds
from procedures.grammar.drafts import NeedRef, PathwayDraft, StepDraft
from procedures.nodes import Node, Scalar
from procedures.reading import Document, nearest_or_all
from procedures.schema import AnyStep, Need, NeedKind

MOVED_BY = ("needs", "when", "looked_at", "repeat", "consent")
"""What the step in which she is told cannot say of itself: what it tells of moves it."""


def check_told(document: Document, draft: PathwayDraft) -> None:
    """Take note of every fault of `told_in`, and let the step in which she is told wait for those that name it."""
    for node, step in _named(draft):
        _check_name(document, draft, node, step)
    talks = {node.text for node, _step in _named(draft) if isinstance(node, Scalar)}
    for name, step in draft.steps.items():
        _check_results(document, step, tells=name in talks)
        acting = acting_before(draft, name)
        if not acting or step.kind != "ask":
            continue
        for word in MOVED_BY:
            if word in step.written:
                document.fault(consent_kinds.TALK_MOVED, step.written[word], step=name, word=word)
        if not any(word in step.written for word in ("needs", "when")):
            step.needs = [NeedRef(other.told_in or step.key, other.name, None) for other in acting]


def _check_results(document: Document, step: StepDraft, *, tells: bool) -> None:
    """Where she is told, not every way in which it ends can be that she was; elsewhere nothing is told."""
    untold = [name for name, result in (step.results or {}).items() if result.untold]
    if not tells:
        for name in untold:
            document.fault(consent_kinds.UNTOLD_OF_NOTHING, step.result_nodes[name], step=step.name)
    elif untold and "anew" in step.written:
        document.fault(consent_kinds.NEVER_TOLD_LATER, step.written["anew"], step=step.name)
    elif step.kind == "ask" and len(step.results or {}) > 1 and not untold:
        document.fault(consent_kinds.ALWAYS_TOLD, step.key, step=step.name)


def acting_before(draft: PathwayDraft, name: str) -> list[StepDraft]:
    """The steps of which she is told in the step of this name."""
    steps = draft.steps.values()
    return [step for step in steps if step.name != name and step.terms and step.terms.told_in == name]


def told_after(draft: PathwayDraft, step: AnyStep) -> AnyStep:
    """The step in which she is told needs those that name it: so pictures and explorations see it in its place."""
    acting = acting_before(draft, step.name)
    if not acting:
        return step
    parts = tuple(Need(kind=NeedKind.STEP, step=other.name) for other in acting)
    need = parts[0] if len(parts) == 1 else Need(kind=NeedKind.ALL_OF, parts=parts)
    return step.model_copy(update={"needs": need})


def _named(draft: PathwayDraft) -> list[tuple[Node, StepDraft | None]]:
    own: list[tuple[Node, StepDraft | None]] = [(s.told_in, s) for s in draft.steps.values() if s.told_in]
    return [*([(draft.told_in, None)] if draft.told_in else []), *own]


def _check_name(document: Document, draft: PathwayDraft, node: Node, step: StepDraft | None) -> None:
    name = node.text if isinstance(node, Scalar) else ""
    told = draft.steps.get(name)
    if not name:
        return
    if told is None:
        document.fault(kinds.UNKNOWN_STEP, node, step=name, known=nearest_or_all(name, draft.steps))
    elif told is step:
        document.fault(consent_kinds.TELLS_ITSELF, node, step=name)
    elif told.kind is not None and told.kind != "ask":
        document.fault(consent_kinds.NOT_A_TALK, node, step=name)
