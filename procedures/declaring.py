"""A pathway's text with the facts of its own that it asks about, so that whoever adopts it adopts these too."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from procedures.classification import DataClass
from procedures.language.consents import Subject
from procedures.language.facts import OPERATOR, About, Fact, FactType
from procedures.nodes import Entry, Node, Scalar, Sequence, plain_value
from procedures.nodes import Mapping as MappingNode
from procedures.reading import read_document
from procedures.schema import Text


def with_facts(text: str, own: Mapping[str, Fact]) -> str:
    """The text with those of `own` facts that it names, and days of birth, declared in it under `facts`.

    Its other lines stay as they are, and keep their numbers where it declares nothing itself.

    Raises:
        ProcedureFaults: it cannot be read at all.
    """
    root = read_document(text, "").root
    if not isinstance(root, MappingNode) or not own:
        return text
    block, named = root.get("facts"), set(_words(root))
    there = {name for name, _entry in block.value} if block and isinstance(block.value, MappingNode) else set()
    wanted = [fact for name, fact in own.items() if (name in named or fact.birth) and name not in there]
    if not wanted:
        return text
    if block is None:
        margin = " " * (root.column - 1)
        lines = (f"{margin}  {declared(fact)}\n" for fact in wanted)
        return "".join([text, "" if text.endswith("\n") else "\n", f"{margin}facts:\n", *lines])
    return _inserted(text, block, wanted)


def _inserted(text: str, block: Entry, wanted: Iterable[Fact]) -> str:
    """Before the first that the text declares itself; where that part is no mapping with one, as it is."""
    if not isinstance(block.value, MappingNode) or not block.value.entries:
        return text
    node, key = block.value, block.value.entries[0].key
    is_flow = (node.line, node.column) != (key.line, key.column)
    lines = text.splitlines(keepends=True)
    line, at = lines[key.line - 1], key.column - 1
    between = ", " if is_flow else "\n" + line[:at]
    lines[key.line - 1] = line[:at] + "".join(declared(fact) + between for fact in wanted) + line[at:]
    return "".join(lines)


def declared(fact: Fact) -> str:
    """The fact as one line of a `facts` mapping: read again, it is the same."""
    return f"{fact.name}: {{{', '.join(_said(fact))}}}"


def _said(fact: Fact) -> Iterator[str]:
    yield f"type: {fact.type}"
    yield f"title: {_text(fact.title)}"
    if fact.type is FactType.CHOICE:
        yield f"choices: {{{', '.join(f'{_key(name)}: {_text(said)}' for name, said in fact.choices.items())}}}"
    if fact.ordered:
        yield "ordered: true"
    yield from _said_of_change(fact)
    if fact.of != Subject.SURVIVOR:
        yield f"of: {fact.of}"
    if fact.birth:
        yield "birth: true"
    if fact.law is not None:
        yield f"law: {fact.law}"
    if fact.gbvims:
        yield f"gbvims: {{{', '.join(f'{_key(name)}: {kind}' for name, kind in fact.gbvims.items())}}}"


def _said_of_change(fact: Fact) -> Iterator[str]:
    """Between which numbers it lies, who changes it, and what it is a fact of."""
    bounds = {"at_least": fact.at_least, "at_most": fact.at_most}
    if told := [f"{word}: {bound}" for word, bound in bounds.items() if bound is not None]:
        yield f"range: {{{', '.join(told)}}}"
    if fact.changed_by != (OPERATOR,):
        yield f"changed_by: [{', '.join(_key(body) for body in fact.changed_by)}]"
    if fact.raises_only:
        yield "raises_only: true"
    if fact.about is not About.CASE:
        yield f"about: {fact.about}"
    if fact.data_class is not DataClass.ROUTING:
        yield f"class: {fact.data_class}"


def _text(text: Text) -> str:
    return f"{{it: {json.dumps(text.it, ensure_ascii=False)}, en: {json.dumps(text.en, ensure_ascii=False)}}}"


def _key(name: str) -> str:
    """A name as it is; in quotation marks where YAML would take it for something else."""
    return name if plain_value(name) == name else json.dumps(name)


def _words(node: Node) -> Iterator[str]:
    """Every word that stands anywhere in this part of a text."""
    if isinstance(node, Scalar):
        yield from re.findall(r"\w+", node.text)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _words(item)
    elif isinstance(node, MappingNode):
        for word, entry in node:
            yield from re.findall(r"\w+", word)
            yield from _words(entry.value)
