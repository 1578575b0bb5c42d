"""Which of several services is asked, in words: what a procedure says of it, and why it was this one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from procedures.events import ServiceChosen
from procedures.language.choosing import HowMany
from procedures.language.steps import Level
from procedures.marking import N_
from procedures.schema import COORDINATOR, OPERATOR, AskStep, AwaitStep, Choice, TellStep
from procedures.showing import names
from procedures.showing.conditions import OR, Speaker

WHERE = N_("Somebody of the territory that «{fact}» names is chosen; where nobody told it, the coordinator is called.")
SAME = N_(
    "The body that did «{step}» does this too, the same service if it can; where none did, the coordinator is called."
)
OTHER = N_("Never a body that does, or did, {steps}.")
SAME_PERSON = N_(
    "Whoever took «{step}» is called first, if on duty, then their body as ever; where nobody knows who it was, the "
    "coordinator is called."
)
OTHER_PERSON = N_("Never taken by whoever took {steps}: that person is not called, nor anybody with the same mailbox.")
BARRED = N_("Never a body that also offers: {competences}.")
FIRST = N_("All of them are asked at once; the first that accepts has it, and the others are told that it is taken.")
ALL = N_(
    "All of them are asked at once, and each brings its result; in the place of one that cannot, the coordinator is "
    "called."
)
SO_MANY = N_(
    "{count} of them are asked at once, and each brings its result; in the place of one that cannot, the next is asked."
)
PICKED = N_("When its turn comes, the operator at the desk picks which of them is asked, and again if that one cannot.")
ALONE = N_("It is not passed on to another service: where the one that is asked cannot, the coordinator is called.")
LEVELS = {
    Level.STATUS: N_("The notice has a link: with its code whoever is told reads where this pathway stands."),
    Level.RESULT: N_(
        "The notice has a link: with its code whoever is told reads where this pathway stands, and how what came "
        "before it ended."
    ),
}
BOX_LEVELS = {Level.STATUS: N_("says: where it stands"), Level.RESULT: N_("says: where it stands, and the result")}
TWO, BOX_TWO = N_("Its result counts once two people have given the same one."), N_("two persons")
FINAL, BOX_FINAL = N_("Once it has a result, nobody decides it anew."), N_("never decided anew")
ANEW_BY = N_("Once it has a result, it is decided anew only on the word of: {bodies}.")
BOX_ANEW_BY = N_("decided anew on the word of: {bodies}")
BOX_ALONE, BOX_PICKED = N_("not passed on"), N_("the operator picks")
BOX_FIRST = N_("all at once, the first has it")
BOX_ALL, BOX_SO_MANY = N_("all at once, each brings its result"), N_("{count} at once, each brings its result")
BOX_WHERE, BOX_SAME = N_("where «{fact}» says"), N_("the body of «{step}»")
BOX_SAME_PERSON, BOX_OTHER_PERSON = N_("the person of «{step}»"), N_("not the person of {steps}")
BOX_OTHER, BOX_BARRED = N_("not the body of {steps}"), N_("not: {competences}")
IN_TERRITORY, SAME_AS = N_("in {territory}"), N_("the body that did «{step}»")
OTHER_THAN, WITHOUT = N_("no body that has to do with {steps}"), N_("no body that offers {competences}")
SAME_PERSON_AS = N_("the person who took «{step}»")
NOT_ON_DUTY = N_("the body that did «{step}»; the person who took it is not on duty")
OTHER_PERSON_THAN = N_("another person than whoever took {steps}")
PASSED_OVER = N_("passed over: {services}")


THE_COORDINATOR, THE_OPERATOR = N_("the coordinator"), N_("the operator at the desk")
_SPECIAL = {COORDINATOR: THE_COORDINATOR, OPERATOR: THE_OPERATOR}


def word_of(name: str, say: Callable[[str], str], language: str) -> str:
    """Whose word it is: what a service is asked for, the coordinator, or the operator."""
    return say(_SPECIAL[name]) if name in _SPECIAL else names.competence(name, language)


def chosen_by(step: AskStep | TellStep | AwaitStep, speaker: Speaker) -> Iterator[str]:
    """What the procedure says of whom a step asks, sentence by sentence."""
    yield from _told(
        step.choose, speaker, (WHERE, SAME, OTHER, SAME_PERSON, OTHER_PERSON, BARRED, FIRST, ALL, SO_MANY, PICKED)
    )
    if isinstance(step, TellStep):
        if step.level in LEVELS:
            yield speaker.say(LEVELS[step.level])
    elif step.not_delegable:
        yield speaker.say(ALONE)
    if isinstance(step, AskStep) and step.two_persons:
        yield speaker.say(TWO)
    if not isinstance(step, TellStep) and step.final:
        yield speaker.say(FINAL)
    if not isinstance(step, TellStep) and step.anew_by:
        yield speaker.say(ANEW_BY).format(bodies=_voices(step.anew_by, speaker))


def in_a_box(step: AskStep | TellStep | AwaitStep, speaker: Speaker) -> Iterator[str]:
    """The same in few words, for a drawing."""
    persons = (BOX_SAME_PERSON, BOX_OTHER_PERSON)
    templates = (BOX_WHERE, BOX_SAME, BOX_OTHER, *persons, BOX_BARRED, BOX_FIRST, BOX_ALL, BOX_SO_MANY, BOX_PICKED)
    yield from _told(step.choose, speaker, templates)
    if isinstance(step, TellStep):
        if step.level in BOX_LEVELS:
            yield speaker.say(BOX_LEVELS[step.level])
    elif step.not_delegable:
        yield speaker.say(BOX_ALONE)
    if isinstance(step, AskStep) and step.two_persons:
        yield speaker.say(BOX_TWO)
    if not isinstance(step, TellStep) and step.final:
        yield speaker.say(BOX_FINAL)
    if not isinstance(step, TellStep) and step.anew_by:
        yield speaker.say(BOX_ANEW_BY).format(bodies=_voices(step.anew_by, speaker))


def _voices(words: Sequence[str], speaker: Speaker) -> str:
    return ", ".join(word_of(word, speaker.say, speaker.language) for word in words)


def _told(choice: Choice, speaker: Speaker, templates: tuple[str, ...]) -> Iterator[str]:
    where, same, other, same_person, other_person, barred, first, every, so_many, picked = map(speaker.say, templates)
    if choice.territory:
        yield where.format(fact=names.fact(choice.territory, speaker.facts, speaker.language))
    if choice.same_as:
        yield same.format(step=speaker.step(choice.same_as))
    if choice.different_from:
        yield other.format(steps=_joined([f"«{speaker.step(step)}»" for step in choice.different_from], speaker.say))
    if choice.same_person_as:
        yield same_person.format(step=speaker.step(choice.same_person_as))
    if choice.other_person_than:
        steps = [f"«{speaker.step(step)}»" for step in choice.other_person_than]
        yield other_person.format(steps=_joined(steps, speaker.say))
    if choice.barred:
        offered = [names.competence(name, speaker.language) for name in choice.barred]
        yield barred.format(competences=_joined(offered, speaker.say))
    yield from _at_once(choice, (first, every, so_many))
    if choice.picked:
        yield picked


def _at_once(choice: Choice, said: tuple[str, str, str]) -> Iterator[str]:
    first, every, so_many = said
    if choice.how_many is HowMany.FIRST:
        yield first
    elif choice.how_many is HowMany.ALL:
        yield every
    elif choice.each:
        yield so_many.format(count=choice.how_many)


@dataclass(frozen=True, slots=True)
class Saying:
    """How one reader calls steps and services, and reads sentences."""

    step: Callable[[str], str]
    service: Callable[[str], str]
    say: Callable[[str], str]
    """The catalogue of `procedures`."""
    language: str


def why_chosen(event: ServiceChosen, to: Saying) -> str:
    """Why it was this service, as parts of a sentence."""
    say = to.say
    told = []
    if event.territory:
        told.append(say(IN_TERRITORY).format(territory=names.spaced(event.territory).title()))
    if event.same_as:
        told.append(say(SAME_AS).format(step=to.step(event.same_as)))
    if event.different_from:
        steps = _joined([f"«{to.step(step)}»" for step in event.different_from], say)
        told.append(say(OTHER_THAN).format(steps=steps))
    if event.same_person_as:
        said = SAME_PERSON_AS if event.called_first else NOT_ON_DUTY
        told.append(say(said).format(step=to.step(event.same_person_as)))
    if event.other_person_than:
        steps = _joined([f"«{to.step(step)}»" for step in event.other_person_than], say)
        told.append(say(OTHER_PERSON_THAN).format(steps=steps))
    if event.barred:
        offered = [names.competence(name, to.language) for name in event.barred]
        told.append(say(WITHOUT).format(competences=_joined(offered, say)))
    if event.passed_over:
        told.append(say(PASSED_OVER).format(services=", ".join(to.service(name) for name in event.passed_over)))
    return "; ".join(told)


def _joined(parts: list[str], say: Callable[[str], str]) -> str:
    return say(OR).join(parts)
