"""Where each step of a drawing stands: one lane for each actor, one column for each place in the order of needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from procedures.conditions import needed_steps
from procedures.marking import N_
from procedures.placing import competences_of
from procedures.schema import AnyStep, AwaitStep, Pathway, StartStep
from procedures.showing import names
from procedures.showing.conditions import AND

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
    """From a step that is needed to the one that needs it."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing before it has a size."""

    lanes: tuple[str, ...]
    rows: tuple[int, ...]
    """How many boxes each lane is high."""
    columns: int
    boxes: Mapping[str, Box]
    arrows: tuple[Arrow, ...]


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
    arrows = tuple(
        Arrow(other, step.name)
        for step in pathway.steps.values()
        for other in pathway.steps
        if other in needed_steps(step.needs)
    )
    return Layout(tuple(lanes), rows, max(columns.values(), default=0) + 1, boxes, arrows)


def _actor(step: AnyStep, translate: Callable[[str], str], language: str) -> str:
    if isinstance(step, StartStep):
        return translate(PATHWAYS)
    if isinstance(step, AwaitStep):
        return step.who.said(language)
    return translate(AND).join(names.competence(name, language) for name in competences_of(step))


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
