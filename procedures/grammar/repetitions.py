"""Reading `repeat`: how often a step is done again, and what ends it."""

from collections.abc import Mapping

from procedures import nodes
from procedures.durations import read_duration
from procedures.fault_kinds import MISSING
from procedures.faults import FaultKind
from procedures.grammar.drafts import NeedRef
from procedures.grammar.fixed_days import read_days, read_move
from procedures.grammar.needs import read_condition, read_need
from procedures.grammar.own_work import unknown_fact
from procedures.grammar.schedules import read_hour
from procedures.grammar.with_today import check_while
from procedures.language.fixed_days import FixedDays
from procedures.marking import N_
from procedures.nodes import Node
from procedures.reading import Document, Form, nearest_or_all, shown
from procedures.schema import Duration, Fact, FactType, FactWord, Interval, Repetition
from procedures.values import NOT_ANSWERED

EXAMPLE = "{every: 30 days, at_most: 12}"
REPETITION = Form(known=("every", "first", "on_days", "at", "moves_to", "while", "until", "at_most"))
_BESIDE_DAYS = ("every", "first")
"""They say nothing beside days."""
_OF_DAYS = ("at", "moves_to")
"""They say nothing without days."""
_BY_FACT = ("fact", "otherwise")
_UNKNOWN = "unknown"

NO_END = FaultKind(
    "repeat-no-end",
    "This repetition has no end.",
    "Add one of: at_most: 12, until: find_place.housed, while: {{risk: high}}",
)
TWO_WAYS = FaultKind(
    "repeat-two-ways",
    "{word} says nothing beside {other}.",
    "Write every (with first, if need be), or on_days and at; what is held back the first time has a not_before.",
)
NEVER_COUNTED = FaultKind(
    "interval-never-counted",
    "Between {times} times lie fewer intervals than the {count} that are written here.",
    "Leave out those at the end, or raise at_most to one more than there are intervals.",
)
BY_NO_CHOICE = FaultKind(
    "repeat-by-no-choice",
    "The fact {fact} has no values by which a time could be told.",
    "Write a fact of type choice or boolean: {known}.",
)


def read_repetition(
    document: Document, node: Node, facts: Mapping[str, Fact], refs: list[NeedRef]
) -> Repetition | None:
    """A repetition; what ends it goes into `refs`. None after a fault."""
    before = document.noted
    fields = document.fields(node, REPETITION, EXAMPLE)
    _one_way(document, node, fields)
    every = _interval(document, fields["every"], facts) if "every" in fields else None
    on_days = _on_days(document, fields) if "on_days" in fields else None
    first = read_duration(document, fields["first"]) if "first" in fields else None
    condition = read_condition(document, fields["while"], facts) if "while" in fields else None
    if "while" in fields:
        check_while(document, fields["while"], condition)
    until = read_need(document, fields["until"], refs) if "until" in fields else None
    at_most = document.whole_number(fields["at_most"], "12", at_least=2) if "at_most" in fields else None
    _check_count(document, fields.get("every", node), every, at_most)
    if isinstance(node, nodes.Mapping) and not {"while", "until", "at_most"} & fields.keys():
        document.fault(NO_END, node)
    if document.noted > before:
        return None
    return Repetition(every=every, on_days=on_days, first=first, while_=condition, until=until, at_most=at_most)


def _one_way(document: Document, node: Node, fields: Mapping[str, Node]) -> None:
    """Either so long after each time, or on fixed days at an hour."""
    way, others = ("on_days", _BESIDE_DAYS) if "on_days" in fields else ("every", _OF_DAYS)
    for word in others:
        if way in fields and word in fields:
            document.fault(TWO_WAYS, fields[word], word=word, other=way)
    if not isinstance(node, nodes.Mapping):
        return
    if not {"every", "on_days"} & fields.keys():
        document.fault(MISSING, node, word="every", example="every: 30 days")
    if "on_days" in fields and "at" not in fields:
        document.fault(MISSING, node, word="at", example="at: 09:00")


def _on_days(document: Document, fields: Mapping[str, Node]) -> FixedDays | None:
    days = read_days(document, fields["on_days"])
    at = read_hour(document, fields["at"]) if "at" in fields else None
    moves_to = read_move(document, fields["moves_to"]) if "moves_to" in fields else None
    return FixedDays(days=days, at=at, moves_to=moves_to) if days and at is not None else None


def _interval(document: Document, node: Node, facts: Mapping[str, Fact]) -> Interval | None:
    """One length of time, one for each value of a fact, or a list of them for one time after the other."""
    if isinstance(node, nodes.Sequence):
        return _in_turn(document, node)
    if not isinstance(node, nodes.Mapping):
        length = read_duration(document, node)
        return Interval(otherwise=length) if length else None
    fact = _fact(document, node, facts)
    lengths: dict[FactWord, Duration | None] = {}
    otherwise = None
    for word, entry in node:
        if word == "otherwise":
            otherwise = read_duration(document, entry.value)
        elif word != "fact" and fact is not None:
            known = values_of(fact)
            if word in known:
                lengths[known[word]] = read_duration(document, entry.value)
            else:
                document.unknown(entry.key, shown(word), (*known, *_BY_FACT))
    if node.get("otherwise") is None:
        document.expected(node, N_("A time for all other values (otherwise)"), "otherwise: 1 month")
    by_value = {value: length for value, length in lengths.items() if length}
    if fact is None or otherwise is None or len(by_value) < len(lengths):
        return None
    return Interval(fact=fact.name, by_value=by_value, otherwise=otherwise)


def _in_turn(document: Document, node: nodes.Sequence) -> Interval | None:
    """`[1 month, 3 months]`: after the first time, after the second; the last of them after all that follow."""
    written = document.items(node, "[1 month, 3 months]")
    lengths = [read_duration(document, part) for part in written]
    found = tuple(length for length in lengths if length is not None)
    if not found or len(found) < len(lengths):
        return None
    return Interval(by_count=found[:-1], otherwise=found[-1])


def _check_count(document: Document, node: Node, every: Interval | None, at_most: int | None) -> None:
    """Between so many times lie fewer intervals than times: what is never counted was meant otherwise."""
    if every is not None and at_most is not None and len(every.by_count) + 1 > at_most - 1:
        document.fault(NEVER_COUNTED, node, count=str(len(every.by_count) + 1), times=str(at_most))


def _fact(document: Document, node: nodes.Mapping, facts: Mapping[str, Fact]) -> Fact | None:
    told = node.get("fact")
    if told is None:
        document.expected(
            node, N_("A fact (fact) or one length of time"), "{fact: risk, high: 1 week, otherwise: 1 month}"
        )
        return None
    name = document.name(told.value, "risk")
    if name is None:
        return None
    fact = facts.get(name)
    if fact is None:
        unknown_fact(document, told.value, name, facts)
    elif not values_of(fact):
        known = [other for other, declared in facts.items() if values_of(declared)]
        document.fault(BY_NO_CHOICE, told.value, fact=name, known=nearest_or_all(name, known))
        return None
    return fact


def values_of(fact: Fact) -> dict[str, FactWord]:
    """The values of a fact as they are written, those of one nobody told included; none where it has no few values."""
    if fact.type is FactType.BOOLEAN:
        values: dict[str, FactWord] = {"true": True, "false": False}
    elif fact.type is FactType.CHOICE:
        values = {choice: choice for choice in fact.choices}
    else:
        return {}
    return {**values, _UNKNOWN: _UNKNOWN, NOT_ANSWERED: NOT_ANSWERED}
