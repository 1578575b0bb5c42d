"""The facts that a pathway declares itself, in sentences: what people adopt together with it."""

from collections.abc import Iterator

from procedures.classification import DataClass
from procedures.language.consents import Subject
from procedures.language.facts import OF_CASE, About, FactType
from procedures.marking import N_
from procedures.schema import Fact
from procedures.showing.choices import word_of
from procedures.showing.conditions import Speaker

FACTS = N_("Facts that this pathway declares itself")
FACT = N_("«{fact}», called {name} here: {kind}.")
KINDS = {
    FactType.CHOICE: N_("one of {choices}"),
    FactType.BOOLEAN: N_("yes or no"),
    FactType.INTEGER: N_("a whole number"),
    FactType.DATE: N_("a day"),
    FactType.DATETIME: N_("a day and an hour"),
}
IN_ORDER = N_("one of {choices}, the lowest first")
AT_LEAST, AT_MOST = N_("{kind}, at least {number}"), N_("{kind}, at most {number}")
CHANGED_BY = N_("«{fact}» changes on the word of: {bodies}.")
NEVER_CHANGES = N_("«{fact}» never changes.")
RAISES_ONLY = N_("On anybody else's word «{fact}» only rises.")
WHOSE = N_("«{fact}» is about: {whose}.")
BIRTH = N_("«{fact}» is the day of birth: from the eighteenth birthday on nobody else consents.")
WHOM = {
    Subject.CHILD: N_("the child"),
    Subject.AUTHOR: N_("the author of the violence"),
    OF_CASE: N_("everybody in the case"),
}
OF_THE_NETWORK = N_("«{fact}» is a fact of the network's own work.")
STANDING = N_("«{fact}» stands in the data set of the law or of the GBVIMS as: {items}.")
OPEN = N_("«{fact}» may be counted in a statistic.")


def said_of_facts(speaker: Speaker) -> Iterator[str]:
    """Each fact with what it can be, who changes it, and whom it is about."""
    for fact in speaker.pathway.facts.values():
        yield from _said(fact, speaker)


def _said(fact: Fact, speaker: Speaker) -> Iterator[str]:
    say, title = speaker.say, fact.title.said(speaker.language)
    yield say(FACT).format(fact=title, name=fact.name, kind=_kind(fact, speaker))
    bodies = ", ".join(word_of(body, say, speaker.language) for body in fact.changed_by)
    yield say(CHANGED_BY if bodies else NEVER_CHANGES).format(fact=title, bodies=bodies)
    if fact.raises_only:
        yield say(RAISES_ONLY).format(fact=title)
    if fact.about is About.NETWORK:
        yield say(OF_THE_NETWORK).format(fact=title)
    elif fact.of != Subject.SURVIVOR:
        yield say(WHOSE).format(fact=title, whose=say(WHOM[fact.of]))
    if fact.birth:
        yield say(BIRTH).format(fact=title)
    if fact.data_class is DataClass.OPEN:
        yield say(OPEN).format(fact=title)
    standing = [str(fact.law)] if fact.law else []
    standing += [f"{name} = {kind}" for name, kind in fact.gbvims.items()]
    if standing:
        yield say(STANDING).format(fact=title, items=", ".join(standing))


def _kind(fact: Fact, speaker: Speaker) -> str:
    """What it can be: its values with their names, or between which numbers it lies."""
    listed = ", ".join(f"«{text.said(speaker.language)}» ({name})" for name, text in fact.choices.items())
    kind = speaker.say(IN_ORDER if fact.ordered else KINDS[fact.type]).format(choices=listed)
    for template, number in ((AT_LEAST, fact.at_least), (AT_MOST, fact.at_most)):
        if number is not None:
            kind = speaker.say(template).format(kind=kind, number=number)
    return kind
