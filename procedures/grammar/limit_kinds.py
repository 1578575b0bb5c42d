"""Faults of points in time, of silence and of longer time."""

from procedures.faults import FaultKind, Severity

TWO_FORMS = FaultKind("two-forms", "A limit says either {other} or {word}.", "Keep one of the two.")
ALWAYS_OVER = FaultKind(
    "always-over",
    "{words} is over before this step can begin.",
    "Count back from something that may lie ahead: a dated fact, or a date that an earlier step shows.",
)
NEVER_OPEN = FaultKind(
    "never-open",
    "The step may not begin before {not_before}, and its limit {limit} is over by then.",
    "Let it begin sooner, or give it more time.",
)
BEYOND_PATHWAY = FaultKind(
    "beyond-pathway",
    "{limit} is later than {within}, in which the whole pathway must be over.",
    "Write a shorter time here, or a longer one for the pathway.",
)
MOVES_BEYOND_PATHWAY = FaultKind(
    "moves-beyond-pathway",
    "{limit} may move to a day after the end of the whole pathway ({within}).",
    "Write a shorter time here, or give the pathway the same moves_to, by the days of a country.",
    Severity.WARNING,
)
SOMETIMES_NO_LIMIT = FaultKind(
    "sometimes-no-limit",
    "Where no `when` of these limits holds, the step has no limit at all.",
    "Add one limit without when.",
)
NO_WHEN_HERE = FaultKind("no-when-here", "{word} counts always.", "Leave when out, or write a step for each case.")
SEVERAL_HERE = FaultKind("several-here", "{word} is one time alone.", "Write it like this: {word}: 15 min")
PATHWAY_MOMENT = FaultKind(
    "pathway-moment",
    "The limit of a pathway cannot count from one of its steps.",
    "Count from case.opened, pathway.started, fact.NAME or signal.NAME.",
)
UNKNOWN_SILENCE = FaultKind(
    "unknown-silence", "{word} says nothing of what silence means here.", "Write one of: {known}."
)
SILENCE_WITHOUT_SOURCE = FaultKind(
    "silence-without-source",
    "Silence may change what follows only where a source says so.",
    'Add beside it: source: {{text: "art. 5 of the protocol", verified: false}}',
)
SILENCE_SHOWS_NOTHING = FaultKind(
    "silence-shows-nothing",
    "The result {result} asks for evidence, which silence cannot show.",
    "Write a result without evidence.",
)
SILENCE_WITHOUT_LIMIT = FaultKind(
    "silence-without-limit", "{word} is about a limit, and there is none.", "Add within, or leave {word} out."
)
MOVES_NO_DAY = FaultKind(
    "moves-no-day",
    "Only an end that is counted forward in days, weeks, months or years moves off a day on which nobody works.",
    "Leave moves_to out, or count in days.",
)
MOVES_NEVER = FaultKind(
    "moves-never", "moves_to cannot stand with {word}: that time ends to the minute.", "Leave one of the two out."
)
EXTEND_CLINICAL = FaultKind(
    "extend-clinical", "A clinical limit ends for good: nobody can extend it.", "Leave extend out."
)
