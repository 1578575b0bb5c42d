"""Plans for a story that is looked for: which facts, results and signals could lead to what none reaches yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from procedures.choosing_terms import choice_of
from procedures.commands import FactValue
from procedures.conditions import needed_signals
from procedures.consenting import gate_of
from procedures.directory import Directory
from procedures.events import RepetitionEnd
from procedures.placing import competences_of
from procedures.scenario.behaving import Plan
from procedures.scenario.points import (
    ALL_ASKED,
    APPLIES,
    BACK_TO_DESK,
    BODY_UNKNOWN,
    LET_IN,
    NOBODY,
    NOT_DELEGABLE,
    PERSON_UNKNOWN,
    REPLACED,
    RESUMED,
    TERRITORY_UNKNOWN,
    TOLD,
    Point,
)
from procedures.scenario.ways import Way, Ways
from procedures.schema import AnyStep, AskStep, AwaitStep, Library, Pathway, StartStep

_DECLINED = frozenset({NOBODY, NOT_DELEGABLE, ALL_ASKED, BODY_UNKNOWN, BACK_TO_DESK, REPLACED})
"""What comes of a choice when whoever is asked declines."""
FACTS_EACH = 4
MOST_WAYS_EACH = 3
"""Ways to each result of a repeated step."""


def steps_under(library: Library, pathway: Pathway, consent: str) -> list[AnyStep]:
    """The steps of a pathway that hang on a consent."""
    steps = (step for step in pathway.steps.values() if not isinstance(step, StartStep))
    return [step for step in steps if gate_of(library, pathway, step) == consent]


@dataclass(frozen=True, slots=True)
class Plans:
    """Makes the plans for one pathway."""

    pathway: Pathway
    library: Library
    directory: Directory

    def of(self, point: Point) -> Iterator[Plan]:
        """Plans that may lead to the point, the likeliest first."""
        told = {} if (point.kind, point.which) == ("choice", TERRITORY_UNKNOWN) else self._territories()
        for plan in self._plain(point):
            if told:
                yield replace(plan, facts={**told, **plan.facts})
            yield plan

    def _territories(self) -> Mapping[str, FactValue]:
        """What is told where `choose` looks: a territory of the network, where somebody offers what is asked for."""
        told: dict[str, FactValue] = {}
        for step in self.pathway.steps.values():
            fact = choice_of(step).territory
            if fact is not None and not isinstance(step, StartStep):
                asked = competences_of(step)
                known = [
                    name
                    for name in self.library.facts[fact].choices
                    if all(self._offers(name, competence) for competence in asked)
                ]
                if known:
                    told.setdefault(fact, known[0])
        return told

    def _offers(self, territory: str, competence: str) -> bool:
        services = self.directory.services.values()
        return any(territory in one.territories and competence in one.competences for one in services)

    def _plain(self, point: Point) -> Iterator[Plan]:
        if point.kind == "branch" and point.which == LET_IN:
            yield from self._that_change(point, self._left_out_ways(point), point.of)
            return
        if point.kind == "repeat" and point.which == RepetitionEnd.WHILE:
            yield from self._that_stop(point)
            return
        quiet = point.kind == "silence" and point.of not in self.pathway.steps
        for way in self._ways(point):
            for facts in islice(Ways(self.library).facts(way), FACTS_EACH):
                yield Plan(
                    facts,
                    way.results,
                    point,
                    self._signals(way, point),
                    quiet=quiet,
                    meanwhile=self._meanwhile(point),
                    declined=self._declined(point),
                    unnamed=self._unnamed(point),
                )

    def _signals(self, way: Way, point: Point) -> frozenset[str]:
        return way.signals | ({point.of} if point.kind == "signal" else frozenset())

    def _meanwhile(self, point: Point) -> tuple[frozenset[str], ...]:
        """The signals that come while the step is at work, one group after the other."""
        step = self.pathway.steps.get(point.of)
        if point.kind == "called_off":
            return (frozenset(name for name, one in self.pathway.signals.items() if point.of in one.cancels),)
        if not isinstance(step, AskStep | AwaitStep):
            return ()
        if point.kind == "ending":
            return tuple(needed_signals(end.need) for end in step.ends_when if end.result == point.which)[:1]
        if point.kind == "pause" and step.pauses_on and step.resumes_on:
            groups = needed_signals(step.pauses_on), needed_signals(step.resumes_on)
            return groups if point.which == RESUMED else groups[:1]
        return ()

    def _declined(self, point: Point) -> frozenset[str]:
        """The steps that every service declines."""
        if point.kind != "choice" or point.which not in _DECLINED:
            return frozenset()
        whose = choice_of(self.pathway.steps[point.of]).whose
        return frozenset({whose or "" if point.which == BODY_UNKNOWN else point.of})

    def _unnamed(self, point: Point) -> frozenset[str]:
        """The steps of which an operator records that somebody took them, and not who."""
        if (point.kind, point.which) != ("choice", PERSON_UNKNOWN):
            return frozenset()
        return frozenset({choice_of(self.pathway.steps[point.of]).same_person_as or ""})

    def _choosing(self, point: Point) -> Iterator[Way]:
        """Ways to a step that chooses, with the step whose body it looks for done, or left out if nobody is to."""
        ways = Ways(self.library)
        whose = choice_of(self.pathway.steps[point.of]).whose
        before = ways.beginning(self.pathway, whose) if whose else iter((Way(),))
        for way in before:
            yield from (both for own in ways.beginning(self.pathway, point.of) if (both := way.joined(own)))
        if whose and point.which == BODY_UNKNOWN:
            for way in ways.beginning(self.pathway, whose, applies=False):
                yield from (both for own in ways.beginning(self.pathway, point.of) if (both := way.joined(own)))

    def _left_out_ways(self, point: Point) -> Iterator[Way]:
        return Ways(self.library).beginning(self.pathway, point.of, applies=False)

    def _that_change(self, point: Point, ways: Iterator[Way], step: str) -> Iterator[Plan]:
        """Facts that leave the step out at first, and let it in later."""
        known = Ways(self.library)
        for way in ways:
            for facts in islice(known.facts(way), FACTS_EACH):
                for other in islice(known.beginning(self.pathway, step), FACTS_EACH):
                    for later in islice(known.facts(other), FACTS_EACH):
                        yield Plan(facts, way.results, point, way.signals, later)

    def _that_stop(self, point: Point) -> Iterator[Plan]:
        """Facts that let the step in at first, and let it come no more later."""
        known, repeat = Ways(self.library), self.pathway.steps[point.of].repeat
        stopped = Way(failing=(repeat.while_,)) if repeat and repeat.while_ else Way()
        for way in self._ways(Point("step", point.of)):
            for facts in islice(known.facts(way), FACTS_EACH):
                for later in islice(known.facts(stopped), FACTS_EACH):
                    yield Plan(facts, way.results, point, way.signals, later)

    def _ways(self, point: Point) -> Iterator[Way]:
        ways = Ways(self.library)
        if point.kind == "branch":
            return ways.beginning(self.pathway, point.of, applies=point.which == APPLIES)
        if point.kind == "result" and point.which != TOLD:
            return ways.ending(self.pathway, point.of, point.which)
        if point.kind in {"repeat", "outcome", "consent", "choice"}:
            ways_to = {
                "repeat": self._repeating,
                "outcome": self._to_outcome,
                "consent": self._under,
                "choice": self._choosing,
            }
            return ways_to[point.kind](point)
        return ways.beginning(self.pathway, point.of) if point.of in self.pathway.steps else iter((Way(),))

    def _to_outcome(self, point: Point) -> Iterator[Way]:
        return Ways(self.library).outcome(self.pathway, point.which)

    def _repeating(self, point: Point) -> Iterator[Way]:
        """Ways to a step that is repeated, by each of its results: one may end it, another lets it come again."""
        ways, step = Ways(self.library), self.pathway.steps[point.of]
        if isinstance(step, AskStep | AwaitStep):
            for result in step.results:
                yield from islice(ways.ending(self.pathway, point.of, result), MOST_WAYS_EACH)
        if step.repeat and step.repeat.until and point.which == RepetitionEnd.UNTIL:
            for way in ways.beginning(self.pathway, point.of):
                yield from (both for end in ways.meeting(self.pathway, step.repeat.until) if (both := way.joined(end)))
        yield from ways.beginning(self.pathway, point.of)

    def _under(self, point: Point) -> Iterator[Way]:
        """Ways to a step that hangs on a consent."""
        for step in steps_under(self.library, self.pathway, point.of):
            yield from Ways(self.library).beginning(self.pathway, step.name)
