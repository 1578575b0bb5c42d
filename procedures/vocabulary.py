"""Reading the vocabulary: the facts of a case that procedures may ask about."""

from procedures.fault_kinds import MISSING, RESERVED_NAME
from procedures.faults import FaultKind
from procedures.marking import N_
from procedures.nodes import Mapping, Node
from procedures.reading import Document, Form, read_document
from procedures.schema import Fact, FactType, Text
from procedures.texts import read_text

_FILE = Form(known=("facts",), required={"facts": "facts: {risk: {type: choice, …}}"})
_FACT = Form(
    known=("type", "title", "choices", "ordered"),
    required={"type": "type: boolean", "title": "title: {it: Minori presenti, en: Children present}"},
    later=frozenset({"raises_only", "changed_by", "default"}),
)
_RESERVED = frozenset({"all", "any", "not", "at_least", "unknown", "not_answered"})

NO_CHOICES = FaultKind(
    "no-choices", "A fact of type {kind} has no choices.", "Delete the choices, or write type: choice."
)
NO_ORDER = FaultKind(
    "no-order", "A fact of type {kind} has no choices that could be ordered.", "Delete ordered, or write type: choice."
)


def load_facts(text: str, file: str) -> dict[str, Fact]:
    """The declared facts, by name.

    Raises:
        ProcedureFaults: with every fault of the text.
    """
    document = read_document(text, file)
    fields = document.fields(document.root, _FILE, "facts: {…}")
    facts: dict[str, Fact] = {}
    if "facts" in fields:
        for name, entry in document.named(fields["facts"], "risk"):
            if name in _RESERVED:
                document.fault(RESERVED_NAME, entry.key, name=name)
            fact = _read_fact(document, name, entry.value)
            if fact is not None:
                facts[name] = fact
    document.finish()
    return facts


def load_competences(text: str, file: str) -> dict[str, Text]:
    """What services can be asked for, as people say it, by name.

    Raises:
        ProcedureFaults: with every fault of the text.
    """
    document = read_document(text, file)
    read = {name: read_text(document, entry.value) for name, entry in document.named(document.root, "legal_aid")}
    document.finish()
    return {name: said for name, said in read.items() if said is not None}


def _read_fact(document: Document, name: str, node: Node) -> Fact | None:
    fields = document.fields(node, _FACT, "{type: boolean, title: …}")
    kind = document.word(fields["type"], tuple(FactType)) if "type" in fields else None
    title = read_text(document, fields["title"]) if "title" in fields else None
    choices = _read_choices(document, fields["choices"]) if "choices" in fields else {}
    if kind == FactType.CHOICE and "choices" not in fields:
        document.fault(MISSING, node, word="choices", example="choices: {low: {it: basso, en: low}}")
    if kind is not None and kind != FactType.CHOICE and "choices" in fields:
        document.fault(NO_CHOICES, fields["choices"], kind=kind)
    ordered = document.truth(fields["ordered"]) if "ordered" in fields else False
    if kind is not None and kind != FactType.CHOICE and "ordered" in fields:
        document.fault(NO_ORDER, fields["ordered"], kind=kind)
    if kind is None or title is None:
        return None
    return Fact(name=name, type=FactType(kind), title=title, choices=choices, ordered=bool(ordered))


def _read_choices(document: Document, node: Node) -> dict[str, Text]:
    choices: dict[str, Text] = {}
    if isinstance(node, Mapping) and not node.entries:
        document.expected(node, N_("A mapping"), "{low: {it: basso, en: low}}")
    for name, entry in document.named(node, "low"):
        if name in _RESERVED:
            document.fault(RESERVED_NAME, entry.key, name=name)
        text = read_text(document, entry.value)
        if text is not None:
            choices[name] = text
    return choices
