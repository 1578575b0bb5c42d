"""Looking for a scenario that reaches what none reaches yet: a bounded number of ways, each played on the rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice

from procedures.case import EMPTY, Handoff, HandoffMode, StepState
from procedures.choosing_terms import choice_of
from procedures.commands import FactValue
from procedures.consenting import birthday_fact, declared_giver, gate_of
from procedures.directory import Directory
from procedures.exploring.meanwhile import all_needed
from procedures.language.choosing import HowMany
from procedures.language.consents import UNTIL_OF_AGE
from procedures.scenario.behaving import Plan, answer, changed_facts, given_signals
from procedures.scenario.coverage import Reached
from procedures.scenario.language import Act, Block, Given, Scenario
from procedures.scenario.naming import name_of, title_of
from procedures.scenario.planning import Plans, steps_under
from procedures.scenario.points import FIRST_SIGN, LATE, REFUSED, Point, points_of
from procedures.scenario.running import Run, ScenarioRun, Stage
from procedures.scenario.ways import STORIES_BEGIN
from procedures.schema import (
    OPERATOR,
    AskStep,
    AwaitStep,
    Library,
    Pathway,
    RungTarget,
    StartStep,
)
from procedures.timing import next_due

MOST_PLAYS = 40
MOST_BLOCKS = 40
A_MINOR = date(2018, 5, 3)
"""When somebody was born who is a minor in every story that is looked for."""
PAUSE = timedelta(minutes=5)
"""Between what people do."""
_SOONER = {RungTarget.COORDINATOR: 0, LATE: 1, FIRST_SIGN: 2}
"""Of silences the longest first: on its way it reaches the others."""


@dataclass(slots=True)
class Search:
    """Looks for scenarios of one pathway."""

    pathway: Pathway
    library: Library
    directory: Directory
    stage: Stage = field(init=False)

    def __post_init__(self) -> None:
        """A stage of its own."""
        self.stage = Stage(self.library, self.directory)

    def all_missing(self, reached: frozenset[Point]) -> tuple[list[ScenarioRun], list[Point]]:
        """A run for each point not reached yet (one may do for several), and the points without any."""
        left = [point for point in points_of(self.pathway, self.library) if point not in reached]
        left.sort(key=lambda point: _SOONER.get(point.which, 3) if point.kind == "silence" else 3)
        runs: list[ScenarioRun] = []
        unfound: list[Point] = []
        while left:
            found = self.one(left[0])
            if found is None:
                unfound.append(left.pop(0))
                continue
            runs.append(found)
            seen = Reached(self.pathway, self.library)
            seen.follow(found.trail)
            left = [point for point in left if point not in seen.points]
        return runs, unfound

    def one(self, point: Point) -> ScenarioRun | None:
        """A run that reaches the point, the first that is found; None where no way of a bounded number does."""
        plans = Plans(self.pathway, self.library, self.directory)
        for plan in islice(plans.of(point), MOST_PLAYS):
            blocks = self._play(plan, point)
            if blocks is not None:
                scenario = Scenario(
                    name_of(point),
                    self._given(plan, point),
                    in_brief(blocks),
                    title=title_of(point, self.pathway, self.library),
                )
                return self.stage.run(scenario)
        return None

    def _given(self, plan: Plan, point: Point) -> Given:
        refused = {point.of} if point.kind == "consent" and point.which == REFUSED else set()
        every = _consents(self.pathway, self.library, set())
        consents = every - refused
        desk = min(self.directory.desks, default=None)
        by = OPERATOR if OPERATOR in self.pathway.opened_by else next(iter(self.pathway.opened_by), OPERATOR)
        name, territory, facts = self.pathway.name, self._territory(), {**self._births(every), **plan.facts}
        return Given(name, territory, STORIES_BEGIN, facts, frozenset(consents), frozenset(), desk, by)

    def _births(self, consents: Iterable[str]) -> dict[str, FactValue]:
        """Those for whom somebody else consents are minors."""
        spoken_for = (n for n in consents if declared_giver(self.library, EMPTY, n) in UNTIL_OF_AGE)
        found = {birthday_fact(self.library, name) for name in spoken_for}
        return {name: A_MINOR.isoformat() for name in found if name}

    def _territory(self) -> str:
        """Where most services are."""
        served = dict.fromkeys(sorted(self.directory.territories()), 0)
        for service in self.directory.services.values():
            for name in service.territories:
                served[name] += 1
        return max(served, key=lambda name: served[name])

    def _play(self, plan: Plan, point: Point) -> tuple[Block, ...] | None:
        """The blocks of a story that follows the plan, up to the point; None where it does not lead there."""
        given = self._given(plan, point)
        going = Run(self.library, self.directory, given.start)
        going.open(given)
        seen, followed = Reached(self.pathway, self.library), 0
        blocks = [Block(given.start)]
        while True:
            seen.follow(going.trail[followed:])
            followed = len(going.trail)
            if point in seen.points:
                return tuple(blocks)
            block = self._next(going, plan) if len(blocks) < MOST_BLOCKS else None
            if block is None:
                return None
            going.pass_time(block.at)
            for act in block.acts:
                going.do(act)
            blocks.append(block)

    def _next(self, going: Run, plan: Plan) -> Block | None:
        due = next_due(going.state)
        at = going.now + PAUSE
        acts = tuple(self._acts(going, plan))
        if acts and (due is None or due > at or plan.point.kind != "silence"):
            return Block(at, acts)
        if due is None:
            return Block(at, acts) if acts else None
        return Block(max(due, going.now))

    def _acts(self, going: Run, plan: Plan) -> Iterator[Act]:
        """What is done next: at most one thing for each open handoff."""
        point = plan.point
        if point.kind == "consent" and self._asks(going, point):
            yield Act("refuse_consent" if point.which == REFUSED else "revoke_consent", point.of)
            return
        yield from given_signals(going, self.pathway, self.library, plan)
        if plan.later and self._changes_now(going, point):
            yield from changed_facts(going, self.library, plan)
        taken: set[tuple[str, str]] = set()
        for handoff in going.state.handoffs.values():
            if handoff.is_open and handoff.mode is not HandoffMode.TELL and not self._waits(going, handoff, plan):
                act = answer(handoff, going, self.library, plan)
                if act is not None and (handoff.run_id, handoff.step) not in taken:
                    yield act
                if act is not None and act.verb == "accept" and self._is_for_one(going, handoff):
                    taken.add((handoff.run_id, handoff.step))

    def _is_for_one(self, going: Run, handoff: Handoff) -> bool:
        """Whether, of those who were asked at once, the first that accepts has it."""
        pathway = self.library.by_hash[going.state.runs[handoff.run_id].content_hash]
        return choice_of(pathway.steps[handoff.step]).how_many is HowMany.FIRST

    def _waits(self, going: Run, handoff: Handoff, plan: Plan) -> bool:
        """Whether nobody answers yet, so that the pathway is not over before a fact lets the step in."""
        if plan.point.kind != "branch" or not plan.later:
            return False
        changed = all(going.state.facts.get(name) == value for name, value in plan.later.items())
        return not changed and handoff.step not in all_needed(self.pathway, plan.point.of)

    def _changes_now(self, going: Run, point: Point) -> bool:
        """Whether the step was left out; or, of one that is repeated, whether it was done once."""
        steps = [run.steps[point.of] for run in going.state.runs.values() if run.pathway == self.pathway.name]
        if point.kind == "repeat":
            return any(step.rounds for step in steps)
        return any(step.state is StepState.SKIPPED for step in steps)

    def _asks(self, going: Run, point: Point) -> bool:
        """Whether somebody works under the consent, or waits for it."""
        if point.which == REFUSED:
            return any(
                step.state.value == "awaiting_consent"
                for run in going.state.runs.values()
                for step in run.steps.values()
            )
        under = steps_under(self.library, self.pathway, point.of)
        if not any(isinstance(step, AskStep | AwaitStep) for step in under):
            return True  # who is told is told at once: there is no moment in between
        return any(
            handoff.is_open and self._consent_of(going, handoff) == point.of
            for handoff in going.state.handoffs.values()
        )

    def _consent_of(self, going: Run, handoff: Handoff) -> str | None:
        pathway = self.library.by_hash[going.state.runs[handoff.run_id].content_hash]
        return gate_of(self.library, pathway, pathway.steps[handoff.step])


def _consents(pathway: Pathway, library: Library, seen: set[str]) -> set[str]:
    """Every consent of the pathway and of those it starts."""
    seen.add(pathway.name)
    found = {pathway.consent, *(step.consent for step in pathway.steps.values())}
    for step in pathway.steps.values():
        if isinstance(step, StartStep) and step.pathway not in seen:
            found |= _consents(library.named(step.pathway), library, seen)
    return {consent for consent in found if consent}


def in_brief(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same story with its time of silence in one piece, strict from the last thing on that somebody does."""
    kept = [block for place, block in enumerate(blocks) if block.acts or place in {0, len(blocks) - 1}]
    last = max((place for place, block in enumerate(kept) if block.acts), default=0)
    return tuple(replace(block, open_ended=place < last) for place, block in enumerate(kept))
