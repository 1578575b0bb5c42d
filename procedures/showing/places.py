"""Where all of a drawing stands, in its own units: lanes, boxes as high as their words, and the ways of arrows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from procedures.showing.layout import Arrow, Box, Layout

LANE_NAME, COLUMN, BOX_WIDTH, GAP, TOP, LINE, PADDING = 172, 310, 224, 26, 56, 15, 10
TRACK, FIRST_TRACK = 9, 14
"""How far arrows run beside one another, and from the box that they leave."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Where a box stands."""

    left: int
    top: int
    height: int
    width: int = BOX_WIDTH

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.left + self.width

    @property
    def middle(self) -> int:
        """Half its height."""
        return self.top + self.height // 2


@dataclass(frozen=True, slots=True)
class Places:
    """The drawing with its sizes."""

    lanes: tuple[int, ...]
    """Where each lane begins; the last one is where the lanes end."""
    boxes: Mapping[str, Rectangle]
    ways: tuple[tuple[tuple[int, int], ...], ...]
    """The corners of each arrow, from the step that is needed to the one that needs it."""


def place(layout: Layout, lines: Mapping[str, int], lane_lines: Sequence[int]) -> Places:
    """Every row as high as its highest box; `lines` are those in each box, `lane_lines` those of each lane's name."""
    heights = {name: count * LINE + 2 * PADDING for name, count in lines.items()}
    rows: dict[tuple[int, int], int] = {}
    for name, box in layout.boxes.items():
        rows[box.lane, box.row] = max(rows.get((box.lane, box.row), 0), heights[name])
    lanes, tops, at = [], {}, TOP
    for lane, count in enumerate(layout.rows):
        lanes.append(at)
        least = at + lane_lines[lane] * LINE + 2 * PADDING
        at += GAP
        for row in range(count):
            tops[lane, row] = at
            at += rows[lane, row] + GAP
        at = max(at, least)
    boxes = {
        name: Rectangle(LANE_NAME + box.column * COLUMN + 40, tops[box.lane, box.row], heights[name])
        for name, box in layout.boxes.items()
    }
    return Places((*lanes, at), boxes, tuple(_ways(layout, boxes)))


def _ways(layout: Layout, boxes: Mapping[str, Rectangle]) -> Iterator[tuple[tuple[int, int], ...]]:
    """No arrow runs behind a box: down the space right of the one it leaves, then above the row that it goes to."""
    tracks, ports, above = _tracks(layout, boxes), _ports(layout, boxes), _lanes_above(layout)
    for arrow in layout.arrows:
        source, target = boxes[arrow.source], boxes[arrow.target]
        leaves, down = (source.right, source.middle), source.right + tracks[arrow.source]
        arrives = (target.left, ports[arrow])
        if layout.boxes[arrow.target].column == layout.boxes[arrow.source].column + 1:
            yield leaves, (down, leaves[1]), (down, arrives[1]), arrives
            continue
        over, last = target.top - 5 - above[arrow] * 4, target.left - 10 - above[arrow] * 4
        yield leaves, (down, leaves[1]), (down, over), (last, over), (last, arrives[1]), arrives


def _tracks(layout: Layout, boxes: Mapping[str, Rectangle]) -> dict[str, int]:
    """How far right of its box each step's arrows turn: each in a track of its own."""
    found: dict[str, int] = {}
    taken: dict[int, int] = {}
    for name in sorted({arrow.source for arrow in layout.arrows}, key=lambda name: boxes[name].top):
        column = layout.boxes[name].column
        found[name] = FIRST_TRACK + (taken.get(column, 0) % 5) * TRACK
        taken[column] = taken.get(column, 0) + 1
    return found


def _ports(layout: Layout, boxes: Mapping[str, Rectangle]) -> dict[Arrow, int]:
    """The height at which each arrow arrives: beside one another, from above in the order of where they come from."""
    arriving: dict[str, list[Arrow]] = {}
    for arrow in layout.arrows:
        arriving.setdefault(arrow.target, []).append(arrow)
    found: dict[Arrow, int] = {}
    for name, arrows in arriving.items():
        box = boxes[name]
        step = min(14, box.height // (len(arrows) + 1))
        first = box.middle - step * (len(arrows) - 1) // 2
        for number, arrow in enumerate(sorted(arrows, key=lambda arrow: boxes[arrow.source].top)):
            found[arrow] = first + number * step
    return found


def _lanes_above(layout: Layout) -> dict[Arrow, int]:
    """Which of the ways above its row a long arrow takes."""
    taken: dict[tuple[int, int], int] = {}
    found: dict[Arrow, int] = {}
    for arrow in layout.arrows:
        box: Box = layout.boxes[arrow.target]
        found[arrow] = taken.get((box.lane, box.row), 0) % 4
        if box.column > layout.boxes[arrow.source].column + 1:
            taken[box.lane, box.row] = found[arrow] + 1
    return found
