"""Reading evidence, and the facts that change with it (`sets`): of a result, and of whatever else shows evidence."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from procedures.conditions import UNKNOWN
from procedures.grammar import kinds, set_kinds
from procedures.grammar.needs import read_value
from procedures.grammar.own_work import unknown_fact
from procedures.nodes import Node, Scalar
from procedures.reading import Document, describe, listed
from procedures.schema import EvidenceType, Fact, Setting
from procedures.values import NOT_ANSWERED, in_range

_FACT = re.compile(r"fact\.([a-z][a-z0-9_]*)")
_SHOWN = re.compile(r"evidence\.([a-z][a-z0-9_]*)")
WRITTEN = tuple(kind for kind in EvidenceType if kind is not EvidenceType.CHOICE)


@dataclass(slots=True)
class Evidence:
    """The fields that are shown, and which of them are values of a declared fact."""

    types: dict[str, EvidenceType] = field(default_factory=dict)
    of_fact: dict[str, str] = field(default_factory=dict)


def read_evidence(document: Document, node: Node, facts: Mapping[str, Fact]) -> Evidence:
    """`{place_confirmed_at: datetime, level: fact.risk}`."""
    evidence = Evidence()
    for name, entry in document.named(node, "place_confirmed_at"):
        written = entry.value
        named = _FACT.fullmatch(written.text) if isinstance(written, Scalar) else None
        if named is None:
            kind = document.word(written, WRITTEN)
            if kind:
                evidence.types[name] = EvidenceType(kind)
        elif named[1] not in facts:
            unknown_fact(document, written, named[1], facts)
        else:
            evidence.types[name] = EvidenceType(facts[named[1]].type)
            evidence.of_fact[name] = named[1]
    return evidence


def read_sets(
    document: Document, node: Node, facts: Mapping[str, Fact], evidence: Evidence, by: Collection[str]
) -> tuple[Setting, ...]:
    """`{risk: evidence.level, needs_shelter: true}`; `by` are those on whose word they change."""
    found: list[Setting] = []
    for name, entry in document.named(node, "risk"):
        fact = facts.get(name)
        if fact is None:
            unknown_fact(document, entry.key, name, facts)
            continue
        for whose in by if not fact.raises_only else ():
            if whose not in fact.changed_by:
                document.fault(set_kinds.NOT_ON_THIS_WORD, entry.key, fact=name, by=whose)
        shown = _SHOWN.fullmatch(entry.value.text) if isinstance(entry.value, Scalar) else None
        setting = _from_evidence(document, entry.value, fact, evidence, shown[1]) if shown else None
        if not shown:
            setting = _fixed(document, entry.value, fact)
        if setting is not None:
            found.append(setting)
    return tuple(found)


def _from_evidence(document: Document, node: Node, fact: Fact, evidence: Evidence, shown: str) -> Setting | None:
    kind = evidence.types.get(shown)
    if kind is None:
        known = listed([f"evidence.{name}" for name in evidence.types])
        document.fault(set_kinds.NOT_SHOWN, node, field=shown, known=known)
        return None
    of_another = kind is EvidenceType.CHOICE and evidence.of_fact.get(shown) != fact.name
    if kind.value != fact.type.value or of_another:
        document.fault(set_kinds.OTHER_KIND, node, field=shown, fact=fact.name)
        return None
    return Setting(fact=fact.name, evidence=shown)


def _fixed(document: Document, node: Node, fact: Fact) -> Setting | None:
    if not isinstance(node, Scalar) or node.text in {UNKNOWN, NOT_ANSWERED}:
        document.fault(set_kinds.NEVER_SET, node, fact=fact.name, value=describe(node))
        return None
    value = read_value(document, fact, node)
    if value is None:
        return None
    if not in_range(fact, value):
        known = ", ".join(str(bound) for bound in (fact.at_least, fact.at_most) if bound is not None)
        document.fault(kinds.WRONG_VALUE, node, fact=fact.name, value=describe(node), known=known)
        return None
    return Setting(fact=fact.name, value=value)
