"""Reading signals (`signals`), and what ends a step, or lets it stand still, when one comes."""

from collections.abc import Mapping

from procedures import nodes
from procedures.grammar import signal_kinds
from procedures.grammar.drafts import NeedRef, PlacedEnd, PlacedPause, SignalDraft
from procedures.grammar.needs import read_need
from procedures.grammar.sets import Evidence, read_evidence, read_sets
from procedures.nodes import Node
from procedures.reading import Document, Form
from procedures.schema import Fact, Need, Signal, StepEnd
from procedures.texts import read_text

SIGNAL = Form(
    known=("title", "from", "evidence", "sets", "cancels"),
    required={"title": "title: {it: Posto trovato, en: A place was found}", "from": "from: [operator]"},
)
PAUSES = ("pauses_on", "resumes_on")
_EXAMPLE = "{found: {title: {it: Posto trovato, en: A place was found}, from: [operator]}}"


def read_signals(document: Document, node: Node, facts: Mapping[str, Fact]) -> dict[str, SignalDraft]:
    """Every signal that the pathway declares."""
    entries = document.named(node, "found")
    if not entries and isinstance(node, nodes.Mapping):
        document.fault(signal_kinds.NO_SIGNALS, node, example=f"signals: {_EXAMPLE}")
    return {name: _signal(document, SignalDraft(name, entry.key), entry.value, facts) for name, entry in entries}


def _signal(document: Document, draft: SignalDraft, node: Node, facts: Mapping[str, Fact]) -> SignalDraft:
    before = len(document.faults)
    fields = document.fields(node, SIGNAL, "{title: {it: …, en: …}, from: [operator]}")
    title = read_text(document, fields["title"]) if "title" in fields else None
    senders = [document.name(item, "operator") for item in _items(document, fields, "from", "[operator]")]
    for item in _items(document, fields, "cancels", "[find_place]"):
        step = document.name(item, "find_place")
        if step is not None:
            draft.cancels.append(NeedRef(item, step, None))
    evidence = read_evidence(document, fields["evidence"], facts) if "evidence" in fields else Evidence()
    by = tuple(sender for sender in senders if sender)
    sets = read_sets(document, fields["sets"], facts, evidence, by) if "sets" in fields else ()
    if len(document.faults) == before and title is not None:
        draft.model = Signal(
            name=draft.name,
            title=title,
            senders=tuple(dict.fromkeys(by)),
            evidence=evidence.types,
            of_fact=evidence.of_fact,
            sets=sets,
            cancels=tuple(dict.fromkeys(ref.step for ref in draft.cancels)),
        )
    return draft


def _items(document: Document, fields: dict[str, Node], word: str, example: str) -> tuple[Node, ...]:
    return document.items(fields[word], example) if word in fields else ()


def read_ends(document: Document, node: Node) -> list[PlacedEnd]:
    """`ends_when: {housed: signal.found}`: the result, and the signals with which it is there."""
    ends = []
    for name, entry in document.named(node, "housed"):
        refs: list[NeedRef] = []
        need = read_need(document, entry.value, refs)
        if need is not None:
            ends.append(PlacedEnd(entry.key, StepEnd(result=name, need=need), tuple(refs)))
    return ends


def read_pauses(document: Document, fields: dict[str, Node]) -> tuple[dict[str, PlacedPause], dict[str, Need | None]]:
    """`pauses_on: signal.stopped` and `resumes_on`: where they stand, and what they wait for."""
    placed: dict[str, PlacedPause] = {}
    needs: dict[str, Need | None] = {}
    for word in PAUSES:
        if word in fields:
            refs: list[NeedRef] = []
            needs[word] = read_need(document, fields[word], refs)
            placed[word] = PlacedPause(fields[word], tuple(refs))
    return placed, needs
