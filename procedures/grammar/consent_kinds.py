"""Faults of consents, of what she is told, and of subjects that are walled off."""

from procedures.faults import FaultKind, Severity

NO_BIRTHDAY = FaultKind(
    "no-birthday",
    "Nobody could tell when this consent is {subject}'s own: no fact holds the day of birth.",
    "Add to the vocabulary a fact with type: date, of: {subject} and birth: true; or write from: herself",
)
TERMS_OF_NONE = FaultKind(
    "terms-of-none", "Where there is no consent, {word} says nothing.", "Delete {word}, or name the consent in of."
)
TOLD_WITH_CONSENT = FaultKind(
    "told-with-consent",
    "told_in belongs to a step that acts without her consent.",
    "Delete told_in, or write a basis in law instead of the consent.",
)
NOT_A_TALK = FaultKind(
    "not-a-talk",
    "{step} cannot be the step in which she is told.",
    "Name an ask: somebody of the network talks to her and reports how it ended.",
)
TELLS_ITSELF = FaultKind("tells-itself", "{step} cannot be the step in which she is told of it.", "Name another step.")
TALK_MOVED = FaultKind(
    "talk-moved",
    "In {step} she is told what was done without her consent: it begins with that, and {word} cannot change it.",
    "Delete {word}.",
)
UNTOLD_OF_NOTHING = FaultKind(
    "untold-of-nothing",
    "{step} is no step in which she is told of anything.",
    "Delete untold, or name {step} where something is done without her consent: told_in: {step}",
)
NEVER_TOLD_LATER = FaultKind(
    "never-told-later",
    "Where {step} ends untold she is still owed it, and anew: never keeps anybody from noting that she was told.",
    "Delete anew.",
)
ALWAYS_TOLD = FaultKind(
    "always-told",
    "However {step} ends, she counts as told.",
    "Write untold: true in each result with which she was not, for example: not_reached: {{untold: true}}",
    Severity.WARNING,
)
NOBODY_TELLS_HER = FaultKind(
    "nobody-tells-her",
    "{step} acts without a consent, and nobody tells her.",
    "Add an ask in which somebody talks to her, and name it here: told_in: talk_to_her",
)
ANOTHERS_FACT = FaultKind(
    "anothers-fact",
    "The fact {fact} is about {whose}, and this pathway about {subject}.",
    "Delete it, or write it into a pathway about {whose}; what concerns all of them says of: case in the vocabulary.",
)
ANOTHERS_CONSENT = FaultKind(
    "anothers-consent",
    "{pathway} is about {whose}: a consent of {subject} does not count there.",
    "Delete consent from this step: what {pathway} itself asks for counts.",
)
ANOTHERS_RESULT = FaultKind(
    "anothers-result",
    "{step} starts a pathway about {whose}: how it ends is not shown here.",
    "Write {step} alone.",
)
TWO_GIVERS = FaultKind(
    "two-givers",
    "The consent {consent} comes from {giver} here and from {other} in {pathway}.",
    "Let it come from the same everywhere, or give one of them another name.",
)
