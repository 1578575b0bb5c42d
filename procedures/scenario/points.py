"""What scenarios should reach of a pathway: steps, branches, results, refusals, silences, consents and outcomes."""

from collections.abc import Iterator
from dataclasses import dataclass

from procedures import events as e
from procedures.consenting import gate_of
from procedures.language.choosing import HowMany
from procedures.language.conditions import LookedAt
from procedures.language.repeating import Repetition
from procedures.marking import N_
from procedures.schema import AnyStep, AskStep, AwaitStep, Choice, Library, Pathway, StartStep, TellStep

NO_ANSWER, FIRST_SIGN, LATE = "answer", "first_sign", "result"
"""Which promise of a step goes by: to answer, to begin, to finish."""
APPLIES, LEFT_OUT, LET_IN = "applies", "left_out", "let_in"
AGAIN, TOLD = "again", "told"
REFUSED, REVOKED = "refused", "revoked"
PAUSED, RESUMED = "paused", "resumed"
CHOSEN = "chosen"
NOBODY, TERRITORY_UNKNOWN = e.NobodyBecause.NOBODY.value, e.NobodyBecause.TERRITORY_UNKNOWN.value
ALL_ASKED = e.NobodyBecause.ALL_ASKED.value
PERSON_UNKNOWN = e.NobodyBecause.PERSON_UNKNOWN.value
PICKED, BACK_TO_DESK = "picked", "back_to_desk"
"""Of what an operator picks: somebody is picked; one that was picked cannot, and somebody has to be picked again."""
TAKEN, EACH, REPLACED = "taken", "each", "replaced"
"""Of several asked at once: one has it and no other; two bring their results; one comes in the place of another."""
BODY_UNKNOWN, NOT_DELEGABLE = e.NobodyBecause.BODY_UNKNOWN.value, e.NobodyBecause.NOT_DELEGABLE.value


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One thing that can happen on a pathway: its kind, what it happens to, and which of several."""

    kind: str
    of: str
    which: str = ""


KINDS = {
    "step": N_("steps"),
    "branch": N_("conditions"),
    "result": N_("results"),
    "refusal": N_("refusals"),
    "silence": N_("silences"),
    "longer": N_("longer time"),
    "choice": N_("choices"),
    "hold": N_("held back"),
    "repeat": N_("repetitions"),
    "signal": N_("signals"),
    "ending": N_("ended by signals"),
    "called_off": N_("called off"),
    "pause": N_("standing still"),
    "consent": N_("consents"),
    "outcome": N_("outcomes"),
}
"""Each kind of point, with its heading."""


def points_of(pathway: Pathway, library: Library) -> tuple[Point, ...]:
    """Everything that a pathway's scenarios should reach, in the order of the text."""
    return tuple(dict.fromkeys(_points(pathway, library)))


def _points(pathway: Pathway, library: Library) -> Iterator[Point]:
    for step in pathway.steps.values():
        yield from _of_step(step, library)
    for consent in sorted(own_consents(pathway, library)):
        yield Point("consent", consent, REFUSED)
        yield Point("consent", consent, REVOKED)
    yield from (Point("signal", signal) for signal in pathway.signals)
    for step in pathway.steps.values():
        if isinstance(step, AskStep | AwaitStep):
            yield from (Point("ending", step.name, end.result) for end in step.ends_when)
    yield from (Point("called_off", step) for signal in pathway.signals.values() for step in signal.cancels)
    if pathway.within:
        yield Point("silence", pathway.name, LATE)
    yield from (Point("outcome", pathway.name, outcome.name) for outcome in pathway.outcomes)


def own_consents(pathway: Pathway, library: Library) -> frozenset[str]:
    """The consents that the steps of a pathway hang on: those of a pathway that it starts are that one's own."""
    steps = (step for step in pathway.steps.values() if not isinstance(step, StartStep))
    asked = {gate_of(library, pathway, step) for step in steps}
    return frozenset(consent for consent in asked if consent)


def _of_step(step: AnyStep, library: Library) -> Iterator[Point]:
    name = step.name
    yield Point("step", name)
    if step.when is not None:
        yield Point("branch", name, APPLIES)
        yield Point("branch", name, LEFT_OUT)
        if step.looked_at is LookedAt.AGAIN:
            yield Point("branch", name, LET_IN)
    if step.not_before is not None:
        yield Point("hold", name)
    if step.repeat is not None:
        yield from (Point("repeat", name, which) for which in _ends_of(step.repeat))
    yield from (Point("result", name, result) for result in _results(step, library))
    yield from (Point("choice", name, which) for which in _choices(step))
    if isinstance(step, AskStep):
        yield from _of_answers(step)
    if isinstance(step, AskStep | AwaitStep):
        if step.extend:
            yield Point("longer", name)
        if step.on_expiry not in step.results:
            yield Point("silence", name, LATE)
        if step.pauses_on:
            yield Point("pause", name, PAUSED)
            yield Point("pause", name, RESUMED)


def _choices(step: AnyStep) -> Iterator[str]:
    """What can come of saying more of who is asked than the competence: somebody, or nobody, and why."""
    if isinstance(step, StartStep):
        return
    choice = step.choose
    if choice.says_something and not choice.picked:
        yield CHOSEN
    yield from _of_several(choice)
    if choice.territory:
        yield TERRITORY_UNKNOWN
    if choice.whose:
        yield BODY_UNKNOWN
    if choice.same_person_as:
        yield PERSON_UNKNOWN
    if not isinstance(step, TellStep):  # nobody declines what is only told
        if step.not_delegable:
            yield NOT_DELEGABLE
        elif choice.how_many is HowMany.ALL:
            yield ALL_ASKED
        elif choice.says_something or choice.picked or choice.how_many is not HowMany.ONE:
            yield NOBODY


def _of_several(choice: Choice) -> Iterator[str]:
    """What can come of it that somebody picks, or that several are asked at once."""
    if choice.picked:
        yield from (PICKED, BACK_TO_DESK)
    if choice.how_many is HowMany.FIRST:
        yield TAKEN
    if choice.each:
        yield EACH
        if choice.how_many is not HowMany.ALL:
            yield REPLACED


def _results(step: AnyStep, library: Library) -> Iterator[str]:
    if isinstance(step, StartStep):
        yield from (outcome.name for outcome in library.named(step.pathway).outcomes)
    elif isinstance(step, AskStep | AwaitStep):
        yield from step.results
    else:
        yield TOLD


def _of_answers(step: AskStep) -> Iterator[Point]:
    yield Point("refusal", step.name)
    yield from (Point("silence", step.name, rung.to) for rung in step.escalate)
    yield Point("silence", step.name, NO_ANSWER)
    if step.first_sign_within:
        yield Point("silence", step.name, FIRST_SIGN)


def _ends_of(repetition: Repetition) -> Iterator[str]:
    """That it comes again, and each of its ends."""
    yield AGAIN
    ends = {
        e.RepetitionEnd.AT_MOST: repetition.at_most,
        e.RepetitionEnd.UNTIL: repetition.until,
        e.RepetitionEnd.WHILE: repetition.while_,
    }
    yield from (end for end, said in ends.items() if said)
