"""What a pathway asks about while it goes on: facts, signals and how steps ended, as keys of an exploration."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from procedures.conditions import holds
from procedures.schema import Condition, ConditionKind, Fact, FactType, FactWord, Need, NeedKind

Answer = FactWord | None
"""What is so: a fact's value (None: nobody told it), a step's result, whether something happened."""

LEFT_OUT = "-"
"""How a step that never began counts among the results."""
OVER = "*"
"""Any result that nobody asks for by its name."""
JOINED = frozenset({ConditionKind.ALL, ConditionKind.ANY, ConditionKind.NOT})


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One thing that is asked about: `fact`, `free` (a condition taken as it comes), `signal` or `step`."""

    kind: str
    name: str


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """The conditions that join no others."""
    if condition is None:
        return
    if condition.kind in JOINED:
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def leaf_key(leaf: Condition, facts: Mapping[str, Fact]) -> Key:
    """What a leaf asks about. Values that cannot be listed make it free: both answers are looked at."""
    fact = facts.get(leaf.fact or "")
    plain = leaf.kind is ConditionKind.FACT and fact is not None and fact.type in {FactType.CHOICE, FactType.BOOLEAN}
    return Key("fact", leaf.fact or "") if plain else Key("free", repr(leaf))


def values_that_differ(fact: Fact, asked: Iterable[Condition]) -> tuple[Answer, ...]:
    """One value of each sort that `asked` tells apart, the untold one among them."""
    told: tuple[Answer, ...] = tuple(fact.choices) if fact.type is FactType.CHOICE else (True, False)
    conditions = list(asked)
    sorts: dict[tuple[bool, ...], Answer] = {}
    for value in (*told, None):
        known = {} if value is None else {fact.name: value}
        sorts.setdefault(tuple(holds(leaf, known) for leaf in conditions), value)
    return tuple(sorts.values())


def condition_holds(condition: Condition | None, facts: Mapping[str, Fact], so: Mapping[Key, Answer]) -> bool:
    """Whether the condition holds where everything it asks about is answered in `so`."""
    if condition is None:
        return True
    if condition.kind not in JOINED:
        key = leaf_key(condition, facts)
        if key.kind == "free":
            return bool(so[key])
        value = so[key]
        return holds(condition, {} if value is None else {key.name: value})
    inner = [condition_holds(part, facts, so) for part in condition.parts]
    if condition.kind is ConditionKind.ALL:
        return all(inner)
    return any(inner) if condition.kind is ConditionKind.ANY else not any(inner)


def need_keys(need: Need) -> frozenset[Key]:
    """Everything that a need asks about."""
    if need.parts or need.kind in {NeedKind.ALL_OF, NeedKind.ANY_OF}:
        return frozenset().union(*(need_keys(part) for part in need.parts))
    return frozenset({_own_key(need)})


def _own_key(need: Need) -> Key:
    if need.kind is NeedKind.STEP and need.result != "expired":
        return Key("step", need.step or "")
    # Whether a step's time ran out, or a signal came, is free: both are looked at.
    return Key("signal", str(getattr(need, "signal", None) or f"{need.step}.{need.result}"))


def need_met(need: Need, so: Mapping[Key, Answer]) -> bool:
    """Whether the need is met once every step it names is over."""
    if need.parts or need.kind in {NeedKind.ALL_OF, NeedKind.ANY_OF}:
        inner = [need_met(part, so) for part in need.parts]
        return any(inner) if need.kind is NeedKind.ANY_OF else all(inner)
    key = _own_key(need)
    if key.kind == "signal":
        return bool(so[key])
    return need.result is None or so[key] == need.result


def named_results(needs: Iterable[Need]) -> Mapping[str, frozenset[str]]:
    """The results that needs name, by step."""
    found: dict[str, set[str]] = {}
    for need in needs:
        if need.parts:
            for step, results in named_results(need.parts).items():
                found.setdefault(step, set()).update(results)
        elif need.step and need.result:
            found.setdefault(need.step, set()).add(need.result)
    return {step: frozenset(results) for step, results in found.items()}
