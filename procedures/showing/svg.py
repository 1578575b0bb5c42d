"""The drawing of a pathway as SVG: lanes, steps with their limits and ladders, arrows with results, outcomes.

Only presentation attributes and no script, style or link: it may stand in a page whose policy allows nothing else.
Colours keep a contrast of at least 4.5 on white; every meaning is also said in words.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

from procedures.conditions import needed_signals
from procedures.marking import N_
from procedures.schema import (
    AnyStep,
    AskStep,
    AwaitStep,
    Clock,
    Fact,
    Limit,
    LookedAt,
    Pathway,
    RungTarget,
    Silence,
    StartStep,
)
from procedures.showing import names
from procedures.showing.choices import in_a_box, word_of
from procedures.showing.conditions import Speaker
from procedures.showing.layout import Arrow, Box, Layout, lay_out

LANE_NAME, COLUMN, BOX_WIDTH, GAP, TOP, LINE, OUTCOME_HEIGHT = 150, 300, 220, 18, 56, 15, 54
LETTERS = 28
"""How many letters of a title fit on one line of a box."""
EDGE = {"ask": "#1d4f91", "tell": "#5b4b00", "await": "#6b2d6b", "start": "#1b6b3a"}
KIND = {"ask": N_("asks"), "tell": N_("tells"), "await": N_("waits for"), "start": N_("starts")}
RUNG = {
    RungTarget.SERVICE: N_("reminded"),
    RungTarget.DEPUTY: N_("deputy"),
    RungTarget.NEXT_SERVICE: N_("next service"),
    RungTarget.COORDINATOR: N_("coordinator"),
}
CLOCK = {Clock.PROTOCOL: "", Clock.CLINICAL: N_("clinical"), Clock.STATUTORY: N_("by law")}
TAKEN, SIGN = N_("taken within {time}"), N_("first sign within {time}")
RESULT, RESULT_BY, UNTIL = N_("result within {time}"), N_("result at the latest: {time}"), N_("time: {time}")
AFTER, ONLY_IF = N_("after {time}: {who}"), N_("only if {condition}")
ONLY_IF_AGAIN = N_("only if {condition}, looked at again")
NOT_BEFORE, NOTED, LAPSES = N_("not before: {time}"), N_("then: only noted"), N_("then: {result}")
LONGER, WHOLE = N_("longer by {time}, how often: {times}"), N_("over at the latest: {time}")
ON, ENDS_ON = N_("on signal: {signals}"), N_("ends on signal: {signals}")
CALLED_OFF = N_("called off on signal: {signals}")
OPENED_BY = N_("opened on the word of: {bodies}")
OUTCOME, EDITION, DRAWING = N_("outcome"), N_("edition {edition}"), N_("Drawing of the pathway {title}, step by step")


def drawing(pathway: Pathway, facts: Mapping[str, Fact], translate: Callable[[str], str], language: str) -> str:
    """The pathway as an SVG document in `language`."""
    return _Drawing(pathway, facts, translate, language).whole()


FONT = '"system-ui, sans-serif"'
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>'
)


class _Drawing:
    def __init__(
        self, pathway: Pathway, facts: Mapping[str, Fact], translate: Callable[[str], str], language: str
    ) -> None:
        self.pathway, self.translate, self.language = pathway, translate, language
        self.layout: Layout = lay_out(pathway, translate, language)
        self.speaker = Speaker(pathway, facts, translate, language)
        self.lines = {name: self._lines(box.step) for name, box in self.layout.boxes.items()}
        self.box_height = max((len(lines) for lines in self.lines.values()), default=1) * LINE + 14
        self.tops = self._tops()

    def _edition(self) -> str:
        """The edition, with the time for the pathway as a whole."""
        edition = self.translate(EDITION).format(edition=self.pathway.edition)
        opened = [self._opened()] if self.pathway.opened_by else []
        return " · ".join([*opened, *(self._limit(WHOLE, limit) for limit in self.pathway.within), edition])

    def _opened(self) -> str:
        bodies = ", ".join(word_of(word, self.translate, self.language) for word in self.pathway.opened_by)
        return self.translate(OPENED_BY).format(bodies=bodies)

    def _tops(self) -> list[int]:
        tops, at = [], TOP
        for rows in self.layout.rows:
            tops.append(at)
            at += rows * (self.box_height + GAP) + GAP
        return [*tops, at]

    def whole(self) -> str:
        width = LANE_NAME + self.layout.columns * COLUMN + COLUMN
        height = max(self.tops[-1], TOP + len(self.layout.ends) * OUTCOME_HEIGHT + GAP) + 12
        title = self.pathway.title.said(self.language)
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        language = quoteattr(self.language)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family={FONT} xml:lang={language}>',
            f"<title>{escape(self.translate(DRAWING).format(title=title))}</title>",
            TIP,
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            _text(16, 30, title, size=18, weight="bold"),
            _text(width - 16, 30, self._edition(), anchor="end"),
            *self._lanes(width),
            *(self._arrow(arrow) for arrow in self.layout.arrows),
            *(part for box in self.layout.boxes.values() for part in self._box(box)),
            *self._outcomes(),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _lanes(self, width: int) -> Iterator[str]:
        for number, name in enumerate(self.layout.lanes):
            top, bottom = self.tops[number], self.tops[number + 1]
            fill = "#f4f6f9" if number % 2 == 0 else "#ffffff"
            yield f'<rect x="0" y="{top}" width="{width}" height="{bottom - top}" fill="{fill}" stroke="#d0d5dd"/>'
            for line, words in enumerate(wrap(name, 19) or [name]):
                yield _text(12, top + 24 + line * LINE, words, weight="bold")

    def _place(self, name: str) -> tuple[int, int]:
        box = self.layout.boxes[name]
        return LANE_NAME + box.column * COLUMN + 40, self.tops[box.lane] + GAP + box.row * (self.box_height + GAP)

    def _box(self, box: Box) -> Iterator[str]:
        left, top = self._place(box.step.name)
        colour = EDGE[box.step.kind]
        size = f'width="{BOX_WIDTH}" height="{self.box_height}" rx="6"'
        dash = ' stroke-dasharray="5 3"' if box.step.when else ""
        yield f'<rect x="{left}" y="{top}" {size} fill="#ffffff" stroke="{colour}" stroke-width="1.5"{dash}/>'
        for number, (words, bold) in enumerate(self.lines[box.step.name]):
            weight = "bold" if bold else "normal"
            fill = colour if bold else "#333333"
            yield _text(left + 10, top + 18 + number * LINE, words, weight=weight, fill=fill)

    def _lines(self, step: AnyStep) -> list[tuple[str, bool]]:
        title = f"{self.translate(KIND[step.kind])}: {step.title.said(self.language)}"
        lines = [(words, True) for words in wrap(title, LETTERS)]
        lines += [(words, False) for said in self._said(step) for words in wrap(said, LETTERS + 5)]
        return lines

    def _said(self, step: AnyStep) -> Iterator[str]:
        say = self.translate
        if step.when:
            only_if = ONLY_IF_AGAIN if step.looked_at is LookedAt.AGAIN else ONLY_IF
            yield say(only_if).format(condition=self.speaker.condition(step.when))
        yield from self._signalled(step)
        if step.not_before:
            yield say(NOT_BEFORE).format(time=self.speaker.point(step.not_before))
        if not isinstance(step, StartStep):
            yield from in_a_box(step, self.speaker)
        if isinstance(step, AskStep):
            yield self._limit(TAKEN, step.accept_within)
            if step.first_sign_within:
                yield self._limit(SIGN, step.first_sign_within)
            yield from (self._limit(RESULT if limit.is_plain else RESULT_BY, limit) for limit in step.complete_within)
            yield from self._longer(step)
            for rung in step.escalate:
                time = names.time(rung.after.words, self.language)
                yield say(AFTER).format(time=time, who=say(RUNG[rung.to]))
        elif isinstance(step, AwaitStep):
            yield from (self._limit(UNTIL, limit) for limit in step.within)
            yield from self._longer(step)
        elif isinstance(step, StartStep):
            yield names.spaced(step.pathway)

    def _signalled(self, step: AnyStep) -> Iterator[str]:
        """What signals do to the step."""
        ends = step.ends_when if isinstance(step, AskStep | AwaitStep) else ()
        off = [name for name, signal in self.pathway.signals.items() if step.name in signal.cancels]
        marked = {
            ON: needed_signals(step.needs),
            ENDS_ON: frozenset().union(*(needed_signals(end.need) for end in ends)),
            CALLED_OFF: off,
        }
        for template, signals in marked.items():
            if signals:
                yield self.translate(template).format(signals=self._titles(signals))

    def _titles(self, signals: Collection[str]) -> str:
        return ", ".join(self.speaker.signal(name) for name in self.pathway.signals if name in signals)

    def _longer(self, step: AskStep | AwaitStep) -> Iterator[str]:
        if step.on_expiry == Silence.NOTE:
            yield self.translate(NOTED)
        elif step.on_expiry != Silence.ESCALATE:
            yield self.translate(LAPSES).format(result=self.speaker.result(step.name, step.on_expiry))
        if step.extend:
            time = names.time(step.extend.by.words, self.language)
            yield self.translate(LONGER).format(time=time, times=step.extend.at_most)

    def _limit(self, template: str, limit: Limit) -> str:
        said = self.translate(template).format(time=self.speaker.limit(limit))
        clock = CLOCK[limit.clock]
        return f"{said} ({self.translate(clock)})" if clock else said

    def _arrow(self, arrow: Arrow) -> str:
        if arrow.source not in self.layout.boxes:
            return ""
        source, target = self._place(arrow.source), self._place(arrow.target)
        return self._line(source[0] + BOX_WIDTH, source[1], target[0], target[1], names.spaced(arrow.result))

    def _line(self, left: int, top: int, right: int, bottom: int, words: str) -> str:
        middle, start, end = right - 22, top + self.box_height // 2, bottom + self.box_height // 2
        path = f'<path d="M{left} {start} H{middle} V{end} H{right}" fill="none" stroke="#444" marker-end="url(#tip)"/>'
        if not words:
            return path
        return path + _text(left + 4, start - 4, _cut(words, 12), size=11, fill="#444444")

    def _outcomes(self) -> Iterator[str]:
        left = LANE_NAME + self.layout.columns * COLUMN + 40
        for number, (name, arrows) in enumerate(self.layout.ends.items()):
            known = [arrow for arrow in arrows if arrow.source in self.layout.boxes]
            signals = needed_signals(next(one.when for one in self.pathway.outcomes if one.name == name))
            on = self.translate(ON).format(signals=self._titles(signals)) if signals else ""
            sources = ", ".join(said for said in (*(self._end(arrow) for arrow in known), on) if said)
            top = TOP + number * OUTCOME_HEIGHT + GAP
            size = f'width="{BOX_WIDTH + 30}" height="44" rx="22"'
            yield f'<rect x="{left}" y="{top}" {size} fill="#eef7f0" stroke="#1b6b3a"/>'
            label = f"{self.translate(OUTCOME)}: {names.spaced(name)}"
            yield _text(left + 18, top + 18, label, weight="bold", fill="#1b6b3a")
            yield _text(left + 18, top + 34, _cut(sources, LETTERS + 14), size=10, fill="#333333")

    def _end(self, arrow: Arrow) -> str:
        step = self.speaker.step(arrow.source)
        return f"{step}: {self.speaker.result(arrow.source, arrow.result)}" if arrow.result else step


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _text(
    left: int,
    top: int,
    words: str,
    *,
    size: int = 12,
    weight: str = "normal",
    fill: str = "#1a1a1a",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{left}" y="{top}" font-size="{size}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )
