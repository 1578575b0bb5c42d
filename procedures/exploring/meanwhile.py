"""Facts that change while a pathway goes on: because a result says so, or because people do."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import product

from procedures.conditions import needed_steps
from procedures.exploring.asking import (
    Answer,
    Asked,
    Key,
    all_values,
    condition_holds,
    condition_keys,
    leaves,
    values_that_differ,
)
from procedures.exploring.earlier import looked_at_before, over_before
from procedures.exploring.passing import is_with_today
from procedures.exploring.ways import Way
from procedures.language.steps import entering
from procedures.schema import AnyStep, AskStep, AwaitStep, Condition, Fact, LookedAt, Need, NeedKind, Pathway, Setting
from procedures.values import NOT_ANSWERED

Becomes = dict[Key, Answer]


class Moments:
    """When each step asks about facts.

    Where people may change facts meanwhile, steps with the same needs ask at one moment and agree; what is looked at
    again is asked about at a moment of its own.
    """

    def __init__(self, pathway: Pathway, facts: Mapping[str, Fact], *, changing: bool) -> None:
        self.fixed = {name for name, fact in facts.items() if not (changing and fact.changed_by)}
        self._looks = {
            name: f"again {name}" if _looks_again(step) else step.needs.model_dump_json()
            for name, step in pathway.steps.items()
        }
        self.of = self._looks if changing else {}
        self._entering = {name: entering(step) for name, step in pathway.steps.items()}
        self._asked = {
            name: frozenset(self._at(key, name) for key in condition_keys(condition))
            for name, condition in self._entering.items()
        }
        self._with_today = {name: self._compared(name) for name in pathway.steps}
        """Which facts each step compares with today: the moment at which it does, and the fact as it is then."""
        before = {name: self._looked_at_before(pathway, name) for name in pathway.steps if self._with_today[name]}
        self._remembered = {name: self._latest(name, before) for name in before}

    def _at(self, key: Key, step: str) -> Key:
        return key if key.name in self.fixed else Key(key.kind, key.name, self.of.get(step, ""))

    def asked(self, step: AnyStep) -> frozenset[Key]:
        """What the step asks about, each at its moment."""
        return self._asked[step.name] | self._with_today[step.name].keys()

    def remembered(self, step: AnyStep) -> frozenset[Key]:
        """When the facts that it compares with today were looked at before: now is not sooner.

        Where people may have changed the fact meanwhile nothing follows from that.
        """
        return self._remembered.get(step.name, frozenset())

    def of_step(self, step: AnyStep) -> Mapping[Key, Key]:
        """The looks with which the step compares facts with today, each with the fact that is looked at."""
        return self._with_today[step.name]

    def sooner(self, step: AnyStep, look: Key, so: Mapping[Key, Answer]) -> list[Answer]:
        """When the same fact was looked at before."""
        return [so[key] for key in self.remembered(step) if key.name == look.name and key in so]

    def _compared(self, step: str) -> dict[Key, Key]:
        names = {leaf.fact or "" for leaf in leaves(self._entering[step]) if is_with_today(leaf)}
        return {Key(Asked.NOW, name, self._looks[step]): self._at(Key(Asked.FACT, name), step) for name in names}

    def _looked_at_before(self, pathway: Pathway, step: str) -> frozenset[str]:
        """The moments that are over when the needs of the step are met."""
        over = {self._looks[name] for name in looked_at_before(pathway, step)}
        return frozenset(over) - {self._looks[step]}

    def _latest(self, step: str, before: Mapping[str, frozenset[str]]) -> frozenset[Key]:
        """Of the moments before that of a step the last ones: none of them is before another of the same fact."""
        found: set[Key] = set()
        for name in {look.name for look in self._with_today[step]} & self.fixed:
            looking = [one for one in before if any(look.name == name for look in self._with_today[one])]
            over = {self._looks[one] for one in looking} & before[step]
            sooner = frozenset().union(*(before[one] for one in looking if self._looks[one] in over))
            found |= {Key(Asked.NOW, name, moment) for moment in over - sooner}
        return frozenset(found)

    def holds(self, step: AnyStep, so: Mapping[Key, Answer]) -> bool:
        """Whether the step's condition holds."""
        known = {Key(key.kind, key.name): so[key] for key in self.asked(step)}
        return condition_holds(self._entering[step.name], known)


class Changes:
    """What results make of the facts that are asked about."""

    def __init__(self, pathway: Pathway, facts: Mapping[str, Fact], asked: Mapping[str, Sequence[Condition]]) -> None:
        self.facts = facts
        fixed: dict[str, list[bool | int | str]] = {}
        setters: dict[str, set[str]] = {}
        for step in pathway.steps.values():
            for setting in settings_of(step):
                setters.setdefault(setting.fact, set()).add(step.name)
                fixed.setdefault(setting.fact, []).extend([] if setting.value is None else [setting.value])
        self.answers: dict[str, tuple[Answer, ...]] = {
            name: all_values(facts[name], conditions, fixed[name])
            if name in fixed
            else values_that_differ(facts[name], conditions)
            for name, conditions in asked.items()
        }
        """Every answer that makes a difference, by fact."""
        self.unsure = {name for name, step in pathway.steps.items() if _races(pathway, step, setters)}
        """Steps that may begin before or after a result that changes what they ask about."""

    def after(self, step: AnyStep, way: Way, so: Mapping[Key, Answer], later: AbstractSet[Key]) -> Iterator[Becomes]:
        """What the facts that are still asked about may be once the step is over and brought these results.

        Of several that change one fact any may have come last.
        """
        changed: dict[Key, tuple[Answer, ...]] = {}
        for one in (setting for result in way for setting in settings_of(step, result)):
            key = Key(Asked.FACT, one.fact)
            if key in later:
                changed[key] = tuple(dict.fromkeys((*changed.get(key, ()), *self._values(one, so, key))))
        for values in product(*changed.values()):
            yield dict(zip(changed, values, strict=True))

    def _values(self, setting: Setting, so: Mapping[Key, Answer], key: Key) -> tuple[Answer, ...]:
        fact, every = self.facts[setting.fact], self.answers[setting.fact]
        before = (so[key],) if key in so else every
        shown = tuple(answer for answer in every if answer not in {None, NOT_ANSWERED})
        told = shown if setting.evidence else (setting.value,)
        if not fact.raises_only:
            return told
        pairs = product(before, told)
        return tuple(dict.fromkeys(old if fact.falls(old, new) else new for old, new in pairs))


def told_anew(so: Mapping[Key, Answer], becomes: Becomes) -> Becomes:
    """What is so once facts became something else: when those were looked at before says nothing any more."""
    names = {key.name for key in becomes}
    return {**{key: one for key, one in so.items() if key.kind is not Asked.NOW or key.name not in names}, **becomes}


def settings_of(step: AnyStep, result: str | None = None) -> tuple[Setting, ...]:
    """What a result of the step changes; without one, what any of them does."""
    if not isinstance(step, AskStep | AwaitStep):
        return ()
    return tuple(one for name, said in step.results.items() if result in {None, name} for one in said.sets)


def _races(pathway: Pathway, step: AnyStep, setters: Mapping[str, AbstractSet[str]]) -> bool:
    others = {name for key in condition_keys(entering(step)) for name in setters.get(key.name, ())} - {step.name}
    if not others:
        return False
    others -= _over_before(pathway, step.name)
    if _looks_again(step):
        return bool(others)
    return any(step.name not in over_before(pathway, other) for other in others)


def _over_before(pathway: Pathway, name: str) -> frozenset[str]:
    """What is over when a step begins. A repeated step of which only results are needed may come again afterwards."""
    needed = over_before(pathway, name)
    waited_for = {whole for one in {name, *needed} for whole in _needed_whole(pathway.steps[one].needs)}
    return frozenset(one for one in needed if pathway.steps[one].repeat is None or one in waited_for)


def _needed_whole(need: Need) -> frozenset[str]:
    """The steps that a need surely waits for to their end, whatever they bring."""
    if need.kind is NeedKind.STEP:
        return frozenset({need.step or ""}) if need.result is None else frozenset()
    return frozenset().union(*(_needed_whole(part) for part in need.parts if need.kind is NeedKind.ALL_OF))


def _looks_again(step: AnyStep) -> bool:
    """Whether what it asks about is looked at until it begins: a repetition's `while` always is."""
    return step.looked_at is LookedAt.AGAIN or bool(step.repeat and step.repeat.while_)


def all_needed(pathway: Pathway, name: str) -> frozenset[str]:
    """Every step that a step needs, directly or through others; there is no cycle."""
    found: set[str] = set()
    waiting = list(needed_steps(pathway.steps[name].needs))
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += needed_steps(pathway.steps[step].needs)
    return frozenset(found)
