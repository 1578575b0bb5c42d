"""Faults in what a pathway says: a word out of its place, a name nobody knows, a promise that cannot hold."""

from procedures.faults import FaultKind

STEP_KIND = FaultKind(
    "step-kind", "The step {step} must be exactly one of ask, tell, await, start.", "Write for example: {example}"
)
NOT_HERE = FaultKind("not-here", "{word} does not belong to {kind}.", "Leave it out: {kind} has none.")
WRITE_INSTEAD = FaultKind("write-instead", "{word} does not belong to {kind}.", "Write {instead}.")
TOO_MANY_STEPS = FaultKind(
    "too-many-steps", "The pathway has more than {limit} steps.", "Put some into a pathway of its own and start it."
)
NO_STEPS = FaultKind("no-steps", "The pathway has no steps.", "Add for example: {example}")
NO_RESULT = FaultKind("no-result", "The step has no way to end.", "Add for example: {example}")
DOTTED = FaultKind(
    "not-a-step", "{words} names no step.", "Write a step, or a step and its result, for example: {example}"
)
NEVER_RULED_OUT = FaultKind(
    "never-ruled-out",
    "It can never be certain that this does not happen: a step is over some day, and a signal may always come still.",
    "Deny a result of a step, for example: {{not: find_place.housed}}",
)
NO_SOURCE = FaultKind(
    "no-source",
    "This limit says nowhere where it comes from.",
    'Add to the step: source: {{text: "protocol of the network, art. 5", verified: false}}',
)
SOURCE_STATUS = FaultKind(
    "source-status",
    "A source is either verified_on a day or verified: false.",
    "Write one of the two: verified_on: 2026-11-24, or verified: false if nobody has read it there.",
)
TWO_MOMENTS = FaultKind("two-moments", "Two moments are named for one limit.", "Keep one of the two.")
BAD_MOMENT = FaultKind(
    "bad-moment",
    "{word} names no moment.",
    "Write case.opened, pathway.started, fact.NAME, signal.NAME, STEP.requested, STEP.accepted, STEP.completed, "
    "STEP.expired, STEP.RESULT or STEP.evidence.FIELD.",
)
OWN_START_ONLY = FaultKind(
    "own-start-only",
    "{word} always counts from the step itself.",
    "Write the time alone; a limit from another moment belongs into complete_within.",
)
BASIS_TOO = FaultKind(
    "basis-and-consent",
    "A step acts either with a consent or on a basis in law.",
    "Keep consent or basis; with a basis, write consent: none or leave it out.",
)
NO_BASIS = FaultKind(
    "no-basis",
    "Acting without her consent needs a basis in law.",
    "Add for example: basis: {{it: art. 331 c.p.p., en: art. 331 of the Code of Criminal Procedure}}",
)
UNKNOWN_FACT = FaultKind(
    "unknown-fact",
    "No fact is called {fact}.",
    "Write one of: {known}. Others are declared in a facts.yaml, or here under facts: docs/facts.md says how.",
)
ASKS_ELSEWHERE = FaultKind(
    "asks-elsewhere",
    "{word} is no fact, and only facts are asked about here.",
    "What a step came to is asked with needs. What it showed becomes a declared fact in its result, for example "
    "sets: {{{fact}: evidence.{fact}}}, and is asked about as {fact}.",
)
WRONG_VALUE = FaultKind("wrong-value", "The fact {fact} is never {value}.", "Write one of: {known}.")
WRONG_COMPARISON = FaultKind(
    "wrong-comparison",
    "The fact {fact} cannot be compared by {word}.",
    "Write one of: {known}; numbers have an order, days come before or after, choices only where the vocabulary says "
    "ordered: true.",
)
COUNT_OUT_OF_REACH = FaultKind(
    "count-out-of-reach",
    "At least {count} of {parts} can never be told apart from always or never.",
    "Write a number from 1 to {parts}.",
)
LOOKED_AT_ALONE = FaultKind(
    "looked-at-alone", "The step has no condition that could be looked at.", "Delete looked_at, or add a when."
)
UNDATED_FACT = FaultKind(
    "undated-fact", "The fact {fact} is no point in time.", "Write a fact of type datetime: {known}."
)
UNKNOWN_STEP = FaultKind("unknown-step", "No step is called {step}.", "Write one of: {known}.")
UNKNOWN_RESULT = FaultKind("unknown-result", "The step {step} never ends with {result}.", "Write one of: {known}.")
NO_RESULTS = FaultKind("no-results", "{step} is a tell: it has no results.", "Write {step} alone.")
UNKNOWN_MOMENT = FaultKind("unknown-moment", "The step {step} has no moment {name}.", "Write one of: {known}.")
UNKNOWN_EVIDENCE = FaultKind(
    "unknown-evidence", "No result of {step} shows {field} as a date or an hour.", "Write one of: {known}."
)
NEEDS_ITSELF = FaultKind("needs-itself", "The step {step} needs itself.", "Delete this need.")
NEEDS_CYCLE = FaultKind(
    "needs-cycle", "These steps wait for one another: {cycle}.", "Delete one of the needs, so that one can begin."
)
MOMENT_OF_ITSELF = FaultKind(
    "moment-of-itself",
    "A limit of {step} cannot count from how {step} ends.",
    "Leave the moment out: the limit then counts from when the step is taken.",
)
MOMENT_NOT_BEFORE = FaultKind(
    "moment-not-before",
    "{step} need not be over when this step begins.",
    "Add {step} to the needs of this step, or count from another moment.",
)
LADDER_ORDER = FaultKind(
    "ladder-order", "This rung is not later than the one before it.", "Let each rung come later, for example: {example}"
)
LADDER_END = FaultKind(
    "ladder-end",
    "The ladder does not end with the coordinator.",
    "Add as its last rung, for example: {{after: {after}, to: coordinator}}",
)
LADDER_PAST_END = FaultKind(
    "ladder-past-end",
    "This rung is never reached.",
    "Delete it: after {rung} the request is no longer with this service.",
)
LADDER_TOO_SOON = FaultKind(
    "ladder-too-soon",
    "The service is replaced before its time to accept is over.",
    "Write at least: {{after: {after}, to: {to}}}",
)
FIRST_SIGN_MISSING = FaultKind(
    "first-sign-missing",
    "The facts admit imminent risk, but no first sign of work is asked for.",
    "Add for example: first_sign_within: 30 min",
)
CLINICAL_FROM_NOTHING = FaultKind(
    "clinical-from-nothing",
    "The clinical time of {step} counts from the step itself, not from what happened to her.",
    "Let it count from that, for example 72 h of fact.incident_at; or write clock: protocol.",
)
FIRST_SIGN_LATE = FaultKind(
    "first-sign-late", "The first sign would not come before the end.", "Write less than {limit}."
)
UNKNOWN_PATHWAY = FaultKind("unknown-pathway", "No pathway is called {pathway}.", "Write one of: {known}.")
PATHWAY_CYCLE = FaultKind(
    "pathway-cycle", "These pathways start one another for ever: {cycle}.", "Delete one of the starts."
)
DECLARED_APART = FaultKind(
    "declared-apart",
    "{fact} is declared otherwise in {other}.",
    "Declare it the same in both, only what it is called may differ; or give one of them another name.",
)
PATHWAY_TWICE = FaultKind(
    "pathway-twice", "The pathway {pathway} stands in {other} as well.", "Rename one, or delete its file."
)
