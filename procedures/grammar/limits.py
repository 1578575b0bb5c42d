"""Reading limits: a time, the moment it counts from, its clock, and the source that says so."""

from dataclasses import dataclass

from procedures import nodes
from procedures.durations import read_duration
from procedures.fault_kinds import LATER_WORD
from procedures.grammar import kinds
from procedures.grammar.drafts import MomentRef, PlacedLimit
from procedures.nodes import Node, Scalar, Sequence
from procedures.reading import Document, Form, shown
from procedures.schema import Clock, Limit, Moment, MomentKind, Source

_LIMIT = Form(
    known=("within", "of", "clock", "source"),
    required={"within": "within: 72 h"},
    later=frozenset({"by", "not_before", "at_least", "earliest", "latest", "extend", "on_expiry"}),
)
_SOURCE = Form(known=("text", "verified_on", "verified"), required={"text": 'text: "protocol of the network, art. 5"'})
_EVIDENCE_PARTS = 3


@dataclass(frozen=True, slots=True)
class LimitDefaults:
    """What a limit inherits from its step. `told` says that the step names a source, even one that cannot be read."""

    source: Source | None
    told: bool
    clock: Clock = Clock.PROTOCOL


def read_source(document: Document, node: Node) -> Source | None:
    """A source: its text, and when it was last read there (or that nobody has)."""
    fields = document.fields(node, _SOURCE, '{text: "…", verified: false}')
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
    match words.strip().split("."):
        case ["case", "opened"]:
            return Moment(kind=MomentKind.CASE, name="opened")
        case ["pathway", "started"]:
            return Moment(kind=MomentKind.PATHWAY, name="started")
        case ["fact", name] if name:
            return Moment(kind=MomentKind.FACT, name=name)
        case [step, "evidence", name] if step and name:
            return Moment(kind=MomentKind.EVIDENCE, step=step, name=name)
        case [step, name] if step not in ("", "case", "pathway", "signal") and name:
            return Moment(kind=MomentKind.STEP, step=step, name=name)
    document.fault(LATER_WORD if words.startswith("signal.") else kinds.BAD_MOMENT, node, word=shown(words))
    return None


def read_limits(document: Document, node: Node, defaults: LimitDefaults, moments: list[MomentRef]) -> list[PlacedLimit]:
    """One limit or a list of them; those that could be read."""
    several = document.items(node, "48 h of report.registered") if isinstance(node, Sequence) else (node,)
    return [limit for one in several if (limit := read_limit(document, one, defaults, moments))]


def read_limit(document: Document, node: Node, defaults: LimitDefaults, moments: list[MomentRef]) -> PlacedLimit | None:
    """One limit, as a short text or as a mapping."""
    fields: dict[str, Node] = {"within": node}
    if isinstance(node, nodes.Mapping):
        fields = document.fields(node, _LIMIT)
    source = read_source(document, fields["source"]) if "source" in fields else defaults.source
    if not (defaults.told or "source" in fields):
        document.fault(kinds.NO_SOURCE, node)
    clock = read_clock(document, fields["clock"]) if "clock" in fields else defaults.clock
    time = _time_and_moment(document, fields) if "within" in fields else None
    if time is None:
        return None
    duration_words, of_node, of_words = time
    moment = Moment() if of_words is None else read_moment(document, of_node, of_words)
    duration = read_duration(document, fields["within"], duration_words)
    if moment is not None and of_words is not None:
        moments.append(MomentRef(of_node, moment))
    if moment is None or duration is None or clock is None or source is None:
        return None
    return PlacedLimit(node, Limit(within=duration, of=moment, clock=clock, source=source))


def _time_and_moment(document: Document, fields: dict[str, Node]) -> tuple[str | None, Node, str | None] | None:
    """The words of the time, the node of the moment and its words. `48 h of x.y` holds both in one."""
    within = fields["within"]
    written = within.text if isinstance(within, Scalar) else None
    time, joined, moment = (written or "").partition(" of ")
    if "of" not in fields:
        return (time, within, moment) if joined else (written, within, None)
    if joined:
        document.fault(kinds.TWO_MOMENTS, fields["of"])
        return None
    words = document.text(fields["of"], "fact.incident_at")
    return None if words is None else (written, fields["of"], words)
