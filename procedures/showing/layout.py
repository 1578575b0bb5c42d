"""Where each step of a drawing stands: one lane for each actor, one column for each place in the order of needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from procedures.conditions import needed_steps
from procedures.marking import N_
from procedures.placing import competence_of
from procedures.schema import AnyStep, AwaitStep, Need, NeedKind, Pathway, StartStep
from procedures.showing import names

PATHWAYS = N_("other pathways")
"""The lane of steps that start another pathway."""


@dataclass(frozen=True, slots=True)
class Box:
    """A step's place: its lane, its column, and its row within the lane where several share a column."""

    step: AnyStep
    lane: int
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a step that is needed to the one that needs it, with the result that is needed (or empty)."""

    source: str
    target: str
    result: str
    denied: bool = False
    """Whether it must have ended otherwise than with this result."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing before it has a size."""

    lanes: tuple[str, ...]
    rows: tuple[int, ...]
    """How many boxes each lane is high."""
    columns: int
    boxes: Mapping[str, Box]
    arrows: tuple[Arrow, ...]
    ends: Mapping[str, tuple[Arrow, ...]]
    """What leads to each outcome."""


def lay_out(pathway: Pathway, translate: Callable[[str], str], language: str) -> Layout:
    """The lanes in the order in which their actors first appear."""
    lanes: dict[str, int] = {}
    taken: dict[tuple[int, int], int] = {}
    columns = _columns(pathway)
    boxes: dict[str, Box] = {}
    for step in sorted(pathway.steps.values(), key=lambda step: columns[step.name]):
        lane = lanes.setdefault(_actor(step, translate, language), len(lanes))
        column = columns[step.name]
        row = taken.get((lane, column), 0)
        taken[lane, column] = row + 1
        boxes[step.name] = Box(step, lane, column, row)
    rows = tuple(max(height for (at, _), height in taken.items() if at == lane) for lane in range(len(lanes)))
    arrows = tuple(arrow for step in pathway.steps.values() for arrow in _arrows(step.needs, step.name))
    ends = {outcome.name: tuple(_arrows(outcome.when, outcome.name)) for outcome in pathway.outcomes}
    return Layout(tuple(lanes), rows, max(columns.values(), default=0) + 1, boxes, arrows, ends)


def _actor(step: AnyStep, translate: Callable[[str], str], language: str) -> str:
    if isinstance(step, StartStep):
        return translate(PATHWAYS)
    if isinstance(step, AwaitStep):
        return step.who.said(language)
    return names.competence(competence_of(step), language)


def _columns(pathway: Pathway) -> dict[str, int]:
    found: dict[str, int] = {}

    def column(name: str) -> int:
        if name not in found:
            before = [column(other) for other in needed_steps(pathway.steps[name].needs) if other in pathway.steps]
            found[name] = max(before, default=-1) + 1
        return found[name]

    for name in pathway.steps:
        column(name)
    return found


def _arrows(need: Need, target: str, *, denied: bool = False) -> list[Arrow]:
    if need.kind is NeedKind.STEP:
        return [Arrow(need.step or "", target, need.result or "", denied)]
    inner = denied != (need.kind is NeedKind.NOT)
    return [arrow for part in need.parts for arrow in _arrows(part, target, denied=inner)]
