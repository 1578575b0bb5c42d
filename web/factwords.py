"""Facts of a case in words: what each is called, and what it says, in the page's language."""

from datetime import datetime

from procedures.language.facts import OPERATOR
from procedures.schema import FactType
from procedures.showing.names import competence, spaced
from procedures.values import NOT_ANSWERED, as_moment
from web import spans
from web.naming import Names


def fact_title(names: Names, name: str) -> str:
    """What the vocabulary calls the fact; one that left it is shown by its name."""
    fact = names.library.facts.get(name)
    return fact.title.said(names.language) if fact else spaced(name)


def fact_value(names: Names, name: str, value: object, since: datetime) -> str:
    """What the fact says. A moment is told as far as it differs from `since`."""
    say, fact = names.words.gettext, names.library.facts.get(name)
    if value is None:
        return say("not told")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if value == NOT_ANSWERED:
        return say("asked, not answered")
    if fact and fact.type is FactType.CHOICE and value in fact.choices:
        return fact.choices[str(value)].said(names.language)
    moment = as_moment(value) if isinstance(value, str) else None
    return spans.day_and_hour(moment, names.language, since) if moment else str(value)


def voice(names: Names, by: str) -> str:
    """On whose word a fact changes."""
    return names.words.gettext("the operator") if by == OPERATOR else competence(by, names.language)
