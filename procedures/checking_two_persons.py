"""Whether a result that needs two people can come of anything else: of silence, or of one person's signal."""

from procedures.faults import FaultKind
from procedures.grammar.drafts import StepDraft
from procedures.nodes import Scalar
from procedures.reading import Document
from procedures.schema import Silence

ENDS_WITHOUT_TWO = FaultKind(
    "ends-without-two",
    "The result counts only once two people gave it, and {word} lets it come without them.",
    "Delete {word}, or delete two_persons.",
)


def check_two_persons(document: Document, step: StepDraft) -> None:
    """Take note of each way round the second person."""
    node = step.written.get("two_persons")
    if not isinstance(node, Scalar) or node.value is not True:
        return
    if step.on_expiry is not None and step.silence not in {None, *Silence}:
        document.fault(ENDS_WITHOUT_TWO, step.on_expiry, word="on_expiry")
    for placed in step.ends:
        document.fault(ENDS_WITHOUT_TWO, placed.key, word="ends_when")
