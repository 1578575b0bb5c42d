"""Faults of scenario files that no other file has."""

from procedures.faults import FaultKind

NOT_LATER = FaultKind(
    "scenario-not-later",
    "This moment comes before the one above it.",
    "Put the moments of a scenario in the order of time.",
)
UNKNOWN_NAME = FaultKind(
    "scenario-unknown-name",
    "{name} is nothing that this scenario knows: no {what}.",
    "Write for example: {known}",
)
NOT_EARLIER = FaultKind(
    "scenario-not-earlier",
    "{file} holds edition {edition} of {pathway}, and the text of today is edition {today}: it is no earlier text.",
    "Name a file with a lower edition, or give the text of today a higher one.",
)
UNKNOWN_LINE_WORD = FaultKind(
    "scenario-unknown-word",
    "{word} stands in no line that a scenario can be told in, and is no name of the procedure or the network.",
    "Write the line as a failed test shows it, or the name as the procedure or the network has it{nearest}.",
)
NO_SCENARIOS = FaultKind(
    "no-scenarios",
    "Nothing here holds a scenario.",
    "Write one into a file that ends in .scenario.yaml, beside its pathway; docs/scenarios.md shows how.",
)
