"""Taking every step of a pathway once, with every answer that makes a difference."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import product

from procedures.choosing_terms import choice_of
from procedures.conditions import NeedState, named_results, needed_signals, needed_steps
from procedures.exploring.asking import (
    AND,
    LEFT_OUT,
    NEVER,
    OVER,
    Answer,
    Asked,
    Key,
    leaves,
    need_keys,
    need_met,
    need_stands,
)
from procedures.exploring.meanwhile import Changes, Moments, settings_of, told_anew
from procedures.exploring.passing import is_with_today, looks_at
from procedures.exploring.seen import Explored, Situation, StepSeen, Trace
from procedures.exploring.ways import LEFT_OUT_WAY, Way, ways
from procedures.language.steps import entering
from procedures.schema import AnyStep, AskStep, AwaitStep, Condition, Fact, Need, Pathway, StartStep

MOST_KEPT = 5_000
"""So many situations are kept in mind at once; a pathway that has more is not explored to its end."""
MOST_WORK, LOOK = 100_000, 4
"""What bounds the time, to about a second: each look at a situation costs `LOOK`, one for each part of a condition that
is looked at in it, and `LOOK` where that is compared with today."""
ENDED, TOLD = "ended", "told"
ASLEEP = Key(Asked.SIGNAL, "")
"""Whether some step waits for a signal that never comes, where that keeps the pathway open."""


def explore(
    pathway: Pathway, facts: Mapping[str, Fact], outcomes_of: Mapping[str, Sequence[str]], *, changing: bool = False
) -> Explored:
    """Every way the pathway can go; `outcomes_of` are the outcomes of the pathways it may start.

    Facts change as its results say; `changing`: and as people say, between any two moments at which steps begin.
    """
    return _Walk(pathway, facts, outcomes_of, changing=changing).walk()


def explore_with_changes(
    pathway: Pathway, facts: Mapping[str, Fact], outcomes_of: Mapping[str, Sequence[str]]
) -> Explored:
    """The same, where what nobody but people's changes can lead to counts as reached.

    That facts change is no reason to warn of an end without an outcome: as with a consent taken back, it may always be.
    """
    explored = explore(pathway, facts, outcomes_of)
    reached = explored.outcomes.issuperset(outcome.name for outcome in pathway.outcomes)
    if not explored.whole or (reached and all(seen.begun for seen in explored.steps.values())):
        return explored
    changed = explore(pathway, facts, outcomes_of, changing=True)
    explored.whole = changed.whole
    explored.outcomes |= changed.outcomes
    for name, seen in explored.steps.items():
        seen.begun |= changed.steps[name].begun
        seen.needs_met |= changed.steps[name].needs_met
    return explored


def explore_refused(
    pathway: Pathway,
    facts: Mapping[str, Fact],
    outcomes_of: Mapping[str, Sequence[str]],
    refused: AbstractSet[str],
) -> Explored:
    """Every way it can go where these steps are left out, because she refuses what they rest on."""
    return _Walk(pathway, facts, outcomes_of, changing=True, refused=refused).walk()


class _TooMany(Exception):
    """There are more situations than can be looked at."""


class _Walk:
    def __init__(
        self,
        pathway: Pathway,
        facts: Mapping[str, Fact],
        outcomes_of: Mapping[str, Sequence[str]],
        *,
        changing: bool,
        refused: AbstractSet[str] = frozenset(),
    ) -> None:
        self.pathway, self.outcomes_of, self.refused = pathway, outcomes_of, refused
        self.order = _in_order(pathway.steps)
        ends = [outcome.when for outcome in pathway.outcomes]
        self.named = named_results([*(step.needs for step in pathway.steps.values()), *ends])
        self.moments = Moments(pathway, facts, changing=changing)
        self.asked: dict[str, list[Condition]] = {}
        for step in pathway.steps.values():
            for leaf in leaves(entering(step)):
                self.asked.setdefault(leaf.fact or "", []).append(leaf)
        self.ways: dict[tuple[str, Answer], tuple[str, ...]] = {}
        """When something else holds of a value that is compared with today."""
        self.changes = Changes(pathway, facts, self.asked)
        self.answers = self.changes.answers
        self.called_off_by = {
            name: frozenset(Key(Asked.SIGNAL, s.name) for s in pathway.signals.values() if name in s.cancels)
            for name in pathway.steps
        }
        self.later = self._asked_later(ends)
        self.work = 0
        self.explored = Explored(steps={name: StepSeen() for name in pathway.steps})

    def _asked_later(self, ends: Sequence[Need]) -> list[frozenset[Key]]:
        """For each step of the order, what is asked about after it."""
        asked = frozenset({ASLEEP}).union(*(need_keys(need) for need in ends))
        later = [asked]
        for step in reversed(self.order[1:]):
            asked |= need_keys(step.needs) | self._asks(step) | self.moments.remembered(step)
            later.append(asked)
        return later[::-1]

    def _asks(self, step: AnyStep) -> frozenset[Key]:
        """The facts and signals that a step hangs on."""
        whose = choice_of(step).whose
        body = frozenset({Key(Asked.STEP, whose)}) if whose else frozenset()
        return self.moments.asked(step) | _signal_keys(step.needs) | self.called_off_by[step.name] | body

    def walk(self) -> Explored:
        try:
            self._end(self._situations_at_the_end())
        except _TooMany:
            self.explored.whole = False
        return self.explored

    def _situations_at_the_end(self) -> dict[Situation, Trace | None]:
        situations: dict[Situation, Trace | None] = {frozenset(): None}
        for step, later in zip(self.order, self.later, strict=True):
            after: dict[Situation, Trace | None] = {}
            for situation, trace in situations.items():
                cost = LOOK + sum(LOOK if is_with_today(leaf) else 1 for leaf in leaves(entering(step)))
                for so, told in self._answered(self._asks(step), cost, dict(situation), trace, step):
                    self._take(step, later, so, told, after)
                if len(after) > MOST_KEPT:
                    raise _TooMany
            situations = after
        return situations

    def _answered(
        self,
        asked: frozenset[Key],
        cost: int,
        so: dict[Key, Answer],
        trace: Trace | None,
        step: AnyStep | None = None,
    ) -> Iterator[tuple[dict[Key, Answer], Trace | None]]:
        """`so` with every answer to what is asked about and is still open. A signal comes in time, or it does not."""
        still_open = sorted(asked - so.keys())
        looks = [key for key in still_open if key.kind is Asked.NOW]
        others = [key for key in still_open if key.kind is not Asked.NOW]
        signal = (True, False)
        for answers in product(*(signal if k.kind is Asked.SIGNAL else self.answers[k.name] for k in others)):
            known = {**so, **dict(zip(others, answers, strict=True))}
            for times in product(*(self._looks(step, look, known) for look in looks)):
                self._work(cost)
                told = trace
                for key, answer in (*zip(others, answers, strict=True), *zip(looks, times, strict=True)):
                    told = Trace(key, answer, told)
                yield {**known, **dict(zip(looks, times, strict=True))}, told

    def _looks(self, step: AnyStep | None, look: Key, so: Mapping[Key, Answer]) -> Sequence[Answer]:
        """When a fact can be looked at: at any time, but not sooner than it was looked at before."""
        if step is None:
            return ()
        value = so[self.moments.of_step(step)[look]]
        key = (look.name, value)
        if key not in self.ways:
            self.ways[key] = tuple(at.isoformat() for at in looks_at(value, self.asked[look.name]))
        sooner = max((str(at) for at in self.moments.sooner(step, look, so)), default="")
        return [at for at in self.ways[key] if at >= sooner]

    def _take(
        self,
        step: AnyStep,
        later: frozenset[Key],
        so: dict[Key, Answer],
        trace: Trace | None,
        after: dict[Situation, Trace | None],
    ) -> None:
        seen = self.explored.steps[step.name]
        stands, held = self._stands(step, so), self.moments.holds(step, so)
        met = stands is NeedState.MET
        called_off = any(so[key] is True for key in self.called_off_by[step.name])
        waits = stands is NeedState.PENDING and not called_off
        unsure = step.name in self.changes.unsure
        seen.needs_met |= met
        begins = met and (held or unsure) and step.name not in self.refused
        seen.begun |= begins
        seen.waits |= waits
        whose = choice_of(step).whose
        if met and held and whose and so[Key(Asked.STEP, whose)] in {LEFT_OUT, NEVER}:
            seen.nobody_before = seen.nobody_before or trace
        key, named = Key(Asked.STEP, step.name), self.named.get(step.name, frozenset())
        way_out = NEVER if waits else LEFT_OUT
        ends = self._ways(step, called_off=called_off) if begins else []
        for way in (*ends, LEFT_OUT_WAY) if unsure or called_off or not ends else ends:
            counts = (AND.join(result for result in way if result in named) or OVER) if way else way_out
            for becomes in self.changes.after(step, way, so, later):
                self._work(len(becomes))
                known = {**told_anew(so, becomes), key: counts}
                if counts == NEVER and self.pathway.stays_open:
                    known[ASLEEP] = True
                situation = frozenset((key, answer) for key, answer in known.items() if key in later)
                told = Trace(key, AND.join(way) or way_out, trace)
                for fact, value in becomes.items():
                    told = Trace(Key(Asked.BECOMES, fact.name), value, told) if so.get(fact) != value else told
                after.setdefault(situation, told)

    def _ways(self, step: AnyStep, *, called_off: bool) -> list[Way]:
        """Every set of results that makes a difference."""
        results = self._results(step)
        matters = self.named.get(step.name, frozenset()) | {one for one in results if settings_of(step, one)}
        return list(ways(step, results, matters, called_off=called_off))

    def _stands(self, step: AnyStep, so: Mapping[Key, Answer]) -> NeedState:
        """Where its needs stand. She is told as soon as something was done without her consent, and of nothing else."""
        acting = {so[Key(Asked.STEP, n)] for n, other in self.pathway.steps.items() if other.told_in == step.name}
        if not acting:
            return need_stands(step.needs, so)
        if acting - {LEFT_OUT, NEVER}:
            return NeedState.MET
        return NeedState.PENDING if NEVER in acting else NeedState.IMPOSSIBLE

    def _work(self, cost: int) -> None:
        self.work += cost
        if self.work > MOST_WORK:
            raise _TooMany

    def _results(self, step: AnyStep) -> Sequence[str]:
        if isinstance(step, AskStep | AwaitStep):
            return tuple(step.results)
        if isinstance(step, StartStep):
            return (*self.outcomes_of.get(step.pathway, sorted(self.named.get(step.name, ()))), ENDED)
        return (TOLD,)

    def _end(self, situations: Mapping[Situation, Trace | None]) -> None:
        asked = frozenset().union(*(_signal_keys(outcome.when) for outcome in self.pathway.outcomes))
        for situation, trace in situations.items():
            if (ASLEEP, True) not in situation:
                for so, told in self._answered(asked, LOOK, dict(situation), trace):
                    self._end_so(so, told)

    def _end_so(self, so: Mapping[Key, Answer], trace: Trace | None) -> None:
        reached = next((o.name for o in self.pathway.outcomes if need_met(o.when, so)), None)
        if reached is not None:
            self.explored.outcomes.add(reached)
        elif not self.explored.ends_without_outcome:
            self.explored.ends_without_outcome, self.explored.without_outcome = True, trace


def _signal_keys(need: Need) -> frozenset[Key]:
    return frozenset(Key(Asked.SIGNAL, name) for name in needed_signals(need))


def _in_order(steps: Mapping[str, AnyStep]) -> list[AnyStep]:
    """The steps, each after those it needs; there is no cycle."""
    ordered: dict[str, AnyStep] = {}

    def put(step: AnyStep) -> None:
        needed = needed_steps(step.needs)
        for name, other in steps.items():
            if name in needed and name not in ordered:
                put(other)
        ordered.setdefault(step.name, step)

    for step in steps.values():
        put(step)
    return list(ordered.values())
