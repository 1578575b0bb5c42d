"""Faults of `choose`: which of several services is asked."""

from procedures.faults import FaultKind, Severity

INSIDE_CHOOSE = FaultKind("inside-choose", "{word} stands inside choose.", "Write for example: {example}")
CHOOSES_NOTHING = FaultKind("chooses-nothing", "choose says nothing.", "Leave it out, or add for example: {example}")
NOT_A_FACT = FaultKind(
    "not-a-fact", "The territory comes from a fact, and {words} names none.", "Write for example: fact.new_area"
)
NO_TERRITORY_FACT = FaultKind(
    "no-territory-fact",
    "The fact {fact} cannot name a territory.",
    "Write a fact of type choice whose choices are called like territories of the network.",
)
PASSED_ON = FaultKind(
    "passed-on",
    "The ladder passes on to the next service what is not delegable.",
    "Delete this rung, or delete not_delegable.",
)
ONE_EACH = FaultKind(
    "one-each",
    "A step asks one competence, not several.",
    "Write a step for each of them, side by side: steps that need the same begin at the same moment.",
)
PICKED_IS_ASKED = FaultKind(
    "picked-is-asked",
    "Nobody is picked in {kind}: without a time to answer, nothing says by when somebody must be.",
    "Delete picked, or make the step an ask.",
)
FIRST_IS_ASKED = FaultKind(
    "first-is-asked",
    "In {kind} nobody accepts, so that nobody can be the first.",
    "Delete how_many, or make the step an ask.",
)
PERSON_IS_ASKED = FaultKind(
    "person-is-asked",
    "In {kind} nobody accepts, so that nobody knows which person it would be.",
    "Delete it, or make the step an ask. Of bodies same_as and different_from speak.",
)
NOBODY_TAKES = FaultKind(
    "nobody-takes-it",
    "{step} is no ask: nobody accepts it, and nobody knows which person did it.",
    "Write a step that is an ask. Of bodies same_as and different_from speak.",
)
SAME_TWICE = FaultKind(
    "same-twice",
    "same_person_as says that the body is the same, too.",
    "Delete same_as, or delete same_person_as.",
)
PICKED_CONTRADICTS = FaultKind(
    "picked-contradicts",
    "same_person_as says who is asked, and picked leaves it to the operator.",
    "Delete picked, or delete same_person_as.",
)
PERSON_CONTRADICTS = FaultKind(
    "person-contradicts",
    "Nobody can ever take it: whoever took {step} would have to be the same person and another one.",
    "Take {step} out of same_person_as or out of other_person_than.",
)
HOW_MANY = FaultKind(
    "how-many",
    "how_many says how many are asked at once, and {words} is neither a word of it nor a number from {fewest} to "
    "{most}.",
    "Write one, or first: whoever accepts first has it. Or all, or a number: so many bring their result each.",
)
FIRST_CONTRADICTS = FaultKind(
    "first-contradicts",
    "how_many: first asks all of them at once, and {word} leads to one alone.",
    "Delete {word}, or delete how_many.",
)
EACH_IS_ASKED = FaultKind(
    "each-is-asked",
    "In {kind} nobody accepts and comes back with a result, so that several cannot do so.",
    "Delete how_many, or make the step an ask.",
)
EACH_CONTRADICTS = FaultKind(
    "each-contradicts",
    "Several bring it home, each that it is done, and {word} speaks of one alone.",
    "Delete {word}, or delete how_many; where it matters who brings which result, write a step for each of them.",
)
EACH_FROM_ITS_OWN = FaultKind(
    "each-from-its-own",
    "Several are asked, each at a moment of its own: which of them does {moment} mean?",
    "Write the length alone: it counts for each from its own acceptance.",
)
ALL_WERE_ASKED = FaultKind(
    "all-were-asked",
    "All of them were asked at once: there is no next service.",
    "Delete this rung, or delete how_many.",
)
TOLD_TWICE = FaultKind("told-twice", "{competence} is told already in this step.", "Delete it, or write another one.")
SAME_AS_SEVERAL = FaultKind(
    "same-as-several",
    "{step} asks or tells several services, of several bodies: the same as which of them?",
    "Write a step that asks or tells one, or a step for each of those in {step}.",
)
LIKE_ITSELF = FaultKind("chosen-by-itself", "The step {step} is chosen by itself.", "Write an earlier step.")
ASKS_NOBODY = FaultKind(
    "asks-nobody", "{step} starts a pathway, and asks nobody itself.", "Write a step that asks, tells or awaits."
)
NOT_DONE_BEFORE = FaultKind(
    "not-done-before",
    "{step} need not be over when this step begins: nobody knows yet who does it.",
    "Add {step} to the needs of this step, or write another step.",
)
BARS_ITSELF = FaultKind(
    "bars-itself",
    "{competence} is what this step asks for: barring it bars everybody.",
    "Delete it, or write another competence.",
)
BARS_A_PERSON = FaultKind(
    "bars-the-last-link",
    "{word} is no competence: people at the desk and the coordinator are never barred.",
    "Write competences alone.",
)
CONTRADICTS = FaultKind(
    "choice-contradicts",
    "Nobody can ever be chosen: {step} would have to be done by the same body and by another one.",
    "Take {step} out of same_as or out of different_from.",
)
SAME_AND_BARRED = FaultKind(
    "same-and-barred",
    "Nobody can ever be chosen: whoever does {step} offers {competence}, and that is barred.",
    "Take {competence} out of barred, or write another step in same_as.",
)
SAME_AS_NOBODY = FaultKind(
    "same-as-nobody",
    "The step can begin though nobody did {step}, and then the coordinator gets it: {story}.",
    "Name in its needs with which result {step} ended, for example: {example}",
    Severity.WARNING,
)
