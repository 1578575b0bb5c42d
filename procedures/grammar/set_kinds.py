"""Faults of facts that a result changes."""

from procedures.faults import FaultKind

NOT_ON_THIS_WORD = FaultKind(
    "not-on-this-word",
    "The fact {fact} does not change on the word of {by}.",
    "Delete it, or add {by} to changed_by of the fact, in the vocabulary.",
)
NOT_SHOWN = FaultKind("not-shown", "This result does not show {field}.", "Write a fixed value, or one of: {known}.")
OTHER_KIND = FaultKind(
    "other-kind",
    "What {field} shows is no value of the fact {fact}.",
    "Write in the evidence: {field}: fact.{fact}",
)
NEVER_SET = FaultKind(
    "never-set",
    "A result cannot make the fact {fact} {value}.",
    "Write a value of the fact, or evidence.FIELD of what this result shows.",
)
