"""Facts after the opening: who may change them, in which direction, and what the case is told."""

from procedures import commands as c
from procedures.commands import KeptValue
from procedures.drafting import Draft
from procedures.errors import FactNotChangedBy, FactOnlyRises, FactUnchanged, UnknownFact, UnknownReason
from procedures.events import FactChanged
from procedures.language.facts import OPERATOR, Fact
from procedures.values import fact_value


def change_fact(draft: Draft, command: c.ChangeFact) -> None:
    """A person says that a fact is otherwise.

    Raises:
        UnknownFact, WrongFactValue, UnknownReason: it was not understood.
        FactUnchanged: it is so already.
        FactNotChangedBy, FactOnlyRises: not on this word, or not in this direction.
    """
    if command.reason not in list(c.FactReason):
        raise UnknownReason(reason=command.reason, known=", ".join(c.FactReason))
    known = draft.library.facts
    if command.fact not in known:
        raise UnknownFact(fact=command.fact, known=", ".join(sorted(known)))
    fact = known[command.fact]
    value, before = fact_value(fact, command.value), draft.state.facts.get(fact.name)
    _check_word(draft, fact, command.by, before, value)
    if is_same(before, value):
        raise FactUnchanged(fact=fact.name)
    draft.note(
        FactChanged(
            at=draft.now, fact=fact.name, value=value, before=before, by=command.by, reason=c.FactReason(command.reason)
        )
    )


def is_same(before: KeptValue | None, value: KeptValue) -> bool:
    """Whether nothing would change. `True == 1` in Python: a whole number is never a yes."""
    return type(before) is type(value) and before == value


def _check_word(draft: Draft, fact: Fact, by: str, before: KeptValue | None, value: KeptValue) -> None:
    """On the word of `changed_by` it goes anywhere; a human judgement that sees more danger is taken from anybody."""
    if by in fact.changed_by:
        return
    heard = {OPERATOR}.union(*(service.competences for service in draft.directory.services.values()))
    if not fact.raises_only or by not in heard:
        raise FactNotChangedBy(fact=fact.name, known=", ".join(fact.changed_by) or "-")
    if fact.falls(before, value):
        raise FactOnlyRises(fact=fact.name, known=", ".join(fact.changed_by))
