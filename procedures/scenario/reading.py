"""From the text of a scenario file to its scenarios; every fault with its line, column and remedy."""

from collections.abc import Mapping
from datetime import UTC, datetime

from procedures import nodes
from procedures.language.base import Text
from procedures.language.consents import Subject
from procedures.marking import N_
from procedures.nodes import Node, Scalar
from procedures.reading import Document, Form, read_document
from procedures.scenario import standing, telling
from procedures.scenario.kinds import NOT_LATER
from procedures.scenario.language import SAMPLE, Act, Block, Given, Line, Scenario, Value
from procedures.scenario.moments import read_moment
from procedures.scenario.verbs import ADOPT, CARRIERS, VERBS
from procedures.schema import OPERATOR
from procedures.texts import plain_text, read_text
from procedures.values import ROME

MORE = "…"
_MORE_TOO = "..."
"""How `…` is typed where the keyboard has none."""
_FILE = Form(("scenarios",), {"scenarios": "{all_goes_well: …}"})
_SCENARIO = Form(
    ("title", "given", "never", "then"), {"given": "{pathway: shelter, …}", "then": "[{at: start, expect: […]}]"}
)
_GIVEN = Form(
    ("pathway", "territory", "date", "facts", "consents", "exclusions", "desk", "by", "network", "earlier"),
    {"pathway": "shelter", "territory": "valle_chiara", "date": "2026-11-25 10:00"},
)
_BLOCK = Form(("at", "do", "expect", "never", "now"), {"at": "12 min", "expect": f"[{MORE}]"})
_EXAMPLE_DO = "[{accept: find_place}]"
_EXAMPLE_FILE = "earlier/shelter.yaml"
_EXAMPLE_LINE = "step find_place begins"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def read_scenarios(text: str, file: str) -> tuple[Document, tuple[Scenario, ...]]:
    """Every scenario of a text, with the document that gathers its faults.

    Raises:
        ProcedureFaults: where the text cannot be understood at all.
    """
    document = read_document(text, file)
    fields = document.fields(document.root, _FILE)
    named = document.named(fields["scenarios"], "all_goes_well") if "scenarios" in fields else []
    return document, tuple(_scenario(document, name, entry) for name, entry in named)


def _scenario(document: Document, name: str, entry: nodes.Entry) -> Scenario:
    fields = document.fields(entry.value, _SCENARIO)
    given = _given(document, fields["given"]) if "given" in fields else Given("", "", _EPOCH)
    blocks: list[Block] = []
    for item in document.items(fields["then"], "[{at: start, expect: […]}]") if "then" in fields else ():
        block = _block(document, item, given.start)
        if blocks and block.at < blocks[-1].at:
            document.fault(NOT_LATER, item)
        blocks.append(block)
    return Scenario(
        name,
        given,
        tuple(blocks),
        file=document.file,
        title=_title(document, fields["title"]) if "title" in fields else None,
        never=_lines(document, fields, "never"),
        node=entry.key,
    )


def _title(document: Document, node: Node) -> Text | None:
    """In both languages, or in the one that its writer speaks."""
    if isinstance(node, nodes.Mapping):
        return read_text(document, node)
    said = plain_text(document, node)
    return Text(it=said, en=said) if said else None


def _given(document: Document, node: Node) -> Given:
    fields = document.fields(node, _GIVEN)
    words = {
        word: (document.name(fields[word], example) or "") if word in fields else ""
        for word, example in (
            ("pathway", "shelter"),
            ("territory", "valle_chiara"),
            ("desk", "sportello_luna"),
            ("by", "operator"),
        )
    }
    by = document.name(fields["by"], "operator") if "by" in fields else None
    facts = document.named(fields["facts"], "risk") if "facts" in fields else []
    return Given(
        pathway=words["pathway"],
        territory=words["territory"],
        start=_date(document, fields["date"]) if "date" in fields else _EPOCH,
        facts={name: value for name, e in facts if (value := _scalar(document, e.value)) is not None},
        consents=_consents(document, fields),
        exclusions=_names(document, fields, "exclusions", "[casa_approdo]"),
        desk=words["desk"] or None,
        by=by or OPERATOR,
        network=(document.text(fields["network"]) or SAMPLE) if "network" in fields else SAMPLE,
        earlier=_files(document, fields["earlier"]) if "earlier" in fields else (),
        nodes=fields,
    )


def _files(document: Document, node: Node) -> tuple[Line, ...]:
    items = document.items(node, f"[{_EXAMPLE_FILE}]")
    files = ((document.text(item, _EXAMPLE_FILE), item) for item in items)
    return tuple(Line(file, item) for file, item in files if file)


def _names(document: Document, fields: Mapping[str, Node], word: str, example: str) -> frozenset[str]:
    items = document.items(fields[word], example) if word in fields else ()
    names = (document.name(item, example.strip("[]")) for item in items)
    return frozenset(name for name in names if name)


def _consents(document: Document, fields: Mapping[str, Node]) -> frozenset[str]:
    """Full names: `shelter`, and `child.support` for anybody but the survivor."""
    items = document.items(fields["consents"], "[shelter]") if "consents" in fields else ()
    found: set[str] = set()
    for item in items:
        whose, dot, _name = item.text.partition(".") if isinstance(item, Scalar) else ("", "", "")
        if isinstance(item, Scalar) and dot and whose in set(Subject):
            found.add(item.text)
        elif name := document.name(item, "shelter"):
            found.add(name)
    return frozenset(found)


def _date(document: Document, node: Node) -> datetime:
    try:
        read = datetime.strptime(node.text if isinstance(node, Scalar) else "", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - made Rome's below
    except ValueError:
        document.expected(node, N_("A day and an hour of the wall in Rome"), "2026-11-25 10:00")
        return _EPOCH
    return read.replace(tzinfo=ROME).astimezone(UTC)


def _scalar(document: Document, node: Node) -> bool | int | str | None:
    if isinstance(node, Scalar) and node.value is not None:
        return node.value
    document.expected(node, N_("A value"), "true")
    return None


def _block(document: Document, node: Node, start: datetime) -> Block:
    fields = document.fields(node, _BLOCK)
    acts = [_act(document, item) for item in document.items(fields["do"], _EXAMPLE_DO)] if "do" in fields else []
    expected, open_ended = _expected(document, fields["expect"]) if "expect" in fields else ((), True)
    return Block(
        at=_at(document, fields["at"], start) if "at" in fields else start,
        acts=tuple(act for act in acts if act),
        expected=expected,
        open_ended=open_ended,
        never=_lines(document, fields, "never"),
        now=_lines(document, fields, "now", standing.SUBJECTS),
        node=node,
    )


def _at(document: Document, node: Node, start: datetime) -> datetime:
    words = document.text(node, "12 min")
    at = read_moment(words, start) if words else None
    if words and at is None:
        document.expected(node, N_("A moment"), "12 min; day 3, 09:00")
    return at or start


def _act(document: Document, node: Node) -> Act | None:
    mapping = document.mapping(node, "{accept: find_place}")
    if mapping is None or not mapping.entries:
        return None
    first = mapping.entries[0]
    verb = document.word(first.key, (*VERBS, *CARRIERS, ADOPT))
    if verb is None:
        return None
    target = document.text(first.value, "find_place")
    known = VERBS.get(verb)
    form = Form(
        (verb, *(known.more if known else ())), {w: known.more[w] for w in sorted(known.needs)} if known else {}
    )
    fields = document.fields(node, form)
    more = {word: value for word in fields if word != verb and (value := _value(document, fields[word])) is not None}
    return Act(verb, target or "", more, fields)


def _value(document: Document, node: Node) -> Value:
    if isinstance(node, nodes.Sequence):
        names = (document.name(item, "escort") for item in document.items(node, "[escort]"))
        return tuple(name for name in names if name)
    if not isinstance(node, nodes.Mapping):
        return _scalar(document, node)
    read = {name: _scalar(document, entry.value) for name, entry in document.named(node, "place_confirmed_at")}
    found: Mapping[str, nodes.ScalarValue] = read
    return found


def _expected(document: Document, node: Node) -> tuple[tuple[Line, ...], bool]:
    if isinstance(node, nodes.Sequence) and not node.items:
        return (), False
    found: list[Line] = []
    items = document.items(node, f"[{_EXAMPLE_LINE}, {MORE}]")
    for place, item in enumerate(items, start=1):
        if place == len(items) and isinstance(item, Scalar) and item.text in {MORE, _MORE_TOO}:
            return tuple(found), True
        line = _line(document, item, telling.SUBJECTS)
        if line:
            found.append(line)
    return tuple(found), False


def _line(document: Document, item: Node, subjects: tuple[str, ...] = ()) -> Line | None:
    words = document.text(item, _EXAMPLE_LINE)
    first = words.split(" ", 1)[0] if words else ""
    if words and subjects and first not in subjects:
        document.unknown(item, first, (*subjects, MORE))
        return None
    return Line(words, item) if words else None


def _lines(
    document: Document, fields: Mapping[str, Node], word: str, subjects: tuple[str, ...] = ()
) -> tuple[Line, ...]:
    items = document.items(fields[word], f"[{_EXAMPLE_LINE}]") if word in fields else ()
    lines = (_line(document, item, subjects) for item in items)
    return tuple(line for line in lines if line)
