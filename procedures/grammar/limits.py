"""Reading limits: points in time, their clock, the source that says so, and when they count."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from procedures import nodes
from procedures.calendars import is_known_country
from procedures.durations import UNKNOWN_COUNTRY, read_duration
from procedures.fault_kinds import MISSING
from procedures.grammar import kinds, limit_kinds
from procedures.grammar.drafts import MomentRef, PlacedLimit, PlacedPoint
from procedures.grammar.needs import read_condition
from procedures.marking import N_
from procedures.nodes import Node, Scalar, Sequence
from procedures.reading import Document, Form, shown
from procedures.schema import NOW, Clock, Fact, Limit, Moment, MomentKind, Pick, Point, Source, WorkingDay

LIMIT = Form(known=("within", "of", "earliest", "latest", "when", "clock", "moves_to", "source"))
FORMS = ("within", "earliest", "latest")
SOURCE = Form(known=("text", "verified_on", "verified"), required={"text": 'text: "protocol of the network, art. 5"'})
_POINT = "48 h of report.registered"
_MOVES = re.compile(r"working day(?: in ([A-Za-z]+))?")
_DAYS = re.compile(r"\b(?:days?|weeks?)\b")
_FIXED = {
    "case.opened": Moment(kind=MomentKind.CASE, name="opened"),
    "pathway.started": Moment(kind=MomentKind.PATHWAY, name="started"),
}


@dataclass(frozen=True, slots=True)
class LimitDefaults:
    """What a limit inherits from its step. `told` says that the step names a source, even one that cannot be read."""

    source: Source | None
    told: bool
    clock: Clock = Clock.PROTOCOL
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Those that its `when` may ask about."""


def read_source(document: Document, node: Node) -> Source | None:
    """A source: its text, and when it was last read there (or that nobody has)."""
    fields = document.fields(node, SOURCE, '{text: "…", verified: false}')
    if not fields:
        return None
    text = document.text(fields["text"]) if "text" in fields else None
    verified = document.truth(fields["verified"]) if "verified" in fields else True
    verified_on = document.date(fields["verified_on"]) if "verified_on" in fields else None
    if verified is None or ("verified_on" in fields and verified_on is None):
        return None
    if verified is (verified_on is None):
        document.fault(kinds.SOURCE_STATUS, node)
        return None
    return Source(text=text, verified_on=verified_on, verified=verified) if text else None


def read_clock(document: Document, node: Node) -> Clock | None:
    """One of the three clocks."""
    word = document.word(node, tuple(Clock))
    return Clock(word) if word else None


def read_moment(document: Document, node: Node, words: str) -> Moment | None:
    """The moment that `words` name. Whether it exists is for the checks to say."""
    words = words.strip()
    if words in _FIXED:
        return _FIXED[words]
    match words.split("."):
        case ["signal", name] if name:
            return Moment(kind=MomentKind.SIGNAL, name=name)
        case ["fact", name] if name:
            return Moment(kind=MomentKind.FACT, name=name)
        case [step, "evidence", name] if step and name:
            return Moment(kind=MomentKind.EVIDENCE, step=step, name=name)
        case [step, name] if step not in ("", "case", "pathway", "signal") and name:
            return Moment(kind=MomentKind.STEP, step=step, name=name)
    document.fault(kinds.BAD_MOMENT, node, word=shown(words))
    return None


def read_point(document: Document, node: Node) -> PlacedPoint | None:
    """A point in time: `48 h of x.y`, `30 days before x.y`, `x.y` alone, `48 h` alone."""
    words = " ".join(node.text.split()) if isinstance(node, Scalar) else ""
    before = " before " in words
    time, joined, moment = words.partition(" before " if before else " of ")
    if not joined and _names_a_moment(words):
        time, joined, moment = "", "of", words
    return _point(document, node, time, (node, moment) if joined else None, before=before)


def _names_a_moment(words: str) -> bool:
    return "." in words and not words[:1].isdigit() and " " not in words


def _point(
    document: Document, node: Node, time: str, named: tuple[Node, str] | None, *, before: bool
) -> PlacedPoint | None:
    moment = Moment() if named is None else read_moment(document, *named)
    distance = NOW if named is not None and not time else read_duration(document, node, time)
    if moment is None or distance is None:
        return None
    return PlacedPoint(named[0] if named else node, Point(distance=distance, before=before, of=moment))


def read_limits(document: Document, node: Node, defaults: LimitDefaults, moments: list[MomentRef]) -> list[PlacedLimit]:
    """One limit or a list of them; those that could be read."""
    several = document.items(node, _POINT) if isinstance(node, Sequence) else (node,)
    return [limit for one in several if (limit := read_limit(document, one, defaults, moments))]


def read_limit(document: Document, node: Node, defaults: LimitDefaults, moments: list[MomentRef]) -> PlacedLimit | None:
    """One limit, as a short text or as a mapping."""
    fields: dict[str, Node] = {"within": node}
    if isinstance(node, nodes.Mapping):
        fields = document.fields(node, LIMIT)
        if not any(word in fields for word in FORMS):
            document.fault(MISSING, node, word="within", example="within: 72 h")
    source = read_source(document, fields["source"]) if "source" in fields else defaults.source
    if not (defaults.told or "source" in fields):
        document.fault(kinds.NO_SOURCE, node)
    clock = read_clock(document, fields["clock"]) if "clock" in fields else defaults.clock
    when = read_condition(document, fields["when"], defaults.facts) if "when" in fields else None
    pick, points = _points(document, fields)
    moves_to = _read_moves(document, fields["moves_to"], clock, points or ()) if "moves_to" in fields else None
    moments += [MomentRef(p.node, p.point.of, before=p.point.before) for p in points or () if _is_named(p.point)]
    if not points or clock is None or source is None or ("when" in fields and when is None):
        return None
    limit = Limit(
        points=tuple(placed.point for placed in points),
        pick=pick,
        when=when,
        clock=clock,
        moves_to=moves_to,
        source=source,
    )
    return PlacedLimit(node, limit, moves=fields.get("moves_to"))


def _read_moves(
    document: Document, node: Node, clock: Clock | None, points: Iterable[PlacedPoint]
) -> WorkingDay | None:
    """`working day`, of the service, or `working day in IT`: where an end goes that falls on a day without work."""
    words = " ".join(node.text.split()) if isinstance(node, Scalar) else ""
    written = _MOVES.fullmatch(words)
    if written is None:
        document.expected(node, N_("The day it moves to"), "working day in IT")
        return None
    if written[1] and not is_known_country(written[1]):
        document.fault(UNKNOWN_COUNTRY, node, country=shown(written[1]))
        return None
    if clock is Clock.CLINICAL:
        document.fault(limit_kinds.MOVES_NEVER, node, word="clock: clinical")
    if not all(_ends_a_day(placed.point) for placed in points):
        document.fault(limit_kinds.MOVES_NO_DAY, node)
    return WorkingDay(country=written[1])


def _ends_a_day(point: Point) -> bool:
    """Whether it leads forward by days, weeks, months or years: hours end at their hour, whatever day it is."""
    distance = point.distance
    if point.before or distance.clock is not None or distance == NOW:
        return False
    return bool(distance.months or distance.working_days or _DAYS.search(distance.words))


def _is_named(point: Point) -> bool:
    return point.of.kind is not MomentKind.START


def _points(document: Document, fields: dict[str, Node]) -> tuple[Pick, list[PlacedPoint] | None]:
    """The points of a limit; None where one of them could not be read."""
    written = [word for word in FORMS if word in fields]
    for word in written[1:]:
        document.fault(limit_kinds.TWO_FORMS, fields[word], word=word, other=written[0])
    if len(written) != 1:
        return Pick.EARLIEST, None
    if written[0] == "within":
        placed = _one_point(document, fields)
        return Pick.EARLIEST, None if placed is None else [placed]
    if "of" in fields:
        document.fault(kinds.TWO_MOMENTS, fields["of"])
    found = [read_point(document, item) for item in document.items(fields[written[0]], f"[48 h, {_POINT}]")]
    whole = [placed for placed in found if placed is not None]
    return Pick(written[0]), whole if len(whole) == len(found) else None


def _one_point(document: Document, fields: dict[str, Node]) -> PlacedPoint | None:
    within = fields["within"]
    if "of" not in fields:
        return read_point(document, within)
    words = " ".join(within.text.split()) if isinstance(within, Scalar) else ""
    if " of " in words or " before " in words or _names_a_moment(words):
        document.fault(kinds.TWO_MOMENTS, fields["of"])
        return None
    named = document.text(fields["of"], "fact.incident_at")
    return None if named is None else _point(document, within, words, (fields["of"], named), before=False)
