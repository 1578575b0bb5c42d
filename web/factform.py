"""The form by which an operator says that a fact of a case is otherwise, and what it asks the rules for."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from procedures.case import CaseState
from procedures.commands import FactReason, KeptValue
from procedures.language.facts import OPERATOR, Fact
from procedures.revising import is_same
from procedures.schema import FactType
from procedures.values import NOT_ANSWERED
from web.factwords import fact_title, voice
from web.forms import FormNotUnderstood, word
from web.naming import Names
from web.openingform import Option
from web.saying import FACT_REASONS

OF_HER = (FactReason.NEW_ASSESSMENT, FactReason.SHE_SAID)
"""Why a fact of a case alone changes."""
IS = "="
"""Between a fact and what it becomes, in one choice of the form: no name holds it."""


@dataclass(frozen=True)
class FactGroup:
    """One fact and what it could become, each with the word that the form sends."""

    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class OpenFact:
    """A fact that is written, not chosen."""

    name: str
    title: str
    type: str


@dataclass(frozen=True)
class FactForm:
    """What can be said."""

    groups: tuple[FactGroup, ...]
    written: tuple[OpenFact, ...]
    voices: tuple[Option, ...]
    reasons: tuple[Option, ...]


def fact_form(names: Names, state: CaseState) -> FactForm:
    """The facts that may change after the opening; what a fact is already is not offered."""
    told, own_work = state.facts, state.own_work
    asked = names.library.facts_asked(no_case=own_work, texts=state.texts)
    facts = [fact for fact in asked.values() if fact.changed_by]
    voices = dict.fromkeys([OPERATOR, *(body for fact in facts for body in fact.changed_by)])
    return FactForm(
        groups=tuple(_group(names, fact, told.get(fact.name)) for fact in facts if fact.values()),
        written=tuple(
            OpenFact(fact.name, fact_title(names, fact.name), fact.type) for fact in facts if not fact.values()
        ),
        voices=tuple((body, voice(names, body)) for body in voices),
        reasons=tuple(
            (reason, names.words.gettext(said))
            for reason, said in FACT_REASONS.items()
            if not own_work or reason not in OF_HER
        ),
    )


def _group(names: Names, fact: Fact, now: KeptValue | None) -> FactGroup:
    return FactGroup(
        fact_title(names, fact.name),
        tuple((f"{fact.name}{IS}{_sent(value)}", _said(names, fact, value)) for value in _possible(fact, now)),
    )


def _possible(fact: Fact, now: KeptValue | None) -> list[KeptValue]:
    return [value for value in (*fact.values(), NOT_ANSWERED) if not is_same(now, value)]


def _sent(value: KeptValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(names: Names, fact: Fact, value: KeptValue) -> str:
    say = names.words.gettext
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if value == NOT_ANSWERED or fact.type is not FactType.CHOICE:
        return say("asked, not answered")
    return fact.choices[str(value)].said(names.language)


def change_asked(form: FormData) -> Mapping[str, str]:
    """What the form asks for, as the command names it. Raises FormNotUnderstood."""
    fact, value = word(form, "fact"), word(form, "value")
    if not fact:
        fact, _, value = word(form, "so").partition(IS)
    reason, by = word(form, "reason"), word(form, "by")
    if not (fact and value and by) or reason not in list(FactReason):
        raise FormNotUnderstood
    return {"fact": fact, "value": value, "by": by, "reason": reason}
