"""Reading what must have happened first (`needs`) and what must be so (`when`)."""

import re
from collections.abc import Callable, Mapping
from functools import partial

from procedures import nodes
from procedures.conditions import UNKNOWN
from procedures.fault_kinds import MISSPELT_WORD
from procedures.grammar import kinds, signal_kinds
from procedures.grammar.drafts import NeedRef
from procedures.grammar.own_work import unknown_fact
from procedures.grammar.with_today import measures_of, read_measured
from procedures.language.conditions import BY_SIZE, can_fail
from procedures.marking import N_
from procedures.nodes import Entry, Node, Scalar, ScalarValue, Sequence
from procedures.reading import Document, Form, describe, listed, shown
from procedures.rewording import JOINED_OTHERWISE, need_for
from procedures.schema import Comparison, Condition, ConditionKind, Fact, FactType, FactWord, Measure, Need, NeedKind
from procedures.values import NOT_ANSWERED

_NAMED = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?")
JOINED = Form(known=tuple(kind for kind in NeedKind if kind not in {NeedKind.STEP, NeedKind.SIGNAL}))
JOINING = {
    "all": ConditionKind.ALL,
    "any": ConditionKind.ANY,
    "not": ConditionKind.NOT,
    "at_least": ConditionKind.AT_LEAST,
}
_ON_DAYS = (Comparison.BEFORE, Comparison.AFTER)
_ON_CHOICES = (Comparison.AT_LEAST, Comparison.AT_MOST)


def read_need(document: Document, node: Node, refs: list[NeedRef]) -> Need | None:
    """A need: a step or one of its results, a signal, a list of which all are needed, or what joins or denies them."""
    if isinstance(node, nodes.Mapping):
        if not node.entries:
            document.expected(node, N_("A need"), "{any_of: [find_place, legal_help]}")
        fields = document.fields(node, JOINED)
        parts = [_READERS[NeedKind(word)](document, inner, refs) for word, inner in fields.items()]
        return _one_or_all(parts) if parts else None
    if isinstance(node, Sequence):
        return _one_or_all([_joined(NeedKind.ALL_OF, document, node, refs)])
    named = _NAMED.fullmatch(node.text) if isinstance(node, Scalar) else None
    if named is None:
        example = (need_for(node.text) if isinstance(node, Scalar) else None) or "find_place.housed"
        document.fault(kinds.DOTTED, node, words=describe(node), example=example)
        return None
    if named[1] == "signal":
        if named[2] is None:
            document.fault(signal_kinds.SIGNAL_ALONE, node, words=shown(named[0]))
            return None
        refs.append(NeedRef(node, "", None, named[2]))
        return Need(kind=NeedKind.SIGNAL, signal=named[2])
    refs.append(NeedRef(node, named[1], named[2]))
    return Need(kind=NeedKind.STEP, step=named[1], result=named[2])


def _joined(kind: NeedKind, document: Document, node: Node, refs: list[NeedRef]) -> Need | None:
    parts = [read_need(document, item, refs) for item in document.items(node, "[find_place.housed]")]
    whole = tuple(part for part in parts if part is not None)
    if not parts or len(whole) < len(parts):
        return None
    return whole[0] if len(whole) == 1 else Need(kind=kind, parts=whole)


def _n_of(document: Document, node: Node, refs: list[NeedRef]) -> Need | None:
    """`n_of: {2: [ … ]}`: so many of these."""
    mapping = document.mapping(node, "{2: [find_place.housed, …]}")
    if mapping is None:
        return None
    entries = list(mapping)
    if len(entries) != 1 or not entries[0][0].isdecimal():
        document.expected(node, N_("One whole number and a list"), "{2: [find_place.housed, …]}")
        return None
    word, inner = entries[0]
    parts = [read_need(document, item, refs) for item in document.items(inner.value, "[find_place.housed, …]")]
    whole = tuple(part for part in parts if part is not None)
    if parts and not 1 <= int(word) <= len(parts):
        document.fault(kinds.COUNT_OUT_OF_REACH, inner.key, count=word, parts=str(len(parts)))
        return None
    if not parts or len(whole) < len(parts):
        return None
    return Need(kind=NeedKind.N_OF, parts=whole, count=int(word))


def _not(document: Document, node: Node, refs: list[NeedRef]) -> Need | None:
    """`not: find_place.housed`: it can be met no more."""
    part = read_need(document, node, refs)
    if part is not None and not can_fail(part):
        document.fault(kinds.NEVER_RULED_OUT, node)
        return None
    return None if part is None else Need(kind=NeedKind.NOT, parts=(part,))


_READERS: Mapping[NeedKind, Callable[[Document, Node, list[NeedRef]], Need | None]] = {
    NeedKind.ALL_OF: partial(_joined, NeedKind.ALL_OF),
    NeedKind.ANY_OF: partial(_joined, NeedKind.ANY_OF),
    NeedKind.N_OF: _n_of,
    NeedKind.NOT: _not,
}


def _one_or_all(parts: list[Need | None]) -> Need | None:
    whole = tuple(part for part in parts if part is not None)
    if len(whole) < len(parts):
        return None
    return whole[0] if len(whole) == 1 else Need(kind=NeedKind.ALL_OF, parts=whole)


def read_condition(document: Document, node: Node, facts: Mapping[str, Fact]) -> Condition | None:
    """A condition on declared facts; several keys must all hold."""
    several = isinstance(node, Sequence) and len(node.items) > 1
    mapping = document.mapping(node, "{all: [{risk: high}, …]}" if several else "{risk: [high, imminent]}")
    if mapping is None:
        return None
    if not mapping.entries:
        document.expected(node, N_("A condition"), "{risk: [high, imminent]}")
    parts = [_part(document, word, entry, facts) for word, entry in mapping]
    whole = tuple(part for part in parts if part is not None)
    if not parts or len(whole) < len(parts):
        return None
    return whole[0] if len(whole) == 1 else Condition(kind=ConditionKind.ALL, parts=whole)


def _part(document: Document, word: str, entry: Entry, facts: Mapping[str, Fact]) -> Condition | None:
    kind = JOINING.get(word)
    if kind is None:
        return _fact_is(document, word, entry, facts)
    if kind is ConditionKind.AT_LEAST:
        return _at_least(document, entry, facts)
    items = (entry.value,) if kind is ConditionKind.NOT else document.items(entry.value, "[{risk: high}]")
    parts = [read_condition(document, item, facts) for item in items]
    whole = tuple(part for part in parts if part is not None)
    return Condition(kind=kind, parts=whole) if parts and len(whole) == len(parts) else None


def _fact_is(document: Document, word: str, entry: Entry, facts: Mapping[str, Fact]) -> Condition | None:
    fact = facts.get(word)
    if fact is None and word in JOINED_OTHERWISE:
        document.fault(MISSPELT_WORD, entry.key, word=word, nearest=JOINED_OTHERWISE[word])
        return None
    if fact is None:
        unknown_fact(document, entry.key, word, facts)
        return None
    if isinstance(entry.value, nodes.Mapping):
        return _compared(document, fact, entry.value)
    several = isinstance(entry.value, Sequence)
    items = document.items(entry.value, "[high, imminent]") if several else (entry.value,)
    values = [read_value(document, fact, item) for item in items]
    whole = tuple(value for value in values if value is not None)
    if not values or len(whole) < len(values):
        return None
    return Condition(kind=ConditionKind.FACT, fact=word, values=whole)


def _at_least(document: Document, entry: Entry, facts: Mapping[str, Fact]) -> Condition | None:
    """`at_least: {4: [ … ]}`: so many of these."""
    mapping = document.mapping(entry.value, "{4: [{stalking: true}, …]}")
    if mapping is None:
        return None
    entries = list(mapping)
    if len(entries) != 1 or not entries[0][0].isdecimal():
        document.expected(entry.value, N_("One whole number and a list"), "{4: [{stalking: true}, …]}")
        return None
    word, inner = entries[0]
    items = document.items(inner.value, "[{stalking: true}, …]")
    parts = [read_condition(document, item, facts) for item in items]
    whole = tuple(part for part in parts if part is not None)
    count = int(word)
    if parts and not 1 <= count <= len(parts):
        document.fault(kinds.COUNT_OUT_OF_REACH, inner.key, count=word, parts=str(len(parts)))
        return None
    if not parts or len(whole) < len(parts):
        return None
    return Condition(kind=ConditionKind.AT_LEAST, parts=whole, count=count)


def _compared(document: Document, fact: Fact, mapping: nodes.Mapping) -> Condition | None:
    """`{at_least: 14}`, `{before: 2026-01-01}`, `{at_least: high}`, `{age: {less_than: 18}}`; several must all hold."""
    parts: list[Condition | None] = []
    for word, entry in mapping:
        known = (*comparisons_of(fact), *measures_of(fact))
        if word not in known:
            document.fault(
                kinds.WRONG_COMPARISON,
                entry.key,
                fact=fact.name,
                word=shown(word),
                known=listed(known or [f"{fact.name}: …"]),
            )
            parts.append(None)
        elif word in measures_of(fact):
            parts += read_measured(document, fact, Measure(word), entry.value)
        elif fact.type is FactType.CHOICE:
            parts.append(_choices(document, fact, Comparison(word), entry.value))
        else:
            bound = _bound(document, fact, entry.value)
            compared = {"kind": ConditionKind.COMPARE, "fact": fact.name, "comparison": Comparison(word)}
            parts.append(None if bound is None else Condition.model_validate({**compared, "bound": bound}))
    whole = tuple(part for part in parts if part is not None)
    if not parts:
        document.expected(mapping, N_("A comparison"), "{at_least: 14}")
    if not parts or len(whole) < len(parts):
        return None
    return whole[0] if len(whole) == 1 else Condition(kind=ConditionKind.ALL, parts=whole)


def comparisons_of(fact: Fact) -> tuple[str, ...]:
    """The words by which a fact of this type can be compared."""
    if fact.type is FactType.INTEGER:
        return tuple(BY_SIZE)
    if fact.type in {FactType.DATETIME, FactType.DATE}:
        return tuple(_ON_DAYS)
    return tuple(_ON_CHOICES) if fact.type is FactType.CHOICE and fact.ordered else ()


def _choices(document: Document, fact: Fact, comparison: Comparison, node: Node) -> Condition | None:
    """The choices from one on, or up to it, in the order of the vocabulary."""
    bound = read_value(document, fact, node)
    names = list(fact.choices)
    if bound not in names:
        if bound is not None:
            document.fault(kinds.WRONG_VALUE, node, fact=fact.name, value=describe(node), known=", ".join(names))
        return None
    at = names.index(str(bound))
    values = names[at:] if comparison is Comparison.AT_LEAST else names[: at + 1]
    return Condition(kind=ConditionKind.FACT, fact=fact.name, values=tuple(values))


def _bound(document: Document, fact: Fact, node: Node) -> int | str | None:
    if fact.type is FactType.INTEGER:
        return document.whole_number(node, "14")
    day = document.date(node)
    return day.isoformat() if day else None


def read_value(document: Document, fact: Fact, node: Node) -> FactWord | None:
    """A value that the fact can have, `unknown` and `not_answered` among them."""
    value: ScalarValue = node.value if isinstance(node, Scalar) else None
    if value in {UNKNOWN, NOT_ANSWERED}:
        return str(value)
    if fact.type is FactType.BOOLEAN and isinstance(value, bool):
        return value
    if fact.type is FactType.INTEGER and isinstance(value, int) and not isinstance(value, bool):
        return value
    if fact.type is FactType.CHOICE and isinstance(node, Scalar) and node.text in fact.choices:
        return node.text
    document.fault(kinds.WRONG_VALUE, node, fact=fact.name, value=describe(node), known=_values_of(fact))
    return None


def _values_of(fact: Fact) -> str:
    told = {
        FactType.CHOICE: tuple(fact.choices),
        FactType.BOOLEAN: ("true", "false"),
        FactType.INTEGER: ("0", "1", "2"),
        FactType.DATETIME: (),
        FactType.DATE: (),
    }[fact.type]
    return ", ".join((*told, UNKNOWN, NOT_ANSWERED))


def admitted(condition: Condition, fact: str) -> frozenset[FactWord]:
    """The values of `fact` that a condition lets in by naming them; what stands under `not` names none."""
    if condition.kind is ConditionKind.FACT:
        return frozenset(condition.values) if condition.fact == fact else frozenset()
    if condition.kind is ConditionKind.NOT:
        return frozenset()
    return frozenset().union(*(admitted(part, fact) for part in condition.parts))
