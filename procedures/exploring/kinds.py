"""Faults that only going through a pathway shows: each with the short story that leads there."""

from procedures.faults import FaultKind, Severity
from procedures.marking import N_

NEVER_NEEDED = FaultKind(
    "step-never-reached",
    "The step {step} never begins: what it needs never happens together.",
    "Change its needs, or delete the step. What stands in the way: {reason}.",
)
NEVER_APPLIES = FaultKind(
    "step-never-applies",
    "The step {step} never begins: where its needs are met, its when never holds.",
    "Change its when, or delete the step.",
)
OUTCOME_NEVER = FaultKind(
    "outcome-never",
    "The outcome {outcome} is never how the pathway ends.",
    "Change what it stands for, put it before the outcomes that are always met first, or delete it.",
)
NO_OUTCOME = FaultKind(
    "no-outcome",
    "The pathway can end without any of its outcomes: {story}.",
    "Add an outcome for this, or a last one that always holds, for example: {example}",
)
RESULT_NOWHERE = FaultKind(
    "result-leads-nowhere",
    "When {step} ends with {result}, nothing follows from it and no outcome names it.",
    "Name {step}.{result} in the needs of a step or in an outcome, or write in the result: ends_here: true",
    Severity.WARNING,
)
CONDITION_GAP = FaultKind(
    "condition-gap",
    "Of the steps {steps}, none begins where {fact} is {values}.",
    "Add these values to the when of one of them, or add a step for them; unknown means that nobody told it.",
    Severity.WARNING,
)
CONDITION_OVERLAP = FaultKind(
    "condition-overlap",
    "Where {fact} is {values}, both {steps} ask {competence}.",
    "Let one when leave these values out, or make one step of the two.",
    Severity.WARNING,
)
WAITS_FOR_EVER = FaultKind(
    "waits-for-ever",
    "If the signal that {step} waits for never comes, nothing but a person who cancels it ever ends this pathway.",
    "Give the pathway a time with an outcome (within and on_expiry), or let a signal call the step off (cancels).",
    Severity.WARNING,
)
PAUSES_FOR_EVER = FaultKind(
    "pauses-for-ever",
    "{step} can stand still for ever: {story}.",
    "Give the pathway a time with an outcome (within and on_expiry), or let a signal end the step (ends_when) or call "
    "it off (cancels).",
    Severity.WARNING,
)
HELD_UP_BY_A_REFUSAL = FaultKind(
    "held-up-by-a-refusal",
    "Whoever refuses {refused} never gets {step} either, though that asks for {own} alone: {story}.",
    "Let {step} begin without what she refused: a need on the step itself (needs: [STEP]) is met where it is left out, "
    "a need on one of its results is not.",
    Severity.WARNING,
)
SIGNAL_UNUSED = FaultKind(
    "signal-unused",
    "Nothing waits for the signal {signal}, and it calls nothing off.",
    "Name signal.{signal} in the needs of a step, in ends_when, in a limit or in an outcome, or delete it.",
    Severity.WARNING,
)
NOT_WHOLE = FaultKind(
    "not-explored",
    "The pathway branches too often to be gone through whole: it has more than {limit} situations at once, or "
    "conditions on very many facts.",
    "Put some of its steps into a pathway of its own and start it.",
    Severity.WARNING,
)

FACT_IS = N_("{fact} is {value}")
FACT_THEN = N_("of {fact} this then holds: {value}")
FACT_THEN_NOT = N_("{fact} then stands otherwise to today than any condition asks")
FACT_AHEAD = N_("{fact} still lies ahead")
FACT_PAST = N_("{fact} is past")
FACT_BECOMES = N_("{fact} becomes {value}")
FACT_UNKNOWN = N_("nobody told {fact}")
FACT_KNOWN = N_("{fact} is known")
SIGNAL_COMES = N_("the signal {signal} comes")
SIGNAL_NEVER_COMES = N_("the signal {signal} never comes")
SHE_REFUSES = N_("she refuses {consent}")
STEP_ENDS = N_("{step} ends with {result}")
STEP_LEFT_OUT = N_("{step} is left out")
NEEDS_BOTH = N_("{step} would have to end with {results} at once")
NEEDS_UNREACHED = N_("{step} never begins either")
NOT_TOGETHER = N_("the ways that lead to one part exclude the other")
