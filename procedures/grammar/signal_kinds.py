"""Faults of signals: who gives them, what waits for them, and what they end or call off."""

from procedures.faults import FaultKind

NO_SIGNALS = FaultKind("no-signals", "The pathway declares no signal.", "Add for example: {example}")
UNKNOWN_SIGNAL = FaultKind("unknown-signal", "No signal is called {signal}.", "Write one of: {known}.")
SIGNAL_ALONE = FaultKind(
    "signal-alone", "{words} names no signal.", "Write signal and the name of one, for example: signal.found"
)
SIGNALS_ONLY = FaultKind(
    "signals-only",
    "{word} looks at signals alone: {step} is a step.",
    "Write a signal here, or let another step need {step}.",
)
CANCELS_WHAT_WAITS = FaultKind(
    "cancels-what-waits",
    "The signal {signal} calls off {step}, which waits for it.",
    "Take {step} out of cancels, or let {step} wait for another signal.",
)
ENDS_WITHOUT_EVIDENCE = FaultKind(
    "ends-without-evidence",
    "The result {result} asks for {field} ({type}), and the signal shows no such thing.",
    "Give the signal the evidence {field}: {type}, or write a result that asks for none.",
)
STAYS_OPEN_FOR_NOTHING = FaultKind(
    "stays-open-for-nothing",
    "stays_open is about steps that wait for a signal, and no step does.",
    "Leave it out, or let a step need a signal.",
)
PAUSE_ALONE = FaultKind(
    "pause-alone",
    "{word} stands here without {other}.",
    "Add for example: {other}: signal.NAME, or delete {word}.",
)
PAUSE_AND_RESUME = FaultKind(
    "pause-and-resume",
    "The signal {signal} both lets {step} stand still and lets it go on.",
    "Write two signals: one for each.",
)
PAUSE_FROM_ELSEWHERE = FaultKind(
    "pause-from-elsewhere",
    "This time counts from elsewhere, and would not stand still with {step}.",
    "Let it count from the step itself, or give it clock: clinical or statutory, which never stands still.",
)
