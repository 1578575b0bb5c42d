"""Whether points in time make sense: a limit that is over before it begins, a window that never opens, silence."""

from collections.abc import Iterator

from procedures.grammar import kinds, limit_kinds
from procedures.grammar.drafts import PathwayDraft, PlacedLimit, StepDraft
from procedures.nodes import Node
from procedures.reading import Document
from procedures.schema import Clock, Limit, MomentKind, Pick, Point, Silence

_PAST = frozenset({MomentKind.START, MomentKind.CASE, MomentKind.PATHWAY, MomentKind.STEP})
"""What has happened when a step begins: a point before it is over."""
_SINCE_PATHWAY = frozenset({MomentKind.START, MomentKind.PATHWAY, MomentKind.STEP})
"""What is not earlier than the start of its pathway."""
_OWN_START = ("requested", "accepted")


def check_step_points(document: Document, draft: PathwayDraft, step: StepDraft) -> None:
    """The limits of a step, what its silence means, and its longer time."""
    _check_not_before(document, step)
    for placed in step.limits:
        _check_over(document, placed)
        if step.not_before and _is_over_by(placed.limit, step.not_before.point):
            words = step.not_before.point.words
            document.fault(limit_kinds.NEVER_OPEN, placed.node, not_before=words, limit=placed.limit.words)
    promises = [placed for placed in (step.accept, step.first_sign) if placed]
    for placed in (*promises, *step.limits):
        _check_in_pathway(document, draft, placed)
    if step.limits and all(placed.limit.when for placed in step.limits):
        document.fault(limit_kinds.SOMETIMES_NO_LIMIT, step.limits[0].node)
    if step.extend and step.limits and all(placed.limit.clock is Clock.CLINICAL for placed in step.limits):
        document.fault(limit_kinds.EXTEND_CLINICAL, step.extend)
    if step.on_expiry and step.silence and step.results is not None:
        _check_silence(document, step.on_expiry, step.silence, tuple(step.results), has_source=step.has_source)
        if step.silence in step.results and step.results[step.silence].evidence:
            document.fault(limit_kinds.SILENCE_SHOWS_NOTHING, step.on_expiry, result=step.silence)


def check_pathway_points(document: Document, draft: PathwayDraft) -> None:
    """The limits of the pathway itself, and what their silence means."""
    for ref in draft.moments:
        if ref.moment.step is not None:
            document.fault(limit_kinds.PATHWAY_MOMENT, ref.node)
    for placed in draft.limits:
        _check_over(document, placed)
    if not draft.limits:
        for word, node in draft.about_limits.items():
            document.fault(limit_kinds.SILENCE_WITHOUT_LIMIT, node, word=word)
    elif "on_expiry" in draft.about_limits and draft.silence:
        outcomes = tuple(draft.outcome_nodes)
        has_source = "source" in draft.about_limits
        _check_silence(document, draft.about_limits["on_expiry"], draft.silence, outcomes, has_source=has_source)


def _check_silence(document: Document, node: Node, silence: str, results: tuple[str, ...], *, has_source: bool) -> None:
    """Silence never lowers a protection unless a source says so (language.md, moments and limits)."""
    known = (*Silence, *results)
    if silence not in known:
        document.fault(limit_kinds.UNKNOWN_SILENCE, node, word=silence, known=", ".join(known))
    elif silence != Silence.ESCALATE and not has_source:
        document.fault(limit_kinds.SILENCE_WITHOUT_SOURCE, node)


def _check_over(document: Document, placed: PlacedLimit) -> None:
    for point in placed.limit.points:
        if _is_over(point):
            document.fault(limit_kinds.ALWAYS_OVER, placed.node, words=point.words)


def _check_not_before(document: Document, step: StepDraft) -> None:
    if step.not_before is None:
        return
    point, node = step.not_before.point, step.not_before.node
    if point.of.step == step.name:
        if point.of.name in _OWN_START:
            document.fault(kinds.MOMENT_OF_ITSELF, node, step=step.name)
    elif _is_over(point):
        document.fault(limit_kinds.ALWAYS_OVER, node, words=point.words)


def _is_over(point: Point) -> bool:
    return point.of.kind in _PAST and (point.before or point.distance.most == 0)


def _offset(point: Point) -> tuple[int, int]:
    """The least and the most seconds from its moment to the point."""
    least, most = point.distance.least, point.distance.most
    return (-most, -least) if point.before else (least, most)


def _is_over_by(limit: Limit, not_before: Point) -> bool:
    """Whether the limit is surely over at this point: both hang on the same moment."""
    least = _offset(not_before)[0]
    over = [point.of == not_before.of and least >= _offset(point)[1] + _most_move(limit) for point in limit.points]
    same = limit.points[0].of.kind is not MomentKind.START
    return same and (all(over) if limit.pick is Pick.LATEST else any(over))


def _check_in_pathway(document: Document, draft: PathwayDraft, placed: PlacedLimit) -> None:
    """A limit that is surely later than the end of the whole pathway promises what cannot be.

    One that may become so, because its end moves off a day without work, is told as well.
    """
    limit, ends = placed.limit, list(_ends(draft))
    surely = [_offset(point)[0] for point in limit.points]
    moved = [_offset(point)[1] + _most_move(limit) for point in limit.points]
    for whole, end in ends:
        if _is_beyond(limit, surely, _offset(end)[1] + _most_move(whole)):
            document.fault(limit_kinds.BEYOND_PATHWAY, placed.node, limit=limit.words, within=end.words)
            return
    for whole, end in ends:
        if _moves_alone(limit, whole) and _is_beyond(limit, moved, _offset(end)[0]):
            document.fault(limit_kinds.MOVES_BEYOND_PATHWAY, placed.node, limit=limit.words, within=end.words)
            return


def _is_beyond(limit: Limit, ends: list[int], whole: int) -> bool:
    """Whether the limit is later than `whole`, where its points are so many seconds after the start of the pathway."""
    beyond = [_counts_since_start(point) and end > whole for point, end in zip(limit.points, ends, strict=True)]
    return any(beyond) if limit.pick is Pick.LATEST else all(beyond)


def _most_move(limit: Limit) -> int:
    return limit.moves_to.most if limit.moves_to else 0


def _moves_alone(limit: Limit, whole: Limit) -> bool:
    """Whether the limit moves and the pathway's not as far: by one country's days, what was sooner stays sooner."""
    return limit.moves_to is not None and (limit.moves_to.country is None or limit.moves_to != whole.moves_to)


def _counts_since_start(point: Point) -> bool:
    return point.of.kind in _SINCE_PATHWAY and not point.before


def _ends(draft: PathwayDraft) -> Iterator[tuple[Limit, Point]]:
    """The points by which the pathway is over, whatever the facts are, each with its limit."""
    for placed in draft.limits:
        limit = placed.limit
        if limit.when is None and (limit.pick is Pick.EARLIEST or len(limit.points) == 1):
            yield from (
                (limit, point) for point in limit.points if point.of.kind in {MomentKind.START, MomentKind.PATHWAY}
            )
