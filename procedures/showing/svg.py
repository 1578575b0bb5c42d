"""The drawing of a pathway as SVG: lanes, steps with their limits and ladders, arrows, signals and outcomes.

Only presentation attributes and no script, style or link: it may stand in a page whose policy allows nothing else.
Colours keep a contrast of at least 4.5 on white; every meaning is also said in words, and all words stand once more in
its description, for those who hear it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from procedures.marking import N_
from procedures.schema import Fact, Pathway
from procedures.showing.boxes import Notes
from procedures.showing.consents import NONE_KNOWN
from procedures.showing.layout import lay_out
from procedures.showing.places import BOX_WIDTH, COLUMN, GAP, LANE_NAME, LINE, PADDING, TOP, Rectangle, place
from procedures.showing.sizes import lines_of, width_of

SIZE, TITLE_SIZE = 12, 18
EDGE = {"ask": "#1d4f91", "tell": "#5b4b00", "await": "#6b2d6b", "start": "#1b6b3a"}
SIGNAL_EDGE, END_EDGE = "#8a3b00", "#1b6b3a"
DRAWING = N_("Drawing of the pathway {title}, step by step")
OUTSIDE = N_("what comes from outside")
INSIDE = BOX_WIDTH - 2 * PADDING


def drawing(
    pathway: Pathway,
    facts: Mapping[str, Fact],
    translate: Callable[[str], str],
    language: str,
    others: Mapping[str, Pathway] = NONE_KNOWN,
) -> str:
    """The pathway as an SVG document in `language`; `others` are the pathways that it may start."""
    return _Drawing(pathway, Notes(pathway, facts, translate, language, others)).whole()


def size_of(image: str) -> tuple[int, int]:
    """How wide and how high a drawing is, in its own units."""
    width, height = image.partition('viewBox="0 0 ')[2].partition('"')[0].split()
    return int(width), int(height)


FONT = '"system-ui, sans-serif"'
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>'
)
AGAIN_MARK, AGAIN_TIP = "M5 0A5 5 0 1 1 0 -5", "M0 -8 4.5 -5 0 -2z"
"""A circle that is not quite closed, with an arrow's head: a step that is done again."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A box's words: the heading's lines, then the others."""

    heading: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.heading) + len(self.notes)

    @property
    def height(self) -> int:
        return self.count * LINE + 2 * PADDING


def _filled(heading: str, notes: Iterable[str], width: int = INSIDE) -> _Filled:
    broken = (line for note in notes for line in lines_of(note, width, SIZE))
    return _Filled(tuple(lines_of(heading, width, SIZE, bold=True)), tuple(broken))


class _Drawing:
    def __init__(self, pathway: Pathway, notes: Notes) -> None:
        language = notes.language
        self.pathway, self.translate, self.language, self.notes = pathway, notes.say, language, notes
        self.layout = lay_out(pathway, notes.say, language)
        steps = pathway.steps.values()
        # The mark of a repeated step stands in the corner: its heading leaves room for it.
        self.boxes = {
            step.name: _filled(self.notes.heading(step), self.notes.of_step(step), INSIDE - 16 * bool(step.repeat))
            for step in steps
        }
        self.lanes = [tuple(lines_of(lane, LANE_NAME - 30, SIZE, bold=True)) for lane in self.layout.lanes]
        counts = {name: box.count for name, box in self.boxes.items()}
        self.places = place(self.layout, counts, [len(lane) for lane in self.lanes])
        self.signals = [_filled(s.title.said(language), self.notes.of_signal(s)) for s in pathway.signals.values()]
        self.ends = [_filled(name, [on]) for name, on in map(self.notes.of_outcome, pathway.outcomes)]

    def whole(self) -> str:
        columns = max(self.layout.columns, len(self.signals))
        about = self.notes.of_pathway()
        least = 32 + int(width_of(about, SIZE))
        width, below = max(least, LANE_NAME + (columns + 1) * COLUMN), self.places.lanes[-1]
        bottom = below + (max(box.height for box in self.signals) + 2 * GAP if self.signals else 0)
        height = max(bottom, TOP + sum(end.height + GAP // 2 for end in self.ends) + 2 * GAP) + 12
        title = self.pathway.title.said(self.language)
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="drawn-title"'
            f' aria-describedby="drawn-words" font-family={FONT} xml:lang={quoteattr(self.language)}>'
        )
        parts = [
            head,
            f'<title id="drawn-title">{escape(self.translate(DRAWING).format(title=title))}</title>',
            f'<desc id="drawn-words">{escape(" ".join(self._told()))}</desc>',
            TIP,
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            _text(16, 26, title, size=TITLE_SIZE, weight="bold"),
            _text(width - 16, 26, self.notes.edition(), anchor="end"),
            _text(16, 46, about),
            *self._lanes(width, bottom),
            *(_way(corners) for corners in self.places.ways),
            *(part for name in self.boxes for part in self._step(name)),
            *self._from_outside(below),
            *self._outcomes(),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _told(self) -> Iterator[str]:
        """Everything that is drawn, to be heard."""
        about = self.notes.of_pathway()
        if about:
            yield f"{about}."
        for step in self.pathway.steps.values():
            lane = self.layout.lanes[self.layout.boxes[step.name].lane]
            notes = "; ".join(self.notes.of_step(step))
            yield f"{self.notes.heading(step)} ({lane}){f': {notes}' if notes else ''}."
        for signal in self.pathway.signals.values():
            title = f"{signal.title.said(self.language)} ({self.translate(OUTSIDE)})"
            yield f"{title}: {'; '.join(self.notes.of_signal(signal))}."
        for name, on in map(self.notes.of_outcome, self.pathway.outcomes):
            yield f"{name}: {on}."

    def _lanes(self, width: int, bottom: int) -> Iterator[str]:
        names = [*self.lanes]
        tops = [*self.places.lanes]
        if self.signals:
            names.append(tuple(lines_of(self.translate(OUTSIDE), LANE_NAME - 30, SIZE, bold=True)))
            tops.append(bottom)
        for number, lines in enumerate(names):
            top, fill = tops[number], "#f4f6f9" if number % 2 == 0 else "#ffffff"
            height = tops[number + 1] - top
            yield f'<rect x="0" y="{top}" width="{width}" height="{height}" fill="{fill}" stroke="#d0d5dd"/>'
            for line, words in enumerate(lines):
                yield _text(12, top + 24 + line * LINE, words, weight="bold")

    def _step(self, name: str) -> Iterator[str]:
        step, at = self.pathway.steps[name], self.places.boxes[name]
        dash = ' stroke-dasharray="5 3"' if step.when else ""
        colour = EDGE[step.kind]
        yield from _box(at, self.boxes[name], colour, f'rx="6" stroke-width="1.5"{dash}')
        if step.repeat:
            yield _again(at.right - 15, at.top + 15, colour)

    def _from_outside(self, top: int) -> Iterator[str]:
        for number, filled in enumerate(self.signals):
            at = Rectangle(LANE_NAME + number * COLUMN + 40, top + GAP, filled.height)
            yield from _box(at, filled, SIGNAL_EDGE, 'rx="16" stroke-dasharray="2 3"')

    def _outcomes(self) -> Iterator[str]:
        columns = max(self.layout.columns, len(self.signals))
        left, top = LANE_NAME + columns * COLUMN + 40, TOP + GAP
        for end in self.ends:
            yield from _box(Rectangle(left, top, end.height), end, END_EDGE, 'rx="16"', fill="#eef7f0")
            top += end.height + GAP // 2


def _box(at: Rectangle, filled: _Filled, colour: str, more: str, *, fill: str = "#ffffff") -> Iterator[str]:
    size = f'x="{at.left}" y="{at.top}" width="{at.width}" height="{at.height}"'
    yield f'<rect {size} fill="{fill}" stroke="{colour}" {more}/>'
    top = at.top + PADDING + SIZE - 1
    for number, words in enumerate(filled.heading):
        yield _text(at.left + PADDING, top + number * LINE, words, weight="bold", fill=colour)
    for number, words in enumerate(filled.notes, start=len(filled.heading)):
        yield _text(at.left + PADDING, top + number * LINE, words, fill="#333333")


def _again(left: int, top: int, colour: str) -> str:
    mark = f'<path d="{AGAIN_MARK}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    tip = f'<path d="{AGAIN_TIP}" fill="{colour}"/>'
    return f'<g transform="translate({left} {top})">{mark}{tip}</g>'


def _way(corners: Iterable[tuple[int, int]]) -> str:
    path = "L".join(f"{left} {top}" for left, top in corners)
    return f'<path d="M{path}" fill="none" stroke="#444" marker-end="url(#tip)"/>'


def _text(
    left: int,
    top: int,
    words: str,
    *,
    size: int = SIZE,
    weight: str = "normal",
    fill: str = "#1a1a1a",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{left}" y="{top}" font-size="{size}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )
