"""How a step, a result or an outcome can be reached: what must end how before, and which facts let it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations, islice, product

from procedures.commands import FactValue
from procedures.conditions import holds
from procedures.exploring.asking import KNOWN, Answer, leaves, values_that_differ
from procedures.exploring.passing import is_with_today, values_at
from procedures.language.conditions import how_many
from procedures.language.steps import entering
from procedures.schema import (
    AnyStep,
    AskStep,
    AwaitStep,
    Condition,
    Fact,
    FactType,
    Library,
    Need,
    NeedKind,
    Pathway,
    StartStep,
)
from procedures.values import NOT_ANSWERED

MOST_WAYS = 24
"""Of alternatives to one thing that are looked at."""
MOST_FACTS = 5_000
"""Of combinations of facts that are tried for one way."""
DAY_OF_A_FACT = "2026-11-25"
STORIES_BEGIN = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
"""A Wednesday, 10:00 on the wall in Rome: when a story begins that is looked for."""

Place = tuple[str, str]
"""A pathway and one of its steps."""


@dataclass(frozen=True, slots=True)
class Way:
    """What has to be so: how steps end, which conditions hold and which do not."""

    results: Mapping[Place, str] = field(default_factory=dict)
    holding: tuple[Condition, ...] = ()
    failing: tuple[Condition, ...] = ()
    signals: frozenset[str] = frozenset()
    """What has to come from outside."""

    def joined(self, other: "Way") -> "Way | None":
        """Both at once; None where they contradict each other."""
        if any(self.results.get(place, result) != result for place, result in other.results.items()):
            return None
        return Way(
            {**self.results, **other.results},
            self.holding + other.holding,
            self.failing + other.failing,
            self.signals | other.signals,
        )


_WaysOf = Callable[[Pathway, Need], Iterator[Way]]


class Ways:
    """Looks for ways through the pathways of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def beginning(self, pathway: Pathway, step: str, *, applies: bool = True) -> Iterator[Way]:
        """Ways to the moment at which the step begins, or is left out because its condition does not hold."""
        found = pathway.steps[step]
        acting = [name for name, other in pathway.steps.items() if other.told_in == step]
        if acting:  # whoever is told is told of what one of these did
            for name in acting:
                yield from self.beginning(pathway, name)
            return
        enters = entering(found)
        own = Way(holding=(enters,)) if enters and applies else Way()
        own = Way(failing=(found.when,)) if found.when and not applies else own
        yield from _each_joined(own, self.meeting(pathway, found.needs))

    def ending(self, pathway: Pathway, step: str, result: str) -> Iterator[Way]:
        """Ways in which the step ends with the result."""
        found = pathway.steps[step]
        for way in self.beginning(pathway, step):
            if isinstance(found, StartStep):
                yield from _each_joined(way, self.outcome(self._library.named(found.pathway), result))
            else:
                joined = way.joined(Way({(pathway.name, step): result}))
                if joined:
                    yield joined

    def outcome(self, pathway: Pathway, name: str) -> Iterator[Way]:
        """Ways to an outcome of a pathway."""
        for outcome in pathway.outcomes:
            if outcome.name == name:
                yield from self.meeting(pathway, outcome.when)

    def meeting(self, pathway: Pathway, need: Need) -> Iterator[Way]:
        """Ways to meet a need."""
        if need.kind is NeedKind.STEP:
            if need.result is None:
                yield Way()  # met by whatever becomes of the step
            else:
                yield from islice(self.ending(pathway, need.step or "", need.result), MOST_WAYS)
        elif need.kind is NeedKind.SIGNAL:
            yield Way(signals=frozenset({need.signal or ""}))
        elif need.kind is NeedKind.NOT:
            yield from islice(self.failing(pathway, need.parts[0]), MOST_WAYS)
        else:
            for parts in combinations(need.parts, how_many(need)):
                yield from self._together(pathway, parts, self.meeting)

    def failing(self, pathway: Pathway, need: Need) -> Iterator[Way]:
        """Ways on which a need can be met no more."""
        if need.kind is NeedKind.STEP and need.result is not None:
            step = pathway.steps[need.step or ""]
            for result in self._results(step):
                if result != need.result:
                    yield from self.ending(pathway, step.name, result)
            if step.when:
                yield from self.beginning(pathway, step.name, applies=False)
        elif need.kind is NeedKind.NOT:
            yield from self.meeting(pathway, need.parts[0])
        elif need.parts:
            for parts in combinations(need.parts, len(need.parts) - how_many(need) + 1):
                yield from self._together(pathway, parts, self.failing)

    def _results(self, step: AnyStep) -> Iterable[str]:
        if isinstance(step, StartStep):
            return [outcome.name for outcome in self._library.named(step.pathway).outcomes]
        return step.results if isinstance(step, AskStep | AwaitStep) else ()

    def _together(self, pathway: Pathway, parts: tuple[Need, ...], ways: _WaysOf) -> Iterator[Way]:
        if not parts:
            yield Way()
            return
        for way in ways(pathway, parts[0]):
            yield from _each_joined(way, self._together(pathway, parts[1:], ways))

    def facts(self, way: Way) -> Iterator[Mapping[str, FactValue]]:
        """Facts under which the conditions of a way are so, the fewest first."""
        asked: dict[str, list[Condition]] = {}
        for condition in (*way.holding, *way.failing):
            for leaf in leaves(condition):
                asked.setdefault(leaf.fact or "", []).append(leaf)
        values = [_values(self._library.facts[name], conditions) for name, conditions in asked.items()]
        fitting = []
        for answers in islice(product(*values), MOST_FACTS):
            told = {name: value for name, value in zip(asked, answers, strict=True) if value is not None}
            so = all(holds(condition, told, STORIES_BEGIN) for condition in way.holding)
            if so and not any(holds(condition, told, STORIES_BEGIN) for condition in way.failing):
                fitting.append(told)
        # What is said with a plain value is easier to read than what she did not answer.
        fitting.sort(key=lambda told: ("not_answered" in told.values(), len(told)))
        for told in fitting:
            yield {name: _said(self._library.facts[name], value) for name, value in told.items()}


def _values(fact: Fact, asked: Sequence[Condition]) -> Sequence[Answer]:
    if any(map(is_with_today, asked)):
        return (*values_at(fact, asked, STORIES_BEGIN), None, NOT_ANSWERED)
    return values_that_differ(fact, asked)


def _said(fact: Fact, value: FactValue) -> FactValue:
    if value != KNOWN:
        return value
    return f"{DAY_OF_A_FACT}T08:00" if fact.type is FactType.DATETIME else DAY_OF_A_FACT


def _each_joined(way: Way, others: Iterable[Way]) -> Iterator[Way]:
    for other in others:
        joined = way.joined(other)
        if joined:
            yield joined
