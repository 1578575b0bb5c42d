"""Reading the vocabulary: the facts of a case that procedures may ask about."""

from collections.abc import Mapping as MappingOf
from typing import Any

from procedures.classification import DataClass
from procedures.fault_kinds import MISSING, RESERVED_NAME
from procedures.faults import FaultKind
from procedures.language.consents import Subject
from procedures.language.facts import OF_CASE, OPERATOR, About, IncidentType, LawItem
from procedures.marking import N_
from procedures.nodes import Mapping, Node, Scalar, Sequence
from procedures.reading import Document, Form, read_document, shown
from procedures.schema import Fact, FactType, Text
from procedures.texts import read_text

_FILE = Form(known=("facts",), required={"facts": "facts: {risk: {type: choice, …}}"})
FACT = Form(
    known=(
        "type",
        "title",
        "choices",
        "ordered",
        "range",
        "about",
        "changed_by",
        "raises_only",
        "class",
        "of",
        "birth",
        "law",
        "gbvims",
    ),
    required={"type": "type: boolean", "title": "title: {it: Minori presenti, en: Children present}"},
)
RANGE = Form(known=("at_least", "at_most"))
CLASSES = (DataClass.OPEN, DataClass.ROUTING)
_WITH_DIRECTION = frozenset({FactType.BOOLEAN, FactType.INTEGER})
_RESERVED = frozenset({"all", "any", "not", "at_least", "unknown", "not_answered"})

NO_CHOICES = FaultKind(
    "no-choices", "A fact of type {kind} has no choices.", "Delete the choices, or write type: choice."
)
NO_ORDER = FaultKind(
    "no-order", "A fact of type {kind} has no choices that could be ordered.", "Delete ordered, or write type: choice."
)

NO_RANGE = FaultKind("no-range", "A fact of type {kind} has no range.", "Delete the range, or write type: integer.")
EMPTY_RANGE = FaultKind(
    "empty-range", "No number is at least {at_least} and at most {at_most}.", "Write the smaller number at at_least."
)
NO_DIRECTION = FaultKind(
    "no-direction",
    "The values of this fact have no order in which they could rise.",
    "Delete raises_only; of choices that stand in an order, the lowest first, say so with ordered: true.",
)
NEVER_RAISED = FaultKind(
    "never-raised",
    "Nobody changes this fact, so it never rises.",
    "Delete raises_only, or name somebody in changed_by.",
)
TOO_SECRET = FaultKind(
    "too-secret",
    "Procedures cannot ask about a fact of class {word}.",
    "Write class: routing, or class: open where it may be counted in a statistic. What identifies her is no fact.",
)
NO_BIRTH = FaultKind(
    "no-birth", "This fact is nobody's day of birth.", "Delete birth, or write type: date and of: child, for example."
)
SECOND_BIRTH = FaultKind(
    "second-birth", "{other} is the day of birth of {whose} already.", "Delete one of the two, or its birth: true."
)
DECLARED_OTHERWISE = FaultKind(
    "declared-otherwise",
    "{fact} is a fact already, and is declared otherwise there.",
    "Give yours another name, or delete it here: the other one is known without it.",
)
NOT_A_CHOICE = FaultKind(
    "not-a-choice", "{name} is no choice of this fact.", "Write one of its choices, each with the type it is."
)
SAID_TWICE = FaultKind("said-twice", "{word} stands here a second time.", "Delete it.")


def load_facts(text: str, file: str, beside: MappingOf[str, Fact] | None = None) -> dict[str, Fact]:
    """The declared facts, by name. Those `beside` them, which are known already, mean the same here.

    Raises:
        ProcedureFaults: with every fault of the text.
    """
    document, facts = read_facts(text, file, beside)
    document.finish()
    return facts


def read_facts(text: str, file: str, beside: MappingOf[str, Fact] | None = None) -> tuple[Document, dict[str, Fact]]:
    """The same without a stop: the text with its faults, and what could be read of it.

    Raises:
        ProcedureFaults: nothing could be read.
    """
    document = read_document(text, file)
    fields = document.fields(document.root, _FILE, "facts: {…}")
    return document, read_declared(document, fields["facts"], beside or {}) if "facts" in fields else {}


def read_declared(document: Document, node: Node, known: MappingOf[str, Fact]) -> dict[str, Fact]:
    """The facts that this part of a text declares beside those that are `known`, which mean the same here."""
    facts = dict[str, Fact]()
    for name, entry in document.named(node, "risk"):
        if name in _RESERVED:
            document.fault(RESERVED_NAME, entry.key, name=name)
        fact = _read_fact(document, name, entry.value)
        if fact is not None:
            _check_birth(document, entry.value, fact, {**known, **facts})
            if known.get(name, fact) != fact:
                document.fault(DECLARED_OTHERWISE, entry.key, fact=name)
            facts[name] = fact
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
    fields = document.fields(node, FACT, "{type: boolean, title: …}")
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
    more = {
        **_read_range(document, fields, kind),
        **_read_changing(document, fields, kind, ordered=bool(ordered)),
        **_read_whose(document, fields, kind),
        **_read_standing(document, fields, choices),
    }
    if kind is None or title is None:
        return None
    return Fact(name=name, type=FactType(kind), title=title, choices=choices, ordered=bool(ordered), **more)


def _read_range(document: Document, fields: dict[str, Node], kind: str | None) -> dict[str, Any]:
    """Between which numbers it lies, both included."""
    if "range" not in fields:
        return {}
    node = fields["range"]
    if kind is not None and kind != FactType.INTEGER:
        document.fault(NO_RANGE, node, kind=kind)
    bounds = document.fields(node, RANGE, "{at_least: 0, at_most: 24}")
    if isinstance(node, Mapping) and not node.entries:
        document.expected(node, N_("A mapping"), "{at_least: 0, at_most: 24}")
    read = {word: document.whole_number(bound, "24") for word, bound in bounds.items()}
    lowest, highest = read.get("at_least"), read.get("at_most")
    if lowest is not None and highest is not None and lowest > highest:
        document.fault(EMPTY_RANGE, node, at_least=str(lowest), at_most=str(highest))
    return read


def _read_changing(document: Document, fields: dict[str, Node], kind: str | None, *, ordered: bool) -> dict[str, Any]:
    """On whose word it changes, and in which direction."""
    read: dict[str, Any] = {}
    if "changed_by" in fields:
        read["changed_by"] = _read_bodies(document, fields["changed_by"])
    if "raises_only" in fields:
        node = fields["raises_only"]
        read["raises_only"] = bool(document.truth(node))
        has_order = ordered if kind == FactType.CHOICE else kind in _WITH_DIRECTION
        if read["raises_only"] and kind is not None and not has_order:
            document.fault(NO_DIRECTION, node)
        if read["raises_only"] and read.get("changed_by") == ():
            document.fault(NEVER_RAISED, node)
    return read


def _read_whose(document: Document, fields: dict[str, Node], kind: str | None) -> dict[str, Any]:
    """Whom it is about, and whether it is that person's day of birth."""
    read: dict[str, Any] = {}
    about = fields.get("about")
    if "of" in fields and isinstance(about, Scalar) and about.text == About.NETWORK:
        document.unknown(fields["of"], "of", [word for word in FACT.known if word not in {"of", "birth"}])
    elif "of" in fields:
        read["of"] = document.word(fields["of"], (*Subject, OF_CASE)) or Subject.SURVIVOR
    if "birth" in fields:
        read["birth"] = bool(document.truth(fields["birth"]))
        nobodys = read.get("of") == OF_CASE or (kind is not None and kind != FactType.DATE)
        if read["birth"] and nobodys:
            document.fault(NO_BIRTH, fields["birth"])
    return read


def _check_birth(document: Document, node: Node, fact: Fact, facts: dict[str, Fact]) -> None:
    """Nobody is born twice."""
    other = next((o.name for o in facts.values() if o.birth and o.of == fact.of and o.name != fact.name), None)
    if fact.birth and other is not None:
        document.fault(SECOND_BIRTH, node, other=other, whose=fact.of)


def _read_bodies(document: Document, node: Node) -> tuple[str, ...]:
    """`operator` and competences; an empty list: nobody."""
    if isinstance(node, Sequence) and not node.items:
        return ()
    found: list[str] = []
    for item in document.items(node, f"[{OPERATOR}, risk_assessment]"):
        name = document.name(item, "risk_assessment")
        if name in found:
            document.fault(SAID_TWICE, item, word=name)
        elif name is not None:
            found.append(name)
    return tuple(found)


def _read_standing(document: Document, fields: dict[str, Node], choices: dict[str, Text]) -> dict[str, Any]:
    """What it is a fact of, how secret it is, and what it is in the national and the international data set."""
    read: dict[str, Any] = {}
    if "about" in fields:
        read["about"] = document.word(fields["about"], tuple(About)) or About.CASE
    if "class" in fields:
        node = fields["class"]
        if isinstance(node, Scalar) and node.text in set(DataClass) - set(CLASSES):
            document.fault(TOO_SECRET, node, word=shown(node.text))
        else:
            read["data_class"] = document.word(node, CLASSES) or DataClass.ROUTING
    if "law" in fields:
        read["law"] = document.word(fields["law"], tuple(LawItem))
    if "gbvims" in fields:
        types: dict[str, str] = {}
        for name, entry in document.named(fields["gbvims"], "physical"):
            if name not in choices:
                document.fault(NOT_A_CHOICE, entry.key, name=name)
            kind = document.word(entry.value, tuple(IncidentType))
            if kind is not None:
                types[name] = kind
        read["gbvims"] = types
    return read


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
