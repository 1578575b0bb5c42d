"""A pathway half read: what was understood so far, with the places that the checks need to point at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from procedures.language.consents import ConsentTerms, Subject
from procedures.nodes import Node
from procedures.schema import AnyStep, Choice, Fact, Limit, Moment, Outcome, Point, Result, Rung, Signal, StepEnd

STEP_MOMENTS = {
    "ask": ("requested", "accepted", "completed", "expired"),
    "await": ("requested", "accepted", "completed", "expired"),
    "tell": ("requested", "completed"),
    "start": ("requested", "completed"),
}
"""The moments that each kind of step has beside its results."""


@dataclass(frozen=True, slots=True)
class NeedRef:
    """A step, one of its results, or a signal, that is named somewhere."""

    node: Node
    step: str
    """Empty where it is a signal."""
    result: str | None
    signal: str | None = None


@dataclass(frozen=True, slots=True)
class MomentRef:
    """A moment that a limit counts from."""

    node: Node
    moment: Moment
    before: bool = False
    """Whether the limit counts back from it."""


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A point in time and where its moment stands."""

    node: Node
    point: Point


@dataclass(frozen=True, slots=True)
class PlacedLimit:
    """A limit and where it stands."""

    node: Node
    limit: Limit
    moves: Node | None = None
    """Where it says that its end moves off a day on which nobody works."""


@dataclass(frozen=True, slots=True)
class PlacedRung:
    """A rung of the ladder and where it stands."""

    node: Node
    rung: Rung


@dataclass(slots=True)
class SignalDraft:
    """One signal: `model` stays None where a fault kept it from being built."""

    name: str
    key: Node
    cancels: list[NeedRef] = field(default_factory=list)
    model: Signal | None = None


@dataclass(frozen=True, slots=True)
class PlacedEnd:
    """An entry of `ends_when` and where it stands."""

    key: Node
    end: StepEnd
    refs: tuple[NeedRef, ...]


@dataclass(frozen=True, slots=True)
class PlacedPause:
    """`pauses_on` or `resumes_on`, and where it stands."""

    node: Node
    refs: tuple[NeedRef, ...]


@dataclass(slots=True)
class PlacedChoice:
    """What `choose` says, and where."""

    node: Node
    same_as: NeedRef | None = None
    different_from: list[NeedRef] = field(default_factory=list)
    same_person_as: NeedRef | None = None
    other_person_than: list[NeedRef] = field(default_factory=list)
    barred: dict[str, Node] = field(default_factory=dict)
    first: Node | None = None
    """Where it says that all are asked at once, and the first to accept has it."""
    each: Node | None = None
    """Where it says that several bring their result each."""
    picked: Node | None = None
    """Where it says that the operator picks."""
    model: Choice = field(default_factory=Choice)

    @property
    def whose(self) -> NeedRef | None:
        """Where it names the step whose body does this one too."""
        return self.same_as or self.same_person_as


@dataclass(slots=True)
class StepDraft:
    """One step: `model` stays None where a fault kept it from being built; the rest serves the checks all the same."""

    name: str
    key: Node
    kind: str | None = None
    competences: tuple[str, ...] = ()
    """What its service must offer; a `tell` may name several, and tells one for each."""
    choice: PlacedChoice | None = None
    not_delegable: Node | None = None
    """Where it says `not_delegable: true`."""
    pathway: NeedRef | None = None
    """For a `start`: the pathway it starts, in the field `step`."""
    results: Mapping[str, Result] | None = None
    """None where they are unknown: the step starts another pathway, or they could not be read."""
    result_nodes: dict[str, Node] = field(default_factory=dict)
    needs: list[NeedRef] = field(default_factory=list)
    ends: list[PlacedEnd] = field(default_factory=list)
    pauses: Mapping[str, PlacedPause] = field(default_factory=dict)
    """`pauses_on` and `resumes_on`."""
    moments: list[MomentRef] = field(default_factory=list)
    accept: PlacedLimit | None = None
    first_sign: PlacedLimit | None = None
    limits: list[PlacedLimit] = field(default_factory=list)
    not_before: PlacedPoint | None = None
    repeat: Node | None = None
    repeats_first: Node | None = None
    until: list[NeedRef] = field(default_factory=list)
    """What ends the repetition."""
    on_expiry: Node | None = None
    silence: str | None = None
    """What `on_expiry` says."""
    extend: Node | None = None
    anew_by: dict[str, Node] = field(default_factory=dict)
    """On whose word it is decided anew, and where that stands."""
    has_source: bool = False
    ladder: list[PlacedRung] = field(default_factory=list)
    admits_imminent: Node | None = None
    written: dict[str, Node] = field(default_factory=dict)
    """What it says of itself, by its words."""
    consent: Node | None = None
    """Its own, where it names one."""
    told_in: Node | None = None
    terms: ConsentTerms | None = None
    """What it rests on, inherited or its own."""
    model: AnyStep | None = None


@dataclass(slots=True)
class PathwayDraft:
    """The steps and outcomes of one text."""

    facts: Mapping[str, Fact]
    no_case: bool = False
    name: str | None = None
    name_node: Node | None = None
    subject: Subject = Subject.SURVIVOR
    consent: Node | None = None
    told_in: Node | None = None
    terms: ConsentTerms | None = None
    opened_by: dict[str, Node] = field(default_factory=dict)
    """On whose word it may be opened, and where that stands."""
    signals: dict[str, SignalDraft] = field(default_factory=dict)
    stays_open: Node | None = None
    """Where it says `stays_open: true`."""
    steps: dict[str, StepDraft] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    outcome_refs: list[NeedRef] = field(default_factory=list)
    limits: list[PlacedLimit] = field(default_factory=list)
    moments: list[MomentRef] = field(default_factory=list)
    """Those that the limits of the pathway itself count from."""
    silence: str | None = None
    own_facts: dict[str, tuple[Fact, Node]] = field(default_factory=dict)
    """What it declares itself, each with the place of its name."""
    about_limits: dict[str, Node] = field(default_factory=dict)
    """What it says about its limits: `on_expiry`, `source`, `clock`."""
    outcomes_node: Node | None = None
    outcome_nodes: dict[str, Node] = field(default_factory=dict)

    def all_needs(self) -> Iterator[NeedRef]:
        """Every step or result that a step or an outcome names."""
        for step in self.steps.values():
            yield from step.needs
            yield from step.until
        yield from self.outcome_refs
